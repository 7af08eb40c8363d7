"""Scores of the answers evaluation: what was found in each answer, and the report over all of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eval.answer_checks import KINDS, Found

SHOWN = 30


@dataclass(frozen=True)
class Tried:
    """Statements that were put to grounding.

    Attributes:
        kinds: How many of each kind.
        wrongly: Those that it judged wrongly (false ones let pass, true ones stopped): kind, text, and what it says
            is not borne.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    wrongly: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Checked:
    """What was found in one answer.

    Attributes:
        case, question, language: What was asked.
        tools: The tools that answered, joined by `+`.
        failed: Some step could not be done, so that the answer explains why.
        grounded: Every claim of the text is borne, by the assistant's own grounding; ungrounded: those that are not.
        astray: Figures, dates and names that come from nowhere, by the plain search of `eval.answer_checks`.
        figures: How many figures the text has.
        replaced: A language model wrote something that was not borne, and the plain rendering was shown instead.
        invented: False statements made from its facts; restated: true ones.
        seconds: From the question to the answer.
    """

    case: str
    question: str
    language: str
    tools: str
    text: str
    failed: bool
    grounded: bool
    ungrounded: tuple[str, ...]
    astray: Found
    figures: int
    replaced: bool
    invented: Tried = Tried()
    restated: Tried = Tried()
    seconds: float = 0.0


def summary(checked: Sequence[Checked]) -> dict[str, Any]:
    """The report: shares over all, by language and by tool; examples of what is wrong; the statements tried."""
    faulty = [found for found in checked if not found.grounded or any(found.astray.values())]
    return {
        "all": _scores(checked),
        "languages": _by(checked, lambda found: found.language),
        "tools": _by(checked, lambda found: found.tools),
        "examples": [_example(found) for found in faulty[:SHOWN]],
        "false_statements": judged([found.invented for found in checked]),
        "true_statements": judged([found.restated for found in checked]),
    }


def judged(tried: Iterable[Tried]) -> dict[str, Any]:
    """By kind how many statements were tried and how many of them judged wrongly, with examples."""
    tried = list(tried)
    kinds = sum((each.kinds for each in tried), Counter[str]())
    wrongly = [found for each in tried for found in each.wrongly]
    wrong = Counter(kind for kind, _, _ in wrongly)
    return {
        "tried": sum(kinds.values()),
        "wrongly": len(wrongly),
        "kinds": {kind: {"tried": count, "wrongly": wrong[kind]} for kind, count in kinds.most_common()},
        "examples": [{"kind": kind, "text": text, "not_borne": said} for kind, text, said in _spread(wrongly)],
    }


def _spread(wrongly: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Some examples of each kind."""
    kinds = Counter(kind for kind, _, _ in wrongly)
    most = max(1, SHOWN // max(1, len(kinds)))
    return [found for kind in kinds for found in [each for each in wrongly if each[0] == kind][:most]]


def _scores(checked: Sequence[Checked]) -> dict[str, Any]:
    count = len(checked) or 1
    seconds = sorted(found.seconds for found in checked)
    return {
        "questions": len(checked),
        "grounded": round(sum(found.grounded for found in checked) / count, 4),
        **{
            f"every_{kind}_traced": round(sum(not found.astray[kind] for found in checked) / count, 4) for kind in KINDS
        },
        "figures": sum(found.figures for found in checked),
        "figures_astray": sum(len(found.astray["number"]) for found in checked),
        "replaced": round(sum(found.replaced for found in checked) / count, 4),
        "failed_steps": round(sum(found.failed for found in checked) / count, 4),
        "mean_characters": round(sum(len(found.text) for found in checked) / count),
        "median_seconds": round(seconds[len(seconds) // 2], 3) if seconds else None,
    }


def _by(checked: Sequence[Checked], key: Callable[[Checked], str]) -> dict[str, Any]:
    groups = sorted({key(found) for found in checked})
    return {group: _scores([found for found in checked if key(found) == group]) for group in groups}


def _example(found: Checked) -> dict[str, Any]:
    return {
        "case": found.case,
        "question": found.question,
        "answer": found.text,
        "ungrounded": list(found.ungrounded),
        "astray": {kind: list(values) for kind, values in found.astray.items() if values},
    }


def lines(result: Mapping[str, Any]) -> list[str]:
    """The report as a table."""
    shown = [("all", result["all"]), *result["languages"].items(), *result["tools"].items()]
    told = [f"{'':32} answers  grounded   number     date     name  figures astray  failed steps"]
    for name, row in shown:
        traced = " ".join(f"{row[f'every_{kind}_traced']:8.1%}" for kind in KINDS)
        told.append(
            f"{name[:32]:32} {row['questions']:7}  {row['grounded']:8.1%} {traced} "
            f"{row['figures_astray']:5} of {row['figures']:6}  {row['failed_steps']:6.1%}"
        )
    for title, name, verb in (("false", "false_statements", "passed"), ("true", "true_statements", "stopped")):
        tried = result[name]
        told.append(f"{title} statements: {tried['tried']} tried, {tried['wrongly']} {verb}")
        wrong = {kind: row for kind, row in tried["kinds"].items() if row["wrongly"]}
        told += [f"  {kind}: {row['wrongly']} of {row['tried']}" for kind, row in wrong.items()]
    return told
