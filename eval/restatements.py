"""Statements that are true for sure, made from an answer's own facts: what grounding must let pass.

Each is the facts as they stand (alone, in another order, joined), or one fact with one thing said in other words that
mean the same: a figure in words, a date in ISO form, a unit by its code. One that is stopped is a false alarm: a
served language model that writes so has its text replaced without need.
"""

import random
import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from assistant.agent.claims import WHOLE, Mention, Names, mentions, normal
from assistant.tools.tool import Fact
from eval.invention_words import han_numeral, in_words
from eval.inventions import Invention

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


def restatements(facts: Sequence[Fact], names: Names, language: str, seed: int = 0) -> list[Invention]:
    """All that can be made from these facts, each kind at most once a fact."""
    rng = random.Random(seed)
    found = [Invention("as it stands", fact.text, fact.id) for fact in facts]
    if len(facts) > 1:
        order = list(facts)
        rng.shuffle(order)
        found.append(Invention("another order", "\n".join(fact.text for fact in order), ""))
    # Only sentences of one step: across steps the second would not say any more what it is about.
    joined = [pair for pair in pairwise(facts) if pair[0].id.partition(".")[0] == pair[1].id.partition(".")[0]]
    if joined:
        one, other = rng.choice(joined)
        found.append(Invention("joined", _joined(one.text, other.text, language), one.id))
    for fact in facts:
        found += [Invention(kind, text, fact.id) for kind, text in _of_fact(normal(fact.text), names, language, rng)]
    return found


def _joined(one: str, other: str, language: str) -> str:
    end = "；" if language == "zh" else "; "
    return f"{one.rstrip('.。')}{end}{other}"


def _of_fact(text: str, names: Names, language: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    said = mentions(text, names)
    yield from _figures(text, said, language, rng)
    yield from _dates(text, said, language, rng)
    units = [m for m in said if m.kind == "unit" and m.value != WHOLE and not m.soft]
    if units:
        mention = rng.choice(units)
        before, after = text[: mention.start], text[mention.end :]
        alone = not re.match(r"\s?\(|[A-Za-z0-9]", after) and not re.search(r"[(A-Za-z0-9]$", before)
        if alone and text[mention.start : mention.end] != mention.value:
            yield "unit by its code", _with(text, mention, mention.value)
    people = [m for m in said if m.kind == "person"]
    if people:
        mention = rng.choice(people)
        yield "person by id", _with(text, mention, mention.value)


def _figures(text: str, said: Sequence[Mention], language: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    plain = [m for m in said if m.kind in {"number", "percent"}]
    whole = [m for m in plain if re.fullmatch(r"\d[\d,]*\s?%?", text[m.start : m.end]) and 2 <= float(m.value) < 10_000]
    if not whole:
        return
    mention = rng.choice(whole)
    number, percent = int(float(mention.value)), mention.kind == "percent"
    if language == "zh":
        yield "in words", _with(text, mention, f"百分之{han_numeral(number)}" if percent else han_numeral(number))
    else:
        yield "in words", _with(text, mention, in_words(number, "en") + (" per cent" if percent else ""))
    other = f"{number}" if "," in text[mention.start : mention.end] else f"{number:,}"
    yield "thousands", _with(text, mention, other + ("%" if percent else ""))
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
    yield "full width", _with(text, mention, wide + ("％" if percent else ""))


def _dates(text: str, said: Sequence[Mention], language: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    full = [m for m in said if m.kind == "date" and len(m.value) == 10]
    # A range ("from 3 to 9 Nov") is one place with two dates.
    alone = [m for m in full if sum(other.start == m.start for other in full) == 1]
    if not alone:
        return
    mention = rng.choice(alone)
    day = date.fromisoformat(mention.value)
    yield "date in ISO form", _with(text, mention, day.isoformat())
    if language == "zh":
        yield "date in characters", _with(text, mention, f"{han_numeral(day.month)}月{han_numeral(day.day)}日")
    else:
        yield "date, month first", _with(text, mention, f"{_MONTHS[day.month - 1]} {day.day}, {day.year}")
        yield "date without its year", _with(text, mention, f"{day.day} {_MONTHS[day.month - 1]}")


def _with(text: str, mention: Mention, words: str) -> str:
    return f"{text[: mention.start]}{words}{text[mention.end :]}"
