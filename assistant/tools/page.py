"""Compose an outcome from sentences: headline, reasons, what would change it, caveat, next step.

Each sentence is a fact with typed values and a source; the plain text is the same sentences in reading order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.tools.tool import Fact, Outcome, Proposal, Source, Value
from assistant.tools.wording import Wording

PARTS = ("headline", "reason", "row", "proof", "change", "caveat", "next")


@dataclass
class Page:
    """An answer in the making.

    Attributes:
        wording: Language of the sentences.
        source: What the sentences rest on; a quoted passage names its own.
    """

    wording: Wording
    source: Source
    _lines: list[tuple[str, Fact]] = field(default_factory=list)
    _sources: dict[str, Source] = field(default_factory=dict)

    def headline(self, key: str, **values: str) -> None:
        """The answer in one sentence."""
        self._add("headline", key, values)

    def reason(self, key: str, **values: str) -> None:
        """Why, or what it consists of."""
        self._add("reason", key, values)

    def row(self, key: str, **values: str) -> None:
        """One line of a list (a unit, a patient, a person)."""
        self._add("row", key, values)

    def proof(self, key: str, **values: str) -> None:
        """How good a plan is proven to be."""
        self._add("proof", key, values)

    def change(self, key: str, **values: str) -> None:
        """What would change the answer."""
        self._add("change", key, values)

    def caveat(self, key: str, **values: str) -> None:
        """What the reader must know before relying on it."""
        self._add("caveat", key, values)

    def next_step(self, key: str, **values: str) -> None:
        """What a person may do now."""
        self._add("next", key, values)

    def quote(self, text: str, source: Source, values: Sequence[Value] = ()) -> None:
        """A passage as it stands, with its own source."""
        self._append("reason", text, source, tuple(values))

    def see_also(self, key: str, source: Source, **values: str) -> None:
        """A pointer to another passage."""
        text, typed = self.wording.say(key, **values)
        self._append("row", text, source, typed)

    def outcome(
        self,
        data: dict[str, Any] | None = None,
        charts: Sequence[dict[str, Any]] = (),
        proposal: Proposal | None = None,
        attempt: Proposal | None = None,
    ) -> Outcome:
        """The finished outcome; sentences in the order of `PARTS`, then as they were added."""
        ordered = sorted(self._lines, key=lambda line: PARTS.index(line[0]))
        facts = tuple(fact for _, fact in ordered)
        body = {**(data or {}), "parts": {fact.id: part for part, fact in ordered}}
        sources = tuple(self._sources.values()) or (self.source,)
        return Outcome(plain_text(ordered, self.wording), facts, body, sources, tuple(charts), proposal, attempt)

    def _add(self, part: str, key: str, values: dict[str, str]) -> None:
        text, typed = self.wording.say(key, **values)
        # A sentence may begin with a filled-in phrase ("the whole hospital").
        self._append(part, text[:1].upper() + text[1:], self.source, typed)

    def _append(self, part: str, text: str, source: Source, typed: tuple[Value, ...]) -> None:
        self._sources.setdefault(source.id, source)
        self._lines.append((part, Fact(f"f{len(self._lines) + 1}", text, typed, source.id)))


def plain_text(lines: Sequence[tuple[str, Fact]], wording: Wording) -> str:
    """Sentences as a reader sees them: rows as a list; change, caveat and next step each as one line with its lead."""
    leads = {part: wording.word(f"lead_{part}") for part in ("change", "caveat", "next")}
    shown: list[str] = []
    before = ""
    for part, fact in lines:
        if part in leads and part == before:
            shown[-1] += wording.word("joint") + fact.text
        else:
            shown.append({"row": "- ", **leads}.get(part, "") + fact.text)
        before = part
    return "\n".join(shown)
