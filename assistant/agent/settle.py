"""Settles by code what the question's own words leave no doubt about: what an amount means, and "the whole house".

The understanding step copies the figure of `20 % fewer patients`; that it is a percentage, and which way it goes, is
read here and written into the call, so that the tool and the journal see `-20%`. Of `a two-week roster for the whole
house` it must copy a unit, though no unit is named.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from assistant.agent.requested import with_requests
from assistant.llm.descriptions import EarlierTurn, RawCall
from assistant.records.characters import simplified
from assistant.records.numerals import chinese_number, numbers_said
from assistant.tools.house_words import house_said

_NO_UNIT = re.compile(r"\b(?:rosters?|rotas?|schedules?|weeks?|shifts?|plans?)\b|班")
_TOOL, _ARGUMENT = "what_if", "amount"
_CLAUSE = re.compile(r"[,;:!?，；：。！？、]|\.(?!\d)|\b(?:and|but|while|then)\b")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?|(?:[a-z]+[- ])?[a-z]+)\s*(?:%|per ?cent\b|个百分点)")
_PERCENT_ZH = re.compile(
    r"百分之([零一二两三四五六七八九十百]+|\d+(?:\.\d+)?)|(\d+|[一二两三四五六七八九])成(?!立|为|功|本|员|人)"
)
_MULTIPLES = (
    (re.compile(r"\b(?:doubl\w*|twice)\b|翻倍|翻番|翻一番|多一倍"), 100.0),
    (re.compile(r"\btripl\w*\b"), 200.0),
    (re.compile(r"\b(?:half|halv\w*)\b|一半|减半"), 50.0),
)
_FEWER = re.compile(
    r"\b(?:fewer|less|drop\w*|fall\w*|fell|decreas\w*|declin\w*|down|reduc\w*|lower|shrink\w*|minus|halv\w*|half)\b"
    r"|[少减降跌]|回落|缩减"
)
_MORE = re.compile(
    r"\b(?:more|extra|additional|up|ris\w*|rose|increas\w*|grow\w*|higher|surge|plus|jump\w*|climb\w*|doubl\w*|twice)\b"
    r"|[多增加涨升添]|翻"
)


def settled(calls: Sequence[RawCall], question: str, earlier: Sequence[EarlierTurn] = ()) -> tuple[RawCall, ...]:
    """The calls with every supposed amount as a signed figure, with `%` for percentages, and a roster's units named.

    Args:
        calls: As understood.
        question: What was asked.
        earlier: The turns before; a follow-up that says a figure only (`go up to 30`) means what was meant there.
    """
    text = simplified(question).lower()
    calls = with_requests([_whole_house(call, text) for call in calls], question)
    return tuple(_settled(call, text, earlier) if _has_amount(call) else call for call in calls)


def _whole_house(call: RawCall, text: str) -> RawCall:
    """A roster for all units, where the text says so and what was copied as its unit is no name of one."""
    unit = call.arguments.get("unit")
    if call.name != "plan_staffing" or not isinstance(unit, str) or not _NO_UNIT.search(unit.lower()):
        return call
    said = house_said(text)
    return RawCall(call.name, {**call.arguments, "unit": said}) if said else call


def with_plain_amounts(turn: EarlierTurn) -> EarlierTurn:
    """The turn as the language model has learned to read it: amounts as numbers without a unit."""
    return replace(turn, calls=tuple(_plain(call) for call in turn.calls))


def _has_amount(call: RawCall) -> bool:
    amount = call.arguments.get(_ARGUMENT)
    return call.name == _TOOL and isinstance(amount, int | float) and not isinstance(amount, bool)


def _settled(call: RawCall, text: str, earlier: Sequence[EarlierTurn]) -> RawCall:
    amount = float(call.arguments[_ARGUMENT])
    clauses = [part for part in _CLAUSE.split(text) if part.strip()]
    saying = [part for part in clauses if abs(amount) in percentages(part)]
    percent = bool(saying)
    if not saying:
        saying = [part for part in clauses if abs(amount) in numbers_said(part)]
    sign = -1 if any(_goes_down(part) for part in saying) else 1
    before = _before(call, earlier)
    if not percent and before is not None and not any(_FEWER.search(p) or _MORE.search(p) for p in saying):
        percent, sign = before.endswith("%"), -1 if before.startswith("-") else 1
    if amount < 0 or call.arguments.get("change") != "demand":
        sign = 1
    value = sign * amount
    settled_amount: Any = f"{value:g}%" if percent else int(value) if value == int(value) else value
    return RawCall(call.name, {**call.arguments, _ARGUMENT: settled_amount})


def percentages(text: str) -> set[float]:
    """All percentages said in a text in lower case: `20 %`, `ten percent`, `百分之二十`, `两成`, `double`."""
    found: set[float] = set()
    for said in _PERCENT.findall(text):
        numbers = {float(said)} if said[0].isdigit() else {float(n) for n in numbers_said(said)}
        found |= numbers
    for hundredth, tenth in _PERCENT_ZH.findall(text):
        if tenth:
            found.add(10.0 * (int(tenth) if tenth.isdigit() else chinese_number(tenth)))
        else:
            found.add(float(hundredth) if hundredth[0].isdigit() else float(chinese_number(hundredth)))
    return found | {percent for pattern, percent in _MULTIPLES if pattern.search(text)}


def _goes_down(text: str) -> bool:
    return bool(_FEWER.search(text)) and not _MORE.search(text)


def _before(call: RawCall, earlier: Sequence[EarlierTurn]) -> str | None:
    """The amount of the last supposition of the same kind."""
    for turn in reversed(earlier):
        for other in reversed(turn.calls):
            if other.name == _TOOL and other.arguments.get("change") == call.arguments.get("change"):
                return str(other.arguments[_ARGUMENT]) if _ARGUMENT in other.arguments else None
    return None


def _plain(call: RawCall) -> RawCall:
    amount = call.arguments.get(_ARGUMENT)
    if call.name != _TOOL or not isinstance(amount, str):
        return call
    value = float(amount.removesuffix("%"))
    return RawCall(call.name, {**call.arguments, _ARGUMENT: int(value) if value == int(value) else value})
