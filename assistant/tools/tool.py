"""What a tool is, what it is told, and what it hands back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from assistant.plan.watch import Watch


@dataclass(frozen=True)
class Context:
    """What the session, not the language model, says about a call.

    Attributes:
        at: The records' clock (site wall clock, no zone).
        language: `en` or `zh`; facts and text are written in it.
        user, role, thread: From the session.
        watch: Who waits for a plan: told of its progress, able to stop it; None if nobody does.
    """

    at: datetime
    language: str = "en"
    user: str = "local"
    role: str = "administrator"
    thread: str = "default"
    watch: Watch | None = None


@dataclass(frozen=True)
class Value:
    """A typed value of a fact with its unit of measurement (`patients`, `beds`, `%`, `date`, `unit`, `person`)."""

    name: str
    value: float | int | str
    unit: str = ""


@dataclass(frozen=True)
class Source:
    """Where something comes from.

    Attributes:
        id: Unique within one answer, e.g. `records:census` or `staffing-ratios#icu`.
        kind: `record`, `policy`, `forecast` or `plan`.
        title, section, version: What a citation shows.
        excerpt: The cited passage (policies only).
        as_of: Time the data was true, ISO.
    """

    id: str
    kind: str
    title: str
    section: str = ""
    version: str = ""
    excerpt: str = ""
    as_of: str = ""


@dataclass(frozen=True)
class Fact:
    """A sentence with typed values and a source; answers may state nothing else."""

    id: str
    text: str
    values: tuple[Value, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Proposal:
    """A plan put forward to a person.

    Attributes:
        kind: `beds` or `staffing`.
        summary: One sentence.
        plan: The plan as JSON types.
        inputs: All that it was computed from, as JSON types; approval is bound to the hash of both.
        origin: Of a what-if: `plan` (the id that it changes) and `changes`; empty for a plan from the records.
    """

    kind: str
    summary: str
    plan: dict[str, Any]
    inputs: dict[str, Any]
    origin: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a tool hands back.

    Attributes:
        text: Plain rendering in the user's language; shown whenever a written answer is not grounded.
        facts: What may be said.
        data: Everything, for screen and journal (JSON types only).
        charts: Specifications drawn by the screen: `{"kind": "fan"|"bars"|"line", "title", "x_label",
            "y_label", ...}`.
        proposal: Set by tools that plan.
        proposals: Instead of `proposal` by tools that make several plans at once.
        attempt: Set by tools that found no plan: what it would have been computed from, kept so that it can be
            asked what stands in the way. Nobody can decide on it.
    """

    text: str
    facts: tuple[Fact, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    charts: tuple[dict[str, Any], ...] = ()
    proposal: Proposal | None = None
    attempt: Proposal | None = None
    proposals: tuple[Proposal, ...] = ()


@dataclass(frozen=True)
class Tool:
    """A tool, defined once; language model, command line and screen are made from this record.

    Attributes:
        name: Word of the catalogue (fixed).
        summary: One sentence for the language model and for `--help`.
        arguments: Pydantic class, one described field per argument, extra fields forbidden.
        run: `run(arguments, context) -> Outcome`; raises `ToolError` for what the user can mend.
        inputs: For tools that plan: what the plan would be computed from now, as JSON types, without solving.
        available: False for tools of the catalogue that are not built yet.
    """

    name: str
    summary: str
    arguments: type[BaseModel]
    run: Callable[[Any, Context], Outcome]
    inputs: Callable[[Any, Context], dict[str, Any]] | None = None
    available: bool = True
