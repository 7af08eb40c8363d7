"""The light method: honest intervals for what real series do."""

import numpy as np
import pandas as pd
import pytest

from assistant.forecast.outbreak.levels import LEVELS, MEDIAN, move_out, normal_score
from assistant.forecast.outbreak.light import _missed, forecast_light
from assistant.forecast.outbreak.panel import Panel


def panel(*series: np.ndarray) -> Panel:
    weeks = pd.date_range("2024-01-06", periods=len(series[0]), freq="7D")
    keys = tuple(f"r{k}" for k in range(len(series)))
    return Panel("cases", keys, weeks, np.stack(series).astype(float), np.full(len(series), np.nan), False)


def waves(weeks: int, seed: int = 3) -> np.ndarray:
    """Epidemic waves with chance counts."""
    rng = np.random.default_rng(seed)
    return rng.poisson(400 * np.exp(1.2 * np.sin(np.arange(weeks) / 7 + seed)))


def test_quantiles_rise_stay_above_zero_and_widen_with_distance() -> None:
    found = forecast_light(panel(waves(120)), 8).quantiles[0]
    assert found.shape == (8, len(LEVELS))
    assert (np.diff(found, axis=1) >= 0).all()
    assert found.min() >= 0
    width = found[:, 19] - found[:, 3]
    assert width[7] > width[0]


def test_a_rise_goes_on_and_fades() -> None:
    grown = 50 * 1.25 ** np.arange(20)
    medians = forecast_light(panel(grown), 8).quantiles[0][:, MEDIAN]
    assert medians[0] > 1.1 * grown[-1]
    growth = medians[1:] / medians[:-1]
    assert growth[-1] < growth[0]


def test_the_eight_in_ten_range_holds_about_eight_times_in_ten() -> None:
    whole = np.stack([waves(160, seed) for seed in range(12)])
    inside = []
    for end in range(100, 150, 10):
        found = forecast_light(panel(*whole[:, :end]), 4).quantiles
        truth = whole[:, end : end + 4]
        inside.append((truth >= found[..., 3]) & (truth <= found[..., 19]))
    assert 0.65 <= np.mean(inside) <= 0.95


def test_all_zero_gives_zero_with_room_for_a_few() -> None:
    found = forecast_light(panel(np.zeros(40)), 4).quantiles[0]
    assert found[:, MEDIAN] == pytest.approx(0)
    assert 0 < found[3, -1] < 50


def test_a_step_widens_the_interval() -> None:
    flat = np.full(60, 200.0) + np.tile([3.0, -3.0], 30)
    step = flat.copy()
    step[40:] += 600
    narrow, wide = (forecast_light(panel(series), 4).quantiles[0][3] for series in (flat, step))
    assert wide[21] - wide[1] > 3 * (narrow[21] - narrow[1])


def test_a_gap_is_bridged_and_a_short_series_gets_a_wide_interval() -> None:
    gappy = waves(60).astype(float)
    gappy[30:34] = np.nan
    assert np.isfinite(forecast_light(panel(gappy), 4).quantiles).all()
    short = forecast_light(panel(waves(9)), 4)
    assert np.isfinite(short.quantiles).all()
    assert np.isnan(short.coverage[0])
    assert short.quantiles[0, 3, 19] > 1.2 * short.quantiles[0, 3, 3]


def test_other_regions_do_not_change_what_was_observed() -> None:
    alone = forecast_light(panel(waves(100)), 4)
    with_others = forecast_light(panel(waves(100), waves(100, 5), waves(100, 8)), 4)
    ratio = with_others.quantiles[0, :, MEDIAN] / alone.quantiles[0, :, MEDIAN]
    assert ratio == pytest.approx(1, abs=0.35)


def test_ranges_that_held_too_seldom_reach_further_out() -> None:
    rng = np.random.default_rng(4)
    calm = rng.poisson(400, 40).astype(float)
    restless = np.exp(np.log(400) + np.cumsum(rng.standard_normal(50) * np.linspace(0.02, 0.4, 50)))
    growing_unrest = np.concatenate([calm, restless])
    calm_all = rng.poisson(400, 90).astype(float)
    reach = []
    for series in (growing_unrest, calm_all):
        fan = forecast_light(panel(series), 4).quantiles[0, 0]
        reach.append((fan[21] - fan[1]) / (fan[19] - fan[3]))
    assert reach[0] > reach[1]


def test_the_share_of_the_range_that_was_needed_moves_the_outer_levels_only() -> None:
    fans = np.broadcast_to(normal_score(LEVELS), (30, 10, 2, len(LEVELS)))
    held = np.random.default_rng(1).standard_normal((30, 10, 2))
    assert _missed(held, fans) == pytest.approx(1, abs=0.1)
    assert 1.4 < _missed(2 * held, fans) <= 2
    assert _missed(np.full((30, 10, 2), np.nan), fans) == 1
    moved = move_out(fans[0], 1.5)
    assert np.array_equal(moved[..., 6:17], fans[0][..., 6:17])
    assert np.allclose(moved[..., 21], 1.5 * fans[0][..., 21], rtol=1e-4)
