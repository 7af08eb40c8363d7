"""Intervals from a method's own past errors, by horizon: conformal on the square root scale, recalibrated as days come.

The errors of each horizon are scaled by a spread that grows with it, ever more slowly, pooled over horizons, and
mirrored. Pooling gives the outer quantiles hundreds of errors instead of some dozens, mirroring keeps a chance run of
one sign out of the median; both lowered the pinball loss on public series (`python -m eval demand`). What the pooled
errors have not caught up with, `adapt` corrects from day to day.
"""

from dataclasses import dataclass

import numpy as np

from assistant.forecast.adapt import tracked
from assistant.forecast.methods import Array, counted

_BENDS = (1, 2, 4, 8, 16, 32, 64)  # steps at which the curve of the spread may bend, in days
_LATE_BENDS = ((1, (1, 2, 4, 8, 16)), (3, (4, 12)))
"""Further rises that begin after 1 and 3 days: a count that moves smoothly is known far better tomorrow than a rise
that slows down from the first day on allows."""


@dataclass(frozen=True)
class Spread:
    """How far off a method usually is.

    Attributes:
        by_step: Scale of the error of each step, on the square root scale.
        offsets: Quantiles of the scaled errors, in the order of `levels`.
        widened: By how much recalibration has made the 80 % interval wider (above 1) or narrower; 1 without it.
    """

    by_step: Array
    offsets: Array
    widened: float = 1.0

    def around(self, path: Array) -> Array:
        """Quantiles of the counts, a row per step, a column per level: rising, never negative."""
        roots = path[:, None] + self.by_step[:, None] * self.offsets[None, :]
        return np.sort(counted(roots), axis=1)


def spread_of(errors: Array, levels: tuple[float, ...]) -> Spread:
    """Learn the spread from errors of a backtest, all weighing the same.

    Args:
        errors: Actual minus forecast roots, a row per origin, a column per step; NaN where not observed yet.
            At least one must be there. Steps that no origin has observed get the spread of the fitted line.
        levels: Quantile levels.
    """
    by_step = _scale_by_step(errors)
    return Spread(by_step, _mirrored(_half_widths(errors / by_step, levels), levels))


def spreads_of(errors: Array, origins: Array, levels: tuple[float, ...], least: int, rate: float) -> list[Spread]:
    """The spread that would have been used at each origin, from what was known then, and the one to use now (last).

    Args:
        errors: As in `spread_of`.
        origins: Number of days seen at each origin, rising.
        levels: Quantile levels, symmetric about 0.5.
        least: Earlier origins that must have been observed; before that the first such spread stands in.
        rate: Step size of the recalibration; 0 for none.
    """
    steps = np.arange(1, errors.shape[1] + 1)
    known = [np.where(origins[:, None] + steps <= origin, errors, np.nan) for origin in origins]
    ready = [int(np.isfinite(one[:, 0]).sum()) >= least for one in known]
    first = next((place for place, yes in enumerate(ready) if yes), None)
    plain = [spread_of(one, levels) if yes else None for one, yes in zip(known, ready, strict=True)]
    now = spread_of(errors, levels)
    filled = [one or (now if first is None else plain[first]) or now for one in plain]
    return recalibrated([*filled, now], errors, origins, levels, rate)


def recalibrated(
    spreads: list[Spread], errors: Array, origins: Array, levels: tuple[float, ...], rate: float
) -> list[Spread]:
    """Spreads corrected by what came since (`adapt`), each from what was known at its origin.

    Args:
        spreads: One for each origin and, last, the one to use now.
        errors: As in `spread_of`; a row per origin.
        origins: Number of days seen at each origin, rising.
        levels: Quantile levels, symmetric about 0.5.
        rate: Step size; 0 for none.
    """
    if not rate:
        return spreads
    half = len(levels) // 2
    alphas = [2 * level for level in levels[:half]]
    scaled = errors / np.array([one.by_step for one in spreads[:-1]])
    base = np.array([-one.offsets[:half] for one in spreads[:-1]])
    corrections = tracked(scaled, origins, base, alphas, rate)
    return [_corrected(one, by, levels) for one, by in zip(spreads, corrections, strict=True)]


def _corrected(spread: Spread, correction: Array, levels: tuple[float, ...]) -> Spread:
    half = len(levels) // 2
    before = -spread.offsets[:half]
    widths = np.maximum(before + correction, 0.0)
    # Half-widths must fall from the outer levels to the inner ones.
    widths = np.maximum.accumulate(widths[::-1])[::-1]
    place = int(np.argmin(np.abs(np.asarray(levels[:half]) - 0.1)))
    widened = float(widths[place] / before[place]) if before[place] > 0 else 1.0
    return Spread(spread.by_step, _mirrored(widths, levels), widened)


def _half_widths(scaled: Array, levels: tuple[float, ...]) -> Array:
    """Quantiles of the absolute scaled errors for the levels below one half, the outermost first."""
    sizes = np.abs(scaled[np.isfinite(scaled)])
    return np.asarray(np.quantile(sizes, [1 - 2 * level for level in levels[: len(levels) // 2]]))


def _mirrored(widths: Array, levels: tuple[float, ...]) -> Array:
    middle = [0.0] if len(levels) % 2 else []
    return np.concatenate([-widths, middle, widths[::-1]])


def _scale_by_step(errors: Array) -> Array:
    """Root of a rising curve, fitted to the mean squared error of each step by relative least squares.

    It is concave but for the first days.
    """
    from scipy.optimize import nnls  # not loaded until something is forecast

    counts = np.isfinite(errors).sum(axis=0)
    seen = counts > 0
    squares = np.nanmean(errors[:, seen] ** 2, axis=0)
    squares = np.maximum(squares, max(squares.max() * 1e-3, 1e-8))  # a lucky step must not outweigh all others
    weights = np.sqrt(counts[seen]) / squares
    # A sum of these with no negative share is a curve that rises, later ever more slowly: the level wanders, but comes
    # back.
    steps = np.arange(1, errors.shape[1] + 1)
    rises = [(0, _BENDS), *_LATE_BENDS]
    bends = np.column_stack([np.clip(steps - late, 0, bend) for late, found in rises for bend in found]).astype(float)
    shares, _ = nnls(bends[seen] * weights[:, None], squares * weights)
    return np.asarray(np.sqrt(bends @ shares))
