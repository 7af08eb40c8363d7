"""A question as it comes in and the answer as it goes out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from assistant.tools.door import CallRecord
from assistant.tools.tool import Fact, Source


@dataclass(frozen=True)
class Question:
    """What a person asks.

    Attributes:
        language: `en` or `zh`; empty to follow the question's own language.
        at: The records' clock to answer for; None for the latest.
    """

    text: str
    user: str = "local"
    role: str = "administrator"
    thread: str = "default"
    language: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """What the person gets.

    Attributes:
        text: The answer; every number, date, unit and name in it stands in a fact or a cited passage.
        grounded: Whether every claim of the text shown is borne. Where a text was written that was not, the plain
            rendering is shown instead and the journal entry keeps both (`replaced`).
        records: The calls with their outcomes, for the screen.
        journal_id: The entry that holds all of this.
        proposal_ids: Proposals put forward, in the order of the steps.
        problem: Why nothing was looked up (no question, too long, no usable reply); empty otherwise.
        seconds: By step of the way: `understand`, `run`, `write`, `total`.
        language_model: Which one chose the steps; its `kind` is the mode: served, embedded, forms.
    """

    text: str
    language: str
    records: tuple[CallRecord, ...]
    facts: tuple[Fact, ...]
    sources: tuple[Source, ...]
    grounded: bool
    journal_id: str
    proposal_ids: tuple[str, ...] = ()
    problem: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    language_model: Mapping[str, Any] = field(default_factory=dict)

    @property
    def mode(self) -> str:
        """In which mode the question was understood."""
        return str(self.language_model.get("kind", ""))

    def to_json(self) -> dict[str, Any]:
        """The form that `assistant ask --json` prints."""
        return {
            "answer": self.text,
            "language": self.language,
            "steps": [{**step_json(record), "mode": self.mode} for record in self.records],
            "facts": [asdict(fact) for fact in self.facts],
            "sources": [asdict(source) for source in self.sources],
            "grounded": self.grounded,
            "journal_id": self.journal_id,
            "proposal_id": self.proposal_ids[-1] if self.proposal_ids else None,
            "seconds": self.seconds.get("total", 0.0),
        }


def step_json(record: CallRecord) -> dict[str, Any]:
    """One step as it is shown and journalled."""
    step: dict[str, Any] = {"tool": record.tool, "arguments": record.arguments, "status": record.status}
    if record.error:
        step["error"] = {"code": record.error_code, "message": record.error}
    return step


def merged(records: Sequence[CallRecord]) -> tuple[tuple[Fact, ...], tuple[Source, ...]]:
    """Facts of all outcomes, numbered through (`1.f2`: second fact of the first step), and each source once."""
    facts: list[Fact] = []
    sources: dict[str, Source] = {}
    for number, record in enumerate(records, 1):
        if record.outcome is None:
            continue
        facts += [Fact(f"{number}.{fact.id}", fact.text, fact.values, fact.source) for fact in record.outcome.facts]
        for source in record.outcome.sources:
            sources.setdefault(source.id, source)
    return tuple(facts), tuple(sources.values())
