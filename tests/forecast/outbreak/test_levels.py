"""Quantiles: score, filling in, mixing."""

import numpy as np
import pytest

from assistant.forecast.outbreak.levels import (
    CORE,
    LEVELS,
    MEDIAN,
    fill_levels,
    interval_score,
    mix_quantiles,
    normal_score,
    pool_quantiles,
    widen,
)


def normal(mean: float, sd: float) -> np.ndarray:
    return mean + sd * normal_score(LEVELS)


def test_the_score_is_the_sum_of_weighted_interval_scores() -> None:
    """By the definition of Bracher et al.: median error and eleven intervals, weights a/2, over K + 1/2."""
    quantiles, truth = normal(100, 20), 143.0
    total = 0.5 * abs(truth - quantiles[MEDIAN])
    for k in range(MEDIAN):
        low, high, alpha = quantiles[k], quantiles[-1 - k], 2 * LEVELS[k]
        penalty = 2 / alpha * (max(low - truth, 0) + max(truth - high, 0))
        total += alpha / 2 * (high - low + penalty)
    assert interval_score(quantiles, np.array(truth)) == pytest.approx(total / (MEDIAN + 0.5))


def test_filled_levels_of_a_normal_are_the_normal() -> None:
    core = 5 + 2 * normal_score(CORE)
    assert fill_levels(core) == pytest.approx(normal(5, 2))
    assert fill_levels(core[::-1]) == pytest.approx(normal(5, 2))  # crossed ones are sorted


def test_the_pool_of_members_that_differ_is_wider_than_their_mean() -> None:
    members = np.stack([normal(0, 1), normal(6, 1)])
    half = np.array([0.5, 0.5])
    mean, pool = mix_quantiles(members, half), pool_quantiles(members, half)
    assert mean[MEDIAN] == pytest.approx(3)
    assert pool[-1] - pool[0] > 1.5 * (mean[-1] - mean[0])
    same = pool_quantiles(np.stack([normal(0, 1), normal(0, 1)]), half)
    assert same[3:20] == pytest.approx(normal(0, 1)[3:20], abs=0.1)


def test_widening_moves_each_side_by_its_factor() -> None:
    wide = widen(normal(0, 1), 2.0, 0.5)
    assert wide[0] == pytest.approx(2 * normal(0, 1)[0])
    assert wide[-1] == pytest.approx(0.5 * normal(0, 1)[-1])
    assert wide[MEDIAN] == 0
