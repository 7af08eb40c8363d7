"""How often a question leads to the right calls: `python -m eval understanding CASES.jsonl --out R.json`.

Tool accuracy is the share of cases whose tools are the expected ones in the expected order; all-arguments accuracy
is the share where, besides, every expected argument matches (texts: equal, or one contains the other, in lower
case; numbers: equal). The whole set of tools of the catalogue that are available is offered.
"""

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from rich.console import Console
from rich.progress import track

from assistant.errors import LanguageModelError
from assistant.llm.build import step_chooser
from assistant.llm.descriptions import StepChooser, ToolDescription
from assistant.llm.nearest import NearestChooser
from assistant.llm.settings import LanguageModelSettings, models_folder
from assistant.llm.vectors import KeptVectors
from assistant.records.store import Store
from assistant.retrieval.encoder import MiniLM
from assistant.tools.catalogue import descriptions, make_catalogue
from assistant.tools.services import Services
from eval.cases_understanding import Case, Outcome, read_cases


def main(argv: Sequence[str]) -> int:
    """Run the command; 0 if the report was written. Raises AssistantError for what the user can mend."""
    options = _options(argv)
    cases = read_cases(options.cases)
    chooser, tools = _chooser(options), available_tools()
    chooser.choose("How full is the ICU?", "en", [], tools)  # loading is not part of the latency
    outcomes = evaluate(cases, chooser, tools)
    result = {"model": options.model, "identity": chooser.identity(), "cases_file": options.cases.name}
    result |= summary(outcomes)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _print(result, options.out)
    return 0


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval understanding", description=__doc__)
    parser.add_argument("cases", type=Path, help="JSON lines: id, lang, earlier, question, expect")
    parser.add_argument("--out", type=Path, required=True, help="report (JSON)")
    parser.add_argument("--model", choices=["embedded", "served", "nearest"], default="embedded")
    parser.add_argument("--examples", type=int, help="similar examples shown to the embedded language model")
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], help="numbers of the embedded weights")
    parser.add_argument(
        "--open", action="store_true", help="embedded: all calls of the catalogue, not only shown shapes"
    )
    parser.add_argument("--base-url", help="of the served language model, with /v1")
    parser.add_argument("--name", help="name of the served language model")
    parser.add_argument("--home", type=Path, default=Path(".assistant"), help="data folder (checkpoint)")
    return parser.parse_args(argv)


def _chooser(options: argparse.Namespace) -> StepChooser:
    given = {
        "examples": options.examples,
        "only_shown_shapes": False if options.open else None,
        "nearly": 0.0 if options.open else None,
        "dtype": options.dtype,
        "base_url": options.base_url,
        "model": options.name,
        # An evaluation wants the answer, however busy the machine is; the latency is reported anyway.
        "timeout_seconds": 120.0,
    }
    given = {key: value for key, value in given.items() if value is not None}
    settings = LanguageModelSettings(kind="served" if options.model == "served" else "embedded", **given)
    models = models_folder(settings, options.home)
    if options.model == "nearest":
        return NearestChooser(KeptVectors(MiniLM(), models))
    return step_chooser(settings, models, encoder=MiniLM())


def available_tools() -> list[ToolDescription]:
    """What the catalogue offers to a language model; no records are needed for that."""
    with TemporaryDirectory() as home:
        store = Store.open(Path(home))
        try:
            return descriptions(make_catalogue(Services(store, _no_search)))
        finally:
            store.close()


def _no_search() -> NoReturn:
    raise RuntimeError("The understanding evaluation runs no tool.")


def evaluate(cases: Sequence[Case], chooser: StepChooser, tools: Sequence[ToolDescription]) -> list[Outcome]:
    """The outcomes of all cases; a case without a usable reply is wrong, and the run goes on."""
    console = Console(stderr=True)
    return [_outcome(case, chooser, tools) for case in track(cases, "Understanding", console=console)]


def _outcome(case: Case, chooser: StepChooser, tools: Sequence[ToolDescription]) -> Outcome:
    began = time.monotonic()
    try:
        calls = chooser.choose(case.question, case.language, case.earlier, tools)
    except LanguageModelError as error:
        return Outcome(case, (), time.monotonic() - began, f"{error.code}: {error}")
    return Outcome(case, tuple(calls), time.monotonic() - began)


def summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The report: accuracies over all, per language and per expected tools, confusion, latency, the misses."""
    return {
        "all": _scores(outcomes),
        "languages": _by(outcomes, lambda outcome: outcome.case.language),
        "tools": _by(outcomes, lambda outcome: _names(outcome.case.expect)),
        "confusion": _confusion(outcomes),
        "latency_seconds": _latency([outcome.seconds for outcome in outcomes]),
        "misses": [_miss(outcome) for outcome in outcomes if not outcome.arguments],
    }


def _scores(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    count = len(outcomes)
    return {
        "cases": count,
        "tool_accuracy": round(sum(outcome.tools for outcome in outcomes) / count, 4),
        "all_arguments_accuracy": round(sum(outcome.arguments for outcome in outcomes) / count, 4),
        "errors": sum(bool(outcome.error) for outcome in outcomes),
    }


def _by(outcomes: Sequence[Outcome], key: Callable[[Outcome], str]) -> dict[str, Any]:
    groups = sorted({key(outcome) for outcome in outcomes})
    return {group: _scores([outcome for outcome in outcomes if key(outcome) == group]) for group in groups}


def _confusion(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    """Expected tools (joined by +) to predicted tools to number of cases."""
    table: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        table.setdefault(_names(outcome.case.expect), Counter())[_names(outcome.predicted) or "none"] += 1
    return {expected: dict(row.most_common()) for expected, row in sorted(table.items())}


def _names(calls: Sequence[Any]) -> str:
    return "+".join(call.name for call in calls)


def _latency(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    p90 = ordered[min(len(ordered) - 1, int(0.9 * len(ordered)))]
    return {"median": round(statistics.median(ordered), 3), "p90": round(p90, 3), "max": round(ordered[-1], 3)}


def _miss(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.case.id,
        "question": outcome.case.question,
        "expected": [call.as_dict() for call in outcome.case.expect],
        "predicted": [call.as_dict() for call in outcome.predicted],
        "error": outcome.error,
    }


def _print(result: dict[str, Any], out: Path) -> None:
    for name, scores in [("all", result["all"]), *result["languages"].items(), *result["tools"].items()]:
        print(
            f"{name:45} {scores['cases']:5} cases  tools {scores['tool_accuracy']:6.1%}  "
            f"all arguments {scores['all_arguments_accuracy']:6.1%}"
        )
    latency = result["latency_seconds"]
    print(f"latency: median {latency['median']} s, 90 % under {latency['p90']} s; report: {out}")
