"""The methods of the mixture, and their weights: smooth counts, weekly counts, no look-ahead."""

import numpy as np
import pytest

from assistant.forecast.autoregression import changing_paths, returning_paths
from assistant.forecast.blend import blended
from assistant.forecast.smoothing import smoothed_paths


def test_smoothing_continues_a_rise_and_keeps_the_week():
    days = np.arange(210)
    week = np.array([0.0, 0.1, 0.2, 0.1, 0.0, -0.3, -0.1])
    roots = 5 + 0.02 * days + week[days % 7]
    told = smoothed_paths(roots[:200], [200], 10, 7)[0]
    np.testing.assert_allclose(told, roots[200:], atol=0.1)


def test_smoothing_follows_a_wandering_level_and_averages_a_steady_one():
    draws = np.random.default_rng(1)
    wandering, steady = 20 + draws.normal(0, 0.3, 300).cumsum(), 20 + draws.normal(0, 0.3, 300)
    near, usual = (smoothed_paths(one, [300], 1, 7)[0, 0] for one in (wandering, steady))
    assert near == pytest.approx(wandering[-1], abs=0.3)
    assert usual == pytest.approx(steady[-60:].mean(), abs=0.15)


def test_an_autoregression_finds_how_fast_days_return_to_the_mean():
    draws, days = np.random.default_rng(2), np.zeros(400)
    for day in range(1, 400):
        days[day] = 0.8 * days[day - 1] + draws.normal(0, 1)
    days[-1] = 6.0
    told = returning_paths(10 + days[None, -280:], 8)[0]
    assert told[0] == pytest.approx(10 + 0.8 * 6, abs=1.2)
    assert abs(told[7] - 10) < 2.5


def test_changes_that_persist_are_continued():
    draws, changes = np.random.default_rng(3), np.zeros(300)
    for day in range(1, 300):
        changes[day] = 0.7 * changes[day - 1] + draws.normal(0, 0.1)
    changes[-1] = 1.0
    path = 30 + changes.cumsum()
    told = changing_paths(path[None, -280:], 3)[0]
    assert told[0] - path[-1] == pytest.approx(0.7, abs=0.25)


def test_the_better_method_gets_the_weight_and_the_first_origin_the_first_weights():
    draws = np.random.default_rng(4)
    roots = 5 + draws.normal(0, 0.1, 120)
    origins = list(range(20, 120, 2))
    good, bad = np.full((50, 7), 5.0), np.full((50, 7), 6.0)
    mixed = blended(np.array([good, bad]), (1, 1), roots, origins)
    np.testing.assert_allclose(mixed[0], 5.5)
    assert (mixed[-1] < 5.01).all()


def test_days_after_an_origin_do_not_change_its_weights():
    roots = 5 + np.random.default_rng(5).normal(0, 0.1, 120)
    origins = list(range(20, 120, 2))
    paths = np.random.default_rng(6).normal(5, 0.2, (3, 50, 7))
    changed = roots.copy()
    changed[80:] = 9.0
    first, second = blended(paths, (1, 1, 1), roots, origins), blended(paths, (1, 1, 1), changed, origins)
    np.testing.assert_array_equal(first[:31], second[:31])
    assert not np.allclose(first[-1], second[-1])
