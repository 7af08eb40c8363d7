"""Reported counts as weeks: corrections taken back, catch-up reports spread, silence not read as zero.

Three habits of reporting offices spoil what a method learns: a negative day (a correction of what was reported
before), a day that holds the reports of a week or of a year (a dump), and days without a report that read as zero.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

_BACK = 28  # days before a correction that it is taken from
_DUMP = 6.0  # a day this many times above what its weeks hold is a dump
_LEAST_DUMP = 30.0  # counts; below, such jumps are chance
_NO_CHANCE = 5.0  # so many were expected on days that had none: chance has below 1 in 100 for that
_WINDOW = 21  # days on either side that say what is usual


@dataclass(frozen=True)
class Mended:
    """Weekly counts and what had to be mended.

    Attributes:
        weekly: Counts by last day of the week (Saturday), whole weeks only; NaN where nothing was reported.
        negative_days, spread_gaps, dumps: How many of each were mended.
        missing_weeks: Weeks without any report.
        duplicates: Days that were there more than once; the last one counts.
    """

    weekly: pd.Series
    negative_days: int = 0
    spread_gaps: int = 0
    dumps: int = 0
    missing_weeks: int = 0
    duplicates: int = 0

    @property
    def mended(self) -> int:
        """How many days were not taken as they came."""
        return self.negative_days + self.spread_gaps + self.dumps


def weekly_counts(reported: pd.Series) -> Mended:
    """Weekly counts from new counts a day or a week.

    Args:
        reported: New counts by date, in any order; daily, or one value a week (then it stands for the week that ends
            with it). Negative values are corrections.
    """
    series = reported.dropna().sort_index(kind="stable")
    duplicates = int(series.index.duplicated().sum())
    series = series[~series.index.duplicated(keep="last")].astype(float)
    if len(series) == 0:
        return Mended(pd.Series(dtype=float), duplicates=duplicates)
    if _comes_weekly(series):
        weekly, negative = _whole_weeks(series)
        return Mended(weekly, negative, missing_weeks=int(weekly.isna().sum()), duplicates=duplicates)
    daily = series.reindex(pd.date_range(series.index.min(), series.index.max(), freq="D"))
    values, unknown = daily.fillna(0.0).to_numpy(float), daily.isna().to_numpy()
    negative = _take_back(values)
    gaps = _spread_catch_ups(values)
    dumps = _cut_dumps(values)
    weekly = _by_week(pd.Series(values, daily.index), unknown)
    return Mended(weekly, negative, gaps, dumps, int(weekly.isna().sum()), duplicates)


def _comes_weekly(series: pd.Series) -> bool:
    steps = np.diff(series.index.to_numpy()).astype("timedelta64[D]").astype(int)
    return len(series) > 1 and float(np.median(steps)) >= 6


def _saturday(index: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The Saturday on or after each day."""
    return index.normalize() + pd.to_timedelta((5 - index.dayofweek) % 7, unit="D")


def _whole_weeks(series: pd.Series) -> tuple[pd.Series, int]:
    """One value a week, on the weeks' Saturdays; corrections are taken from the weeks before."""
    weekly = series.groupby(_saturday(pd.DatetimeIndex(series.index))).sum()
    weekly = weekly.reindex(pd.date_range(weekly.index.min(), weekly.index.max(), freq="7D"))
    values, unknown = weekly.fillna(0.0).to_numpy(float), weekly.isna().to_numpy()
    negative = _take_back(values, _BACK // 7)
    return pd.Series(np.where(unknown, np.nan, values), weekly.index), negative


def _take_back(values: np.ndarray, back: int = _BACK) -> int:
    """Take each negative value from the values before it, in proportion, so that the total stays."""
    found = 0
    for at in np.flatnonzero(values < 0):
        found += 1
        owed, values[at] = -values[at], 0.0
        before = values[max(0, at - back) : at]
        total = before[before > 0].sum()
        if total > 0:
            before[before > 0] *= max(0.0, 1 - owed / total)
    return found


def _spread_catch_ups(values: np.ndarray) -> int:
    """Days without a report before a day that holds them all: spread evenly. Runs of up to a fortnight only."""
    found, run = 0, 0
    for at in range(len(values)):
        if values[at] == 0:
            run += 1
            continue
        usual = np.median(values[max(0, at - run - _WINDOW) : at - run]) if at > run else 0.0
        # Among small counts days without any are chance, and so is the day after them.
        if 1 <= run <= 14 and usual * run > _NO_CHANCE and values[at] > 1.5 * usual:
            values[at - run : at + 1] = values[at] / (run + 1)
            found += 1
        run = 0
    return found


def _cut_dumps(values: np.ndarray) -> int:
    """Days far above the days around them come down to what is usual; the surplus belongs to an unknown past."""
    usual = pd.Series(values).rolling(2 * _WINDOW + 1, center=True, min_periods=7).quantile(0.9).to_numpy()
    dumps = (values > _DUMP * np.maximum(usual, 1.0)) & (values > _LEAST_DUMP)
    # A steep rise is no dump: the days after it stay high.
    after = pd.Series(values[::-1]).rolling(5, min_periods=1).median().shift(1).to_numpy()[::-1]
    dumps &= ~(np.nan_to_num(after, nan=np.inf) > values / _DUMP)
    values[dumps] = usual[dumps]
    return int(dumps.sum())


def _by_week(daily: pd.Series, unknown: np.ndarray) -> pd.Series:
    """Sums of whole weeks; a week with no report at all is unknown, one with some is scaled to seven days."""
    weeks = _saturday(pd.DatetimeIndex(daily.index))
    table = pd.DataFrame({"value": daily.to_numpy(), "known": ~unknown, "day": 1}).groupby(weeks).sum()
    table = table[(table["day"] == 7) | (table.index != table.index.max())]
    table = table[(table["day"] == 7) | (table.index != table.index.min())]
    known = table["known"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        weekly = np.where(known > 0, table["value"] * 7 / known, np.nan)
    full = np.where(known == 7, table["value"], weekly)
    return pd.Series(full, pd.DatetimeIndex(table.index)).asfreq("7D")
