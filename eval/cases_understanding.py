"""Cases of the understanding evaluation: reading them, and the rule by which a prediction matches."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.errors import RecordError
from assistant.llm.descriptions import EarlierTurn, RawCall


@dataclass(frozen=True)
class Case:
    """A question with the calls it should lead to.

    Attributes:
        id: Unique in its file.
        language: `en` or `zh`.
        question: What is asked.
        expect: The calls; an argument that is not listed may be anything.
        earlier: The turns before.
    """

    id: str
    language: str
    question: str
    expect: tuple[RawCall, ...]
    earlier: tuple[EarlierTurn, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What was predicted for a case, and whether it matches.

    Attributes:
        tools: Whether the same tools are called, in the same order.
        arguments: Whether, besides, every expected argument matches.
        seconds: From question to calls.
        error: Why there is no prediction.
    """

    case: Case
    predicted: tuple[RawCall, ...]
    seconds: float
    error: str = ""
    tools: bool = field(init=False)
    arguments: bool = field(init=False)

    def __post_init__(self) -> None:
        same_tools = [call.name for call in self.predicted] == [call.name for call in self.case.expect]
        object.__setattr__(self, "tools", same_tools)
        all_match = same_tools and all(map(call_matches, self.case.expect, self.predicted))
        object.__setattr__(self, "arguments", all_match)


def call_matches(expected: RawCall, predicted: RawCall) -> bool:
    """Whether every argument listed in `expected` matches that of `predicted`."""
    return expected.name == predicted.name and all(
        name in predicted.arguments and value_matches(value, predicted.arguments[name])
        for name, value in expected.arguments.items()
    )


def value_matches(expected: Any, predicted: Any) -> bool:
    """Numbers must be equal; texts equal, or one contained in the other, after lower-casing and trimming."""
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        return _number(predicted) == float(expected)
    one, other = (" ".join(str(value).lower().split()) for value in (expected, predicted))
    return one == other or bool(one and other and (one in other or other in one))


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def read_cases(file: Path) -> list[Case]:
    """The cases of a JSON-lines file.

    Raises:
        RecordError: Lines that cannot be read, all of them.
    """
    cases, faults = [], []
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as wrong:
        raise RecordError(f"Cannot read the cases in {file}: {wrong}") from wrong
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            cases.append(_case(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            faults.append(f"line {number}: {wrong!r}")
    if faults or not cases:
        raise RecordError(
            f"{file}: expected one JSON object per line with id, lang, earlier, question, expect.", faults
        )
    return cases


def _case(row: Mapping[str, Any]) -> Case:
    earlier = tuple(EarlierTurn(turn["question"], _calls(turn["steps"])) for turn in row.get("earlier") or ())
    return Case(str(row["id"]), row["lang"], row["question"], _calls(row["expect"]), earlier)


def _calls(rows: Sequence[Mapping[str, Any]]) -> tuple[RawCall, ...]:
    return tuple(RawCall(row["tool"], dict(row.get("arguments") or {})) for row in rows)
