"""Statements that are false for sure, made from an answer's own facts: what grounding must catch.

Each is one fact with one thing changed (a figure, its spelling, a date, a unit, a person, what is counted), or a
sentence with an amount that no fact holds. Where a change might be true by chance it is not made.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from assistant.agent.claims import WHOLE, Mention, Names, mentions, normal
from assistant.tools.tool import Fact, Source

_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_HAN = "零一二三四五六七八九"
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_WEEKDAYS = {
    "en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    "zh": ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
}


@dataclass(frozen=True)
class Invention:
    """A false statement.

    Attributes:
        kind: How it was made.
        text: The statement; fact: the fact that it was made from.
    """

    kind: str
    text: str
    fact: str


def inventions(
    facts: Sequence[Fact], sources: Sequence[Source], names: Names, language: str, seed: int = 0
) -> list[Invention]:
    """All that can be made from these facts, each kind at most once a fact; none is true by a cited passage."""
    rng = random.Random(seed)
    world = _World(facts, sources, names)
    found = [made for fact in facts for made in _of_fact(fact, world, names, language, rng)]
    return [*found, *_sentences(world, names, language, rng)]


class _World:
    """Everything that the facts hold, so that no invention is true by chance."""

    def __init__(self, facts: Sequence[Fact], sources: Sequence[Source], names: Names) -> None:
        self.by_fact = {fact.id: mentions(normal(fact.text), names) for fact in facts}
        cited = [f"{s.title}. {s.section}. {s.version}. {s.as_of}. {s.excerpt}" for s in sources]
        every = [mention for said in self.by_fact.values() for mention in said]
        every += [mention for text in cited for mention in mentions(normal(text), names)]
        self.numbers = {float(m.value) for m in every if m.kind in {"number", "percent"} and _is_figure(m.value)}
        self.numbers |= {float(v.value) for f in facts for v in f.values if isinstance(v.value, int | float)}
        self.dates = {m.value[-5:] for m in every if m.kind == "date"}
        self.dates |= {str(v.value)[5:10] for f in facts for v in f.values if v.unit in {"date", "time"}}
        self.times = {m.value for m in every if m.kind == "time"}
        self.units = {m.value for m in every if m.kind == "unit"} - {WHOLE}
        self.people = {m.value for m in every if m.kind == "person"}
        self.text = "\n".join([fact.text for fact in facts] + cited)

    def values_of(self, unit: str) -> set[str]:
        """All figures of the facts that name a unit, or name none."""
        found: set[str] = set()
        for said in self.by_fact.values():
            units = {m.value for m in said if m.kind == "unit"}
            if not units or unit in units or WHOLE in units:
                found |= {m.value for m in said if m.kind in {"number", "percent"}}
        return found

    def values_on(self, weekday: int) -> set[str]:
        """All figures of the facts that name a weekday, or none at all."""
        found: set[str] = set()
        for said in self.by_fact.values():
            days = {int(m.value) for m in said if m.kind == "weekday" and m.value.isdigit()}
            if not days or weekday in days:
                found |= {m.value for m in said if m.kind in {"number", "percent"}}
        return found


def _is_figure(value: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", value) is not None


def _of_fact(fact: Fact, world: _World, names: Names, language: str, rng: random.Random) -> Iterator[Invention]:
    text, said = normal(fact.text), world.by_fact[fact.id]
    for kind, made in (
        *_figures(text, said, world, language, rng),
        *_dates(text, said, world, language, rng),
        *_names(text, said, world, names, language, rng),
    ):
        yield Invention(kind, made, fact.id)


def _with(text: str, mention: Mention, words: str) -> str:
    return f"{text[: mention.start]}{words}{text[mention.end :]}"


def _figures(
    text: str, said: Sequence[Mention], world: _World, language: str, rng: random.Random
) -> Iterator[tuple[str, str]]:
    figures = [
        m for m in said if m.kind in {"number", "percent"} and re.fullmatch(r"[\d,.]+ ?%?", text[m.start : m.end])
    ]
    if not figures:
        return
    mention = rng.choice(figures)
    sign = "%" if mention.kind == "percent" else ""
    value = float(mention.value)
    other = _unlike(value, world, rng)
    yield "another figure", _with(text, mention, f"{other:,}{sign}")
    rounded = round(value, -1) if value >= 15 else round(value)
    if rounded not in world.numbers and rounded != value:
        yield "rounded", _with(text, mention, f"{rounded:,.0f}{sign}")
    per_cent = " per cent" if sign and language == "en" else ""
    yield "in words", _with(text, mention, _in_words(other, language) + per_cent)
    if language == "zh" and sign:
        yield "百分之", _with(text, mention, f"百分之{_han(other)}")
    if mention.kind == "number" and value not in _percents(said):
        yield "as a percentage", _with(text, mention, f"{mention.value} %")
    digits = text[mention.start : mention.end].rstrip("% ")
    yield from _exchanged(text, figures, said)
    yield "full width", _with(text, mention, "".join(chr(ord(c) + 0xFEE0) for c in str(other)) + sign)
    if value:
        yield "thousands", _with(text, mention, f"{digits}k{sign}")


def _exchanged(text: str, figures: Sequence[Mention], said: Sequence[Mention]) -> Iterator[tuple[str, str]]:
    """Two figures of a sentence that count different things change places, or their dates do."""
    for one, other in pairwise(figures):
        if one.noun and other.noun and one.noun != other.noun and one.value != other.value:
            yield "figures exchanged", _swapped(text, one, other)
            break
    days = [m for m in said if m.kind == "date" and len(m.value) == 5]
    tied = [day for day in days if re.search(r"\d[^\d]{0,6}\((?:[A-Z][a-z]{2} )?$", text[: day.start])]
    if len(tied) == 2 and tied[0].value != tied[1].value:
        yield "dates exchanged", _swapped(text, *tied)


def _swapped(text: str, one: Mention, other: Mention) -> str:
    first, second = text[one.start : one.end], text[other.start : other.end]
    return f"{text[: one.start]}{second}{text[one.end : other.start]}{first}{text[other.end :]}"


def _percents(said: Sequence[Mention]) -> set[float]:
    return {float(m.value) for m in said if m.kind == "percent" and _is_figure(m.value)}


def _unlike(value: float, world: _World, rng: random.Random) -> int:
    """A whole number near `value` that no fact holds."""
    step = 1
    while True:
        candidate = max(2, round(value) + rng.choice((-1, 1)) * step)
        if candidate not in world.numbers:
            return candidate
        step += 1


def _in_words(number: int, language: str) -> str:
    return _han(number) if language == "zh" else _english(number)


def _english(number: int) -> str:
    if number < 20:
        return _ONES[number]
    if number < 100:
        return _TENS[number // 10 - 2] + (f"-{_ONES[number % 10]}" if number % 10 else "")
    if number < 1000:
        return f"{_ONES[number // 100]} hundred" + (f" and {_english(number % 100)}" if number % 100 else "")
    return f"{_english(number // 1000)} thousand" + (f" {_english(number % 1000)}" if number % 1000 else "")


def _han(number: int) -> str:
    if number < 10:
        return _HAN[number]
    if number < 20:
        return "十" + (_HAN[number % 10] if number % 10 else "")
    for scale, sign in ((10_000, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= scale:
            head = _han(number // scale) + sign
            rest = number % scale
            gap = "零" if rest and rest < scale // 10 else ""
            tail = f"一{_han(rest)}" if 10 <= rest < 20 else _han(rest)
            return head + (gap + tail if rest else "")
    raise AssertionError(number)


def _dates(
    text: str, said: Sequence[Mention], world: _World, language: str, rng: random.Random
) -> Iterator[tuple[str, str]]:
    days = [m for m in said if m.kind == "date" and len(m.value) == 5]
    if days:
        mention = rng.choice(days)
        day = date(2026, int(mention.value[:2]), int(mention.value[3:]))
        step = 1
        while (day + timedelta(days=step)).isoformat()[5:] in world.dates:
            step += 1
        other = day + timedelta(days=step)
        words = f"{other.month}月{other.day}日" if language == "zh" else f"{other.day} {_MONTHS[other.month - 1]}"
        yield "another date", _with(text, mention, words)
        iso = other.isoformat() if f"{other.isoformat()[5:]}" not in world.dates else ""
        if iso:
            yield "another date, ISO", _with(text, mention, iso)
    weekdays = [m for m in said if m.kind == "weekday" and m.value.isdigit()]
    if weekdays:
        mention = rng.choice(weekdays)
        figures = {m.value for m in said if m.kind in {"number", "percent"}}
        wrong = [day for day in range(7) if str(day) != mention.value and not figures & world.values_on(day)]
        if wrong:
            yield "another weekday", _with(text, mention, _WEEKDAYS[language][rng.choice(wrong)])
    times = [m for m in said if m.kind == "time"]
    if times:
        mention = rng.choice(times)
        hour, minute = mention.value.split(":")
        wrong_time = f"{(int(hour) + 3) % 24:02d}:{minute}"
        if wrong_time not in world.times:
            yield "another time", _with(text, mention, wrong_time)


def _names(
    text: str, said: Sequence[Mention], world: _World, names: Names, language: str, rng: random.Random
) -> Iterator[tuple[str, str]]:
    units = [m for m in said if m.kind == "unit" and m.value != WHOLE and not m.soft]
    own = {m.value for m in units}
    figures = {m.value for m in said if m.kind in {"number", "percent"}}
    if len(own) == 1 and figures:
        absent = sorted(set(names.units) - world.units)
        if absent:
            yield "a unit of no fact", _renamed(text, units, names, rng.choice(absent), language)
        swapped = [unit for unit in sorted(world.units - own) if not figures <= world.values_of(unit)]
        if swapped:
            yield "another unit's figures", _renamed(text, units, names, rng.choice(swapped), language)
    people = [m for m in said if m.kind == "person"]
    others = sorted(set(names.people) - world.people)
    if people and others:
        person = rng.choice(others)
        yield "another person", _with(text, people[0], _called(names.people[person], language))
    codes = [m for m in said if m.kind == "identifier"]
    if codes:
        mention = rng.choice(codes)
        code = mention.value[:-1] + ("8" if mention.value[-1] != "8" else "9")
        if code not in world.text.lower():
            yield "another code", _with(text, mention, code.upper())


def _renamed(text: str, units: Sequence[Mention], names: Names, other: str, language: str) -> str:
    """The text with each name of its one unit replaced by another unit's."""
    called = _called(names.units[other], language) or other
    for mention in sorted(units, key=lambda m: -m.start):
        text = _with(text, mention, called)
    return text


def _called(spellings: Sequence[str], language: str) -> str:
    fitting = [name for name in spellings if name and name.isascii() == (language == "en")]
    return fitting[0] if fitting else next(iter(spellings), "")


_TEMPLATES = {
    "en": (
        ("half", "Half of the beds in {unit} are free."),
        ("a third", "About a third of the patients in {unit} can leave."),
        ("twice", "Twice as many patients are expected in {unit}."),
        ("dozens", "Dozens of patients wait for {unit}."),
        ("a couple", "A couple of nurses are missing in {unit}."),
        ("none", "{unit} has no free beds."),
        ("full", "{unit} is full."),
        ("an unknown unit", "The NICU can take two of them."),
        ("an unknown ward", "Send them to the Neonatal Ward."),
        ("an unknown person", "According to Maria Lopez this is enough."),
        ("an unknown person, titled", "Dr Lopez has agreed."),
        ("a year", "That was last so in 2019."),
        ("a month", "It will ease in March."),
        ("a word for a day", "It will ease next year."),
        ("a deed", "The beds have been booked."),
        ("a deed of its own", "I have ordered them."),
        ("two in ten", "That happens on two in three days."),
        ("a dozen", "A dozen nurses are needed in {unit}."),
        ("a range", "Between {low} and {high} patients are expected."),
        ("a date in figures", "It will be worst on 17/8/2027."),
        ("an hour", "It will be worst at 4 pm."),
    ),
    "zh": (
        ("half", "{unit}有一半床位空着。"),
        ("a third", "{unit}约三分之一的患者可以出院。"),
        ("twice", "预计{unit}的患者会增加两倍。"),
        ("tenths", "{unit}已有三成护士请假。"),
        ("dozens", "{unit}有几十名患者在等床。"),
        ("more than ten", "{unit}还缺十几名护士。"),
        ("none", "{unit}没有空床。"),
        ("full", "{unit}已满员。"),
        ("an unknown unit", "可以转到NICU。"),
        ("an unknown ward", "可以转到神经外科。"),
        ("a year", "上一次这样是在2019年。"),
        ("a month", "3月份会缓解。"),
        ("a word for a day", "明年会缓解。"),
        ("a deed", "床位已经预订。"),
        ("a deed of its own", "已经下单。"),
        ("in characters", "预计会有{han}名患者。"),
        ("an hour", "凌晨三点半最紧张。"),
        ("a date in characters", "八月十七日最紧张。"),
        ("a percentage in characters", "使用率为百分之{percent}。"),
    ),
}


def _sentences(world: _World, names: Names, language: str, rng: random.Random) -> Iterator[Invention]:
    """Sentences with amounts, names and deeds that no fact holds."""
    units = sorted(world.units) or sorted(names.units)
    if not units:
        return
    unit = _called(names.units[rng.choice(units)], language)
    low = _unlike(rng.randrange(20, 400), world, rng)
    han = _unlike(rng.randrange(20, 90), world, rng)
    true = world.text.casefold()
    for kind, template in _TEMPLATES[language]:
        if kind in {"none", "full"} and (0.0 in world.numbers or "no free" in true or "没有空床" in true):
            continue
        if kind in {"half"} and ("half" in true or "半数" in true):
            continue
        text = template.format(unit=unit, low=low, high=low + 7, han=_han(han), percent=_han(han))
        yield Invention(kind, text, "")
