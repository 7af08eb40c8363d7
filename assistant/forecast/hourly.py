"""Counts by hour for the next days: a pooled Poisson regression by boosted trees, with negative binomial quantiles.

An hour's expected count is the mean of two: boosted trees (LightGBM, Poisson loss) on hour, weekday, season, holiday,
and counts of the last days and weeks; and the profile of the hour in the week, moved by how busy the last four weeks
were. Around it stands a negative binomial distribution whose scatter is learned from the later fifth of the history,
which the trees have not seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assistant.forecast.calendar import holiday_flags
from assistant.forecast.methods import Array

_HOURS = 24
_WEEK = 7 * _HOURS
LEAST_DAYS, MOST_HOURS = 56, 72
"""Days of history that are needed, and hours ahead that a forecast may reach (today's rest and two days)."""
_PROFILE_WEEKS, _LEVEL_WEEKS = 52, 4
_TREES = {
    "num_leaves": 15,
    "learning_rate": 0.05,
    "min_data_in_leaf": 200,
    "verbosity": -1,
    "num_threads": 1,
    "seed": 0,
}
_ROUNDS = 200


@dataclass(frozen=True, eq=False)
class HourlyModel:
    """A trained model of one place's hourly counts.

    Attributes:
        trees: Boosted trees.
        dispersion: Variance is mean + dispersion x mean^2.
        place: Whose holidays count.
    """

    trees: object
    dispersion: float
    place: str


def train_hours(counts: pd.Series, place: str = "") -> HourlyModel:
    """Learn from hourly counts without holes (at least eight weeks).

    Raises:
        ValueError: Too short a history.
    """
    if len(counts) < LEAST_DAYS * _HOURS:
        raise ValueError(f"expected {LEAST_DAYS} days of hourly counts at least, got {len(counts) // _HOURS}")
    import lightgbm

    values = counts.to_numpy(dtype=float)
    ahead = np.random.default_rng(0).integers(1, 1 + MOST_HOURS // _HOURS, len(values))  # days ahead, as asked later
    table = _features(counts, np.arange(len(values)), ahead, place)
    usable = np.arange(len(values)) >= 5 * _WEEK
    cut = int(0.8 * len(values))
    parameters = {"objective": "poisson", **_TREES}
    early = usable & (np.arange(len(values)) < cut)
    first = lightgbm.train(parameters, lightgbm.Dataset(table[early], values[early]), _ROUNDS)
    late = usable & (np.arange(len(values)) >= cut)
    told = (np.asarray(first.predict(table[late])) + table[late][:, _PROFILE_COLUMN]) / 2
    excess = float(((values[late] - told) ** 2 - told).sum() / np.maximum((told**2).sum(), 1e-9))
    trees = lightgbm.train(parameters, lightgbm.Dataset(table[usable], values[usable]), _ROUNDS)
    return HourlyModel(trees, max(excess, 1e-4), place)


def forecast_hours(
    model: HourlyModel,
    counts: pd.Series,
    hours: int,
    levels: tuple[float, ...],
    days_expected: Sequence[float] | None = None,
) -> pd.DataFrame:
    """Quantiles of the next `hours`, which follow the last hour of `counts`.

    Args:
        model: From `train_hours`.
        counts: Hourly counts without holes, five weeks at least, ending with the last hour of a day.
        hours: 1 to 72.
        levels: Quantile levels.
        days_expected: Counts expected on each whole day among the hours (NaN: not known), where more is known of days
            than of hours; the hours' expected counts are brought to them (by half or double at most).

    Raises:
        ValueError: A horizon out of reach.
    """
    from scipy.stats import nbinom

    if not 1 <= hours <= MOST_HOURS:
        raise ValueError(f"expected 1 to {MOST_HOURS} hours, got {hours}")
    longer = pd.concat([counts, pd.Series(np.nan, pd.date_range(counts.index[-1], periods=hours + 1, freq="h")[1:])])
    places = np.arange(len(counts), len(longer))
    table = _features(longer, places, 1 + np.arange(hours) // _HOURS, model.place)
    told = (np.asarray(model.trees.predict(table)) + table[:, _PROFILE_COLUMN]) / 2  # type: ignore[attr-defined]
    told = np.maximum(told, 1e-3)
    for day, expected in enumerate(days_expected or ()):
        if np.isfinite(expected):
            of_day = slice(day * _HOURS, (day + 1) * _HOURS)
            told[of_day] *= float(np.clip(expected / told[of_day].sum(), 0.5, 2.0))
    size = 1 / model.dispersion
    quantiles = nbinom.ppf(np.asarray(levels)[None, :], size, (size / (size + told))[:, None])
    return pd.DataFrame(quantiles, index=longer.index[places], columns=list(levels))


_PROFILE_COLUMN = 0


def _features(counts: pd.Series, places: np.ndarray, ahead: np.ndarray, holidays: str) -> Array:
    """What is known of an hour `ahead` days before its day: profile, calendar, counts of past days and weeks."""
    index = pd.DatetimeIndex(counts.index)
    values = counts.to_numpy(dtype=float)
    total = np.concatenate([[0.0], np.nancumsum(values)])
    stop = places - np.asarray(index.hour)[places] - (ahead - 1) * _HOURS  # midnight before which all is known

    def mean_of(days: int) -> Array:
        first = np.maximum(stop - days * _HOURS, 0)
        return (total[np.maximum(stop, 0)] - total[first]) / np.maximum(stop - first, 1)

    weeks = 1 + (places - stop) // _WEEK
    lags = [places - _WEEK * (weeks + back) for back in range(4)]
    same_hour = np.array([np.where(lag >= 0, values[np.maximum(lag, 0)], np.nan) for lag in lags])
    profile = _profile(values, places, stop)
    chosen = index[places]
    day = np.asarray(chosen.dayofyear, dtype=float)
    flags = holiday_flags(index[0].normalize(), (index[-1] - index[0]).days + 3, holidays)
    number = np.asarray((chosen.normalize() - index[0].normalize()).days)
    return np.column_stack(
        [
            profile * np.clip(mean_of(7 * _LEVEL_WEEKS) / np.maximum(mean_of(7 * _PROFILE_WEEKS), 1e-9), 0.2, 5.0),
            np.asarray(chosen.hour),
            np.asarray(chosen.dayofweek),
            np.sin(2 * np.pi * day / 365.25),
            np.cos(2 * np.pi * day / 365.25),
            flags[number],
            flags[np.minimum(number + 1, len(flags) - 1)],
            mean_of(1),
            mean_of(7),
            mean_of(28),
            mean_of(365),
            _mean_known(same_hour),
            ahead,
        ]
    )


def _mean_known(table: Array) -> Array:
    """Mean of each column's known values; 0 where there are none."""
    known = np.isfinite(table)
    return np.asarray(np.where(known, table, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))


def _profile(values: Array, places: np.ndarray, stop: np.ndarray) -> Array:
    """Mean of the same hour of the week over the last year, as known at `stop`, with its two neighbour hours."""
    hours = len(values)
    padded = np.concatenate([values, np.full((-hours) % _WEEK, np.nan)]).reshape(-1, _WEEK)
    smooth = (np.roll(padded, 1, axis=1) + 2 * padded + np.roll(padded, -1, axis=1)) / 4
    smooth = np.where(np.isfinite(smooth), smooth, padded)
    seen = np.isfinite(smooth)
    sums = np.vstack([np.zeros(_WEEK), np.cumsum(np.where(seen, smooth, 0.0), axis=0)])
    counts = np.vstack([np.zeros(_WEEK), np.cumsum(seen, axis=0)])
    slot = places % _WEEK
    # The last row of that slot that lies before `stop`.
    last = np.clip((stop - 2 - slot) // _WEEK + 1, 0, len(padded))
    first = np.maximum(last - _PROFILE_WEEKS, 0)
    number = counts[last, slot] - counts[first, slot]
    usual = float(np.nanmean(values))
    return np.where(number > 0, (sums[last, slot] - sums[first, slot]) / np.maximum(number, 1), usual)
