"""assistant llm check: one round trip with each language model that is configured or available."""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

from assistant.app import App, open_app
from assistant.cli.output import print_json
from assistant.errors import AssistantError
from assistant.llm.descriptions import ToolDescription
from assistant.llm.settings import LanguageModelSettings, models_folder
from assistant.tools.catalogue import descriptions

QUESTION = "How full is the ICU now?"
FACT = "[records:census] The Intensive Care Unit (ICU) has 10 patients in 12 open beds."
# The check wants to see the answer, also on a machine that has just begun to load the weights.
_LEAST_SECONDS = 60.0


@dataclass(frozen=True)
class Trip:
    """One round trip.

    Attributes:
        kind: `embedded` or `served`.
        what: `choose` (a question becomes calls) or `write` (facts become an answer).
        configured: Whether the settings use it.
        ok: Whether it worked.
        came: What came back, or what went wrong.
        seconds: How long it took; loading the weights or the client is part of it.
    """

    kind: str
    what: str
    configured: bool
    ok: bool
    came: str
    seconds: float


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "check",
        help="one round trip with each language model",
        description="Ask each language model that is configured or available once; 0 if all configured ones answer.",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the trips; 1 if a language model that the settings name does not work."""
    app = open_app()
    ladder = app.settings.llm.rungs
    trips = round_trips(app, descriptions(app.tools))
    ok = all(trip.ok for trip in trips if trip.configured)
    if arguments.json:
        print_json({"ladder": list(ladder), "ok": ok, "checks": [asdict(trip) for trip in trips]})
        return 0 if ok else 1
    print(f"Ladder: {', '.join(ladder)}")
    for trip in trips:
        state = "ok" if trip.ok else "FAILED" if trip.configured else "not there (and not configured)"
        print(f"{trip.kind} {trip.what}: {state}, {trip.seconds:.2f} s\n  {trip.came}")
    print("All that is configured works." if ok else "Not all that is configured works.")
    return 0 if ok else 1


def round_trips(app: App, tools: Sequence[ToolDescription]) -> list[Trip]:
    """All trips that the settings, the checkpoint and the server make possible."""
    # Loads the clients of language models, which takes a second: not for every command.
    from assistant.llm.build import answer_writer
    from assistant.llm.served import reachable

    settings = app.settings.llm
    trips = [_trip("embedded", "choose", settings, lambda: _choose(app, settings, "embedded", tools))]
    away = _timed(lambda: reachable(settings) or "")
    if away[0]:
        return [*trips, Trip("served", "choose", "served" in settings.rungs, False, away[0], away[1])]
    trips.append(_trip("served", "choose", settings, lambda: _choose(app, settings, "served", tools)))
    if answer_writer(replace(settings, kind="served")):
        trips.append(_trip("served", "write", settings, lambda: _write(settings)))
    return trips


def _trip(kind: str, what: str, settings: LanguageModelSettings, work: Callable[[], str]) -> Trip:
    began = time.monotonic()
    try:
        came, ok = work(), True
    except AssistantError as error:
        came, ok = str(error), False
    return Trip(kind, what, kind in settings.rungs, ok, came, round(time.monotonic() - began, 2))


def _timed(work: Callable[[], str]) -> tuple[str, float]:
    began = time.monotonic()
    return work(), round(time.monotonic() - began, 2)


def _choose(app: App, settings: LanguageModelSettings, kind: str, tools: Sequence[ToolDescription]) -> str:
    from assistant.llm.build import step_chooser

    alone = replace(settings, kind=kind, timeout_seconds=max(settings.timeout_seconds, _LEAST_SECONDS))
    calls = step_chooser(alone, models_folder(settings, app.home)).choose(QUESTION, "en", [], tools)
    told = [f"{call.name}({', '.join(f'{name}={value}' for name, value in call.arguments.items())})" for call in calls]
    return f"{QUESTION} -> {'; '.join(told)}"


def _write(settings: LanguageModelSettings) -> str:
    from assistant.llm.build import answer_writer

    alone = replace(settings, kind="served", timeout_seconds=max(settings.timeout_seconds, _LEAST_SECONDS))
    writer = answer_writer(alone)
    assert writer is not None
    return "".join(writer.write(QUESTION, "en", [FACT], [])).strip()
