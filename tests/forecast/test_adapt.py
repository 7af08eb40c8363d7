"""Adaptive recalibration: coverage comes back after a shift, and calm series pay little."""

import numpy as np
import pytest

from assistant.forecast.adapt import tracked
from assistant.forecast.intervals import recalibrated, spread_of, spreads_of
from assistant.forecast.settings import ForecastSettings

LEVELS = ForecastSettings().levels
RATE = ForecastSettings().adapt_rate


def errors_of(days: int, shift: int, factor: float, seed: int) -> np.ndarray:
    """One-day errors whose scatter grows by `factor` at day `shift`."""
    return np.random.default_rng(seed).normal(0, np.where(np.arange(days) < shift, 1.0, factor))[:, None]


def coverage(errors: np.ndarray, spreads: list, start: int, end: int, level: float) -> float:
    place = LEVELS.index(level)
    widths = np.array([-(spread.by_step[0] * spread.offsets[place]) for spread in spreads[start:end]])
    return float((np.abs(errors[start:end, 0]) <= widths).mean())


def test_coverage_comes_back_after_the_scatter_has_tripled():
    before, after = [], []
    for seed in range(6):
        errors = errors_of(260, 150, 3.0, seed)
        origins = np.arange(len(errors), dtype=float)
        adapted = spreads_of(errors, origins, LEVELS, 12, RATE)
        pooled = spreads_of(errors, origins, LEVELS, 12, 0.0)
        before.append(coverage(errors, pooled, 165, 220, 0.025))
        after.append(coverage(errors, adapted, 165, 220, 0.025))
    assert np.mean(after) > np.mean(before) + 0.03
    assert np.mean(after) > 0.8


def test_a_calm_series_keeps_its_intervals_nearly():
    errors = errors_of(200, 200, 1.0, 3)
    origins = np.arange(200, dtype=float)
    plain, adapted = (spreads_of(errors, origins, LEVELS, 12, rate)[-1] for rate in (0.0, RATE))
    np.testing.assert_allclose(adapted.offsets, plain.offsets, rtol=0.15)


def test_a_correction_uses_only_days_before_its_origin():
    errors = errors_of(120, 60, 4.0, 1)
    changed = errors.copy()
    changed[90:] *= 10
    origins = np.arange(120, dtype=float)
    spreads = [spread_of(errors[:30], LEVELS)] * 121
    first, second = (recalibrated(spreads, e, origins, LEVELS, RATE) for e in (errors, changed))
    for one, other in zip(first[:91], second[:91], strict=True):
        np.testing.assert_array_equal(one.offsets, other.offsets)
    assert not np.array_equal(first[-1].offsets, second[-1].offsets)


def test_days_that_are_not_known_change_nothing():
    scaled = np.full((5, 3), np.nan)
    corrections = tracked(scaled, np.arange(5, dtype=float), np.ones((5, 2)), (0.2, 0.05), 0.1)
    assert corrections.shape == (6, 2)
    assert (corrections == 0).all()


@pytest.mark.parametrize("rate", [0.0, RATE])
def test_levels_stay_in_order_after_correction(rate: float):
    errors = np.random.default_rng(0).standard_t(2, (60, 7))
    for spread in spreads_of(errors, np.arange(60, dtype=float), LEVELS, 12, rate):
        assert (np.diff(spread.offsets) >= 0).all()
        np.testing.assert_allclose(spread.offsets, -spread.offsets[::-1])
