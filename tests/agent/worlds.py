"""A small assistant with scripted understanding and hand-made tools, for tests of the agent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from assistant.agent.assistant import Assistant
from assistant.agent.claims import Names
from assistant.errors import LanguageModelError, ToolError
from assistant.journal.book import Journal
from assistant.llm.descriptions import EarlierTurn, RawCall, ToolDescription
from assistant.plan.proposals import Proposals
from assistant.tools.arguments import Arguments, copied
from assistant.tools.describe import describe
from assistant.tools.page import Page
from assistant.tools.tool import Context, Outcome, Proposal, Source, Tool
from assistant.tools.wording import wording

NOW = datetime(2026, 3, 10, 20, 0)


class StateArguments(Arguments):
    """Arguments of the small show_state."""

    measure: Literal["occupancy", "waiting"] = Field(description="What.")
    unit: str | None = copied("Unit.")


def show_state(arguments: StateArguments, context: Context) -> Outcome:
    """14 patients in 16 beds in the ICU; no other unit is known."""
    if arguments.unit not in {None, "ICU"}:
        raise ToolError(f"Unknown unit '{arguments.unit}'. Known units: ICU.", code="unknown_unit", near=["ICU"])
    say = wording(context.language)
    page = Page(say, Source("records:census", "record", "Census", as_of=context.at.isoformat()))
    page.headline(
        "occupancy.unit",
        unit="ICU",
        patients=say.count("patient", 14),
        beds=say.count("open_bed", 16),
        percent=say.percent(88),
        free=say.count("bed", 2),
        at=say.moment(context.at),
        past="",
    )
    return page.outcome()


def plan(arguments: StateArguments, context: Context) -> Outcome:
    """A plan of one assignment."""
    outcome = show_state(arguments, context)
    return Outcome(outcome.text, outcome.facts, {}, outcome.sources, (), Proposal("beds", "one", {"a": 1}, {"b": 2}))


TOOLS = {
    "show_state": Tool("show_state", "Show.", StateArguments, show_state),
    "plan_beds": Tool("plan_beds", "Plan.", StateArguments, plan, inputs=lambda a, c: {"b": 2}),
}


@dataclass
class ScriptedChooser:
    """Gives the same calls to every question and notes what it was shown."""

    calls: list[RawCall] = field(default_factory=list)
    error: str = ""
    shown: list[tuple[str, tuple[EarlierTurn, ...], tuple[str, ...]]] = field(default_factory=list)

    def choose(
        self, question: str, language: str, earlier: Sequence[EarlierTurn], tools: Sequence[ToolDescription]
    ) -> list[RawCall]:
        self.shown.append((question, tuple(earlier), tuple(tool.name for tool in tools)))
        if self.error:
            raise LanguageModelError(self.error)
        return self.calls

    def identity(self) -> dict[str, Any]:
        return {"kind": "scripted"}


@dataclass
class ScriptedWriter:
    """Writes the same text every time."""

    text: str
    shown: list[tuple[list[str], list[str]]] = field(default_factory=list)

    def write(self, question: str, language: str, facts: Sequence[str], passages: Sequence[str]) -> Iterator[str]:
        self.shown.append((list(facts), list(passages)))
        if self.text == "ERROR":
            raise LanguageModelError("The server did not answer.")
        yield from (self.text[:5], self.text[5:])


def small_assistant(folder: Path, *calls: RawCall, error: str = "", writer: ScriptedWriter | None = None) -> Assistant:
    """An assistant over the small tools."""
    journal = Journal(folder / "journal")
    return Assistant(
        tools=TOOLS,
        descriptions=[describe(tool) for tool in TOOLS.values()],
        chooser=ScriptedChooser(list(calls), error),
        writer=writer,
        journal=journal,
        proposals=Proposals(folder / "proposals", journal),
        names=lambda: Names({"ICU": [], "CCU": []}, {}),
        clock=lambda: NOW,
        fingerprint=lambda: "0" * 64,
    )


OCCUPANCY = RawCall("show_state", {"measure": "occupancy", "unit": "ICU"})
