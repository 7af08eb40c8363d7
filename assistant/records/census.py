"""Who is where: patients in each unit now and over time, and the beds that are free."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, func, or_, select

from assistant.records import tables as t
from assistant.records.store import Store, columns_of, overlapping
from assistant.records.wall import to_seconds

_OFFSET = 1_000_000  # steps; more than any stay lasts
_FEW = 20_000  # stays; reading more of them one by one takes longer than reading the whole index in its order
_FAR = np.iinfo(np.int64).max  # end of a stay that has none yet


def occupancy(store: Store, at: datetime, unit: str | None = None) -> pd.DataFrame:
    """Patients and beds of every unit, or of one, at a time.

    Returns:
        unit, patients, beds_open, beds_closed, free (open beds less patients, not below 0; missing where the unit has
        no known beds), percent (patients per 100 open beds; above 100 when overcrowded; NaN without known open beds).
    """
    codes = [u.code for u in store.units() if unit in (None, u.code)]
    present = patients_present(store, at)
    beds = store.beds(unit)
    frame = pd.DataFrame({"unit": codes})
    frame["patients"] = [present.get(code, 0) for code in codes]
    frame["beds_open"] = [sum(1 for bed in beds if bed.unit == code and bed.open) for code in codes]
    frame["beds_closed"] = [sum(1 for bed in beds if bed.unit == code and not bed.open) for code in codes]
    known = (frame["beds_open"] + frame["beds_closed"]) > 0
    frame["free"] = (frame["beds_open"] - frame["patients"]).clip(lower=0).astype("Int64").where(known)
    frame["percent"] = 100.0 * frame["patients"] / frame["beds_open"].astype(float).where(frame["beds_open"] > 0)
    return frame


def patients_present(store: Store, at: datetime) -> dict[str, int]:
    """Number of patients by unit; units without any are left out."""
    s, now = t.stays.c, to_seconds(at)
    unit: ColumnElement[Any] = s.unit
    start: ColumnElement[Any] = s.start
    if _is_recent(store, now):
        # Not the bare columns: else SQLite reads the index by unit and start, which is every stay there ever was.
        unit, start = s.unit.concat(""), s.start + 0
    query = select(unit, func.count()).where(start <= now, or_(s.end.is_(None), s.end > now)).group_by(unit)
    return {row[0]: int(row[1]) for row in store.read(query)}


def _is_recent(store: Store, now: int) -> bool:
    """True if few stays have ended since, so that these and the open ones are found quickest by their ends."""
    since = select(t.stays.c.visit).where(t.stays.c.end > now).limit(_FEW).subquery()
    return int(store.read(select(func.count()).select_from(since))[0][0]) < _FEW


def free_beds(store: Store, at: datetime, unit: str | None = None) -> pd.DataFrame:
    """Open beds in which nobody lies at a time.

    A patient of whom only the unit is known occupies no particular bed here; `occupancy` counts him.

    Returns:
        unit, room, bed, isolation, ventilator, sex_rule, room_sex (sexes of those in the room: `F`, `M`, `F/M` or
        empty).
    """
    s, now = t.stays.c, to_seconds(at)
    rows = store.read(select(s.unit, s.room, s.bed, s.sex).where(s.start <= now, or_(s.end.is_(None), s.end > now)))
    taken = {(row.unit, row.room, row.bed) for row in rows}
    sexes: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        if row.sex and row.room:
            sexes.setdefault((row.unit, row.room), set()).add(row.sex)
    free = [bed for bed in store.beds(unit) if bed.open and (bed.unit, bed.room, bed.bed) not in taken]
    columns = ["unit", "room", "bed", "isolation", "ventilator", "sex_rule", "room_sex"]
    records = [
        (b.unit, b.room, b.bed, b.isolation, b.ventilator, b.sex_rule.value,
         "/".join(sorted(sexes.get((b.unit, b.room), ()))))
        for b in free
    ]  # fmt: skip
    return pd.DataFrame(records, columns=columns)


def census_history(
    store: Store,
    start: datetime,
    end: datetime,
    unit: str | None = None,
    every: str = "1D",
    hour: int = 0,
) -> pd.DataFrame:
    """Patients present at regular times from `start` up to, not including, `end`.

    Args:
        store: The records.
        start: First moment of interest.
        end: Moment at which the span is over.
        unit: Only this unit; else every known unit has a column.
        every: Step, as pandas writes it: `1D`, `6h`.
        hour: Hour of the first day from which the steps are counted.

    Returns:
        Index: the times; a column for each unit.
    """
    first = pd.Timestamp(start).normalize() + pd.Timedelta(hours=hour)
    times = pd.date_range(first, end, freq=every)
    times = times[(times >= pd.Timestamp(start)) & (times < pd.Timestamp(end))]
    return _census_in_steps(store, times, int(pd.Timedelta(every).total_seconds()), unit)


def _census_in_steps(store: Store, times: pd.DatetimeIndex, step: int, unit: str | None) -> pd.DataFrame:
    """The census at evenly spaced times; the database counts comings and goings by step, so that few rows travel."""
    codes = [unit] if unit else [u.code for u in store.units()]
    changes = np.zeros((len(times) + 1, len(codes)), dtype=np.int64)
    if len(times):
        s, first = t.stays.c, to_seconds(times[0].to_pydatetime())
        span = overlapping(times[0].to_pydatetime(), times[-1].to_pydatetime() + timedelta(seconds=1))
        for moment, sign in ((s.start, 1), (s.end, -1)):
            # the first step at or after the moment; the large offset keeps the division above zero
            at_step = ((moment - (first - _OFFSET * step - step + 1)) // step).label("step")
            query = select(s.unit, at_step, func.count()).where(*span, moment.is_not(None)).group_by(s.unit, at_step)
            for code, number, count in store.read(query if unit is None else query.where(s.unit == unit)):
                changes[min(max(number - _OFFSET, 0), len(times)), codes.index(code)] += sign * count
    frame = pd.DataFrame(changes[:-1].cumsum(axis=0), index=times, columns=codes)
    frame.index.name = "time"
    return frame


def census_at(store: Store, times: pd.DatetimeIndex, unit: str | None = None) -> pd.DataFrame:
    """Patients present in each unit at any given times, a row per time in the order given."""
    codes = [unit] if unit else [u.code for u in store.units()]
    counts = pd.DataFrame(0, index=times, columns=codes)
    counts.index.name = "time"
    if times.empty:
        return counts
    s = t.stays.c
    span = overlapping(times.min().to_pydatetime(), times.max().to_pydatetime() + timedelta(seconds=1))
    query = select(s.unit, s.start, func.coalesce(s.end, _FAR)).where(*span)
    rows = store.read(query if unit is None else query.where(s.unit == unit))
    seconds = times.to_numpy(dtype="datetime64[s]").astype(np.int64)
    names, starts, ends = columns_of(rows, 3)
    began, left = np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)
    number_of = {code: number for number, code in enumerate(codes)}
    where = np.fromiter((number_of[name] for name in names), dtype=np.int64, count=len(names))
    for number in np.unique(where):
        here = where == number
        came = np.searchsorted(np.sort(began[here]), seconds, "right")
        counts[codes[number]] = came - np.searchsorted(np.sort(left[here]), seconds, "right")
    return counts
