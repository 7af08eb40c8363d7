"""Is every figure of an answer grounded? `python -m eval answers --out R.json [--questions 500] [--model ...]`.

Questions are made from the understanding cases with the hospital's own units, items and people put in. Without
`--model` their expected steps are taken, so that no language model is needed, and the answers are composed by code;
with it the language model reads the question, and a served one writes the answer too.

Two checks that know nothing of each other: the assistant's own grounding, and a plain search for each digit figure of
the answer in the facts and passages. Then false statements are made from each answer's facts (`--inventions`), and
the share of them that grounding lets pass is reported: it should be none.
"""

import argparse
import json
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.progress import track

from assistant.agent.claims import Names
from assistant.agent.ground import ground
from assistant.agent.question import Answer, Question
from assistant.app import App, open_app
from assistant.errors import RecordError, SetupError
from assistant.llm.build import answer_writer, step_chooser
from assistant.llm.descriptions import EarlierTurn, RawCall, StepChooser, ToolDescription
from assistant.llm.settings import models_folder
from assistant.settings import Settings, home_folder, load_settings
from assistant.tools.door import CallRecord
from eval.cases_answers import Asked, questions
from eval.cases_understanding import Case, read_cases
from eval.inventions import inventions

CASES = Path(__file__).parent / "cases"
SHOWN = 30
# A figure by itself, not the digits of a code such as 3A-07.
_FIGURE = re.compile(r"(?<![A-Za-z0-9_.])(?<![A-Za-z]-)\d+(?:,\d{3})*(?:\.\d+)?(?![A-Za-z0-9])")


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


@dataclass(frozen=True)
class Checked:
    """What was found in one answer.

    Attributes:
        tools: The tools that answered, joined by `+`.
        failed: Some step could not be done, so that the answer explains why.
        grounded: Every claim of the text is borne; ungrounded: those that are not.
        wrong: Digit figures of the text that stand in no fact, passage or (for a failed step) its message.
        replaced: A language model wrote something that was not borne, and the plain rendering was shown instead.
        invented, passed: False statements tried on its facts, and those that grounding let through.
    """

    asked: Asked
    tools: str
    text: str
    failed: bool
    grounded: bool
    ungrounded: tuple[str, ...]
    wrong: tuple[str, ...]
    replaced: bool
    invented: Counter[str] = field(default_factory=Counter)
    passed: tuple[tuple[str, str], ...] = ()


def main(argv: Sequence[str]) -> int:
    """Run the command; 1 if an answer was not grounded or a false statement passed."""
    options = _options(argv)
    with _copied(options.home) as home:
        app, given = _app(home, options)
        if app.store.clock() is None:
            raise SetupError(f"There are no records in {options.home}. Create the sample: assistant sample.")
        asked = questions(_cases(options.cases), app.names(), options.questions, options.seed)
        checked = evaluate(app, given, asked, options.inventions)
    result = {"model": options.model or "none", "questions": len(checked), **summary(checked)}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _print(result, options.out)
    return 0 if result["all"]["grounded"] == 1 and not result["inventions"]["passed"] else 1


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval answers", description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="report (JSON)")
    parser.add_argument("--questions", type=int, default=500, help="how many (default: 500)")
    parser.add_argument("--cases", type=Path, nargs="+", help="JSON lines (default: eval/cases/understanding*.jsonl)")
    parser.add_argument("--home", type=Path, default=home_folder(), help="data folder with the records")
    parser.add_argument("--model", choices=["served", "embedded"], help="end to end (default: the expected steps)")
    parser.add_argument("--plan-seconds", type=float, default=3, help="time limit of a plan (default: 3)")
    parser.add_argument("--inventions", type=int, default=40, help="false statements tried a question (default: 40)")
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
    settings = replace(settings, plan=replace(settings.plan, seconds=options.plan_seconds))
    if not options.model:
        given = GivenSteps()
        return open_app(home, settings, chooser=given), given
    settings = replace(settings, llm=replace(settings.llm, kind=options.model, timeout_seconds=120.0))
    return open_app(home, settings, *_language_model(settings, options.home)), None


def _language_model(settings: Settings, home: Path) -> tuple[StepChooser, Any]:
    return step_chooser(settings.llm, models_folder(settings.llm, home)), answer_writer(settings.llm)


def evaluate(app: App, given: GivenSteps | None, asked: Sequence[Asked], tried: int) -> list[Checked]:
    """Ask all questions and check each answer."""
    names = app.names()
    checked = []
    for number, question in enumerate(track(asked, "Answers", console=Console(stderr=True))):
        if given is not None:
            given.steps = question.steps
        answer = app.assistant.ask(Question(question.text, "eval", thread=f"q{number}", language=question.language))
        checked.append(_checked(app, question, answer, names, tried, number))
    return checked


def _checked(app: App, asked: Asked, answer: Answer, names: Names, tried: int, seed: int) -> Checked:
    body = app.journal.get(answer.journal_id).body
    claims = [claim for claim in body.get("claims", ()) if claim.get("fact") is None]
    made = inventions(answer.facts, answer.sources, names, asked.language, seed) if answer.facts else []
    made = random.Random(seed).sample(made, min(tried, len(made)))
    passed = [(m.kind, m.text) for m in made if ground(m.text, answer.facts, answer.sources, names).ok]
    return Checked(
        asked,
        "+".join(record.tool for record in answer.records) or "none",
        answer.text,
        any(record.outcome is None for record in answer.records) or bool(answer.problem),
        answer.grounded,
        tuple(f"{claim['kind']} {claim['value']}" for claim in claims),
        wrong_figures(answer),
        bool(body.get("replaced")),
        Counter(m.kind for m in made),
        tuple(passed),
    )


def wrong_figures(answer: Answer) -> tuple[str, ...]:
    """Digit figures of the text that are in no fact or passage, whatever they are said of.

    What the assistant adds of its own is left out: ids of proposals, and what a failed step says of the user's words.
    """
    text = answer.text
    for proposal in answer.proposal_ids:
        text = text.replace(proposal, "")
    held = [fact.text for fact in answer.facts] + [f"{v.value}" for fact in answer.facts for v in fact.values]
    held += [f"{s.title} {s.section} {s.version} {s.excerpt} {s.as_of}" for s in answer.sources]
    held += [_said(record) for record in answer.records if record.outcome is None]
    known = {_plain(figure) for words in held for figure in _FIGURE.findall(words)}
    return tuple(figure for figure in _FIGURE.findall(text) if _plain(figure) not in known)


def _said(record: CallRecord) -> str:
    """All that a failed step may speak of: what was asked, what the error says, near names, an example of a date."""
    faults = " ".join(f"{fault.came} {fault.limit}" for fault in record.faults)
    return f"{record.arguments} {record.error} {' '.join(record.near)} {faults} 2026-03-14 3"


def _plain(figure: str) -> str:
    value = float(figure.replace(",", ""))
    return f"{value:g}"


def summary(checked: Sequence[Checked]) -> dict[str, Any]:
    """The report: shares over all, by language and by tool; examples of what is wrong; the inventions."""
    tried = sum((found.invented for found in checked), Counter[str]())
    passed = [(kind, text) for found in checked for kind, text in found.passed]
    faulty = [found for found in checked if not found.grounded or found.wrong]
    return {
        "all": _scores(checked),
        "languages": _by(checked, lambda found: found.asked.language),
        "tools": _by(checked, lambda found: found.tools),
        "examples": [_example(found) for found in faulty[:SHOWN]],
        "inventions": {
            "tried": sum(tried.values()),
            "passed": len(passed),
            "kinds": dict(tried.most_common()),
            "examples": [{"kind": kind, "text": text} for kind, text in passed[:SHOWN]],
        },
    }


def _scores(checked: Sequence[Checked]) -> dict[str, Any]:
    count = len(checked) or 1
    figures = sum(len(_FIGURE.findall(found.text)) for found in checked)
    return {
        "questions": len(checked),
        "grounded": round(sum(found.grounded for found in checked) / count, 4),
        "wrong_figures": sum(len(found.wrong) for found in checked),
        "figures": figures,
        "replaced": round(sum(found.replaced for found in checked) / count, 4),
        "failed_steps": round(sum(found.failed for found in checked) / count, 4),
        "mean_characters": round(sum(len(found.text) for found in checked) / count),
    }


def _by(checked: Sequence[Checked], key: Callable[[Checked], str]) -> dict[str, Any]:
    groups = sorted({key(found) for found in checked})
    return {group: _scores([found for found in checked if key(found) == group]) for group in groups}


def _example(found: Checked) -> dict[str, Any]:
    return {
        "case": found.asked.case,
        "question": found.asked.text,
        "answer": found.text,
        "ungrounded": list(found.ungrounded),
        "wrong": list(found.wrong),
    }


def _print(result: dict[str, Any], out: Path) -> None:
    for name, scores in [("all", result["all"]), *result["languages"].items(), *result["tools"].items()]:
        print(
            f"{name:32} {scores['questions']:4} answers  grounded {scores['grounded']:7.1%}  "
            f"wrong figures {scores['wrong_figures']:3} of {scores['figures']:6}  "
            f"failed steps {scores['failed_steps']:6.1%}"
        )
    tried = result["inventions"]
    print(f"false statements: {tried['tried']} tried, {tried['passed']} passed; report: {out}")
