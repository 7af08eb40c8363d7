"""Comings and goings by day, and how long patients stayed."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, func, select

from assistant.errors import ToolError
from assistant.records import tables as t
from assistant.records.store import Store
from assistant.records.units import UnitKind
from assistant.records.wall import DAY, HOUR, to_seconds

MEASURES = ("admissions", "discharges", "transfers", "ed_arrivals")


def flows(store: Store, measure: str, start: datetime, end: datetime, unit: str | None = None) -> pd.Series:
    """A measure by day, from `start` up to, not including, `end`; days without any are 0.

    * admissions: patients who come into the unit from outside or from an emergency unit; for an emergency unit, from
      outside. Without a unit: into any unit that is not an emergency one. Outpatients do not count.
    * discharges: patients who leave the hospital from the unit; without a unit, from any that is not an emergency one.
    * transfers: patients who come into the unit from another that is not an emergency one; without a unit, into any.
    * ed_arrivals: patients who come from outside into the emergency unit, or into any.
    """
    if measure not in MEASURES:
        raise ToolError(f"Unknown measure '{measure}'. Known: {', '.join(MEASURES)}.", "unknown_measure", MEASURES)
    counted = _counted(store, measure, start, end, unit, DAY)
    days = pd.date_range(start.date(), (end - timedelta(microseconds=1)).date(), freq="1D")
    numbers = days.to_numpy(dtype="datetime64[D]").astype(np.int64)
    return pd.Series([counted.get(int(n), 0) for n in numbers], index=days, name=measure, dtype="int64")


def flows_by_hour(store: Store, measure: str, start: datetime, end: datetime, unit: str | None = None) -> pd.Series:
    """As `flows`, by hour of the site's clock; `start` and `end` are whole hours.

    Where the clock was put forward the hour left out has none; where it was put back one hour holds those of two.
    """
    counted = _counted(store, measure, start, end, unit, HOUR)
    hours = pd.date_range(start, end, freq="1h", inclusive="left")
    numbers = hours.to_numpy(dtype="datetime64[h]").astype(np.int64)
    return pd.Series([counted.get(int(n), 0) for n in numbers], index=hours, name=measure, dtype="int64")


def _counted(
    store: Store, measure: str, start: datetime, end: datetime, unit: str | None, length: int
) -> dict[int, int]:
    """Events by number of the period of `length` seconds; only periods that have any."""
    s = t.stays.c
    moment = s.end if measure == "discharges" else s.start
    emergency = [u.code for u in store.units() if u.kind is UnitKind.EMERGENCY]
    period = (moment // length).label("period")
    span = (moment >= to_seconds(start), moment < to_seconds(end))
    query = select(period, func.count()).where(*span, *_conditions(measure, unit, emergency)).group_by(period)
    return {int(row[0]): int(row[1]) for row in store.read(query)}


def _conditions(measure: str, unit: str | None, emergency: list[str]) -> list[ColumnElement[bool]]:
    """Which stays the measure counts."""
    s = t.stays.c
    from_outside = s.from_unit == ""
    conditions: list[ColumnElement[bool]] = [] if unit is None else [s.unit == unit]
    if measure == "ed_arrivals":
        return [*conditions, from_outside, s.unit.in_(emergency)]
    if unit is None and measure != "transfers":
        conditions.append(s.unit.not_in(emergency))
    if measure == "discharges":
        return [*conditions, s.ended_by == "discharge", s.visit_class != "O"]
    if measure == "transfers":
        return [*conditions, ~from_outside, s.from_unit != s.unit, s.from_unit.not_in(emergency)]
    coming = from_outside if unit in emergency else from_outside | s.from_unit.in_(emergency)
    return [*conditions, coming, s.visit_class != "O"]


def length_of_stay(store: Store, start: datetime, end: datetime, unit: str | None = None) -> pd.DataFrame:
    """How long patients stayed in each unit, of stays that ended from `start` up to, not including, `end`.

    A change of bed within the unit does not end a stay.

    Returns:
        unit, stays, mean_days, median_days, p90_days; units without such a stay are left out.
    """
    s, low, high = t.stays.c, to_seconds(start), to_seconds(end)
    ending = select(s.visit).where(s.end >= low, s.end < high, *([s.unit == unit] if unit is not None else []))
    rows = store.read(select(s.visit, s.unit, s.start, s.end).where(s.visit.in_(ending)).order_by(s.visit, s.seq))
    lasted: dict[str, list[int]] = {}
    for code, began, ended in _joined(rows):
        if ended is not None and low <= ended < high and unit in (None, code):
            lasted.setdefault(code, []).append(ended - began)
    columns = ["unit", "stays", "mean_days", "median_days", "p90_days"]
    records: list[tuple[Any, ...]] = []
    for code in sorted(lasted):
        days = np.array(lasted[code], dtype=float) / DAY
        records.append((code, len(days), days.mean(), float(np.median(days)), float(np.quantile(days, 0.9))))
    return pd.DataFrame(records, columns=columns)


def _joined(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[str, int, int | None]]:
    """Unit, start and end of stays; those of a visit that follow one another in the same unit are one.

    Args:
        rows: Visit, unit, start and end, the stays of a visit together and in their order.
    """
    before: tuple[str, str, int | None] | None = None  # visit, unit and end of the stay so far
    began = 0
    for visit, unit, start, end in rows:
        if before is None or before != (visit, unit, start):
            if before is not None:
                yield before[1], began, before[2]
            began = start
        before = (visit, unit, end)
    if before is not None:
        yield before[1], began, before[2]
