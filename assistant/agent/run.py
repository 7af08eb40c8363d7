"""Run: the steps, in order, each through the one door; bounded, and the same call only once."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.journal.book import Journal
from assistant.llm.descriptions import RawCall
from assistant.tools.door import CallRecord
from assistant.tools.tool import Context, Tool
from assistant.tools.watched import Progress, watched_call


@dataclass(frozen=True)
class StepStarted:
    """A step is about to run; for the screen."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class StepProgress:
    """A step seeks a plan and has a better one; for the screen."""

    tool: str
    progress: Progress


@dataclass(frozen=True)
class StepFinished:
    """A step has run; for the screen."""

    record: CallRecord


def bounded(calls: Sequence[RawCall], limit: int) -> tuple[list[RawCall], list[str]]:
    """The calls to run: each once, at most `limit`; with the names of the limits that applied."""
    kept: dict[str, RawCall] = {}
    for raw in calls:
        kept.setdefault(json.dumps([raw.name, dict(raw.arguments)], sort_keys=True, default=str), raw)
    limits = []
    if len(kept) < len(calls):
        limits.append("repeated")
    if len(kept) > limit:
        limits.append("step_limit")
    return list(kept.values())[:limit], limits


def run(
    calls: Sequence[RawCall],
    tools: Mapping[str, Tool],
    context: Context,
    journal: Journal,
    stop: threading.Event | None = None,
) -> Iterator[StepStarted | StepProgress | StepFinished]:
    """Run the calls one after the other; a failed one does not stop the next.

    Args:
        calls: The steps.
        tools: The catalogue.
        context: What the session says.
        journal: Where calls are recorded.
        stop: Ends the search for the plan that is being sought, which is kept as it is then; cleared by the next step.
    """
    stop = stop or threading.Event()
    for raw in calls:
        stop.clear()
        yield StepStarted(raw.name, raw.arguments)
        for told in watched_call(tools, raw.name, dict(raw.arguments), context, journal, stop):
            if isinstance(told, Progress):
                yield StepProgress(raw.name, told)
            else:
                yield StepFinished(told)
