"""The rolling-origin backtest sees nothing that comes later."""

import numpy as np
import pytest

from assistant.forecast.backtest import Backtest, accuracy_of, backtest_of, origins_of, pinball_loss
from assistant.forecast.intervals import spread_of
from assistant.forecast.methods import Past, counted, method_paths, mixed_paths, naive_paths, rooted
from assistant.forecast.settings import ForecastSettings

SETTINGS = ForecastSettings(folds=20)


def counts_of(days: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).poisson(12, days).astype(float)


def tried(counts: np.ndarray, paths=mixed_paths, horizon: int = 7) -> Backtest:
    origins = origins_of(len(counts), SETTINGS)
    made = paths(Past.of(rooted(counts)), origins, horizon, SETTINGS)
    return backtest_of(counts, np.ones(len(counts), bool), origins, made, horizon)


@pytest.mark.parametrize("paths", [mixed_paths, naive_paths])
def test_a_changed_future_leaves_all_earlier_origins_alone(paths):
    counts, changed = counts_of(120), counts_of(120)
    changed[110:] = 90.0
    first, second = (tried(c, paths) for c in (counts, changed))
    earlier = first.origins <= 110
    assert 0 < earlier.sum() < len(earlier)
    np.testing.assert_array_equal(first.paths[earlier], second.paths[earlier])
    assert not np.array_equal(first.paths[~earlier], second.paths[~earlier])


def test_many_origins_at_once_say_what_each_says_alone():
    past = Past.of(rooted(counts_of(200)))
    together = method_paths(past.roots, [40, 90, 200], 10, SETTINGS)
    for row, origin in enumerate((40, 90, 200)):
        np.testing.assert_allclose(together[:, row], method_paths(past.roots, [origin], 10, SETTINGS)[:, 0])


def test_errors_known_at_an_origin_leave_out_days_after_it():
    test = tried(counts_of(100), naive_paths)
    origin = test.origins[4]
    known = np.isfinite(test.errors_known_at(origin))
    rows, steps = np.nonzero(known)
    assert (test.origins[rows] + steps + 1 <= origin).all()
    assert not known[4:].any()


def test_filled_days_are_not_scored():
    seen = np.ones(100, bool)
    seen[95] = False
    counts, origins = counts_of(100), origins_of(100, SETTINGS)
    test = backtest_of(counts, seen, origins, naive_paths(Past.of(rooted(counts)), origins, 7, SETTINGS), 7)
    for row, origin in enumerate(test.origins.astype(int)):
        place = 95 - origin
        if 0 <= place < 7:
            assert np.isnan(test.actual[row, place])


def test_too_few_origins_give_no_figures_instead_of_invented_ones():
    counts = counts_of(16)
    test = tried(counts, naive_paths)
    accuracy = accuracy_of(test, test, 0, SETTINGS)
    assert accuracy.folds == 0
    assert accuracy.mae is None


def test_a_method_has_no_skill_against_itself():
    test = tried(counts_of(150), naive_paths)
    accuracy = accuracy_of(test, test, 1, SETTINGS)
    assert accuracy.skill == 0.0
    assert accuracy.horizon_days == 7


def test_pinball_loss_of_a_known_case():
    loss = pinball_loss(np.array([10.0]), np.array([[8.0, 11.0]]), (0.1, 0.9))
    assert loss[0] == pytest.approx((0.1 * 2 + 0.1 * 1) / 2)


def test_the_square_root_scale_and_back_is_the_same_count():
    counts = np.array([0.0, 0.4, 1.0, 7.0, 2500.0])
    np.testing.assert_allclose(counted(rooted(counts)), counts, atol=1e-9)


def test_the_spread_never_shrinks_with_the_horizon_and_reaches_unseen_steps():
    errors = np.random.default_rng(3).normal(0, 1, (20, 10))
    errors[:, 6:] = np.nan
    spread = spread_of(errors, (0.1, 0.5, 0.9))
    assert (np.diff(spread.by_step) >= -1e-12).all()
    assert np.isfinite(spread.by_step).all()
    assert spread.offsets[1] == pytest.approx(0.0, abs=1e-9)
