"""What facts and passages bear: sentence by sentence the claims, what they count, and what they are said of."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from assistant.agent.claims import WHOLE, Mention, Names, mentions, normal
from assistant.agent.claims_reading import figure_key
from assistant.agent.ground_clauses import Clauses, direction
from assistant.errors import ToolError
from assistant.records.times import resolve
from assistant.tools.tool import Fact, Source, Value

_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n")
_SCOPED = ("unit", "item", "person", "date", "weekday", "identifier")
# What the nouns of typed values count; a noun that is missing here says nothing.
_NOUNS = {
    "open_bed": "bed", "free_bed": "bed/free", "closed_bed": "bed/closed", "surge_bed": "bed/surge",
    "waiting_patient": "patient", "nurse_shift": "shift", "weekend_day": "day",
}  # fmt: skip
_PLAIN_NOUNS = frozenset({
    "patient", "bed", "nurse", "shift", "night", "day", "week", "hour", "minute", "second", "stay", "unit", "item",
    "wish", "admission", "discharge", "arrival", "transfer",
})  # fmt: skip
Key = tuple[str, str]


@dataclass(frozen=True)
class Bearer:
    """One sentence of a fact or a passage.

    Attributes:
        id: Of the fact or source.
        values: Kind and value of all it claims.
        nouns: What a figure counts here; nothing where it does not say.
        ways: Which way the clause of a figure points.
        scope: By kind what the sentence is about: named in it, else in its fact, else in the headline of its step.
        others: For a figure, what in the sentence is said of other figures only (`9 (Tue 6 Oct) to 24 (Fri 9 Oct)`).
    """

    id: str
    values: frozenset[Key]
    nouns: Mapping[Key, frozenset[str]] = field(default_factory=dict)
    ways: Mapping[Key, frozenset[str]] = field(default_factory=dict)
    scope: Mapping[str, frozenset[str]] = field(default_factory=dict)
    others: Mapping[Key, frozenset[Key]] = field(default_factory=dict)

    def holds(self, mention: Mention) -> bool:
        """Whether it claims the same."""
        return any((mention.kind, value) in self.values for value in mention.readings)

    def is_about(self, subject: Mention, mention: Mention) -> bool:
        """Whether it says the mention of this unit, item, person, date or code, or of none of that kind."""
        about = self.scope.get(subject.kind, frozenset())
        others = self.others.get((mention.kind, mention.value), frozenset())
        own = {value for value in about if (subject.kind, value) not in others}
        return not own or bool(own & set(subject.readings))

    def is_general(self) -> bool:
        """Whether it is about the whole hospital, or about no unit."""
        units = self.scope.get("unit", frozenset())
        return not units or WHOLE in units

    def counts(self, mention: Mention) -> bool:
        """Whether its figure counts what the mention counts; `bed` takes in `bed/free`, not the other way."""
        if not mention.noun:
            return True
        nouns = self._of(self.nouns, mention)
        return not nouns or any(noun == mention.noun or noun.startswith(f"{mention.noun}/") for noun in nouns)

    def agrees(self, mention: Mention, way: frozenset[str]) -> bool:
        """Whether its figure points the same way, where both point one way."""
        own = self._of(self.ways, mention)
        return len(way) != 1 or len(own) != 1 or way == own

    def _of(self, table: Mapping[Key, frozenset[str]], mention: Mention) -> frozenset[str]:
        return frozenset().union(*(table.get((mention.kind, value), frozenset()) for value in mention.readings))


class Bearers:
    """All bearers of an answer, with the words that they consist of and the clock of their sources."""

    def __init__(self, bearers: Sequence[Bearer], words: str, clock: datetime | None) -> None:
        self._bearers = bearers
        self._words = words.casefold()
        self._vocabulary = frozenset(re.findall(r"[a-z]+(?:['-][a-z]+)*", self._words))
        self._dates = sorted(
            {value for b in bearers for kind, value in b.values if kind == "date" and len(value) == 10}
        )
        self._clock = clock

    def __iter__(self) -> Iterator[Bearer]:
        return iter(self._bearers)

    def says(self, words: str) -> bool:
        """Whether these words stand in a fact or passage."""
        return words.casefold() in self._words

    def is_weekday(self, month_and_day: str, weekday: str) -> bool:
        """Whether a date that the facts hold in full falls on this weekday; True where they do not hold it so."""
        full = [date.fromisoformat(day) for day in self._dates if day.endswith(month_and_day)]
        return not full or any(str(day.weekday()) == weekday for day in full)

    def knows(self, mention: Mention) -> bool:
        """Whether a name that nobody declared, or a word for a day, is one of the facts' own."""
        if mention.kind == "name":
            return mention.value in self._vocabulary or self.says(mention.value)
        return self.says(mention.value) or self._in_span(mention.value)

    def _in_span(self, said: str) -> bool:
        """Whether `tomorrow` or `下周`, by the sources' clock, is a day that a fact speaks of."""
        if self._clock is None:
            return False
        try:
            span = resolve(said, self._clock)
        except ToolError:
            return False
        first, last = span.start.date().isoformat(), (span.end - timedelta(seconds=1)).date().isoformat()
        return any(first <= day <= max(first, last) for day in self._dates)


def bearers_of(facts: Sequence[Fact], sources: Sequence[Source], names: Names) -> Bearers:
    """The bearers of all facts and sources of an answer."""
    found: list[Bearer] = []
    headlines: dict[str, dict[str, frozenset[str]]] = {}
    for fact in facts:
        step = fact.id.partition(".")[0] if "." in fact.id else ""
        own = _scope(mentions(normal(fact.text), names), fact.values)
        headline = headlines.setdefault(step, own)
        found += _sentences(fact.id, fact.text, fact.values, {**headline, **own}, names)
    for source in sources:
        title = f"{source.title}. {source.section}. {source.version}. {source.as_of}"
        found += _sentences(source.id, title, (), {}, names)
        scope = _scope(mentions(normal(source.excerpt), names), ())
        found += _sentences(source.id, source.excerpt, (), scope, names)
    words = [fact.text for fact in facts]
    words += [f"{source.title} {source.section} {source.version} {source.excerpt}" for source in sources]
    words += [name for key in _named(found) for name in names.units.get(key, ())]
    return Bearers(found, normal("\n".join(words)), _clock(sources))


def _named(bearers: Sequence[Bearer]) -> set[str]:
    return {value for bearer in bearers for kind, value in bearer.values if kind == "unit"}


def _clock(sources: Sequence[Source]) -> datetime | None:
    """The latest time that a source was true."""
    known = [source.as_of for source in sources if source.as_of]
    try:
        return max(map(datetime.fromisoformat, known)) if known else None
    except ValueError:
        return None


def _sentences(
    name: str, text: str, values: Sequence[Value], scope: Mapping[str, frozenset[str]], names: Names
) -> list[Bearer]:
    """One bearer a sentence; the typed values go to the sentences that show them, the rest to the first."""
    typed = _typed(values)
    found = []
    for part in [part for part in _SENTENCE.split(normal(text)) if part.strip()] or [""]:
        said = mentions(part, names)
        found.append(_bearer(name, part, said, typed, scope))
    shown = {key for bearer in found for key in bearer.values}
    rest = {key: nouns for key, nouns in typed.items() if key not in shown}
    if rest and found:
        found.append(Bearer(name, frozenset(rest), rest, {}, dict(scope)))
    return found


def _bearer(
    name: str,
    text: str,
    said: Sequence[Mention],
    typed: Mapping[Key, frozenset[str]],
    scope: Mapping[str, frozenset[str]],
) -> Bearer:
    clauses = Clauses(text, said)
    values: set[Key] = set()
    nouns: dict[Key, frozenset[str]] = {}
    ways: dict[Key, frozenset[str]] = {}
    for mention in said:
        for value in mention.readings:
            key = (mention.kind, value)
            values |= {key, *_of_date(key)}
            if mention.kind in {"number", "percent"}:
                counted = frozenset({mention.noun} - {""}) | typed.get(key, frozenset())
                nouns[key] = nouns.get(key, frozenset()) | counted
                ways[key] = ways.get(key, frozenset()) | direction(clauses.around(mention))
    values |= {("percent", share) for kind, value in values if kind == "number" and (share := _as_percent(value))}
    scope = {**{kind: known for kind, known in scope.items() if kind != "weekday"}, **_scope(said, ())}
    return Bearer(name, frozenset(values), nouns, ways, scope, _others(clauses, said))


def _as_percent(value: str) -> str:
    """`8/10` as the 80 that a percentage would say."""
    part, _, whole = value.partition("/")
    return figure_key(100 * float(part) / float(whole)) if whole.isdigit() and part.isdigit() and int(whole) else ""


def _others(clauses: Clauses, said: Sequence[Mention]) -> dict[Key, frozenset[Key]]:
    """For each figure the dates and units that belong to other figures of the sentence and not to it."""
    own: dict[Key, set[Key]] = {}
    for mention in said:
        if mention.kind in {"number", "percent"}:
            subjects = clauses.subjects(mention, ("unit", "date"))
            of = {(subject.kind, value) for subject in subjects for value in subject.readings}
            of |= {key for known in set(of) for key in _of_date(known)}
            own.setdefault((mention.kind, mention.value), set()).update(of)
    every = set().union(*own.values()) if own else set()
    return {key: frozenset(every - of) for key, of in own.items()}


def _of_date(key: Key) -> list[Key]:
    """A full date bears its weekday and year, any date its month and day of the month."""
    kind, value = key
    if kind != "date":
        return []
    found = [("month", value[-5:-3]), ("day", str(int(value[-2:])))]
    if len(value) == 10:
        try:
            weekday = date.fromisoformat(value).weekday()
        except ValueError:
            return found
        found += [("date", value[-5:]), ("year", value[:4]), ("weekday", str(weekday))]
        found += [("weekday", "weekend")] if weekday >= 5 else []
    return found


def _scope(said: Sequence[Mention], values: Sequence[Value]) -> dict[str, frozenset[str]]:
    """By kind what is named; the whole hospital counts as a unit."""
    found: dict[str, set[str]] = {}
    for mention in said:
        if mention.kind in _SCOPED and not mention.soft:
            found.setdefault(mention.kind, set()).update(mention.readings)
            for kind, value in _of_date((mention.kind, mention.value)):
                found.setdefault(kind, set()).add(value)
    for kind, value in _typed(values):
        if kind in {"unit", "person", "date"}:
            found.setdefault(kind, set()).add(value)
            found[kind] |= {other for of, other in _of_date((kind, value)) if of == kind}
    return {kind: frozenset(values) for kind, values in found.items()}


def _typed(values: Sequence[Value]) -> dict[Key, frozenset[str]]:
    """The claims that typed values bear, with what they count."""
    found: dict[Key, frozenset[str]] = {}
    for value in values:
        if value.unit in {"unit", "person"}:
            found[(value.unit, str(value.value))] = frozenset()
        elif value.unit in {"date", "time"}:
            day, _, clock = str(value.value).partition("T")
            found |= {("date", day): frozenset(), ("date", day[-5:]): frozenset()}
            found |= {(kind, part): frozenset() for kind, part in _of_date(("date", day))}
            if clock:
                found[("time", clock)] = frozenset()
        elif isinstance(value.value, int | float):
            key = ("percent" if value.unit == "%" else "number", figure_key(float(value.value)))
            noun = _NOUNS.get(value.unit, value.unit if value.unit in _PLAIN_NOUNS else "")
            found[key] = found.get(key, frozenset()) | ({noun} - {""})
    return found
