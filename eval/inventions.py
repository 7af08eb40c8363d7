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
from eval.invention_words import TEMPLATES, han_numeral, in_words

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
        # "8 in 10" says 80 % too.
        shares = [re.fullmatch(r"(\d+)/(\d+)", m.value) for m in every if m.kind == "number"]
        self.numbers |= {100 * float(share[1]) / float(share[2]) for share in shares if share and int(share[2])}
        self.numbers |= {float(v.value) for f in facts for v in f.values if isinstance(v.value, int | float)}
        self.percents = {float(m.value) for m in every if m.kind == "percent" and _is_figure(m.value)}
        self.dates = {m.value[-5:] for m in every if m.kind == "date"}
        self.dates |= {str(v.value)[5:10] for f in facts for v in f.values if v.unit in {"date", "time"}}
        self.times = {m.value for m in every if m.kind == "time"}
        self.units = {m.value for m in every if m.kind == "unit"} - {WHOLE}
        self.people = {m.value for m in every if m.kind == "person"}
        self.text = "\n".join([fact.text for fact in facts] + cited)

    def may_hold(self, kind: str) -> bool:
        """Whether a sentence of this kind may be true of these facts."""
        text = self.text.casefold()
        if kind in {"none", "full"}:
            return 0.0 in self.numbers or "no free" in text or "没有空床" in text
        if kind in {"a date in figures", "a date in characters"}:
            return "08-17" in self.dates
        if kind == "a third":
            return "third" in text or "三分之一" in text
        return kind == "half" and ("half" in text or "半数" in text)

    def other_months(self) -> list[int]:
        """Months that no date of the facts falls in."""
        return [number for number in range(1, 13) if f"{number:02d}" not in {day[:2] for day in self.dates}]

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
    yield "in words", _with(text, mention, in_words(other, language) + per_cent)
    if language == "zh" and sign:
        yield "百分之", _with(text, mention, f"百分之{han_numeral(other)}")
    if mention.kind == "number" and value not in world.percents:
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


def _unlike(value: float, world: _World, rng: random.Random) -> int:
    """A whole number near `value` that no fact holds."""
    step = 1
    while True:
        candidate = max(2, round(value) + rng.choice((-1, 1)) * step)
        if candidate not in world.numbers:
            return candidate
        step += 1


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


def _sentences(world: _World, names: Names, language: str, rng: random.Random) -> Iterator[Invention]:
    """Sentences with amounts, names and deeds that no fact holds."""
    units = sorted(world.units) or sorted(names.units)
    if not units:
        return
    unit = _called(names.units[rng.choice(units)], language)
    low = _unlike(rng.randrange(20, 400), world, rng)
    han = _unlike(rng.randrange(20, 90), world, rng)
    others = world.other_months()
    number = rng.choice(others or [1])
    month = f"{number}月份" if language == "zh" else f"{date(2026, number, 1):%B}"
    for kind, template in TEMPLATES[language]:
        if world.may_hold(kind) or (kind == "a month" and not others):
            continue
        numeral = han_numeral(han)
        text = template.format(unit=unit, low=low, high=low + 7, han=numeral, percent=numeral, month=month)
        yield Invention(kind, text, "")
