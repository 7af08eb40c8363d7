"""Periods in places: where somebody is from when on, when periods overlap, nest, or are told by several records.

A FHIR encounter and a row of a table of stays both tell periods. Encounters come in levels (the whole stay, a
department's part of it, a ward's part of that), and a table has a row per ward: only together they tell the path.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.records import movements as m
from assistant.records.movements import Movement

Place = tuple[str, str, str]
NOWHERE: Place = ("", "", "")
ROOM, BED = frozenset({"ro"}), frozenset({"bd"})  # codes of HL7's location-physical-type

# How much a record's word on the place counts against the others of the visit; the higher one holds.
BY_DEPARTMENT, BY_STAY, BY_PART, BY_WARD = 0, 1, 2, 3


@dataclass(frozen=True)
class Period:
    """One place for a time.

    Attributes:
        start, end: Wall-clock seconds; `end` None: still there.
        name: Of the place.
        level: FHIR's code of its physical type (`wa`, `ro`, `bd` ...); empty: not said.
    """

    start: int
    end: int | None
    name: str
    level: str


def path_of(periods: Sequence[Period]) -> list[tuple[int, Place]]:
    """Where the patient is from when on: unit, room, bed; an empty unit means in none of the places.

    Where periods overlap, the one that began last holds; when it ends, an earlier one may hold again (a bed that was
    kept during an hour in the recovery room).

    Args:
        periods: In order of their start.
    """
    levels = [[p for p in periods if p.level not in ROOM | BED]]
    levels += [[p for p in periods if p.level in level] for level in (ROOM, BED)]
    if not levels[0]:  # only rooms or beds are named: the widest of them stands for the unit
        levels = [levels[1] or levels[2], [], levels[2] if levels[1] else []]
    times = sorted({p.start for p in periods} | {p.end for p in periods if p.end is not None})
    path: list[tuple[int, Place]] = []
    for time in times:
        unit, room, bed = (_holding(level, time) for level in levels)
        place = (unit, room, bed) if unit else NOWHERE
        if (not path and unit) or (path and path[-1][1] != place):
            path.append((time, place))
    return path


def _holding(periods: Sequence[Period], time: int) -> str:
    """Name of the place that holds at a time; empty if none does."""
    active = [p for p in periods if p.start <= time and (p.end is None or p.end > time)]
    return active[-1].name if active else ""


def steps_to_movements(first: Movement, path: Sequence[tuple[int, Place]], classes: Sequence[str]) -> list[Movement]:
    """Arrival, moves and departure that a path amounts to.

    Args:
        first: Carries visit, patient and source.
        path: As from `path_of`, units as codes; the empty place at the end is the departure, before it an absence.
        classes: Visit class of each step.
    """
    found: list[Movement] = []
    for step, ((time, place), visit_class) in enumerate(zip(path, classes, strict=True)):
        if not place[0]:
            trigger = m.DISCHARGE if step == len(path) - 1 else m.LEAVE
        elif found and not (visit_class == "I" and visit_class != found[-1].visit_class):
            trigger = m.TRANSFER
        else:
            trigger = m.ADMIT if visit_class == "I" else m.REGISTER
        if found and found[-1].place == place:
            continue
        who = first.visit, first.patient, first.source
        said = Movement(*who, trigger, time, time, *place, "", visit_class, first.sex, first.birth_year)
        found.append(said)
    return found


def tells_periods(movement: Movement) -> bool:
    """True for what comes from a record of periods, not from a message about one event."""
    return movement.source.startswith(("fhir:", "csv:"))


def sources_side_by_side(visits: Iterable[Sequence[Movement]]) -> set[str]:
    """Sources of periods in visits that have more than one."""
    found: set[str] = set()
    for movements in visits:
        sources = {x.source for x in movements if tells_periods(x)}
        if len(sources) > 1:
            found |= sources
    return found


def combined(movements: Sequence[Movement], levels: Mapping[str, int]) -> list[Movement]:
    """The movements of one visit with its records of periods laid over one another.

    At each time the record with the highest level that names a place holds; among equal ones that whose period began
    last. A record without any place (a row of a table of visits) ends what the others leave open.

    Args:
        movements: All of the visit, of any source.
        levels: Level by source; `BY_STAY` where it is missing.
    """
    told = [x for x in movements if tells_periods(x)]
    if len({x.source for x in told}) < 2:
        return list(movements)
    others = [x for x in movements if not tells_periods(x)]
    by_source: dict[str, list[Movement]] = defaultdict(list)
    for movement in sorted(told, key=lambda x: x.time):
        by_source[movement.source].append(movement)
    spans = [span for source, found in by_source.items() for span in _spans(found, levels.get(source, BY_STAY))]
    spans = [_closed(span, _last_ends(by_source.values())) for span in spans]
    said = [replace(x, trigger=m.UPDATE, unit="", room="", bed="", visit_class="") for x in told if _says_more(x)]
    return [*others, *_overlaid(spans), *said]


@dataclass(frozen=True)
class _Span:
    """A stretch of one record's time in one place."""

    start: int
    end: int | None
    level: int
    movement: Movement


def _spans(movements: Sequence[Movement], level: int) -> list[_Span]:
    """The places of one record's movements, in order of time, each until the next."""
    moving = [x for x in movements if x.trigger != m.UPDATE]
    ends: list[int | None] = [x.time for x in moving[1:]]
    pairs = zip(moving, [*ends, None], strict=bool(moving))
    return [_Span(x.time, end, level, x) for x, end in pairs if x.unit and x.trigger in m.PLACES_PATIENT]


def _last_ends(records: Iterable[Sequence[Movement]]) -> list[int]:
    """Discharge times told by records that name no place."""
    placeless = [found for found in records if not any(x.unit for x in found)]
    return [x.time for found in placeless for x in found if x.trigger == m.DISCHARGE]


def _closed(span: _Span, ends: Sequence[int]) -> _Span:
    fitting = [end for end in ends if end > span.start]
    return replace(span, end=max(fitting)) if span.end is None and fitting else span


def _says_more(movement: Movement) -> bool:
    """True if it tells of the patient, beside the place; one word of the class is told by the place already."""
    return movement.expected_end is not None or movement.needs is not None or movement.acuity is not None


def _overlaid(spans: Sequence[_Span]) -> list[Movement]:
    """The path that the spans of all records come to."""
    times = sorted({x.start for x in spans} | {x.end for x in spans if x.end is not None})
    starting: dict[int, list[_Span]] = defaultdict(list)
    for span in spans:
        starting[span.start].append(span)
    path: list[tuple[int, Place]] = []
    holders: list[Movement] = []
    active: list[_Span] = []
    for time in times:
        active = [x for x in active if x.end is None or x.end > time] + [
            x for x in starting[time] if x.end is None or x.end > time
        ]
        holding = max(active, key=_weight, default=None)
        place = holding.movement.place if holding else NOWHERE
        if (path and path[-1][1] != place) or (not path and holding):
            path.append((time, place))
            holders.append(holding.movement if holding else holders[-1])
    if not path:
        return []
    moved = steps_to_movements(holders[0], path, [x.visit_class for x in holders])
    by_time = {time: holder for (time, _), holder in zip(path, holders, strict=True)}
    return [_as_told(x, by_time[x.time]) for x in moved]


def _weight(span: _Span) -> tuple[object, ...]:
    """What makes one of two records hold; the last parts make it one whatever the order in which they came."""
    return span.level, span.start, bool(span.movement.bed), span.movement.place, span.movement.source


def _as_told(movement: Movement, holder: Movement) -> Movement:
    """The step with the patient and source of the record that told it; what else it says is told apart."""
    who = movement.visit, holder.patient, holder.source
    when = movement.trigger, movement.time, movement.recorded
    return Movement(*who, *when, *movement.place, "", movement.visit_class, holder.sex, holder.birth_year)
