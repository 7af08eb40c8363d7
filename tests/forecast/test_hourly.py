"""Counts by hour: no look-ahead, calibrated quantiles, refusals."""

import numpy as np
import pandas as pd
import pytest

from assistant.forecast.hourly import forecast_hours, train_hours
from assistant.forecast.settings import ForecastSettings

LEVELS = ForecastSettings().levels


@pytest.fixture(scope="module")
def counts() -> pd.Series:
    """Forty weeks with a busy noon and quiet nights."""
    index = pd.date_range("2025-01-06", periods=40 * 168, freq="h")
    rate = 3 + 3 * np.sin((index.hour - 6) / 24 * 2 * np.pi) + 0.5 * (index.dayofweek == 0)
    return pd.Series(np.random.default_rng(0).poisson(rate).astype(float), index=index)


def test_busy_and_quiet_hours_are_told_apart_and_covered(counts: pd.Series):
    model = train_hours(counts.iloc[: -21 * 24])
    inside = []
    for day in range(21, 2, -2):
        origin = len(counts) - day * 24
        told = forecast_hours(model, counts.iloc[:origin], 48, LEVELS)
        actual = counts.iloc[origin : origin + 48]
        assert told.index.equals(actual.index)
        inside.append(((actual >= told[0.1]) & (actual <= told[0.9])).mean())
    median = told[0.5].groupby(told.index.hour).mean()
    assert median[12] > median[0] + 3
    assert 0.78 <= np.mean(inside) <= 0.97  # whole numbers: never less than promised


def test_hours_after_the_origin_change_nothing(counts: pd.Series):
    model = train_hours(counts.iloc[: -14 * 24])
    cut = len(counts) - 7 * 24
    told = forecast_hours(model, counts.iloc[:cut], 48, LEVELS)
    changed = counts.copy()
    changed.iloc[cut:] = 500.0
    pd.testing.assert_frame_equal(told, forecast_hours(model, changed.iloc[:cut], 48, LEVELS))


def test_the_second_day_does_not_use_the_first(counts: pd.Series):
    """Of hour 30 only what is known before its first midnight counts."""
    model = train_hours(counts.iloc[: -14 * 24])
    told = forecast_hours(model, counts, 30, LEVELS)
    longer = forecast_hours(model, counts, 48, LEVELS)
    pd.testing.assert_frame_equal(told, longer.iloc[:30])


def test_short_histories_and_long_horizons_are_refused(counts: pd.Series):
    with pytest.raises(ValueError, match="56 days"):
        train_hours(counts.iloc[: 20 * 24])
    with pytest.raises(ValueError, match="1 to 72"):
        forecast_hours(train_hours(counts), counts, 73, LEVELS)
