"""Exponential smoothing with a damped trend and a weekly pattern: many constants at once, weighed by their past errors.

The state space form of Holt and Winters with additive parts (ETS A,Ad,A in Hyndman, Koehler, Ord and Snyder 2008), on
the square root scale. Instead of searching the best constants anew at every past origin, a grid of them runs through
the history once; at each origin they are weighed by the likelihood of the errors made until then, so that neighbours
which the errors cannot tell apart are averaged. One pass serves all origins, and none sees a later day.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_LEVEL = (0.02, 0.06, 0.12, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9, 1.0)
_TREND = (0.0, 0.03, 0.12, 0.3, 0.6)  # share of the level's correction
_SEASON = (0.0, 0.02, 0.06, 0.15)  # share of what the level leaves of the error
_DAMPING = (0.8, 0.9, 0.98)
_START_SHRINK = 0.5  # of the pattern of the first two seasons, which is mostly chance


def smoothed_paths(roots: Array, origins: Sequence[int], horizon: int, season: int) -> Array:
    """Expected roots of the next `horizon` days, a row per origin (two seasons of days at least).

    Args:
        roots: Every day of the history, square root scale.
        origins: Numbers of days that may be seen, rising.
        horizon: Days ahead.
        season: Days of the pattern.
    """
    level_by, trend_by, season_by, damping = _grid()
    first = roots[: 2 * season].reshape(2, season)
    level, trend = np.full(len(damping), first.mean()), np.zeros(len(damping))
    pattern = np.repeat(_START_SHRINK * (first.mean(axis=0) - first.mean())[:, None], len(damping), axis=1)
    loss, reach = np.full(len(damping), 1e-12), np.cumsum(damping ** np.arange(1, horizon + 1)[:, None], axis=0)
    told, next_origin = [], iter(sorted(origins))
    wanted = next(next_origin, None)
    for day in range(len(roots) + 1):
        while wanted == day:
            weeks = pattern[(day + np.arange(horizon)) % season]
            told.append((level + trend * reach + weeks) @ _weights(loss, day - season))
            wanted = next(next_origin, None)
        if wanted is None:
            break
        moved = level + damping * trend
        error = roots[day] - moved - pattern[day % season]
        if day >= season:
            loss += error * error
        level = moved + level_by * error
        trend = damping * trend + trend_by * error
        pattern[day % season] += season_by * error
    return np.array(told).reshape(-1, horizon)


def _weights(loss: Array, days: int) -> Array:
    """Likelihood of each set of constants relative to the best, errors being normal with a variance of their own."""
    likely = (loss / loss.min()) ** (-max(days, 1) / 2)
    return np.asarray(likely / likely.sum())


@lru_cache(maxsize=1)
def _grid() -> tuple[Array, Array, Array, Array]:
    """Corrections of level, trend and pattern for an error of 1, and the damping, of every set of constants."""
    mesh = np.meshgrid(_LEVEL, _TREND, _SEASON, _DAMPING, indexing="ij")
    level, trend, season, damping = (one.ravel() for one in mesh)
    distinct = (trend > 0) | (damping == _DAMPING[0])  # without a trend the damping makes no difference
    level, trend, season, damping = (one[distinct] for one in (level, trend, season, damping))
    return level, level * trend, (1 - level) * season, damping
