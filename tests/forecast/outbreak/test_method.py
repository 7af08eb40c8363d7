"""The forecaster sees nothing but what it is handed, learns from its own past, and follows late reports."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from assistant.forecast.outbreak.levels import LEVELS, MEDIAN, interval_score, normal_score
from assistant.forecast.outbreak.method import OutbreakForecaster, OutbreakSettings, Snapshot
from assistant.forecast.outbreak.mixture import Issued, Mixture, MixtureSettings
from assistant.forecast.outbreak.network import NetworkSettings
from assistant.forecast.outbreak.panel import Panel, scale_of
from assistant.forecast.outbreak.revise import Revisions
from assistant.forecast.outbreak.trees import TreeSettings

QUICK = OutbreakSettings(
    trees=TreeSettings(bags=1, rounds=8, leaves=7, least=20),
    network=NetworkSettings(seeds=1, hidden=8, epochs=1, least_batches=20, batch=128),
)


def seasons(regions: int, weeks: int, seed: int = 1) -> Panel:
    """Winter waves of different height in each region."""
    rng = np.random.default_rng(seed)
    dates = pd.date_range("2021-08-07", periods=weeks, freq="7D")
    wave = np.exp(-(((np.arange(weeks) % 52) - 22) ** 2) / 40)
    size = rng.uniform(30, 300, regions)[:, None] * rng.uniform(0.6, 1.4, (regions, weeks // 52 + 1)).repeat(52, 1)
    values = rng.poisson(2 + size[:, :weeks] * wave)
    keys = tuple(f"{k:02d}" for k in range(regions))
    return Panel("admissions", keys, dates, values.astype(float), np.full(regions, 1e6))


def snapshots(panel: Panel, count: int) -> list[Snapshot]:
    """The last weeks as they would have become known, one after the other."""
    ends = panel.weeks[-count:]
    return [Snapshot(end + pd.Timedelta(7, unit="D"), (panel.until(end),)) for end in ends]


@pytest.fixture(scope="module")
def forecast_twice() -> tuple[list[np.ndarray], list[np.ndarray], Panel]:
    """The same season twice; in the second the last four weeks turn out quite differently."""
    panel = seasons(6, 140)
    changed = panel.values.copy()
    changed[:, -4:] = changed[:, -4:] * 5 + 100
    runs = []
    for given in (panel, panel.with_values(changed)):
        method = OutbreakForecaster(QUICK)
        runs.append([method.forecast(snapshot)[0].quantiles for snapshot in snapshots(given, 8)])
    return runs[0], runs[1], panel


def test_what_comes_later_changes_no_forecast(
    forecast_twice: tuple[list[np.ndarray], list[np.ndarray], Panel],
) -> None:
    first, second, _ = forecast_twice
    for before, after in zip(first[:4], second[:4], strict=True):
        assert np.array_equal(before, after)
    assert not np.array_equal(first[-1], second[-1])


def test_forecasts_are_quantiles_of_counts(forecast_twice: tuple[list[np.ndarray], list[np.ndarray], Panel]) -> None:
    for quantiles in forecast_twice[0]:
        assert quantiles.shape == (6, 4, len(LEVELS))
        assert (np.diff(quantiles, axis=-1) >= 0).all()
        assert quantiles.min() >= 0


def test_weights_go_to_the_member_that_was_right() -> None:
    """One member knows the course, the other is far off: after some weeks the mixture is close to the first."""
    weeks, rng = pd.date_range("2025-01-04", periods=30, freq="7D"), np.random.default_rng(2)
    truth = 100 + 40 * np.sin(np.arange(30) / 4) + rng.normal(0, 2, (5, 30))
    panel = Panel("cases", tuple("abcde"), weeks, truth, np.full(5, np.nan))
    mixture, made = Mixture(MixtureSettings()), []
    spread = np.linspace(-8, 8, len(LEVELS))
    for end in range(10, 26):
        good = truth[:, end : end + 4, None] + spread
        members = np.stack([good, good + 60])
        known = panel.until(weeks[end - 1])
        made.append(mixture.mixed(known, members))
        mixture.remember(Issued(known.weeks[-1], panel.keys, members, made[-1]))
    late = truth[:, 25:29]
    score = [interval_score(q, late).mean() for q in (made[-1], members[0], members.mean(axis=0))]
    assert score[0] < (score[1] + score[2]) / 2
    assert abs(made[0][..., MEDIAN] - members[0][..., MEDIAN]).max() > 10  # at first nothing was known


def test_late_reports_are_expected_after_a_while() -> None:
    """Every last week is reported one fifth too low and completed a week later."""
    final = seasons(8, 150)
    revisions = Revisions()
    for end in range(110, 140):
        values = final.values[:, :end].copy()
        values[:, -1] = np.floor(values[:, -1] * 0.8)
        known = Panel(final.source, final.keys, final.weeks[:end], values, final.population)
        revisions.learn(known)
        corrected = revisions.corrected(known)
    assert corrected.values[:, :-3] == pytest.approx(known.values[:, :-3])
    lifted = corrected.values[:, -1].sum() / known.values[:, -1].sum()
    assert lifted == pytest.approx(1.25, abs=0.1)
    assert replace(corrected, values=known.values).values[0, 0] == corrected.values[0, 0]


def test_the_common_scale_goes_there_and_back() -> None:
    panel = seasons(4, 80)
    scale = scale_of(panel)
    assert scale.back(scale.forward(panel.values)) == pytest.approx(panel.values, abs=1e-6)
    unknown = Panel("rate", panel.keys, panel.weeks, panel.values * [[1], [10], [100], [1000]], np.full(4, np.nan))
    high = scale_of(unknown).forward(unknown.values).max(axis=1)
    assert high.max() < 3 * high.min() + 3


def test_a_region_that_has_not_reported_yet_is_forecast_from_its_last_report() -> None:
    panel = seasons(4, 60)
    values = panel.values.copy()
    values[1, -2:], values[2] = np.nan, np.nan
    values[3, 20] = np.nan
    held = panel.with_values(values).held()
    assert np.all(held.values[1, -3:] == values[1, -3])
    assert np.isnan(held.values[2]).all() and np.isnan(held.values[3, 20])
    fan = OutbreakForecaster(QUICK).forecast(Snapshot(panel.weeks[-1], (panel.with_values(values),)))[0]
    assert np.isfinite(fan.quantiles[[0, 1, 3]]).all()


def test_the_outer_quantiles_move_out_where_outcomes_lay_beyond_them() -> None:
    panel, rng = seasons(6, 60), np.random.default_rng(2)
    reach = []
    for size in (0.5, 3.0):  # of the errors, when the members claim a spread of 10
        mixture = Mixture(MixtureSettings(stretches=(1.0,)))
        for last in range(30, 58):
            coming = panel.values[:, last + 1 : last + 2]
            centre = coming + 10 * size * rng.standard_normal(coming.shape)
            fan = (centre[..., None] + 10 * normal_score(LEVELS))[None]
            mixture.remember(Issued(panel.weeks[last], panel.keys, fan, fan[0]))
        fan = np.full((1, 6, 1, 1), 500.0) + 10 * normal_score(LEVELS)
        mixed = mixture.mixed(panel, fan)[0, 0]
        reach.append((mixed[-2] - mixed[1]) / (fan[0, 0, 0, -2] - fan[0, 0, 0, 1]))
        assert np.allclose(mixed[6:17], fan[0, 0, 0, 6:17])
    assert reach[0] == pytest.approx(1, abs=0.03)
    assert 1.15 < reach[1] <= 2
