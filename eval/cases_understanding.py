"""Cases of the understanding evaluation: reading them, and the rule by which a prediction matches."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.errors import RecordError
from assistant.llm.descriptions import EarlierTurn, RawCall

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_TAGS = {"cn": "zh", "chinese": "zh", "中文": "zh", "english": "en"}
_FORMAT = (
    'expected one JSON object per line: {"id", "lang", "earlier": [{"question", "steps": [{"tool", "arguments"}]}], '
    '"question", "expect": [{"tool", "arguments"}]}'
)


@dataclass(frozen=True)
class Case:
    """A question with the calls it should lead to.

    Attributes:
        id: Unique in its file.
        language: `en`, `zh`, or another tag: a third language is counted apart.
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


def read_cases(file: Path) -> tuple[list[Case], list[str]]:
    """The cases of a JSON-lines file, and what is wrong with the lines that cannot be read (`line 7: ...`).

    `lang` may be missing or a longer tag (`zh-CN`), `earlier`, `id` and `arguments` may be missing; blank lines and a
    byte order mark do not matter.

    Raises:
        RecordError: The file cannot be opened, or no line of it can be read.
    """
    cases: list[Case] = []
    faults: list[str] = []
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as wrong:
        raise RecordError(f"Cannot read the cases in {file}: {wrong}") from wrong
    # Not `splitlines`: that also cuts at the separators that JSON allows within a text.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            cases.append(_case(json.loads(line), number))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
            faults.append(f"line {number}: {_told(wrong)}")
    if not cases:
        raise RecordError(f"{file} holds no case; {_FORMAT}.", faults)
    return cases, faults


def _told(wrong: Exception) -> str:
    if isinstance(wrong, KeyError):
        return f"{wrong} is missing"
    return f"not JSON: {wrong}" if isinstance(wrong, json.JSONDecodeError) else str(wrong)


def _case(row: Any, number: int) -> Case:
    if not isinstance(row, dict):
        raise TypeError(f"expected an object, found {type(row).__name__}")
    earlier = tuple(EarlierTurn(_text(turn, "question"), _calls(turn, "steps")) for turn in row.get("earlier") or ())
    question, expect = _text(row, "question"), _calls(row, "expect")
    if not expect:
        raise ValueError("'expect' must list one call at least")
    return Case(str(row.get("id", f"line-{number}")), _language(row.get("lang"), question), question, expect, earlier)


def _language(tag: Any, question: str) -> str:
    """The first part of the tag (`zh` of `zh-CN`); without one, what the question is written in."""
    said = re.split(r"[-_ ]", tag.strip().lower())[0] if isinstance(tag, str) else ""
    if said:
        return _TAGS.get(said, said)
    return "zh" if _CHINESE.search(question) else "en"


def _text(row: Mapping[str, Any], name: str) -> str:
    if not isinstance(row[name], str):
        raise TypeError(f"'{name}' must be a text, not {row[name]!r}")
    return row[name]


def _calls(row: Mapping[str, Any], name: str) -> tuple[RawCall, ...]:
    """The calls under `name`; none where an earlier turn lists no steps."""
    calls: Sequence[Any] = row[name] if name == "expect" else row.get(name) or ()
    if not isinstance(calls, list | tuple):
        raise TypeError(f"'{name}' must be a list of calls, not {calls!r}")
    return tuple(_call(call, name) for call in calls)


def _call(call: Any, name: str) -> RawCall:
    arguments = call.get("arguments") if isinstance(call, dict) else None
    if not isinstance(call, dict) or not isinstance(call.get("tool"), str):
        raise TypeError(f"a call in '{name}' must be an object with a text 'tool', not {call!r}")
    if not isinstance(arguments or {}, dict):
        raise TypeError(f"'arguments' of {call['tool']} must be an object, not {arguments!r}")
    # An argument expected to be null is expected to be left out, which says the same as not listing it.
    return RawCall(call["tool"], {key: value for key, value in (arguments or {}).items() if value is not None})
