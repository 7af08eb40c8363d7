"""Where no seasonal method can learn, a simple one with an honest interval and its reason is used."""

import numpy as np
import pandas as pd
import pytest

from assistant.forecast.backtest import Accuracy
from assistant.forecast.daily import forecast_series
from assistant.forecast.fallback import SIMPLE_METHOD, _gamma_poisson


def days_of(values: list[float]) -> pd.Series:
    return pd.Series(values, index=pd.date_range("2026-01-01", periods=len(values)), dtype=float)


GAP = days_of([9, 11, 10, 12, 8] * 20).drop(pd.date_range("2026-03-01", periods=31))

CASES = {
    "three_points": (days_of([20, 22, 18]), "short_history"),
    "one_point": (days_of([4]), "short_history"),
    "twenty_days": (days_of([3, 5] * 10), "short_history"),
    "all_zero": (days_of([0] * 90), "all_zero"),
    "flat": (days_of([5] * 300), "flat"),
    "gap_of_a_month": (GAP, "long_gap"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_reason_is_told_and_no_accuracy_is_invented(case: str):
    history, code = CASES[case]
    series = forecast_series(history, 7)
    assert series.fallback is not None
    assert series.fallback.code == code
    assert series.fallback.reason.endswith(".")
    assert series.method == SIMPLE_METHOD
    assert series.accuracy == Accuracy()


@pytest.mark.parametrize("case", CASES)
def test_the_interval_leaves_room(case: str):
    history, _ = CASES[case]
    quantiles = forecast_series(history, 7, is_level=True).quantiles
    assert (quantiles[0.95] > history.mean()).all()
    assert (quantiles[0.95] > quantiles[0.05]).all()


def test_three_days_leave_more_open_than_a_week():
    three, week = (forecast_series(days_of([30.0, 29.0, 31.0] * n)[:d], 1).quantiles for n, d in ((1, 3), (3, 7)))
    assert (three[0.95] - three[0.05]).iloc[0] > (week[0.95] - week[0.05]).iloc[0]


def test_a_census_is_less_certain_later():
    quantiles = forecast_series(days_of([20, 22, 18]), 28, is_level=True).quantiles
    width = quantiles[0.9] - quantiles[0.1]
    assert width.iloc[-1] > width.iloc[0]


def test_the_gap_and_its_length_are_named():
    series = forecast_series(GAP, 7)
    assert series.fallback is not None
    assert "31 days up to 2026-03-31" in series.fallback.reason


def test_gamma_poisson_quantiles_agree_with_simulation():
    draws = np.random.default_rng(1)
    sample = draws.poisson(draws.gamma(12.5, 1 / 2.5, 200_000))
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    np.testing.assert_allclose(_gamma_poisson(12.5, 2.5, levels), np.quantile(sample, levels), atol=1)
