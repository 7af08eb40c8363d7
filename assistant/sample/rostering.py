"""The roster that the sample hospital has worked and published, made by a simple rule of thumb.

Day after day, nights first, each shift takes the nurses who are furthest behind their contract hours among those who
may work: present, rested for 11 hours, not more than five days in a row, not beyond the week's hours. It is a plausible
history, not a good plan; some shifts stay one nurse short, as in real life.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from assistant.records.staff import Absence, Person, RosterEntry, Shift
from assistant.sample.hospital import Place
from assistant.sample.staffing import SHIFTS, nurses_needed

REST = timedelta(hours=11)
LONGEST_RUN = 5
LONGEST_NIGHT_RUN = 4
HOURS_PER_WEEK_LIMIT = 48.0
# Nights first: fewest may work them, and they bind the next day.
_ORDER = ("N", "L", "E")
_BY_CODE = {shift.shift: shift for shift in SHIFTS}


@dataclass
class _Record:
    """What one nurse has worked so far.

    Attributes:
        owed: Hours behind the contract (negative: ahead).
        free_at: End of the last shift; last: its day and code; run: days worked in a row.
        week_hours: Paid hours by ISO week.
    """

    person: Person
    owed: float
    free_at: datetime = datetime.min
    last: tuple[date, str] = (date.min, "")
    run: int = 0
    week_hours: defaultdict[tuple[int, int], float] = field(default_factory=lambda: defaultdict(float))


def make_roster(
    place: Place,
    people: Sequence[Person],
    absences: Iterable[Absence],
    days: Sequence[date],
    random: Random,
    scale: float = 1.0,
) -> list[RosterEntry]:
    """The unit's roster on these days, which follow one another.

    Args:
        place: The unit, which says how many nurses each shift needs.
        people: Nurses whose home unit it is.
        absences: Nobody works on a day of absence; the day counts as worked by the contract.
        days: First to last day.
        random: Breaks ties.
        scale: As in `SampleSettings`.
    """
    away = {(a.staff, a.start + timedelta(days=day)) for a in absences for day in range((a.end - a.start).days + 1)}
    records = [_Record(person, random.uniform(0, 12)) for person in people]
    needed = {shift.shift: nurses_needed(place, shift, scale) for shift in SHIFTS}
    roster: list[RosterEntry] = []
    for day in days:
        present = [record for record in records if (record.person.staff, day) not in away]
        for record in present:
            record.owed += record.person.hours_per_week / 7
        for code in _ORDER:
            for record in _choose(present, _BY_CODE[code], day, needed[code], random):
                _work(record, _BY_CODE[code], day)
                roster.append(RosterEntry(record.person.staff, place.unit.code, day, code))
    return sorted(roster, key=lambda entry: (entry.day, entry.shift, entry.staff))


def _choose(present: list[_Record], shift: Shift, day: date, count: int, random: Random) -> list[_Record]:
    """Those who take the shift; one with the charge skill first, if there is one."""
    able = [record for record in present if _may_work(record, shift, day)]
    able.sort(key=lambda record: (-_claim(record, shift, day), random.random()))
    charge = [record for record in able if "charge" in record.person.skills][:1]
    return [*charge, *(record for record in able if record not in charge)][:count]


def _claim(record: _Record, shift: Shift, day: date) -> float:
    """Hours behind the contract, with a bonus for going on with a block of the same shift."""
    goes_on = record.last == (day - timedelta(days=1), shift.shift)
    return record.owed + (14.0 if goes_on and shift.night else 5.0 if goes_on else 0.0)


def _may_work(record: _Record, shift: Shift, day: date) -> bool:
    if record.last[0] == day or (shift.night and not record.person.nights):
        return False
    hours = shift.minutes / 60
    goes_on = record.last[0] == day - timedelta(days=1)
    longest = LONGEST_NIGHT_RUN if shift.night else LONGEST_RUN
    return (
        record.owed >= 0.3 * hours
        and datetime.combine(day, shift.start)
        >= record.free_at + (REST if record.free_at > datetime.min else timedelta(0))
        and (not goes_on or record.run < longest)
        and record.week_hours[day.isocalendar()[:2]] + hours
        <= min(HOURS_PER_WEEK_LIMIT, record.person.hours_per_week + 9.5)
    )


def _work(record: _Record, shift: Shift, day: date) -> None:
    hours = shift.minutes / 60
    goes_on = record.last[0] == day - timedelta(days=1)
    record.run = record.run + 1 if goes_on else 1
    record.last = (day, shift.shift)
    end_day = day if shift.end > shift.start else day + timedelta(days=1)
    record.free_at = datetime.combine(end_day, shift.end)
    record.owed -= hours
    record.week_hours[day.isocalendar()[:2]] += hours
