"""Reads the daily history of a measure from the records, up to the last complete day before a time.

A day on which nobody moved anywhere in a hospital that otherwise moves people every day is a silent feed, not an
empty hospital: such days are left out here, and the cleaning counts and fills them.
"""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from sqlalchemy import func, select

from assistant.errors import ToolError
from assistant.forecast.measures import Measure
from assistant.forecast.settings import ForecastSettings
from assistant.records.state import census_history, flows
from assistant.records.store import Store
from assistant.records.tables import movements
from assistant.records.units import Unit, UnitKind
from assistant.records.wall import DAY, to_datetime, to_seconds

_BUSY_MOVEMENTS_PER_DAY = 5  # below this median a day without any movement is believed


def read_history(
    store: Store, measure: Measure, unit: Unit | None, at: datetime, settings: ForecastSettings
) -> pd.Series:
    """Counts by day for the complete days before `at`; silent days are absent.

    Raises:
        ToolError: `no_history` if no complete day lies before `at`; `bad_arguments` or `not_available` if emergency
            arrivals are asked for a unit, or in a hospital, without emergency care.
    """
    if measure.name == "ed_arrivals":
        _check_emergency(store, unit)
    moved = _movements_by_day(store, at)
    first, last = _complete_days(store, moved, at, settings)
    code = unit.code if unit else None
    daily = _census(store, first, last, code) if measure.is_level else _flow(store, measure, first, last, code)
    return daily[~daily.index.isin(_silent_days(moved, first, last))].rename(measure.name)


def silent_days(store: Store, at: datetime, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """Days from `first` to `last` on which the feed was silent, by what was known at `at`."""
    return _silent_days(_movements_by_day(store, at), first, last)


def _check_emergency(store: Store, unit: Unit | None) -> None:
    emergency = [known for known in store.units() if known.kind is UnitKind.EMERGENCY]
    codes = ", ".join(known.code for known in emergency)
    if not emergency:
        raise ToolError(
            "Emergency arrivals need a unit of kind emergency, and the records know none. Give the emergency "
            "department that kind in units.csv and import it.",
            code="not_available",
        )
    if unit is not None and unit.kind is not UnitKind.EMERGENCY:
        raise ToolError(
            f"Emergency arrivals are counted in emergency units ({codes}); {unit.code} is of kind {unit.kind.value}. "
            "Leave the unit out, or ask for its admissions.",
            code="bad_arguments",
            near=[known.code for known in emergency],
        )


def _movements_by_day(store: Store, at: datetime) -> pd.Series:
    """Number of movements anywhere in the hospital by day, before `at`."""
    day = (movements.c.time // DAY).label("day")
    rows = store.read(select(day, func.count()).where(movements.c.time <= to_seconds(at)).group_by(day).order_by(day))
    counts = {pd.Timestamp(to_datetime(int(number) * DAY)): float(count) for number, count in map(tuple, rows)}
    return pd.Series(counts, dtype=float)


def _complete_days(
    store: Store, moved: pd.Series, at: datetime, settings: ForecastSettings
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day that the records cover from midnight to midnight before `at`."""
    clock = store.clock()
    if clock is None or moved.empty:
        raise ToolError(
            f"There is no history before {at:%Y-%m-%d %H:%M} to forecast from: the records hold no movements up to "
            "then. Import a feed first (assistant import PATH), or ask for a later time.",
            code="no_history",
        )
    reached = min(at, clock + timedelta(hours=settings.day_ends_early_hours))
    last = pd.Timestamp(reached).normalize() - pd.Timedelta(days=1)
    oldest = last - pd.Timedelta(days=settings.history_days - 1)
    first = max(moved.index[0] + pd.Timedelta(days=1), oldest)  # nobody knows when on its first day a feed began
    if first > last:
        raise ToolError(
            f"The records before {at:%Y-%m-%d %H:%M} cover no complete day yet (they begin on "
            f"{moved.index[0]:%Y-%m-%d}). Import older records, or ask again after a few days.",
            code="no_history",
        )
    return first, last


def _census(store: Store, first: pd.Timestamp, last: pd.Timestamp, unit: str | None) -> pd.Series:
    """Patients present at 24:00 of each day, in one unit or in all but the emergency ones.

    Emergency bays are no beds that patients are admitted to; counting them would hold the house against wrong beds.
    """
    day = pd.Timedelta(days=1)
    # One more second: it makes no difference whether the end itself is counted in.
    end = (last + day + pd.Timedelta(seconds=1)).to_pydatetime()
    table = census_history(store, (first + day).to_pydatetime(), end, unit)
    if unit is None:
        table = table.drop(columns=[known.code for known in store.units() if known.kind is UnitKind.EMERGENCY])
    by_day = table.sum(axis=1).astype(float)
    by_day.index = pd.DatetimeIndex(by_day.index) - day
    return by_day.loc[first:last].reindex(pd.date_range(first, last), fill_value=0.0)


def _flow(store: Store, measure: Measure, first: pd.Timestamp, last: pd.Timestamp, unit: str | None) -> pd.Series:
    """Events of each day."""
    end = (last + pd.Timedelta(days=1)).to_pydatetime()
    by_day = flows(store, measure.name, first.to_pydatetime(), end, unit)
    by_day.index = pd.DatetimeIndex(by_day.index)
    by_day = by_day.astype(float)
    return by_day.loc[first:last].reindex(pd.date_range(first, last), fill_value=0.0)


def _silent_days(moved: pd.Series, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """Days without a movement in a hospital that is busy on most days."""
    days = pd.date_range(first, last)
    counts = moved.reindex(days, fill_value=0.0).to_numpy()
    busy = counts[counts > 0]
    if busy.size == 0 or np.median(busy) < _BUSY_MOVEMENTS_PER_DAY:
        return days[:0]
    return days[counts == 0]
