"""The expected path: four simple methods, mixed by how well each has done on this very series.

All of them work on the square root scale (`rooted`), where the spread of a count hardly depends on its size, so that
Sundays and Mondays, small and large units can be treated alike and no interval reaches below zero.

The usual week is the mean of the last four weeks plus the weekday pattern of the last thirteen: it knows no news, and
is hard to beat beyond a week. Exponential smoothing (`smoothing`) starts from the last days. Two autoregressions
(`autoregression`) know how days and changes hang together. Their weights (`blend`) are learned from their past errors
by horizon. `python -m eval operations` holds the mixture against AutoETS, AutoARIMA and others.

Everything is computed for many origins at once, each from the days before it only: a backtest costs hardly more than
a forecast.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from assistant.forecast.autoregression import changing_paths, returning_paths
from assistant.forecast.blend import blended
from assistant.forecast.schools import break_effect
from assistant.forecast.settings import ForecastSettings
from assistant.forecast.smoothing import smoothed_paths

Array = NDArray[np.float64]

METHOD = "usual week, exponential smoothing and autoregression, mixed by their past errors"
SEASONAL_NAIVE = "seasonal naive"
_SHIFT = 3 / 8  # Anscombe's shift: makes the spread of the root of a Poisson count nearly 1/2
_LEVEL_WEEKS, _PATTERN_WEEKS = 4, 13
_FIRST_WEIGHTS = (1.0, 2.0, 1.0, 1.0)  # smoothing was the best single one
_HOLIDAY_PRIOR = 4.0  # holidays' worth of "no effect" that the holidays seen have to speak against


@dataclass(frozen=True, eq=False)
class Past:
    """A daily history as the methods see it.

    Attributes:
        roots: Counts on the square root scale, every day.
        holiday: Whether a day is a public holiday; of the history and of at least the days to be forecast.
        free: Whether a day has no school (`schools.no_school`), as `holiday`; None where terms are not known.
    """

    roots: Array
    holiday: NDArray[np.bool_]
    free: NDArray[np.bool_] | None = None

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
    """Expected roots of the next `horizon` days at each origin (rising, at least two seasons of days each).

    The weights at an origin are learned from the origins given before it.
    """
    usual_days, effects = special_days(past, settings.season_days)
    paths = method_paths(usual_days, origins, horizon, settings)
    mixed = blended(paths, _FIRST_WEIGHTS, usual_days[: max(origins)], origins)
    seen = np.asarray(origins)
    days = seen[:, None] + np.arange(horizon)[None, :]
    for flags, effect in effects:
        mixed = mixed + np.where(flags[days], effect[seen][:, None], 0.0)
    return mixed


def special_days(past: Past, season: int) -> tuple[Array, list[tuple[NDArray[np.bool_], Array]]]:
    """The history without the effects of public holidays and school breaks, and each kind's days and effect.

    An effect is given as known at each origin; each day of the history is freed of what was known before it.
    """
    known, days = past.roots, len(past.roots)
    effects = [(past.holiday, holiday_effect(past, season))]
    known = known - np.where(past.holiday[:days], effects[0][1][:-1], 0.0)
    if past.free is not None:
        effects.append((past.free, break_effect(known, past.free, season)))
        known = known - np.where(past.free[:days], effects[1][1][:-1], 0.0)
    return known, effects


def method_paths(roots: Array, origins: Sequence[int], horizon: int, settings: ForecastSettings) -> Array:
    """Expected roots by usual week, smoothing, autoregression of days and of changes: (methods, origins, steps)."""
    season = settings.season_days
    patterns = np.array([_pattern_at(roots, origin, season) for origin in origins])
    weeks = np.array([np.resize(pattern, horizon) for pattern in patterns])
    levels = np.array([roots[max(0, origin - season * _LEVEL_WEEKS) : origin].mean() for origin in origins])
    table = _without_week(roots, origins, patterns, settings)
    return np.array(
        [
            levels[:, None] + weeks,
            smoothed_paths(roots, origins, horizon, season),
            returning_paths(table, horizon) + weeks,
            changing_paths(table, horizon) + weeks,
        ]
    )


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


def _without_week(roots: Array, origins: Sequence[int], patterns: Array, settings: ForecastSettings) -> Array:
    """The last days before each origin without its weekday pattern; NaN before the history began."""
    window = settings.fit_days
    padded = np.concatenate([np.full(window, np.nan), roots])
    table = sliding_window_view(padded, window)[np.asarray(origins)]
    # The day after the window has the pattern's first weekday; so has every seventh day before it.
    place = (np.arange(window) - window) % settings.season_days
    return np.asarray(table - patterns[:, place])
