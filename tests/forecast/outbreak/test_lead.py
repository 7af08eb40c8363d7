"""Deaths follow the cases of the weeks before; without a leader there is nothing to follow."""

import numpy as np
import pandas as pd
import pytest

from assistant.forecast.outbreak.features import scaled_all
from assistant.forecast.outbreak.lead import lead_quantiles
from assistant.forecast.outbreak.levels import MEDIAN, Array, interval_score
from assistant.forecast.outbreak.panel import Panel

WEEKS, REGIONS = 70, 10


def course(seed: int = 2) -> tuple[Array, Array]:
    """Cases that wander, and deaths: one in a hundred, three weeks later."""
    rng = np.random.default_rng(seed)
    growth = np.zeros((REGIONS, WEEKS))
    for week in range(1, WEEKS):
        growth[:, week] = 0.8 * growth[:, week - 1] + 0.12 * rng.standard_normal(REGIONS)
    cases = np.exp(np.log(rng.uniform(3e4, 2e5, REGIONS))[:, None] + np.cumsum(growth, axis=1))
    late = np.concatenate([np.repeat(cases[:, :1], 3, axis=1), cases[:, :-3]], axis=1)
    return np.round(cases), rng.poisson(0.01 * late).astype(float)


def panels(cases: Array, deaths: Array, weeks: int) -> list[Panel]:
    keys, people = tuple(f"{k:02d}" for k in range(REGIONS)), np.full(REGIONS, 1e7)
    dates = pd.date_range("2021-01-02", periods=weeks, freq="7D")
    return [
        Panel("case", keys, dates, cases[:, :weeks], people, False),
        Panel("death", keys, dates, deaths[:, :weeks], people, False, leader="case"),
    ]


def test_deaths_turn_with_the_cases_before_them() -> None:
    cases, deaths = course()
    ours, standing, inside = [], [], []
    for origin in range(50, WEEKS - 4, 4):
        fan = lead_quantiles(scaled_all(panels(cases, deaths, origin))[1], 3)
        truth = deaths[:, origin : origin + 3]
        ours.append(np.abs(fan[..., MEDIAN] - truth).mean())
        standing.append(np.abs(deaths[:, origin - 1 : origin] - truth).mean())
        inside.append((truth >= fan[..., 1]) & (truth <= fan[..., 21]))
    assert np.mean(ours) < 0.6 * np.mean(standing)
    assert 0.85 < np.mean(inside) <= 1.0


def test_quantiles_rise_and_are_never_negative_even_with_gaps_and_zeros() -> None:
    cases, deaths = course()
    cases[0, 30:34], deaths[1], deaths[2, 64:] = np.nan, 0.0, np.nan
    fan = lead_quantiles(scaled_all(panels(cases, deaths, 66))[1], 4)
    assert fan.shape == (REGIONS, 4, 23) and np.isfinite(fan).all()
    assert (fan >= 0).all() and (np.diff(fan, axis=-1) >= 0).all()
    assert interval_score(fan[1], np.zeros(4)).max() < 3
    assert fan[2, 0, MEDIAN] > 0.5 * deaths[2, 63]


def test_a_panel_without_a_leader_is_refused() -> None:
    cases, deaths = course()
    with pytest.raises(ValueError, match="with a leader"):
        lead_quantiles(scaled_all(panels(cases, deaths, 60))[0], 4)


@pytest.mark.parametrize("weeks", [1, 3, 8])
def test_a_short_history_gives_a_forecast(weeks: int) -> None:
    cases, deaths = course()
    fan = lead_quantiles(scaled_all(panels(cases, deaths, weeks))[1], 4)
    assert np.isfinite(fan).all() and (fan >= 0).all()
