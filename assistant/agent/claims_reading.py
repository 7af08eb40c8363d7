"""What is read out of a text when its claims are checked: the parts that the readers share.

A `Mention` is one such place in a text, with its position, so that a figure can be held against what it is said of; a
`Claim` is the same without the place.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

WHOLE = "*"
"""Stands for the whole hospital where a unit could stand; it is never asked to be borne by itself."""

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_EMPHASIS = re.compile(r"\*\*|__|`")


@dataclass(frozen=True)
class Claim:
    """One checkable claim.

    Attributes:
        kind: `number`, `percent`, `date`, `time`, `weekday`, `identifier`, `unit`, `person`, `item`, `name`, ...
        value: Normalised, so that `1,200` equals `1200` and `3 Nov 2026` equals `2026年11月3日`.
        about: What it is wrongly said of, where it is true of something else; empty otherwise.
    """

    kind: str
    value: str
    about: str = ""


@dataclass(frozen=True)
class Mention:
    """One place in a text that claims something.

    Attributes:
        kind, value: As of the claim.
        start, end: Where, in the text made plain by `normal`.
        noun: What a figure counts (`patient`, `bed/free`); empty where the text does not say.
        also: Other readings, any of which is enough (`3/11/2026` in two orders, `8点` in the morning or evening).
        soft: A name that may be an ordinary word (`surgery`): figures are held against it, itself it is no claim.
    """

    kind: str
    value: str
    start: int
    end: int
    noun: str = ""
    also: tuple[str, ...] = ()
    soft: bool = False

    @property
    def readings(self) -> tuple[str, ...]:
        """All that it may mean."""
        return (self.value, *self.also)

    @property
    def claim(self) -> Claim:
        """The same without the place."""
        return Claim(self.kind, self.value)


@dataclass(frozen=True)
class Names:
    """Names that count as claims wherever they occur.

    Attributes:
        units: Code to all names of a unit.
        people: Staff id to all names of a person.
        items: Code to all names of a stock item.
    """

    units: Mapping[str, Sequence[str]] = field(default_factory=dict)
    people: Mapping[str, Sequence[str]] = field(default_factory=dict)
    items: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def called(self, key: str, language: str = "en") -> str:
        """A unit, person or item by its name in a language, with its code; the code alone where no name is known."""
        names = [*self.items.get(key, ()), *self.units.get(key, ()), *self.people.get(key, ())]
        chinese = [name for name in names if name and not name.isascii()]
        name = next(iter([*chinese, *names] if language == "zh" else names), "")
        if not name or name == key:
            return key
        return f"{name}（{key}）" if language == "zh" else f"{name} ({key})"

    @cached_property
    def meanings(self) -> dict[str, tuple[str, str]]:
        """Each name, plain and in lower case, with the kind and the id of what it names."""
        found: dict[str, tuple[str, str]] = {}
        for kind, things in (("item", self.items), ("person", self.people), ("unit", self.units)):
            for key, names in things.items():
                found |= {plain.casefold(): (kind, key) for name in (key, *names) if (plain := normal(name).strip())}
        return found

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """All names, the longest first, so that `Cardiac ICU` is not read as `ICU`; None without any."""
        things = (*self.units.items(), *self.people.items(), *self.items.items())
        spelled = {normal(name).strip() for key, names in things for name in (key, *names)} - {""}
        if not spelled:
            return None
        longest_first = sorted(spelled, key=lambda name: (-len(name), name))
        return re.compile("|".join(_spellings(longest_first)))

    @cached_property
    def name_parts(self) -> frozenset[str]:
        """First and family names of people, in Latin letters."""
        words = {word for names in self.people.values() for name in names for word in re.findall(r"[A-Za-z]{2,}", name)}
        return frozenset(words - _WORDS_TOO)


# Names of people that are ordinary words at the beginning of a sentence.
_WORDS_TOO = frozenset("He An So You May Will Long Can In On It Do Or As If Is At By No To Song Day Rose Grace".split())  # noqa: SIM905


def _spellings(names: Sequence[str]) -> list[str]:
    """Patterns of all names: plain occurrence for Chinese ones, whole words for Latin ones.

    Hundreds of names tried one after the other at each letter took most of the time of checking an answer; so they
    are asked for by their first letter. Chinese names go first: one that begins with Latin letters (`N95口罩`) is
    always longer than the Latin name that it begins with.
    """
    chinese = [name for name in names if not name.isascii()]
    by_letter: dict[str, list[str]] = {}
    for name in names:
        if name.isascii():
            by_letter.setdefault(name[0].casefold(), []).append(name)
    found = []
    if chinese:
        found.append(f"(?=[{_either(chinese)}])(?:{'|'.join(map(re.escape, chinese))})")
    if by_letter:
        groups = [f"(?=[{_either(those)}])(?:{'|'.join(map(_latin, those))})" for those in by_letter.values()]
        found.append(rf"(?<![A-Za-z0-9])(?:{'|'.join(groups)})(?![A-Za-z0-9])")
    return found


def _either(names: Sequence[str]) -> str:
    """The letters that names begin with, in both cases, for a pattern's `[...]`."""
    return "".join(sorted({re.escape(form) for name in names for form in (name[0].lower(), name[0].upper())}))


def _latin(name: str) -> str:
    """A Latin name; short ones (`IT`) only as they are written, long ones also in the plural ("N95 masks")."""
    return f"(?i:{re.escape(name)})s?" if len(name) > 4 else re.escape(name)


def normal(text: str) -> str:
    """The text as claims are read from it: one form of letters, digits and signs, nothing invisible, no emphasis."""
    # A full-width comma separates; narrowed as it stands it could join two figures to one.
    text = unicodedata.normalize("NFKC", text.replace("，", ", "))
    text = _EMPHASIS.sub("", _INVISIBLE.sub("", text))
    return re.sub(r"[\u2010-\u2015\u2212]", "-", text)


class Reading:
    """A text being read: what has been recognised is blanked out, so that nothing is read twice.

    Attributes:
        text: What is left to read; positions stay those of the whole text.
        whole: The text as it came.
        found: The mentions so far.
    """

    def __init__(self, text: str, names: Names) -> None:
        self.text = self.whole = text
        self.names = names
        self.found: list[Mention] = []

    def take(self, pattern: re.Pattern[str], read: Callable[[re.Match[str]], Sequence[Mention] | None]) -> None:
        """Read every place of the pattern; None leaves it for others."""
        parts, last = [], 0
        for match in pattern.finditer(self.text):
            mentions = read(match)
            if mentions is None:
                continue
            self.found += mentions
            parts += [self.text[last : match.start()], " " * (match.end() - match.start())]
            last = match.end()
        self.text = "".join([*parts, self.text[last:]])


def figure_key(value: float) -> str:
    """A number as claims compare it: whole numbers exactly, others to six decimals."""
    return str(int(value)) if value == int(value) else f"{value:.6f}".rstrip("0")
