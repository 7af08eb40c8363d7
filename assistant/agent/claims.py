"""What a text claims: numbers, percentages, dates, clock times, identifiers, units and people it names."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from assistant.records.numerals import chinese_number

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(" + "|".join(_MONTHS) + r")[a-z]*\.?"
_TWO_TO_TWENTY = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100}
_NUMBER_WORDS = {word: number for number, word in enumerate(_TWO_TO_TWENTY.split(), start=2)} | _TENS
# "one" and "a dozen" are claims only before something that is counted.
_COUNTED = r"(?:free |open |more |fewer |surge )?(?:patient|bed|nurse|shift|day|week|hour|item|dose|night|unit)s?"
_HAN_COUNT = re.compile(r"(?<![周期拜第月])([零一二两三四五六七八九十百]+)(?=[名张位个天人小剂种条班次])")
_IDENTIFIER = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z0-9/_-]*[A-Za-z])(?=[A-Za-z0-9/_-]*\d)[A-Za-z0-9]+(?:[/_-][A-Za-z0-9]+)*"
)
_NUMBER = re.compile(r"(?<![A-Za-z0-9_.])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(\s?%|\s?％|\s?percent)?")


@dataclass(frozen=True)
class Claim:
    """One checkable claim.

    Attributes:
        kind: `number`, `percent`, `date`, `time`, `identifier`, `unit`, `person`.
        value: Normalised, so that `1,200` equals `1200` and `3 Nov 2026` equals `2026年11月3日`.
    """

    kind: str
    value: str


@dataclass(frozen=True)
class Names:
    """Names that count as claims wherever they occur.

    Attributes:
        units: Code to all names of a unit.
        people: Staff id to all names of a person.
        items: Code to name of a stock item; only to name near ones, items are no claims.
    """

    units: Mapping[str, Sequence[str]] = field(default_factory=dict)
    people: Mapping[str, Sequence[str]] = field(default_factory=dict)
    items: Mapping[str, str] = field(default_factory=dict)

    def called(self, key: str) -> str:
        """A unit, person or item by its first name with its code; the code alone where no name is known."""
        name = self.items.get(key) or next(iter((*self.units.get(key, ()), *self.people.get(key, ()))), "")
        return f"{name} ({key})" if name and name != key else key

    @cached_property
    def patterns(self) -> list[tuple[str, str, re.Pattern[str]]]:
        """(kind, id, pattern) with the longest names first, so that `Cardiac ICU` is not read as `ICU`."""
        found = [("unit", code, name) for code, names in self.units.items() for name in (code, *names)]
        found += [("person", staff, name) for staff, names in self.people.items() for name in names]
        found = sorted({entry for entry in found if entry[2]}, key=lambda entry: -len(entry[2]))
        return [(kind, key, _name_pattern(name)) for kind, key, name in found]


def _name_pattern(name: str) -> re.Pattern[str]:
    """Whole words for Latin names (codes case-sensitively: `it` is no unit IT); plain occurrence for Chinese ones."""
    text = re.escape(unicodedata.normalize("NFKC", name))
    flags = re.IGNORECASE if len(name) > 4 else 0
    return re.compile(rf"(?<![A-Za-z0-9]){text}(?![A-Za-z0-9])" if name.isascii() else text, flags)


def claims(text: str, names: Names) -> list[Claim]:
    """All claims of a text, in no particular order, each once."""
    text = unicodedata.normalize("NFKC", text)
    found: list[Claim] = []
    for reader in (_names, _dates, _times, _identifiers, _numbers):
        text = reader(text, names, found)
    return list(dict.fromkeys(found))


def _names(text: str, names: Names, found: list[Claim]) -> str:
    for kind, key, pattern in names.patterns:
        text, count = pattern.subn(" ", text)
        if count:
            found.append(Claim(kind, key))
    return text


def _dates(text: str, names: Names, found: list[Claim]) -> str:
    """Dates are claimed by month and day, and by year where one is given."""

    def note(year: str | None, month: int, day: str) -> str:
        found.append(Claim("date", f"{month:02d}-{int(day):02d}"))
        if year:
            found.append(Claim("date", f"{int(year):04d}-{month:02d}-{int(day):02d}"))
        return " "

    text = re.sub(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](?=\d{2}:))?", lambda m: note(m[1], int(m[2]), m[3]), text)
    text = re.sub(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})[日号]", lambda m: note(m[1], int(m[2]), m[3]), text)
    english = re.compile(rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH}(?:,?\s+(\d{{4}}))?(?![a-z\d])", re.IGNORECASE)
    text = english.sub(lambda m: note(m[3], _MONTHS.index(m[2].lower()) + 1, m[1]), text)
    american = re.compile(rf"(?<![a-z]){_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(\d{{4}}))?(?!\d)", re.IGNORECASE)
    return american.sub(lambda m: note(m[3], _MONTHS.index(m[1].lower()) + 1, m[2]), text)


def _times(text: str, names: Names, found: list[Claim]) -> str:
    def note(match: re.Match[str]) -> str:
        found.append(Claim("time", f"{int(match[1]):02d}:{match[2]}"))
        return " "

    return re.sub(r"(?<!\d)(\d{1,2}):(\d{2})(?::\d{2})?(?!\d)", note, text)


def _identifiers(text: str, names: Names, found: list[Claim]) -> str:
    """Codes that mix letters and digits (`V-7f3a9c21`, `3A-07`); a figure with its unit (`11h`) is a number."""

    def note(match: re.Match[str]) -> str:
        with_unit = re.fullmatch(r"(\d+)([a-z]{1,3})", match[0])
        if with_unit:
            return f" {with_unit[1]} "
        found.append(Claim("identifier", match[0].lower()))
        return " "

    return _IDENTIFIER.sub(note, text)


def _numbers(text: str, names: Names, found: list[Claim]) -> str:
    for match in _NUMBER.finditer(text):
        value = float(match[1].replace(",", "") + (match[2] or ""))
        found.append(Claim("percent" if match[3] else "number", figure_key(value)))
    lower = text.lower()
    words = [word for word in re.findall(r"[a-z]+", lower) if word in _NUMBER_WORDS]
    found.extend(Claim("number", figure_key(_NUMBER_WORDS[word])) for word in words)
    if re.search(rf"\bone (?={_COUNTED}\b)", lower):
        found.append(Claim("number", "1"))
    # 一 alone mostly means "a" (哪一天, 一条); before people and beds it counts.
    counted = [m[1] for m in _HAN_COUNT.finditer(text) if m[1] != "一" or text[m.end()] in "名张位"]
    found.extend(Claim("number", figure_key(chinese_number(word))) for word in counted)
    return text


def figure_key(value: float) -> str:
    """A number as claims compare it: whole numbers exactly, others to six decimals."""
    return str(int(value)) if value == int(value) else f"{value:.6f}".rstrip("0")
