"""The sentences of answers, in English and Chinese, filled by name from `prompts/wording/`.

A filled-in value that carries a figure is a `Said`: the words a reader sees together with the typed value, so that
a sentence and the values of its fact can never differ.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from importlib import resources
from string import Template

from assistant.errors import SetupError
from assistant.records.units import Unit
from assistant.tools.tool import Value

LANGUAGES = ("en", "zh")


class Said(str):
    """Words together with the typed value they stand for."""

    value: Value

    def __new__(cls, words: str, value: Value) -> "Said":
        """Make the words; the value's name is set when a sentence is filled."""
        said = super().__new__(cls, words)
        said.value = value
        return said


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
        text = self.sentences[key].substitute(values)
        used = set(self.sentences[key].get_identifiers())
        typed = [replace(v.value, name=k) for k, v in values.items() if k in used and isinstance(v, Said)]
        return text, tuple(typed)

    def word(self, key: str) -> str:
        """One word or phrase, e.g. `band.night`."""
        return self.words[key]

    def count(self, noun: str, number: float) -> Said:
        """`14 patients`, `1 patient`, `14名患者`; decimals keep one digit."""
        value = tidy(number)
        singular, _, plural = self.words[f"noun.{noun}"].partition("|")
        words = (singular if value == 1 else plural or singular).replace("#", figure(value))
        return Said(words, Value(noun, value, noun))

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

    def person(self, staff: str, name: str, name_zh: str = "") -> Said:
        """A member of staff by name."""
        return Said(name_zh if self.language == "zh" and name_zh else name, Value("", staff, "person"))

    def day(self, day: date) -> Said:
        """`Tue 3 Nov 2026`, `2026年11月3日（周二）`."""
        return Said(self._day_words(day), Value("", day.isoformat()[:10], "date"))

    def moment(self, at: datetime) -> Said:
        """A day with its clock time."""
        joint = "" if self.language == "zh" else " "
        return Said(f"{self._day_words(at)}{joint}{at:%H:%M}", Value("", at.isoformat(timespec="minutes"), "time"))

    def listed(self, items: Sequence[str], either: bool = False) -> str:
        """`a, b and c`, or with `either` `a, b or c`; `a、b和c`, `a、b或c`."""
        if len(items) < 2:
            return "".join(items)
        zh = self.language == "zh"
        last = ("或" if either else "和") if zh else (" or " if either else " and ")
        return f"{('、' if zh else ', ').join(items[:-1])}{last}{items[-1]}"

    def _day_words(self, day: date) -> str:
        weekday = self.words["weekday"].split("|")[day.weekday()]
        if self.language == "zh":
            return f"{day.year}年{day.month}月{day.day}日（{weekday}）"
        return f"{weekday} {day.day} {self.words['month'].split('|')[day.month - 1]} {day.year}"


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
    sentences = {f"{part}.{k}": Template(v) for part, table in tables.items() for k, v in table.items()}
    return Wording(language, sentences, words)
