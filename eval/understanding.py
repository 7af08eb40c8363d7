"""How often a question leads to the right calls: `python -m eval understanding CASES.jsonl --out R.json`.

Tool accuracy is the share of cases whose tools are the expected ones in the expected order; all-arguments accuracy
is the share where, besides, every expected argument matches (texts: equal, or one contains the other, in lower
case; numbers: equal). The whole catalogue is offered. With `--baselines` the same cases are also put to the untuned
weights and to the nearest example, and one table compares them. `--model open` is the embedded language model without
its shortlist: all tools are open to it.
"""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import LanguageModelError, SetupError
from assistant.llm import checkpoint
from assistant.llm.build import step_chooser
from assistant.llm.choose import EmbeddedChooser
from assistant.llm.descriptions import StepChooser, ToolDescription
from assistant.llm.embedded import EmbeddedChatModel
from assistant.llm.examples import Example, read_examples
from assistant.llm.faults import OUTPUT_INVALID
from assistant.llm.settings import LanguageModelSettings, models_folder
from assistant.retrieval.encoder import MiniLM
from assistant.tools.catalogue import tool_descriptions
from assistant.tuning.split import SHOWN_BEFORE
from eval.cases_understanding import Case, Outcome, read_cases
from eval.nearest import NearestChooser
from eval.understanding_scores import confused, summary

MODELS = ("embedded", "open", "served", "nearest")
BASELINES = ("untuned", "nearest")
# Slow machines are measured too: how long it took is reported, not cut short.
_SECONDS = 120.0
_TELL_EVERY = 10.0

Progress = Callable[[str], None]


def main(argv: Sequence[str]) -> int:
    """Run the command; 0 if the report was written. Raises AssistantError for what the user can mend."""
    options = _options(argv)
    cases, faults = read_cases(options.cases)
    if faults:
        _tell(f"{options.cases}: {len(faults)} lines cannot be read and are left out:\n  " + "\n  ".join(faults))
    names = [options.model, *(name for name in BASELINES if options.baselines and name != options.model)]
    # All are made first: what is missing is told before the cases are run, not after.
    choosers = {name: make_chooser(name, options) for name in names}
    reports = {name: report_of(name, chooser, cases) for name, chooser in choosers.items()}
    result = {
        "model": options.model,
        "cases_file": options.cases.name,
        "cases_sha256": hashlib.sha256(options.cases.read_bytes()).hexdigest(),
        "broken_lines": faults,
        **reports[options.model],
        "baselines": {name: report for name, report in reports.items() if name != options.model},
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print("\n".join(_lines(result)))
    print(f"report: {options.out}")
    return 0


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval understanding", description=__doc__)
    parser.add_argument("cases", type=Path, help="JSON lines: id, lang, earlier, question, expect")
    parser.add_argument("--out", type=Path, required=True, help="report (JSON)")
    parser.add_argument("--model", choices=MODELS, default="embedded")
    parser.add_argument("--baselines", action="store_true", help="also the untuned weights and the nearest example")
    parser.add_argument(
        "--examples", type=Path, help="nearest: examples to compare with, e.g. a training set (JSON lines as CASES)"
    )
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], help="numbers of the embedded weights")
    parser.add_argument("--threads", type=int, help="CPU threads of the embedded language model")
    parser.add_argument("--base-url", help="of the served language model, with /v1")
    parser.add_argument("--name", help="name of the served language model")
    parser.add_argument("--home", type=Path, default=Path(".assistant"), help="data folder (checkpoints)")
    return parser.parse_args(argv)


def make_chooser(name: str, options: argparse.Namespace) -> StepChooser:
    """The chooser of a name of `MODELS` or `BASELINES`; weights are loaded at its first question.

    Raises:
        SetupError: Weights or examples are not there.
    """
    if name == "nearest":
        return NearestChooser(_examples(options.examples), MiniLM(), options.home / "eval")
    given = {"dtype": options.dtype, "threads": options.threads, "base_url": options.base_url, "model": options.name}
    given = {key: value for key, value in given.items() if value is not None}
    kind = "served" if name == "served" else "embedded"
    settings = LanguageModelSettings(kind=kind, timeout_seconds=_SECONDS, **given)
    models = models_folder(settings, options.home)
    if name == "untuned":
        return _without_shortlist(untuned_folder(models), settings)
    if name == "open":
        return _without_shortlist(checkpoint.checkpoint_folder(models), settings)
    return step_chooser(settings, models)


def untuned_folder(models: Path) -> Path:
    """The weights as they come in their package, unpacked.

    Raises:
        SetupError: They were not unpacked.
    """
    folder = models / checkpoint.BASE
    if not (folder / checkpoint.CARD).is_file():
        raise SetupError(f"No untuned checkpoint at {folder}. Build it once with `assistant llm build`.")
    return folder


def _without_shortlist(folder: Path, settings: LanguageModelSettings) -> EmbeddedChooser:
    language_model = EmbeddedChatModel(folder=folder, threads=settings.threads, dtype=settings.dtype, seconds=_SECONDS)
    return EmbeddedChooser(language_model, settings)


def _examples(file: Path | None) -> list[Example]:
    if file is None:
        return read_examples(SHOWN_BEFORE.read_text(encoding="utf-8"))
    cases, faults = read_cases(file)
    if faults:
        _tell(f"{file}: {len(faults)} examples cannot be read and are left out, the first: {faults[0]}")
    return [Example(case.language, case.question, case.expect, case.earlier) for case in cases]


def report_of(name: str, chooser: StepChooser, cases: Sequence[Case]) -> dict[str, Any]:
    """Identity, accuracies, confusion, latency and misses of one chooser on all cases."""
    tools = tool_descriptions()
    _tell(f"{name}: loading")
    _warm(chooser, cases[0], tools)
    outcomes = evaluate(cases, chooser, tools, lambda line: _tell(f"{name}: {line}"))
    return {"identity": chooser.identity(), **summary(outcomes)}


def _warm(chooser: StepChooser, case: Case, tools: Sequence[ToolDescription]) -> None:
    """Ask once, so that loading is not timed. A bad answer is for the evaluation; no server is an error."""
    try:
        chooser.choose("How full is the ICU?", "en", [], tools)
        if case.language == "zh":
            chooser.choose("ICU现在有多满？", "zh", [], tools)
    except LanguageModelError as error:
        if error.code != OUTPUT_INVALID:
            raise


def evaluate(
    cases: Sequence[Case], chooser: StepChooser, tools: Sequence[ToolDescription], tell: Progress = lambda line: None
) -> list[Outcome]:
    """The outcomes of all cases; a case without a usable reply is wrong, and the run goes on."""
    outcomes: list[Outcome] = []
    began = told = time.monotonic()
    for case in cases:
        outcomes.append(_outcome(case, chooser, tools))
        now = time.monotonic()
        if now - told > _TELL_EVERY or len(outcomes) == len(cases):
            left = (now - began) / len(outcomes) * (len(cases) - len(outcomes))
            right = sum(outcome.tools for outcome in outcomes) / len(outcomes)
            tell(f"{len(outcomes)} of {len(cases)} cases, right tools {right:.1%}, {left / 60:.1f} min left")
            told = now
    return outcomes


def _outcome(case: Case, chooser: StepChooser, tools: Sequence[ToolDescription]) -> Outcome:
    began = time.monotonic()
    try:
        calls = chooser.choose(case.question, case.language, case.earlier, tools)
    except LanguageModelError as error:
        return Outcome(case, (), time.monotonic() - began, f"{error.code}: {error}")
    return Outcome(case, tuple(calls), time.monotonic() - began)


def _lines(result: dict[str, Any]) -> list[str]:
    """The report for reading: the first language model by group, its confusions, then all in one table."""
    groups = [("all", result["all"]), *result["languages"].items(), *result["tools"].items()]
    lines = [f"{result['model']} on {result['cases_file']}"]
    lines += [f"  {name:45} {row['cases']:5} cases  {_shares(row)}" for name, row in groups]
    wrong = confused(result["confusion"])
    lines += ["most frequent confusions (times, expected, called)"] if wrong else []
    lines += [f"  {count:4}  {expected} -> {called}" for count, expected, called in wrong[:15]]
    reports = {result["model"]: result, **result["baselines"]}
    languages = list(result["languages"])
    lines.append(f"{'':10} {'all':74} {'  '.join(f'{tag} tools / arguments' for tag in languages)}   seconds")
    for name, report in reports.items():
        took = report["latency_seconds"]
        by_language = [report["languages"][tag] for tag in languages]
        shares = [
            f"{100 * r['tool_accuracy']:5.1f} / {100 * r['all_arguments_accuracy']:5.1f} %    " for r in by_language
        ]
        lines.append(
            f"{name:10} {_shares(report['all']):74} {'  '.join(shares)}   {took['median']} (90 %: {took['p90']})"
        )
    return lines


def _shares(row: dict[str, Any]) -> str:
    """`tools 97.1 % (95.9-98.0)  all arguments ...`."""
    told = []
    for words, name in (("tools", "tool_accuracy"), ("all arguments", "all_arguments_accuracy")):
        low, high = row[f"{name}_95"]
        told.append(f"{words} {100 * row[name]:5.1f} % ({100 * low:.1f}-{100 * high:.1f})")
    return "  ".join(told)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
