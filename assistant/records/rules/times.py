"""Plausibility of times and values in what feeds tell: order, before birth, the future, late entry, ranges."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import BigInteger, ColumnElement, and_, cast, exists, or_

from assistant.records import movements as m
from assistant.records import tables as t
from assistant.records.rules.kinds import ohdsi, own
from assistant.records.rules.records import Records, RowTest
from assistant.records.rules.rule import Category, Checked, Severity
from assistant.records.wall import DAY, to_seconds

END_BEFORE_START = ohdsi("end_before_start", "plausibleStartBeforeEnd", Severity.ERROR)
EXPECTED_BEFORE_ADMISSION = ohdsi("expected_end_before_admission", "plausibleTemporalAfter", Severity.WARNING)
ENTERED_BEFORE_EVENT = ohdsi("entered_before_it_happened", "plausibleTemporalAfter", Severity.WARNING)
BEFORE_BIRTH = ohdsi("before_birth", "plausibleAfterBirth", Severity.ERROR)
BIRTH_TOO_EARLY = ohdsi("birth_year_too_early", "plausibleValueLow", Severity.WARNING)
TOO_OLD = ohdsi("patient_too_old", "plausibleValueHigh", Severity.WARNING)
ACUITY_LOW = ohdsi("acuity_too_low", "plausibleValueLow", Severity.WARNING)
ACUITY_HIGH = ohdsi("acuity_too_high", "plausibleValueHigh", Severity.WARNING)
WAIT_OUTSIDE_VISIT = ohdsi("wait_outside_visit", "withinVisitDates", Severity.WARNING)
FUTURE = own("future_movement", Category.PLAUSIBILITY, Severity.ERROR)
LATE = own("late_entry", Category.PLAUSIBILITY, Severity.NOTE, "fixed", 10)
CANCELLED = own("cancelled_event", Category.PLAUSIBILITY, Severity.NOTE, "fixed", 10)
NEVER_CLOSED = own("stay_never_closed", Category.COMPLETENESS, Severity.WARNING)
LONG_STAY = ohdsi("stay_too_long", "plausibleValueHigh", Severity.WARNING)
EMPTY_STAY = own("stay_without_length", Category.PLAUSIBILITY, Severity.NOTE, threshold=10)
RULES = (
    END_BEFORE_START, EXPECTED_BEFORE_ADMISSION, ENTERED_BEFORE_EVENT, BEFORE_BIRTH, BIRTH_TOO_EARLY, TOO_OLD,
    ACUITY_LOW, ACUITY_HIGH, WAIT_OUTSIDE_VISIT, FUTURE, LATE, CANCELLED, NEVER_CLOSED, LONG_STAY, EMPTY_STAY,
)  # fmt: skip

_YEAR = 31_556_952  # seconds, the mean of the calendar
_OLDEST = 120  # years; nobody is known to have been older than 122
_CANCELS = (*sorted(m.CANCELS), m.DELETE_VISIT)
_ANYWHERE = 14 * 3600  # seconds by which clocks on land are ahead of UTC at most
_WEEK = 7 * DAY


def check(records: Records) -> Iterator[Checked]:
    """All of it, a scan for each table."""
    yield from records.scan(t.movements, _movements(records))
    yield from records.scan(t.stays, _stays(records))
    w = t.waits.c
    yield from records.scan(
        t.waits,
        [
            RowTest(END_BEFORE_START, w.until, w.until < w.since, w.until.is_not(None)),
            RowTest(WAIT_OUTSIDE_VISIT, w.since, ~_near_visit()),
        ],
    )


def _movements(records: Records) -> list[RowTest]:
    c, limits = t.movements.c, records.limits
    born, year = c.birth_year.is_not(None), cast(c.birth_year, BigInteger)  # seconds since 1970 need more than 32 bits
    cancel = c.trigger.in_(_CANCELS)  # carries the time of the event that it takes back
    tomorrow = to_seconds(records.now) + _ANYWHERE + DAY
    return [
        RowTest(BEFORE_BIRTH, c.birth_year, c.time < (year - 1970) * _YEAR - 2 * DAY, born),
        RowTest(BIRTH_TOO_EARLY, c.birth_year, c.birth_year < limits.earliest_year, born),
        RowTest(TOO_OLD, c.birth_year, c.time > (year + _OLDEST + 1 - 1970) * _YEAR, born),
        RowTest(ACUITY_LOW, c.acuity, c.acuity < 1, c.acuity.is_not(None)),
        RowTest(ACUITY_HIGH, c.acuity, c.acuity > 5, c.acuity.is_not(None)),
        RowTest(FUTURE, c.time, c.time > tomorrow),
        RowTest(LATE, c.recorded, c.recorded - c.time > limits.quality.late_minutes * 60, ~cancel),
        RowTest(ENTERED_BEFORE_EVENT, c.recorded, c.recorded < c.time - DAY, c.source == "hl7"),
        RowTest(CANCELLED, c.trigger, cancel),
        RowTest(
            EXPECTED_BEFORE_ADMISSION,
            c.expected_end,
            c.expected_end < c.time,
            and_(c.expected_end > 0, c.trigger.in_([m.ADMIT, m.REGISTER])),
        ),
    ]


def _stays(records: Records) -> list[RowTest]:
    c, clock = t.stays.c, records.clock
    longest = int(timedelta(days=records.limits.longest_stay_days).total_seconds())
    ended = c.end.is_not(None)
    tests = [
        RowTest(END_BEFORE_START, c.end, c.end < c.start, ended),
        RowTest(EMPTY_STAY, c.start, c.end == c.start, ended),
        RowTest(LONG_STAY, c.start, c.end - c.start > longest, ended),
    ]
    if clock is not None:
        tests.append(RowTest(NEVER_CLOSED, c.start, c.start < to_seconds(clock) - longest, c.end.is_(None)))
    return tests


def _near_visit() -> ColumnElement[bool]:
    """The wait began within a week of a stay of the same visit."""
    s, w = t.stays.c, t.waits.c
    return exists().where(
        s.visit == w.visit, s.start - _WEEK <= w.since, or_(s.end.is_(None), s.end + _WEEK >= w.since)
    )
