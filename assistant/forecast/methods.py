"""The expected path: a smoothed level with a weekly pattern, drawn to the usual week the farther it looks ahead.

All of it works on the square root scale (`rooted`), where the spread of a count hardly depends on its size, so that
Sundays and Mondays, small and large units can be treated alike and no interval reaches below zero.

The local method is exponential smoothing of the history without its weekday pattern, the smoothing constant chosen for
each series by its past one-day errors, with a quarter of the straight-line trend (Theta takes half of it, smoothing
alone none: the mean of the two). It starts from the last days and knows no usual level, which costs it dearly beyond a
week. The usual week does the opposite: mean of the last four weeks plus the weekday pattern of the last thirteen. Its
share is h / (h + pull_days). `python -m eval demand` and `operations` hold the mixture against AutoETS and others.

Everything is computed for many origins at once, each from the days before it only: a backtest costs hardly more than
a forecast.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from assistant.forecast.settings import ForecastSettings

Array = NDArray[np.float64]

METHOD = "smoothed level and week, drawn to the usual week"
SEASONAL_NAIVE = "seasonal naive"
_SHIFT = 3 / 8  # Anscombe's shift: makes the spread of the root of a Poisson count nearly 1/2
_LEVEL_WEEKS, _PATTERN_WEEKS = 4, 13
_CONSTANTS = np.array([0.01, 0.03, 0.06, 0.1, 0.15, 0.22, 0.3, 0.4, 0.55, 0.7, 0.85, 0.97])  # of smoothing
_TREND_SHARE = 0.25
_TREND_DAYS = 60.0  # a trend is believed for about this long: it is damped beyond
_HOLIDAY_PRIOR = 4.0  # holidays' worth of "no effect" that the holidays seen have to speak against


@dataclass(frozen=True, eq=False)
class Past:
    """A daily history as the methods see it.

    Attributes:
        roots: Counts on the square root scale, every day.
        holiday: Whether a day is a public holiday; of the history and of at least the days to be forecast.
    """

    roots: Array
    holiday: NDArray[np.bool_]

    @classmethod
    def of(cls, roots: Array) -> "Past":
        """A history of a place whose holidays are not known."""
        return cls(roots, np.zeros(len(roots) + 400, dtype=bool))


Paths = Callable[[Past, Sequence[int], int, ForecastSettings], Array]
"""Expected roots of the next days, a row per origin; an origin is the number of days that may be seen."""


def rooted(counts: Array) -> Array:
    """Counts on the square root scale; negative ones are read as 0."""
    return np.sqrt(np.maximum(counts, 0.0) + _SHIFT)


def counted(roots: Array) -> Array:
    """Back from the square root scale; never negative."""
    return np.maximum(np.maximum(roots, 0.0) ** 2 - _SHIFT, 0.0)


def mixed_paths(past: Past, origins: Sequence[int], horizon: int, settings: ForecastSettings) -> Array:
    """Expected roots of the next `horizon` days at each origin (at least two seasons of days each)."""
    effect = holiday_effect(past, settings.season_days)
    usual_days = past.roots - np.where(past.holiday[: len(past.roots)], effect[:-1], 0.0)
    ahead = np.arange(1, horizon + 1)
    share = ahead / (ahead + settings.pull_days)
    patterns = np.array([_pattern_at(usual_days, origin, settings.season_days) for origin in origins])
    weeks = np.array([np.resize(pattern, horizon) for pattern in patterns])
    levels = np.array([usual_days[max(0, o - settings.season_days * _LEVEL_WEEKS) : o].mean() for o in origins])
    local = _local_paths(usual_days, origins, patterns, horizon, settings)
    mixed = (1 - share) * (local + weeks) + share * (levels[:, None] + weeks)
    days = np.asarray(origins)[:, None] + ahead[None, :] - 1
    return mixed + np.where(past.holiday[days], effect[np.asarray(origins)][:, None], 0.0)


def naive_paths(past: Past, origins: Sequence[int], horizon: int, settings: ForecastSettings) -> Array:
    """The last season again and again: what every method has to beat."""
    season = settings.season_days
    return np.array([np.resize(past.roots[origin - season : origin], horizon) for origin in origins])


def holiday_effect(past: Past, season: int) -> Array:
    """How far a public holiday lies from the same weekday of the two weeks before, as known at each origin.

    Returns:
        Effect on the root, for origins 0 to the length of the history; shrunk towards none while few were seen.
    """
    roots, holiday = past.roots, past.holiday[: len(past.roots)]
    off = np.zeros(len(roots))
    before = (roots[season:-season] + roots[: -2 * season]) / 2 if len(roots) > 2 * season else np.zeros(0)
    off[2 * season :] = roots[2 * season :] - before
    known = holiday.copy()
    known[: 2 * season] = False
    total = np.concatenate([[0.0], np.cumsum(np.where(known, off, 0.0))])
    seen = np.concatenate([[0.0], np.cumsum(known)])
    return np.asarray(total / (seen + _HOLIDAY_PRIOR))


def _pattern_at(roots: Array, origin: int, season: int) -> Array:
    """The weekday pattern at an origin, beginning with the weekday of the first day forecast."""
    weeks = min(_PATTERN_WEEKS, origin // season)
    return _weekday_pattern(roots[origin - season * weeks : origin].reshape(weeks, season))


def _weekday_pattern(table: Array) -> Array:
    """Deviation of each weekday from the mean day (a row per week), shrunk towards none by how far chance explains it.

    The shrinkage is James and Stein's, 1 - 1/F: small units have no clear week, and an invented one costs accuracy.
    """
    weeks, season = table.shape
    off_week = table - table.mean(axis=1, keepdims=True)
    pattern = off_week.mean(axis=0)
    between = weeks * float(np.sum(pattern**2)) / (season - 1)
    within = float(np.sum((off_week - pattern) ** 2)) / ((season - 1) * (weeks - 1))
    return np.asarray(pattern * max(0.0, 1 - within / between)) if between > 0 else pattern


def _local_paths(
    roots: Array, origins: Sequence[int], patterns: Array, horizon: int, settings: ForecastSettings
) -> Array:
    """Smoothed level of each origin's window without its weekday pattern, and a share of the window's trend."""
    window, season = settings.fit_days, settings.season_days
    padded = np.concatenate([np.full(window, np.nan), roots])
    table = sliding_window_view(padded, window)[np.asarray(origins)]
    # The day after the window has the pattern's first weekday; so has every seventh day before it.
    place = (np.arange(window) - window) % season
    table = table - patterns[:, place]
    level = _smoothed(table)
    slope = _slopes(table)
    ahead = np.arange(1, horizon + 1)
    reach = _TREND_DAYS * (1 - np.exp(-ahead / _TREND_DAYS))
    return np.asarray(level[:, None] + _TREND_SHARE * slope[:, None] * reach[None, :])


def _smoothed(table: Array) -> Array:
    """The last smoothed level of each row, with the constant that would have erred least from day to day.

    Missing days stand at the beginning of a row only.
    """
    first = np.isnan(table).sum(axis=1)
    start = np.array([row[at : at + 7].mean() for row, at in zip(table, first, strict=True)])
    level = np.repeat(start[:, None], len(_CONSTANTS), axis=1)
    loss = np.zeros_like(level)
    for day in range(int(first.min()), table.shape[1]):
        error = table[:, day, None] - level
        if day < first.max():  # rows that have not begun yet
            error = np.where(np.isnan(error), 0.0, error)
        loss += error * error
        level += _CONSTANTS * error
    days = (table.shape[1] - first)[:, None]
    # Nearly the best constant, and its neighbours as far as the errors cannot tell them apart.
    relative = loss / np.maximum(loss.min(axis=1, keepdims=True), 1e-12)
    weight = np.maximum(relative, 1.0) ** (-days / 2)
    return np.asarray((weight * level).sum(axis=1) / weight.sum(axis=1))


def _slopes(table: Array) -> Array:
    """Slope a day of the straight line through each row (least squares), missing days left out."""
    seen = np.isfinite(table)
    days = np.arange(table.shape[1], dtype=float)
    count = seen.sum(axis=1)
    mean_day = (seen * days).sum(axis=1) / count
    centred = np.where(seen, days - mean_day[:, None], 0.0)
    filled = np.where(seen, table, 0.0)
    return np.asarray((centred * filled).sum(axis=1) / np.maximum((centred**2).sum(axis=1), 1.0))
