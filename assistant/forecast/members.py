"""Further methods beside the smoothed week, and the share of each, learned from their past errors.

A member gives expected roots at past origins and now, from what was known then. Shares are found by horizon, from the
errors known at each origin: the combination of two unbiased paths with the smallest squared error, drawn to one half
while little is known. So a member that does not help on a series gets no say on it.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from assistant.forecast.blend import pooled
from assistant.forecast.methods import Array, rooted

_PRIOR_FOLDS = 6.0  # origins' worth of belief in the share that a member asks for


class Member(Protocol):
    """A method that knows more than the daily counts, or has learned from other series."""

    @property
    def name(self) -> str:
        """For the list of methods used."""

    @property
    def key(self) -> str:
        """Changes with whatever its paths depend on besides the counts; the cache goes by it."""

    @property
    def first_share(self) -> float:
        """Share before anything was learned from its errors."""

    def paths(self, counts: pd.Series, origins: Sequence[int], horizon: int) -> Array:
        """Expected roots, a row per origin (number of days seen; the last one may be all), NaN where it cannot say."""


def mixed_with(
    ours: Array, theirs: Array, actual: Array, origins: Array, first_share: float
) -> tuple[Array, Array, Array]:
    """The mixture of two paths, its shares learned from what was known at each origin.

    Args:
        ours: Expected roots at past origins and, in the last row, now.
        theirs: The same by the other method; NaN where it cannot say.
        actual: Counts that came at the past origins; NaN where not observed.
        origins: Number of days seen at each past origin, rising.
        first_share: Share of `theirs` before anything is known.

    Returns:
        The mixed paths (last row: now), the share of `theirs` by row and step, and the shares now by step.
    """
    rows, horizon = actual.shape
    roots = np.where(np.isfinite(actual), rooted(actual), np.nan)
    apart = theirs[:rows] - ours[:rows]
    # Least squares for the share s in  actual - ours = s (theirs - ours): sums of products, cumulated over origins.
    products = np.nan_to_num((roots - ours[:rows]) * apart)
    squares = np.where(np.isfinite(roots), np.nan_to_num(apart**2), 0.0)
    steps = np.arange(1, horizon + 1)
    shares = np.zeros((rows + 1, horizon))
    for row in range(rows + 1):
        known = np.ones_like(squares) if row == rows else (origins[:, None] + steps <= origins[row])
        top, bottom = pooled((products * known).sum(axis=0)) / 5, pooled((squares * known).sum(axis=0)) / 5
        belief = _PRIOR_FOLDS * max(float(squares.sum()) / max(int(np.count_nonzero(squares)), 1), 1e-9)
        shares[row] = np.clip((top + belief * first_share) / (bottom + belief), 0.0, 1.0)
    shares = np.where(np.isfinite(theirs), shares, 0.0)
    mixed = ours + shares * np.nan_to_num(theirs - ours)
    return mixed, shares, shares[-1]
