"""The mixture of several expected paths, each weighing by how small its past errors on this very series were.

A method's weight falls with the fourth power of its mean squared error at that step, pooled with the steps two either
way; before anything is known it is the first weight. Equal weights are hard to beat (most methods err alike), and
weights fitted by least squares follow chance: on public series (`eval/LOG.md`) the soft rule was level with or ahead
of both. Errors count once their day has come, so each past origin has the weights that it would have had.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_POWER = 4
_BELIEF = 30.0  # errors' worth of belief that all methods are equally good (six origins, five steps pooled)
_POOLED = 2  # steps either way


def blended(paths: Array, first: Sequence[float], roots: Array, origins: Sequence[int]) -> Array:
    """The mixture at each origin.

    Args:
        paths: Expected roots, (methods, origins, steps).
        first: Weight of each method before anything is known.
        roots: What came, by day; NaN where not observed. Longer than the last origin where more is known.
        origins: Number of days seen at each origin, rising.

    Returns:
        Expected roots, (origins, steps).
    """
    steps = paths.shape[2]
    seen = np.asarray(origins)
    came = np.concatenate([roots, np.full(steps, np.nan)])[seen[:, None] + np.arange(steps)]
    observed = np.isfinite(came)
    last_day = seen[:, None] + np.arange(1, steps + 1)
    known = (last_day[None] <= seen[:, None, None]) & observed[None]  # (at this origin, errors of that one, step)
    squares = np.where(observed, np.nan_to_num((came - paths) ** 2), 0.0)
    total = pooled(np.einsum("rfs,mfs->mrs", known.astype(np.float64), squares))
    count = pooled(known.sum(axis=1).astype(np.float64))
    usual = total.mean(axis=0) / np.maximum(count, 1)
    mean = (total + _BELIEF * usual) / (count + _BELIEF)
    weights = np.asarray(first)[:, None, None] * np.where(mean > 0, mean, 1.0) ** -_POWER
    return np.asarray((weights / weights.sum(axis=0) * paths).sum(axis=0))


def pooled(sums: Array) -> Array:
    """Sums of each step together with its neighbours two steps either way: one step alone is too noisy."""
    padded = np.pad(sums, [(0, 0)] * (sums.ndim - 1) + [(_POOLED, _POOLED)])
    width = sums.shape[-1]
    return np.asarray(sum(padded[..., shift : shift + width] for shift in range(2 * _POOLED + 1)))
