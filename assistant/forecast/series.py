"""Clean daily histories: one number for every day, with a count of what had to be mended."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from assistant.forecast.settings import ForecastSettings


@dataclass(frozen=True)
class Cleaning:
    """What was done to a history.

    Attributes:
        days_filled: Days without a usable value that were given that of the same weekday a week earlier.
        days_merged: Days that were reported more than once; the last report counts.
        days_refused: Values that are no count (negative or not a number); treated as missing.
        gap_days: Length of the last gap too long to fill; the history starts after it. 0 if there is none.
        gap_end: Last day of that gap.
    """

    days_filled: int = 0
    days_merged: int = 0
    days_refused: int = 0
    gap_days: int = 0
    gap_end: pd.Timestamp | None = None


@dataclass(frozen=True)
class DailyHistory:
    """A daily series without holes.

    Attributes:
        values: Counts by day (midnight timestamps, every day once); may be empty.
        observed: False for days that were filled; those are learned from but never scored.
        before_gap: Observed values before the last long gap, for the simple method.
        cleaning: What was mended.
    """

    values: pd.Series
    observed: NDArray[np.bool_]
    before_gap: pd.Series
    cleaning: Cleaning


def clean(raw: pd.Series, settings: ForecastSettings) -> DailyHistory:
    """Make a daily history from values by day as the records give them.

    Days may be out of order, repeated, absent or hold no count. Leading and trailing missing days are cut off.
    Filling looks back only, so that no past forecast of the backtest can see a later day.
    """
    days = pd.DatetimeIndex(raw.index).normalize()
    dated = pd.Series(pd.to_numeric(raw, errors="coerce").to_numpy(dtype=float), index=days)
    usable = dated[np.isfinite(dated.to_numpy()) & (dated.to_numpy() >= 0)]
    single = usable[~usable.index.duplicated(keep="last")].sort_index()
    run, before, gap_days, gap_end = _after_last_long_gap(single, settings.short_gap_days)
    values, observed = _fill(run, settings.season_days)
    cleaning = Cleaning(
        days_filled=int((~observed).sum()),
        days_merged=len(usable) - len(single),
        days_refused=len(dated) - len(usable),
        gap_days=gap_days,
        gap_end=gap_end,
    )
    return DailyHistory(values, observed, before, cleaning)


def _after_last_long_gap(
    single: pd.Series, short_gap_days: int
) -> tuple[pd.Series, pd.Series, int, pd.Timestamp | None]:
    """Split at the last gap of more than `short_gap_days`: values after it, before it, its length, its last day."""
    missing = np.diff(single.index.to_numpy()).astype("timedelta64[D]").astype(int) - 1
    long = np.flatnonzero(missing > short_gap_days)
    if long.size == 0:
        return single, single.iloc[:0], 0, None
    cut = int(long[-1]) + 1
    return single.iloc[cut:], single.iloc[:cut], int(missing[cut - 1]), single.index[cut] - pd.Timedelta(days=1)


def _fill(run: pd.Series, season: int) -> tuple[pd.Series, NDArray[np.bool_]]:
    """Every day of the run; a missing one gets the same weekday a week earlier (in the first week: the day before)."""
    if run.empty:
        return run.astype(float), np.zeros(0, dtype=bool)
    daily = run.asfreq("D")
    values = daily.to_numpy(dtype=float, copy=True)
    observed = np.isfinite(values)
    for day in np.flatnonzero(~observed):  # in order, so that a filled day can fill the next week
        values[day] = values[day - season] if day >= season else values[day - 1]
    return pd.Series(values, index=daily.index, name=run.name), observed
