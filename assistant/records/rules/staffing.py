"""Rosters: rest between shifts, two shifts at once, shifts on days off."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlalchemy import exists

from assistant.records import tables as t
from assistant.records.rules.kinds import own
from assistant.records.rules.records import Records, RowTest
from assistant.records.rules.rule import Case, Category, Checked, Severity
from assistant.records.staff import RosterEntry, Shift

SHORT_REST = own("short_rest", Category.PLAUSIBILITY, Severity.WARNING)
DOUBLE_SHIFT = own("double_shift", Category.PLAUSIBILITY, Severity.ERROR)
SHIFT_WHILE_ABSENT = own("shift_while_absent", Category.PLAUSIBILITY, Severity.ERROR)
RULES = (SHORT_REST, DOUBLE_SHIFT, SHIFT_WHILE_ABSENT)

Worked = tuple[datetime, datetime, str]  # start, end, shift


def check(records: Records) -> Iterator[Checked]:
    """All of it."""
    rows, short, double = 0, [], []
    for person, spans in _worked(records).items():
        rows += len(spans)
        for before, after in pairwise(sorted(spans)):
            rest, place = after[0] - before[1], f"roster {person} {after[0]:%Y-%m-%d}"
            if rest < timedelta(0):
                double.append(Case(place, f"{before[2]} until {before[1]:%H:%M}, {after[2]} from {after[0]:%H:%M}"))
            elif rest < timedelta(hours=records.limits.quality.rest_hours):
                short.append((rest, Case(place, f"{rest.total_seconds() / 3600:.1f} h before {after[2]}")))
    short.sort(key=lambda found: (found[0], found[1].place))
    yield Checked(SHORT_REST, "roster", rows, len(short), tuple(case for _, case in short))
    yield Checked(DOUBLE_SHIFT, "roster", rows, len(double), tuple(double))
    a, r = t.absences.c, t.roster.c
    absent = exists().where(a.staff == r.staff, a.start <= r.day, a.end >= r.day)
    yield from records.scan(t.roster, [RowTest(SHIFT_WHILE_ABSENT, r.shift, absent)])


def _worked(records: Records) -> dict[str, list[Worked]]:
    """Start, end and name of every shift, by person; shifts that no file describes have no times."""
    store = records.store
    shifts = {unit.code: {shift.shift: shift for shift in store.shifts(unit.code)} for unit in store.units()}
    worked: dict[str, list[Worked]] = defaultdict(list)
    for entry in store.roster(date.min, date.max):
        shift = shifts.get(entry.unit, {}).get(entry.shift)
        if shift:
            worked[entry.staff].append((*_span(entry, shift), shift.shift))
    return worked


def _span(entry: RosterEntry, shift: Shift) -> tuple[datetime, datetime]:
    start, end = (datetime.combine(entry.day, moment) for moment in (shift.start, shift.end))
    return start, end if end > start else end + timedelta(days=1)
