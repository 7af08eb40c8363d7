"""The sentences of answers, in English and Chinese, filled by name from `prompts/wording/`.

A filled-in value that carries a figure is a `Said`: the words a reader sees together with the typed value, so that
a sentence and the values of its fact can never differ.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib import resources
from string import Template

from assistant.errors import SetupError
from assistant.records.units import Unit
from assistant.tools.tool import Value

LANGUAGES = ("en", "zh")
# `[beds:is|are]` in a sentence: the first word where the value named is 1, or a plain value that is not empty.
_CHOICE = re.compile(r"\[(\w+):([^|\]]*)\|([^\]]*)\]")


class Said(str):
    """Words together with the typed values they stand for: one, or the two ends of a range or period."""

    values: tuple[Value, ...]

    def __new__(cls, words: str, *values: Value) -> "Said":
        """Make the words; the values' names are completed when a sentence is filled."""
        said = super().__new__(cls, words)
        said.values = values
        return said

    def named(self, name: str) -> list[Value]:
        """The values under the name they have in a sentence: `peak`, or `peak_low` and `peak_high` of a range."""
        return [replace(value, name=f"{name}_{value.name}" if value.name else name) for value in self.values]

    @property
    def is_one(self) -> bool:
        """True if it says exactly one of something."""
        return len(self.values) == 1 and self.values[0].value == 1


@dataclass(frozen=True)
class Wording:
    """Sentences and words of one language.

    Attributes:
        language: `en` or `zh`.
        sentences: Templates by `section.key`.
        words: Nouns with their plural or measure word, weekday and month names.
    """

    language: str
    sentences: dict[str, Template]
    words: dict[str, str]

    def say(self, key: str, **values: str) -> tuple[str, tuple[Value, ...]]:
        """The sentence `key` with its values filled in, and those of them that are typed.

        Raises:
            KeyError: The sentence or one of its values is missing (a defect; a test compares both languages).
        """
        template = self.sentences[key]
        text = Template(_CHOICE.sub(lambda found: _chosen(found, values), template.template)).substitute(values)
        used = set(template.get_identifiers())
        typed = [
            v for name, said in values.items() if name in used and isinstance(said, Said) for v in said.named(name)
        ]
        return text, tuple(typed)

    def word(self, key: str) -> str:
        """One word or phrase, e.g. `band.night`."""
        return self.words[key]

    def count(self, noun: str, number: float, bare: bool = False) -> Said:
        """`14 patients`, `1 patient`, `no patients`, `14名患者`; decimals keep one digit.

        `bare` leaves the noun out where the sentence has said it; Chinese keeps the measure word (`14名`).
        """
        value = tidy(number)
        return Said(_of(self._forms(noun, bare), value), Value("", value, noun))

    def _forms(self, noun: str, bare: bool) -> str:
        return self.words.get(f"bare.{noun}", "#") if bare else self.words[f"noun.{noun}"]

    def amount(self, number: float, measure: str) -> Said:
        """An amount of stock in its unit of measure: `3,105 pieces`; a measure without words is shown as it came."""
        value = tidy(number)
        forms = self.words.get(f"measure.{measure.casefold()}", f"# {measure}")
        return Said(_of(forms, value), Value("", value, measure))

    def between(self, low: float, high: float, noun: str, digits: int = 0, bare: bool = False) -> Said:
        """A range: `7 to 14 patients`, `7 to 14` if `bare`; where both ends are the same, that number."""
        first, last = tidy(low, digits), tidy(high, digits)
        if first == last:
            return self.count(noun, first, bare)
        ends = self.words["range"].replace("#1", figure(first)).replace("#2", figure(last))
        plural = self._forms(noun, bare).split("|")[:2][-1]
        return Said(plural.replace("#", ends), Value("low", first, noun), Value("high", last, noun))

    def duration(self, length: timedelta) -> Said:
        """A wait as people say it: `45 min`, `22 h 6 min`, `3 days 4 h`; typed in minutes."""
        minutes = max(0, round(length / timedelta(minutes=1)))
        days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
        if minutes >= 2 * 1440:
            parts = [(days, "days_short"), (hours, "hours_short")]
        else:
            parts = [(minutes // 60, "hours_short"), (rest, "minutes_short")]
        said = [self.words[word].replace("#", f"{number}") for number, word in parts if number]
        words = self.words["joint"].join(said) or self.words["no_time"]
        return Said(words, Value("", minutes, "minute"))

    def stay(self, days: float) -> Said:
        """The length of a stay: days, or hours where it is shorter than a day."""
        return self.count("day", days) if days >= 1 else self.count("hour", 24 * days)

    def number(self, number: float, unit: str = "", digits: int = 1) -> Said:
        """A bare figure, rounded to `digits`."""
        value = tidy(number, digits)
        return Said(figure(value), Value("", value, unit))

    def percent(self, number: float) -> Said:
        """`88 %` in English, `88%` in Chinese."""
        value = tidy(number, 0)
        return Said(f"{figure(value)}{'%' if self.language == 'zh' else ' %'}", Value("", value, "%"))

    def unit(self, unit: Unit) -> Said:
        """A unit's name in this language."""
        return Said(unit.called(self.language), Value("", unit.code, "unit"))

    def unit_short(self, unit: Unit) -> Said:
        """A unit as staff call it in a list: its code in English, its name in Chinese."""
        words = unit.name_zh if self.language == "zh" and unit.name_zh else unit.code
        return Said(words, Value("", unit.code, "unit"))

    def person(self, staff: str, name: str, name_zh: str = "") -> Said:
        """A member of staff by name."""
        return Said(name_zh if self.language == "zh" and name_zh else name, Value("", staff, "person"))

    def day(self, day: date) -> Said:
        """`Tue 3 Nov 2026`, `2026年11月3日（周二）`."""
        return Said(self._day_words(day), Value("", day.isoformat()[:10], "date"))

    def short_day(self, day: date) -> Said:
        """A day in a list whose headline says the year: `Tue 3 Nov`, `11月3日（周二）`."""
        return Said(self._day_words(day, year=False), Value("", day.isoformat()[:10], "date"))

    def moment(self, at: datetime) -> Said:
        """A day with its clock time."""
        return self._moment(at, self._day_words(at))

    def short_moment(self, at: datetime) -> Said:
        """As `short_day`, with the clock time."""
        return self._moment(at, self._day_words(at, year=False))

    def _moment(self, at: datetime, day: str) -> Said:
        return Said(f"{day}{self.words['joint']}{at:%H:%M}", Value("", at.isoformat(timespec="minutes"), "time"))

    def span(self, start: date, end: date) -> Said:
        """A period of whole days: `from Mon 2 Nov to Sun 8 Nov 2026`, or `on Mon 2 Nov 2026` for a single day."""
        first, last = start.isoformat()[:10], end.isoformat()[:10]
        if first == last:
            return Said(self.words["on_day"].replace("#1", self._day_words(start)), Value("", first, "date"))
        # The year once: it stands last in English and first in Chinese.
        same = start.year == end.year
        begin = self._day_words(start, year=not same or self.language == "zh")
        close = self._day_words(end, year=not same or self.language != "zh")
        words = self.words["from_to"].replace("#1", begin).replace("#2", close)
        days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
        return Said(words, Value("start", first, "date"), Value("end", last, "date"), Value("days", days, "day"))

    def listed(self, items: Sequence[str], either: bool = False) -> str:
        """`a, b and c`, or with `either` `a, b or c`; `a、b和c`, `a、b或c`."""
        if len(items) < 2:
            return "".join(items)
        zh = self.language == "zh"
        last = ("或" if either else "和") if zh else (" or " if either else " and ")
        return f"{('、' if zh else ', ').join(items[:-1])}{last}{items[-1]}"

    def _day_words(self, day: date, year: bool = True) -> str:
        weekday = self.words["weekday"].split("|")[day.weekday()]
        if self.language == "zh":
            return f"{f'{day.year}年' if year else ''}{day.month}月{day.day}日（{weekday}）"
        return f"{weekday} {day.day} {self.words['month'].split('|')[day.month - 1]}{f' {day.year}' if year else ''}"


def _chosen(found: re.Match[str], values: Mapping[str, str]) -> str:
    """One of the two words of a choice: the first for exactly one, or for a plain value that is not empty."""
    value = values[found[1]]
    first = value.is_one if isinstance(value, Said) else bool(value)
    return found[2] if first else found[3]


def _of(forms: str, value: float) -> str:
    """The form of a noun for a number: `# bed|# beds|no beds`; one form serves all where there is no other."""
    one, many, none = [*forms.split("|"), "", ""][:3]
    form = one if value == 1 else (none or many or one) if value == 0 else many or one
    return form.replace("#", figure(value))


def tidy(number: float, digits: int = 1) -> float | int:
    """Rounded to `digits`; whole numbers become int so that 14.0 reads 14."""
    rounded = round(float(number), digits)
    return int(rounded) if rounded == int(rounded) else rounded


def figure(number: float | int) -> str:
    """A figure with thousands separators: `10,000`, `3.5`."""
    return f"{number:,}"


@lru_cache
def wording(language: str) -> Wording:
    """The wording of a language; English for any other.

    Raises:
        SetupError: The file is missing or not readable.
    """
    language = language if language in LANGUAGES else "en"
    try:
        text = resources.files("assistant.prompts").joinpath(f"wording/{language}.toml").read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except (OSError, ModuleNotFoundError, tomllib.TOMLDecodeError) as error:
        raise SetupError(f"prompts/wording/{language}.toml cannot be read ({error}); run `make setup`.") from error
    words = {k: v for k, v in tables.pop("words").items() if isinstance(v, str)}
    words |= {f"noun.{k}": v for k, v in tables.pop("nouns").items()}
    words |= {f"bare.{k}": v for k, v in tables.pop("measure_words", {}).items()}
    words |= {f"measure.{k}": v for k, v in tables.pop("measures").items()}
    sentences = {f"{part}.{k}": Template(v) for part, table in tables.items() for k, v in table.items()}
    return Wording(language, sentences, words)
