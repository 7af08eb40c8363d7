"""Quantile levels of the forecast hubs, and what is done with quantiles: score, fill in, mix, widen.

Arrays of quantiles have the level as their last axis, rising.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# The 23 levels that the US and European forecast hubs ask for.
LEVELS: Array = np.array([0.01, 0.025, *np.round(np.arange(0.05, 0.951, 0.05), 3), 0.975, 0.99])
MEDIAN = 11
CORE: Array = np.array([0.01, 0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95, 0.99])  # fitted; the others are filled in


def normal_score(levels: Array) -> Array:
    """Standard normal quantiles of `levels`; near-normal quantile curves are straight lines over it."""
    from scipy.special import ndtri

    return np.asarray(ndtri(levels))


def fill_levels(values: Array, known: Array = CORE, wanted: Array = LEVELS) -> Array:
    """Quantiles at `wanted` levels from those at `known`, interpolated over the normal score.

    Args:
        values: (..., known) quantiles; sorted here, since separately fitted ones may cross.
        known: Rising levels of `values`.
        wanted: Rising levels; those beyond the outer known ones follow the outer slope.
    """
    x, at = normal_score(known), normal_score(wanted)
    ordered = np.sort(values, axis=-1)
    right = np.clip(np.searchsorted(x, at), 1, len(x) - 1)
    share = (at - x[right - 1]) / (x[right] - x[right - 1])
    return np.asarray(ordered[..., right - 1] * (1 - share) + ordered[..., right] * share)


def interval_score(quantiles: Array, truth: Array, levels: Array = LEVELS) -> Array:
    """Weighted interval score: the mean over levels of twice the pinball loss (Bracher et al. 2021).

    Args:
        quantiles: (..., level).
        truth: (...), NaN where unknown; the score is NaN there.
        levels: Of the last axis.
    """
    miss = truth[..., None] - quantiles
    return np.asarray(2 * np.maximum(levels * miss, (levels - 1) * miss).mean(axis=-1))


def mix_quantiles(members: Array, weights: Array) -> Array:
    """Average the members' quantiles level by level, weights (member,) or (member, ...) adding up to 1."""
    shaped = weights.reshape(weights.shape + (1,) * (members.ndim - weights.ndim))
    return np.sort((members * shaped).sum(axis=0), axis=-1)


def pool_quantiles(members: Array, weights: Array, levels: Array = LEVELS) -> Array:
    """Quantiles of the mixture distribution (linear pool): wide where the members disagree.

    Args:
        members: (member, ..., level).
        weights: (member,), adding up to 1.
        levels: Of the last axis.
    """
    flat = members.reshape(len(members), -1, members.shape[-1])
    cells = np.repeat(_masses(levels)[None, :] * weights[:, None], 1, axis=0)  # (member, level)
    points = np.moveaxis(flat, 1, 0).reshape(flat.shape[1], -1)
    order = np.argsort(points, axis=1, kind="stable")
    sorted_points = np.take_along_axis(points, order, axis=1)
    mass = cells.reshape(-1)[order]
    middle = np.cumsum(mass, axis=1) - mass / 2
    out = np.stack([np.interp(levels, m, p) for m, p in zip(middle, sorted_points, strict=True)])
    return out.reshape(members.shape[1:])


def _masses(levels: Array) -> Array:
    """Probability that each level's value stands for: half-way to its neighbours."""
    edges = np.concatenate([[0.0], (levels[1:] + levels[:-1]) / 2, [1.0]])
    return np.diff(edges)


def widen(quantiles: Array, below: Array | float, above: Array | float) -> Array:
    """Stretch the distances from the median by `below` and `above`; 1 leaves them."""
    middle = quantiles[..., MEDIAN, None]
    gap = quantiles - middle
    return np.asarray(middle + np.where(gap < 0, gap * np.asarray(below), gap * np.asarray(above)))


def needed_reach(quantiles: Array, truth: Array) -> Array:
    """Distance of what came from the median, as a share of that of the 95 % range's end on the same side.

    Args:
        quantiles: (..., level).
        truth: (...), NaN where unknown; the share is NaN there.
    """
    off = truth - quantiles[..., MEDIAN]
    reach = np.where(off > 0, quantiles[..., -2], quantiles[..., MEDIAN]) - np.where(
        off > 0, quantiles[..., MEDIAN], quantiles[..., 1]
    )
    return np.asarray(np.abs(off) / np.maximum(reach, 1e-9))


def move_out(quantiles: Array, factor: float) -> Array:
    """The outer quantiles further from the median: none within the middle 68 %, `factor` from the 95 % range on."""
    outer = np.clip((np.abs(normal_score(LEVELS)) - 1) / 0.96, 0, 1)
    middle = quantiles[..., MEDIAN, None]
    return np.asarray(middle + (quantiles - middle) * (1 + (factor - 1) * outer))
