"""Autoregressions of the days without their weekly pattern: of the days themselves, and of the changes between them.

Ridge regression on earlier days, for all origins at once, each on its own window. The first draws back to the mean of
the window (an AR process); the second starts from the last day and continues the way that the changes usually go on
(an ARI process), which is what smooth counts such as intensive-care beds ask for.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_DAYS = (1, 2, 3, 4, 5, 6, 7, 14)
_CHANGES = (1, 2, 3, 4, 5, 6, 7)
_RIDGE = 5.0  # days' worth of belief that an earlier day says nothing


def returning_paths(table: Array, horizon: int) -> Array:
    """Expected days to come, by their relation to earlier days.

    Args:
        table: The last days before each origin without their weekly pattern, a row per origin; rows may begin with
            missing days (NaN).
        horizon: Days ahead.

    Returns:
        A row per origin, a column per day ahead.
    """
    mean = np.nanmean(table, axis=1, keepdims=True)
    return np.asarray(mean + _continued(np.nan_to_num(table - mean), _days_in(table), _DAYS, horizon))


def changing_paths(table: Array, horizon: int) -> Array:
    """Expected days to come, by the last day and the relation of its change to earlier ones; see `returning_paths`."""
    changes = np.nan_to_num(np.diff(table, axis=1))
    return np.asarray(table[:, -1:] + np.cumsum(_continued(changes, _days_in(table), _CHANGES, horizon), axis=1))


def _days_in(table: Array) -> Array:
    return np.asarray(np.isfinite(table).sum(axis=1), dtype=np.float64)


def _continued(rows: Array, days: Array, lags: tuple[int, ...], horizon: int) -> Array:
    """Each row's autoregression, and the row continued by it."""
    longest, width = max(lags), rows.shape[1]
    earlier = np.stack([rows[:, longest - lag : width - lag] for lag in lags], axis=2)
    now = rows[:, longest:]
    squares = np.einsum("rtk,rtj->rkj", earlier, earlier)
    ridge = _RIDGE * (now**2).sum(axis=1) / np.maximum(days, 1) + 1e-9
    products = np.einsum("rtk,rt->rk", earlier, now)
    shares = np.linalg.solve(squares + ridge[:, None, None] * np.eye(len(lags)), products[:, :, None])[..., 0]
    known = np.concatenate([rows[:, -longest:], np.zeros((len(rows), horizon))], axis=1)
    back = np.asarray(lags)
    for day in range(longest, longest + horizon):
        known[:, day] = (shares * known[:, day - back]).sum(axis=1)
    return known[:, longest:]
