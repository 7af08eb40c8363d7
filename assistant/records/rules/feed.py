"""The feeds themselves: silence, events told twice, merged numbers, and hours that the clock skipped or repeated."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import func, select

from assistant.records import movements as m
from assistant.records import tables as t
from assistant.records.rules.kinds import ohdsi, own
from assistant.records.rules.records import Records, shown_time
from assistant.records.rules.rule import Case, Category, Checked, Severity
from assistant.records.wall import DAY, to_datetime, to_seconds

SILENCE = own("feed_silence", Category.COMPLETENESS, Severity.NOTE)
REPEATED = ohdsi("repeated_event", "isPrimaryKey", Severity.NOTE, "fixed", 10)
MERGED = own("patient_merged", Category.CONFORMANCE, Severity.NOTE, "fixed", 100)
SKIPPED_HOUR = own("time_skipped_by_clock_change", Category.PLAUSIBILITY, Severity.WARNING)
REPEATED_HOUR = own("time_repeated_by_clock_change", Category.PLAUSIBILITY, Severity.NOTE, threshold=100)
RULES = (SILENCE, REPEATED, MERGED, SKIPPED_HOUR, REPEATED_HOUR)

_HOUR = 3600
_MOST_CASES = 200
_M = t.movements.c


def check(records: Records) -> Iterator[Checked]:
    """All of it."""
    yield _silence(records)
    yield _repeated(records)
    yield _merged(records)
    yield from _clock_changes(records)


def _silence(records: Records) -> Checked:
    """Gaps in which, at the usual rate of those hours of the day, many movements should have come."""
    limits = records.limits.quality
    before = func.lag(_M.time).over(order_by=_M.time)
    moments = select(_M.time, before.label("before")).subquery()
    long = moments.c.time - moments.c.before > limits.silence_minutes * 60
    hours, gaps = _per_hour(records), records.read(select(moments.c.before, moments.c.time).where(long))
    due = [(sum(hours[h % 24] * part for h, part in _hours_between(*gap)), *gap) for gap in map(tuple, gaps)]
    silent = sorted((one for one in due if one[0] >= limits.silence_expected), reverse=True)
    cases = tuple(
        Case(f"{shown_time(start)} to {shown_time(end)}", f"about {count:.0f} movements expected")
        for count, start, end in silent[:_MOST_CASES]
    )
    return Checked(SILENCE, "movements.time", records.count(t.movements), len(silent), cases)


def _per_hour(records: Records) -> list[float]:
    """Movements that an hour of the day usually has, from all days of the records."""
    hour = (_M.time % DAY) // _HOUR
    counts = dict.fromkeys(range(24), 0)
    for number, count in records.read(select(hour, func.count()).group_by(hour)):
        counts[int(number)] = int(count)
    first, last = records.read(select(func.min(_M.time), func.max(_M.time)))[0]
    days = max(1.0, (int(last) - int(first)) / DAY) if last is not None else 1.0
    return [counts[number] / days for number in range(24)]


def _hours_between(start: int, end: int) -> Iterator[tuple[int, float]]:
    """The clock hours between two moments, each with the part of it that lies between them."""
    at = start
    while at < end:
        until = min(end, (at // _HOUR + 1) * _HOUR)
        yield at // _HOUR, (until - at) / _HOUR
        at = until


def _repeated(records: Records) -> Checked:
    """The same event entered again, so under another message number; the replay takes it once."""
    key = (_M.visit, _M.trigger, _M.time, _M.unit, _M.room, _M.bed, _M.pending)
    told = select(*key, (func.count() - 1).label("again")).where(_M.source == "hl7", _M.trigger != m.UPDATE)
    told = told.group_by(*key).having(func.min(_M.recorded) != func.max(_M.recorded))
    grouped = told.subquery()
    rows = records.count(t.movements, _M.source == "hl7", _M.trigger != m.UPDATE)
    again = int(records.read(select(func.coalesce(func.sum(grouped.c.again), 0)))[0][0])
    shown = records.read(select(grouped).order_by(grouped.c.again.desc(), grouped.c.visit).limit(_MOST_CASES))
    cases = tuple(Case(f"{r.visit} {r.trigger} {shown_time(r.time)}", f"told {r.again + 1} times") for r in shown)
    return Checked(REPEATED, "movements (visit, trigger, time, place)", rows, again, cases)


def _merged(records: Records) -> Checked:
    """Patient numbers that gave way to another one; their visits count for that one.

    FHIR references to a patient are links, too; only numbers under which HL7 messages told movements are counted.
    """
    c = t.links.c
    people = int(records.read(select(func.count(_M.patient.distinct())).where(_M.source == "hl7"))[0][0])
    told = c.old.in_(select(_M.patient).where(_M.source == "hl7"))
    shown = records.read(select(c.old, c.new).where(c.kind == "patient", told).order_by(c.old))
    cases = tuple(Case(row.old, f"now {row.new}") for row in shown)
    return Checked(MERGED, "movements.patient", people, len(cases), cases[:_MOST_CASES])


def _clock_changes(records: Records) -> Iterator[Checked]:
    """Movements in the hour that summer time skips (they cannot be), and in the one that is there twice."""
    zone = records.limits.zone
    rows = records.count(t.movements)
    if not zone or zone[0] in "+-":
        reason = "no time zone with clock changes is set ([records] zone)"
        yield from (Checked(rule, "movements.time", rows, reason=reason) for rule in (SKIPPED_HOUR, REPEATED_HOUR))
        return
    try:
        changes = _changes(records, ZoneInfo(zone))
    except ZoneInfoNotFoundError:
        reason = f"the time zone {zone!r} is not known on this computer"
        yield from (Checked(rule, "movements.time", rows, reason=reason) for rule in (SKIPPED_HOUR, REPEATED_HOUR))
        return
    for rule, skipped in ((SKIPPED_HOUR, True), (REPEATED_HOUR, False)):
        found = [row for start, end, gone in changes if gone is skipped for row in _within(records, start, end)]
        cases = tuple(Case(f"{r.visit} {r.trigger}", shown_time(r.time)) for r in found[:_MOST_CASES])
        yield Checked(rule, "movements.time", rows, len(found), cases)


def _within(records: Records, start: int, end: int) -> list[Any]:
    query = select(_M.visit, _M.trigger, _M.time).where(_M.time >= start, _M.time < end)
    return list(records.read(query.order_by(_M.time, _M.visit)))


def _changes(records: Records, zone: ZoneInfo) -> list[tuple[int, int, bool]]:
    """Wall-clock spans that the zone skips (True) or has twice, between the first and the last movement."""
    first, last = records.read(select(func.min(_M.time), func.max(_M.time)))[0]
    if first is None:
        return []
    found = []
    day, end = to_datetime(int(first)) - timedelta(days=1), to_datetime(int(last)) + timedelta(days=1)
    while day < end:
        before, after = (_offset(day + timedelta(days=step), zone) for step in (0, 1))
        if before != after:
            found.append(_span(day, before, after, zone))
        day += timedelta(days=1)
    return found


def _offset(moment: datetime, zone: ZoneInfo) -> int:
    """Seconds ahead of UTC at a moment given in UTC."""
    shift = moment.replace(tzinfo=UTC).astimezone(zone).utcoffset()
    return int(shift.total_seconds()) if shift is not None else 0


def _span(day: datetime, before: int, after: int, zone: ZoneInfo) -> tuple[int, int, bool]:
    """The hour that is skipped or repeated in the day after `day` (UTC), found to the minute."""
    low, high = 0, DAY // 60
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(day + timedelta(minutes=middle), zone) == before else (low, middle)
    change = to_seconds(day.replace(second=0, microsecond=0)) + high * 60
    return change + min(before, after), change + max(before, after), after > before
