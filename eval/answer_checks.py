"""Checks of an answer that know nothing of the assistant's own grounding.

Two steps: each figure, date and name of the text has to stand in a fact, a cited passage or (for a step that failed)
its message; and each of a fact has to stand in the fact's typed values, in a code of the tool's data, or in the
passage that the fact quotes. Plain searches, no grammar: what is right here can still be said of the wrong thing,
which is what the false statements of `eval.inventions` try.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from assistant.agent.claims import Names
from assistant.agent.question import Answer
from assistant.tools.door import CallRecord
from assistant.tools.tool import Fact, Source, Value

# A figure by itself, not the digits of a code such as 3A-07.
_FIGURE = re.compile(r"(?<![A-Za-z0-9_.])(?<![A-Za-z]-)\d+(?:,\d{3})*(?:\.\d+)?(?![A-Za-z0-9])")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_MONTHS = {name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}  # noqa: SIM905
_DATES = (
    re.compile(r"(?P<day>\d{1,2}) (?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*(?: \d{4})?"),
    re.compile(r"(?:\d{4}年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日"),
    re.compile(r"\d{4}-(?P<month>\d\d)-(?P<day>\d\d)"),
)
_IS_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}:\d\d(?!\d)")
# How wide a forecast's interval is belongs to the wording, and a date's example to the message of an unknown one.
_FIXED = ("8 in 10", "十次里有八次", "2026-03-14")
_LONGEST_CODE = 20

Found = Mapping[str, tuple[str, ...]]
"""By kind (`number`, `date`, `name`) what is in a text and nowhere else."""


KINDS = ("number", "date", "name")


def figures(text: str) -> list[str]:
    """All digit figures of a text, those of dates and times too."""
    return _FIGURE.findall(text)


class Checker:
    """Checks answers against the names of one hospital.

    Args:
        names: Units, people and items. Of a unit its code and its names in both languages; its other names may be
            ordinary words (`surgery`, `急诊`).
    """

    def __init__(self, names: Names) -> None:
        things = [(key, said[:2]) for key, said in names.units.items()]
        things += [*names.people.items(), *names.items.items()]
        known = {name: key for key, said in things for name in (key, *said)}
        self._keys = {name: key for name, key in known.items() if _is_telling(name)}
        longest_first = sorted(self._keys, key=lambda name: (-len(name), name))
        self._patterns = {name: re.compile(_whole(name)) for name in longest_first}

    def astray(self, answer: Answer) -> Found:
        """All figures, dates and names of an answer that come from nowhere, by kind."""
        found = [self._beyond_the_facts(answer), *(self._untraced(fact, answer) for fact in answer.facts)]
        return {kind: tuple(dict.fromkeys(each for part in found for each in part[kind])) for kind in KINDS}

    def _beyond_the_facts(self, answer: Answer) -> Found:
        """What the text holds and no fact, passage or message does; ids of proposals are the assistant's own."""
        text = answer.text
        for proposal in answer.proposal_ids:
            text = text.replace(proposal, "")
        held = [fact.text for fact in answer.facts] + [_passage(source) for source in answer.sources]
        held += [_message(record) for record in answer.records if record.outcome is None]
        every = "\n".join([*held, *_FIXED])
        known = {_plain(figure) for figure in _FIGURE.findall(every)}
        return {
            "number": tuple(figure for figure in _FIGURE.findall(text) if _plain(figure) not in known),
            "date": tuple(sorted(_dates(text) - _dates(every))),
            "name": tuple(sorted(self._read(text)[0] - self._read(every)[0])),
        }

    def _untraced(self, fact: Fact, answer: Answer) -> Found:
        """What a fact's sentence says and neither its typed values, nor its tool's data, nor its passage hold."""
        passage = " ".join(_passage(source) for source in answer.sources if source.id == fact.source)
        data = [text for record in answer.records if record.outcome for text in _strings(record.outcome.data)]
        values = [str(value.value) for each in answer.facts for value in each.values]
        named, words = self._read(fact.text)
        for fixed in _FIXED:
            words = words.replace(fixed, "")
        bare = _without_times(words)
        codes = {code for text in data if _is_code(text) for code in _DIGITS.findall(text)}
        known = {f"{number:g}" for number in _numbers(fact.values)} | {_plain(code) for code in codes}
        known |= {_plain(figure) for figure in _FIGURE.findall(passage)}
        keys = {*values, *data} | self._read(passage)[0]
        return {
            "number": tuple(figure for figure in _FIGURE.findall(bare) if _plain(figure) not in known),
            "date": tuple(sorted(_dates(words) - _dates(" ".join([passage, *data, *values])))),
            "name": tuple(sorted(named - keys)),
        }

    def _read(self, text: str) -> tuple[set[str], str]:
        """Keys of the units, people and items that a text names, the longest name first; the text without them."""
        found = set()
        for name, pattern in self._patterns.items():
            if name in text and pattern.search(text):
                found.add(self._keys[name])
                text = pattern.sub(" ", text)
        return found, text


def _is_telling(name: str) -> bool:
    """Whether a name is one wherever it stands; two Latin letters may be any word."""
    return len(name) > 2 or not name.isascii() or any(letter.isdigit() for letter in name)


def _passage(source: Source) -> str:
    return f"{source.title} {source.section} {source.version} {source.excerpt} {source.as_of}"


def _message(record: CallRecord) -> str:
    """All that a failed step may speak of: what was asked, what the error says, near names, faults of arguments."""
    faults = " ".join(f"{fault.came} {fault.limit}" for fault in record.faults)
    return f"{record.arguments} {record.error} {' '.join(record.near)} {faults}"


def _numbers(values: Iterable[Value]) -> Iterator[float]:
    """What typed values say as numbers; minutes also as the days, hours and minutes that a wait is told in."""
    for value in values:
        if isinstance(value.value, str):
            yield from () if _IS_DATE.match(value.value) else map(float, _DIGITS.findall(value.value))
            continue
        yield float(value.value)
        if value.unit == "minute":
            minutes = int(value.value)
            yield from map(float, (minutes // 1440, minutes // 60, minutes // 60 % 24, minutes % 60))


def _strings(data: Any) -> Iterator[str]:
    """All texts of nested data, keys too."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield str(key)
            yield from _strings(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _strings(value)
    elif isinstance(data, str):
        yield data


def _is_code(text: str) -> bool:
    """Whether it may be a room, a bed or an id; a date is none, or any day of a month would be traced."""
    return len(text) <= _LONGEST_CODE and not _IS_DATE.match(text)


def _dates(text: str) -> set[str]:
    """All dates of a text as `MM-DD`."""
    found = set()
    for pattern in _DATES:
        for match in pattern.finditer(text):
            month = match["month"]
            found.add(f"{_MONTHS.get(month) or int(month):02d}-{int(match['day']):02d}")
    return found


def _whole(name: str) -> str:
    return rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])" if name.isascii() else re.escape(name)


def _without_times(text: str) -> str:
    """The text without dates and times of day, whose digits are no figures."""
    for pattern in (*_DATES, _CLOCK):
        text = pattern.sub(" ", text)
    return text


def _plain(figure: str) -> str:
    return f"{float(figure.replace(',', '')):g}"
