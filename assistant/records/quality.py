"""What is wrong with the records: findings of the imports, quarantine, and checks of what is stored now."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

import pandas as pd
from sqlalchemy import func, select

from assistant.records import tables as t
from assistant.records.census import patients_present
from assistant.records.settings import RecordsSettings
from assistant.records.staff import RosterEntry, Shift
from assistant.records.stock import StockLevel
from assistant.records.store import Store
from assistant.records.supplies import latest_lots
from assistant.records.wall import DAY, to_datetime, to_seconds

COLUMNS = ["rule", "severity", "count", "action", "example"]
_REST = timedelta(hours=11)  # between two shifts
Row = tuple[str, str, int, str, str]


def data_quality(store: Store, settings: RecordsSettings | None = None) -> pd.DataFrame:
    """Everything noticed, a row per rule and action, errors first and frequent ones before rare ones.

    Returns:
        rule, severity (`error`, `warning`, `note`), count, action (`fixed`, `quarantined`, `kept`), example (row key
        and raw value of one case; unreadable messages are shown by their place, never by their text).
    """
    limits = settings or RecordsSettings()
    rows = [*_found_in_imports(store), *_quarantined(store), *_stays(store, limits), *_beds(store)]
    rows += [*_stock(store, limits), *_roster(store)]
    order = {"error": 0, "warning": 1, "note": 2}
    rows.sort(key=lambda row: (order.get(row[1], 3), -row[2], row[0]))
    return pd.DataFrame(rows, columns=COLUMNS)


def _found_in_imports(store: Store) -> Iterator[Row]:
    f = t.findings.c
    example = func.min(f.place + ": " + f.value)
    query = select(f.rule, f.severity, func.count(), f.action, example).group_by(f.rule, f.severity, f.action)
    for rule, severity, count, action, shown in store.read(query):
        yield rule, severity, count, action, shown.removesuffix(": ")


def _quarantined(store: Store) -> Iterator[Row]:
    q = t.quarantine.c
    for rule, count, place in store.read(select(q.rule, func.count(), func.min(q.place)).group_by(q.rule)):
        yield rule, "error", count, "quarantined", place


def _stays(store: Store, limits: RecordsSettings) -> Iterator[Row]:
    """Two patients in one bed, one patient in two places, stays that never end, silence of the feed."""
    s = t.stays.c
    columns = (s.visit, s.patient, s.unit, s.room, s.bed, s.start, s.end)
    rows = [tuple(row) for row in store.read(select(*columns).order_by(s.start))]
    in_bed = _overlaps([(f"{r[2]}/{r[3]}/{r[4]}", r[1], r[5], r[6]) for r in rows if r[4]])
    if in_bed:
        yield "two_patients_in_one_bed", "error", len(in_bed), "kept", in_bed[0]
    twice = _overlaps([(r[1], r[0], r[5], r[6]) for r in rows if r[1]])
    if twice:
        yield "patient_in_two_places", "error", len(twice), "kept", twice[0]
    clock = store.clock()
    if clock is None:
        return
    oldest = to_seconds(clock) - limits.longest_stay_days * DAY
    unclosed = [f"{r[0]} in {r[2]} since {to_datetime(r[5])}" for r in rows if r[6] is None and r[5] < oldest]
    if unclosed:
        yield "stay_never_closed", "warning", len(unclosed), "kept", unclosed[0]
    yield from _silence(store)


def _overlaps(spans: Sequence[tuple[str, str, int, int | None]]) -> list[str]:
    """Cases in which a key (bed, patient) is held twice at a time, by two holders; spans come in order of start."""
    held: dict[str, tuple[str, int | None]] = {}
    found = []
    for key, holder, start, end in spans:
        before = held.get(key)
        if before and before[0] != holder and (before[1] is None or before[1] > start) and end != start:
            found.append(f"{key}: {before[0]} and {holder} on {to_datetime(start)}")
        if before is None or end is None or (before[1] is not None and end >= before[1]):
            held[key] = (holder, end)
    return found


def _silence(store: Store) -> Iterator[Row]:
    """Days without a single movement between the first and the last one."""
    m = t.movements.c
    days = sorted(int(row[0]) for row in store.read(select(m.time // DAY).distinct()))
    silent = [day + 1 for day, following in pairwise(days) if following > day + 1]
    if silent:
        missing = days[-1] - days[0] + 1 - len(days)
        yield "feed_silence", "note", missing, "kept", to_datetime(silent[0] * DAY).date().isoformat()


def _beds(store: Store) -> Iterator[Row]:
    """Units over their open beds now, beds and units that only the feed knows."""
    beds = store.beds()
    open_beds = Counter(bed.unit for bed in beds if bed.open)
    clock = store.clock()
    present = patients_present(store, clock) if clock else {}
    over = [f"{u}: {n} patients, {open_beds[u]} open beds" for u, n in present.items() if 0 < open_beds[u] < n]
    if over:
        yield "unit_over_its_open_beds", "warning", len(over), "kept", over[0]
    s = t.stays.c
    known = {(bed.unit, bed.room, bed.bed) for bed in beds}
    units = {bed.unit for bed in beds}
    told = store.read(select(s.unit, s.room, s.bed).distinct().where(s.bed != ""))
    unknown = ["/".join(row) for row in told if row[0] in units and tuple(row) not in known]
    if unknown:
        yield "bed_not_declared", "warning", len(unknown), "kept", min(unknown)
    u = t.units.c
    undeclared = [row[0] for row in store.read(select(u.unit).where(u.declared.is_(False)).order_by(u.unit))]
    if undeclared:
        yield "unit_not_declared", "note", len(undeclared), "kept", undeclared[0]


def _stock(store: Store, limits: RecordsSettings) -> Iterator[Row]:
    """Expired lots on the shelf, and stock for more years than plausible."""
    by_item: dict[str, list[StockLevel]] = defaultdict(list)
    for level in store.stock():
        by_item[level.item].append(level)
    lots = [lot for levels in by_item.values() for lot in latest_lots(levels)]
    clock = store.clock()
    expired = [x for x in lots if x.on_hand > 0 and x.expiry and x.expiry < (clock.date() if clock else x.as_of)]
    if expired:
        first = expired[0]
        yield "expired_lot", "error", len(expired), "kept", f"{first.item} {first.lot}: {first.expiry}"
    years = limits.years_of_stock
    much = [x for x in lots if x.used_per_day and x.on_hand > x.used_per_day * 365 * years]
    if much:
        yield "stock_outlier", "warning", len(much), "kept", f"{much[0].item}: {much[0].on_hand:g}"


def _roster(store: Store) -> Iterator[Row]:
    """Less than eleven hours between two shifts of a person; two shifts at once count too."""
    shifts = {unit.code: {shift.shift: shift for shift in store.shifts(unit.code)} for unit in store.units()}
    worked: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for entry in store.roster(date.min, date.max):
        shift = shifts.get(entry.unit, {}).get(entry.shift)
        if shift:
            worked[entry.staff].append(_span(entry, shift))
    short = []
    for person, spans in worked.items():
        spans.sort()
        rests = ((b[0] - a[1], b[0]) for a, b in pairwise(spans))
        short += [f"{person}: {start:%Y-%m-%d %H:%M}" for rest, start in rests if rest < _REST]
    if short:
        yield "short_rest", "warning", len(short), "kept", short[0]


def _span(entry: RosterEntry, shift: Shift) -> tuple[datetime, datetime]:
    start, end = (datetime.combine(entry.day, moment) for moment in (shift.start, shift.end))
    return start, end if end > start else end + timedelta(days=1)
