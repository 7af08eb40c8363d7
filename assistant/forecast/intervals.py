"""Intervals from a method's own past errors, by horizon: split conformal on the square root scale.

The errors of each horizon are scaled by a spread that grows with it, ever more slowly, pooled over horizons, and
mirrored. Pooling gives the outer quantiles hundreds of errors instead of some thirty, mirroring keeps a chance run of
one sign out of the median; both lowered the pinball loss on public series (`python -m eval demand`).
"""

from dataclasses import dataclass

import numpy as np

from assistant.forecast.methods import Array, counted

_BENDS = (1, 2, 4, 8, 16, 32, 64)  # steps at which the curve of the spread may bend, in days


@dataclass(frozen=True)
class Spread:
    """How far off a method usually is.

    Attributes:
        by_step: Scale of the error of each step, on the square root scale.
        offsets: Quantiles of the scaled errors, in the order of `levels`.
    """

    by_step: Array
    offsets: Array

    def around(self, path: Array) -> Array:
        """Quantiles of the counts, a row per step, a column per level: rising, never negative."""
        roots = path[:, None] + self.by_step[:, None] * self.offsets[None, :]
        return np.sort(counted(roots), axis=1)


def spread_of(errors: Array, levels: tuple[float, ...]) -> Spread:
    """Learn the spread from errors of a backtest.

    Args:
        errors: Actual minus forecast roots, a row per origin, a column per step; NaN where not observed yet.
            At least one must be there. Steps that no origin has observed get the spread of the fitted line.
        levels: Quantile levels.
    """
    by_step = _scale_by_step(errors)
    scaled = errors / by_step
    scaled = scaled[np.isfinite(scaled)]
    return Spread(by_step, np.quantile(np.concatenate([scaled, -scaled]), levels))


def _scale_by_step(errors: Array) -> Array:
    """Root of a rising, concave curve fitted to the mean squared error of each step by relative least squares."""
    from scipy.optimize import nnls  # comes with statsforecast, and like it is not loaded until something is forecast

    counts = np.isfinite(errors).sum(axis=0)
    seen = counts > 0
    squares = np.nanmean(errors[:, seen] ** 2, axis=0)
    squares = np.maximum(squares, max(squares.max() * 1e-3, 1e-8))  # a lucky step must not outweigh all others
    weights = np.sqrt(counts[seen]) / squares
    # A sum of these with no negative share is a curve that rises, ever more slowly: the level wanders, but comes back.
    steps = np.arange(1, errors.shape[1] + 1)
    bends = np.column_stack([np.minimum(steps, bend) for bend in _BENDS]).astype(np.float64)
    shares, _ = nnls(bends[seen] * weights[:, None], squares * weights)
    return np.asarray(np.sqrt(bends @ shares))
