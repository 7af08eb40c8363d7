"""Is every figure of an answer grounded? `python -m eval answers --out R.json [--questions 500] [--model ...]`.

Questions are made from the understanding cases with the hospital's own units, items and people put in. Without
`--model` their expected steps are taken, so that no language model is needed, and the answers are composed by code;
with it the language model reads the question, and a served one writes the answer too.

Two checks that know nothing of each other: the assistant's own grounding, and a plain search for each figure, date and
name (`eval.answer_checks`). Then statements are put to grounding that were made from each answer's facts: false ones
(`eval.inventions`), of which it should let none pass, and true ones in other words (`eval.restatements`), of which it
should stop none.
"""

import argparse
import json
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import starmap
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assistant.agent.ground import ground_in
from assistant.agent.ground_bearers import Bearers, bearers_of
from assistant.agent.question import Answer, Question
from assistant.app import App, open_app
from assistant.errors import RecordError, SetupError
from assistant.llm.build import answer_writer, step_chooser
from assistant.llm.descriptions import EarlierTurn, RawCall, StepChooser, ToolDescription
from assistant.llm.settings import models_folder
from assistant.settings import Settings, home_folder, load_settings
from eval.answer_checks import Checker, figures
from eval.answer_scores import Checked, Tried, lines, summary
from eval.cases_answers import Asked, questions
from eval.cases_understanding import Case, read_cases
from eval.inventions import Invention, inventions
from eval.restatements import restatements

CASES = Path(__file__).parent / "cases"


@dataclass
class GivenSteps:
    """Chooses the steps that it was told; stands where a language model would."""

    steps: tuple[RawCall, ...] = ()

    def choose(
        self, question: str, language: str, earlier: Sequence[EarlierTurn], tools: Sequence[ToolDescription]
    ) -> list[RawCall]:
        """The steps in hand, whatever was asked."""
        return list(self.steps)

    def identity(self) -> dict[str, Any]:
        """For the journal."""
        return {"kind": "given", "name": "expected steps"}


def main(argv: Sequence[str]) -> int:
    """Run the command; 1 if an answer was not grounded or a false statement passed."""
    options = _options(argv)
    with _copied(options.home) as home:
        app, _ = _app(home, options)
        if app.store.clock() is None:
            raise SetupError(f"There are no records in {options.home}. Create the sample: assistant sample.")
        asked = questions(_cases(options.cases), app.names(), options.questions, options.seed)
    checked = list(_told(_all(asked, options), len(asked)))
    result = {"model": options.model or "none", "questions": len(checked), **summary(checked)}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print("\n".join(lines(result)))
    print(f"report: {options.out}")
    return 0 if result["all"]["grounded"] == 1 and not result["false_statements"]["wrongly"] else 1


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval answers", description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="report (JSON)")
    parser.add_argument("--questions", type=int, default=500, help="how many (default: 500)")
    parser.add_argument("--cases", type=Path, nargs="+", help="JSON lines (default: eval/cases/understanding*.jsonl)")
    parser.add_argument("--home", type=Path, default=home_folder(), help="data folder with the records")
    parser.add_argument("--model", choices=["served", "embedded"], help="end to end (default: the expected steps)")
    parser.add_argument("--plan-seconds", type=float, default=1, help="time limit of a plan (default: 1)")
    parser.add_argument("--statements", type=int, default=40, help="false ones tried an answer, and true ones (40)")
    parser.add_argument("--workers", type=int, default=1, help="processes side by side (default: 1)")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(argv)


def _cases(files: Sequence[Path] | None) -> list[Case]:
    found = files or sorted(CASES.glob("understanding*.jsonl"))
    if not found:
        raise RecordError(f"No cases: expected files understanding*.jsonl in {CASES}, or name some with --cases.")
    return [case for file in found for case in read_cases(file)[0]]


@contextmanager
def _copied(home: Path) -> Iterator[Path]:
    """A copy of the records and the search index, so that no journal entry or proposal of a user's is touched."""
    with TemporaryDirectory(prefix="answers-") as folder:
        copy = Path(folder)
        for name in ("records.db", "pseudonyms.key", "settings.toml"):
            if (home / name).is_file():
                shutil.copy(home / name, copy / name)
        if (home / "index").is_dir():
            shutil.copytree(home / "index", copy / "index")
        yield copy


def _app(home: Path, options: argparse.Namespace) -> tuple[App, GivenSteps | None]:
    """The app; with given steps, or with the language model that is asked for."""
    settings = load_settings(home)
    # The clock stops a plan that a busy machine holds up; how good it is does not matter here.
    settings = replace(settings, plan=replace(settings.plan, seconds=options.plan_seconds, patience=1.5))
    if not options.model:
        given = GivenSteps()
        return open_app(home, settings, chooser=given), given
    settings = replace(settings, llm=replace(settings.llm, kind=options.model, timeout_seconds=120.0))
    return open_app(home, settings, *_language_model(settings, options.home)), None


def _language_model(settings: Settings, home: Path) -> tuple[StepChooser, Any]:
    return step_chooser(settings.llm, models_folder(settings.llm, home)), answer_writer(settings.llm)


def _all(asked: Sequence[Asked], options: argparse.Namespace) -> Iterator[Checked]:
    """Each question answered and checked, in their order; with several processes each has a copy of the records."""
    if options.workers < 2:
        with _copied(options.home) as home:
            yield from starmap(Examiner(*_app(home, options), options.statements).examine, enumerate(asked))
        return
    with get_context("spawn").Pool(options.workers, _begin, (options,)) as pool:
        yield from pool.imap(_examined, list(enumerate(asked)))


_of_process: list[Any] = []
"""The examiner of a worker process, and its copy of the records, which lives as long."""


def _begin(options: argparse.Namespace) -> None:
    copy = _copied(options.home)
    _of_process.extend([Examiner(*_app(copy.__enter__(), options), options.statements), copy])


def _examined(numbered: tuple[int, Asked]) -> Checked:
    found: Checked = _of_process[0].examine(*numbered)
    return found


def _told(checked: Iterator[Checked], count: int) -> Iterator[Checked]:
    """Says on stderr every ten seconds how far it is and how long it will take."""
    began = shown = time.monotonic()
    for done, found in enumerate(checked, 1):
        yield found
        now = time.monotonic()
        if now - shown >= 10 or done == count:
            shown = now
            left = (now - began) / done * (count - done) / 60
            print(f"{done} of {count} answers, {left:.1f} min left", file=sys.stderr, flush=True)


class Examiner:
    """Asks questions and checks the answers.

    Args:
        app: Of a data folder of its own.
        given: Takes the expected steps; None where a language model chooses.
        statements: How many false and true statements are tried an answer.
    """

    def __init__(self, app: App, given: GivenSteps | None, statements: int) -> None:
        self._app, self._given, self._statements = app, given, statements
        self._names = app.names()
        self._checker = Checker(self._names)

    def examine(self, number: int, asked: Asked) -> Checked:
        """One question, answered and checked; its number seeds the statements."""
        if self._given is not None:
            self._given.steps = asked.steps
        question = Question(asked.text, "eval", thread=f"q{number}", language=asked.language)
        answer = self._app.assistant.ask(question)
        body = self._app.journal.latest(1)[0].body
        bearers = bearers_of(answer.facts, answer.sources, self._names)
        false, true = self._statements_of(answer, number)
        unborne = [claim for claim in body.get("claims", ()) if claim.get("fact") is None]
        return Checked(
            case=asked.case,
            question=asked.text,
            language=asked.language,
            tools="+".join(record.tool for record in answer.records) or "none",
            text=answer.text,
            failed=any(record.outcome is None for record in answer.records) or bool(answer.problem),
            grounded=answer.grounded,
            ungrounded=tuple(f"{claim['kind']} {claim['value']}" for claim in unborne),
            astray=self._checker.astray(answer),
            figures=len(figures(answer.text)),
            replaced=bool(body.get("replaced")),
            invented=self._judged(false, bearers, wrong_if=True),
            restated=self._judged(true, bearers, wrong_if=False),
            seconds=answer.seconds.get("total", 0.0),
        )

    def _statements_of(self, answer: Answer, seed: int) -> tuple[list[Invention], list[Invention]]:
        """False and true statements, a sample of each; and of the true ones always the answer's own words."""
        if not answer.facts:
            return [], []
        rng = random.Random(seed)
        false = inventions(answer.facts, answer.sources, self._names, answer.language, seed)
        true = restatements(answer.facts, self._names, answer.language, seed)
        said = "\n\n".join(record.outcome.text for record in answer.records if record.outcome)
        true = [Invention("the whole answer", said, ""), *rng.sample(true, min(self._statements, len(true)))]
        return rng.sample(false, min(self._statements, len(false))), true

    def _judged(self, made: Sequence[Invention], bearers: Bearers, wrong_if: bool) -> Tried:
        wrongly = []
        for statement in made:
            found = ground_in(statement.text, bearers, self._names)
            if found.ok == wrong_if:
                missing = "; ".join(f"{claim.kind} {claim.value} {claim.about}".strip() for claim in found.ungrounded)
                wrongly.append((statement.kind, statement.text, missing))
        return Tried(Counter(statement.kind for statement in made), tuple(wrongly))
