"""Bad input: a forecast with an honest interval, or a refusal that says what to do."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from assistant.errors import ToolError
from assistant.forecast.daily import SeriesForecast, forecast_series
from assistant.forecast.demand import forecast_demand
from assistant.forecast.settings import ForecastSettings
from assistant.records.store import Store
from tests.forecast.conftest import FIRST

FEW = ForecastSettings(folds=20)
Weekly = Callable[..., pd.Series]


def bounded(told: SeriesForecast, days: int = 7) -> pd.DataFrame:
    """The quantiles, after the checks that every forecast must pass."""
    table = told.quantiles.to_numpy()
    assert table.shape == (days, 9)
    assert np.isfinite(table).all()
    assert (table >= 0).all()
    assert (np.diff(table, axis=1) >= 0).all()
    return told.quantiles


def series_of(values: list[float] | np.ndarray) -> pd.Series:
    return pd.Series(np.asarray(values, dtype=float), pd.date_range("2025-12-01", periods=len(values)))


def test_three_points_get_a_simple_method_and_a_wide_interval():
    told = forecast_series(series_of([4, 6, 5]), 7, FEW)
    assert told.fallback is not None
    assert told.fallback.code == "short_history"
    assert (bounded(told)[0.9] - bounded(told)[0.1]).min() >= 3


def test_all_zero_stays_near_zero_and_leaves_room_for_one():
    told = forecast_series(series_of([0.0] * 60), 7, FEW)
    assert told.fallback is not None
    assert told.fallback.code == "all_zero"
    assert bounded(told)[0.5].eq(0).all()
    assert bounded(told)[0.975].max() <= 2


def test_after_a_step_the_new_level_is_forecast(weekly: Weekly):
    before = weekly(160, mean=20)
    before.iloc[-28:] = weekly(160, mean=60, seed=3).iloc[-28:]
    median = bounded(forecast_series(before, 7, FEW))[0.5]
    assert median.mean() == pytest.approx(before.iloc[-14:].mean(), rel=0.25)


def test_a_gap_of_a_month_starts_the_history_anew(weekly: Weekly):
    series = pd.concat([weekly(200).iloc[:120], weekly(200).iloc[151:]])
    told = forecast_series(series, 7, FEW)
    assert told.history.cleaning.gap_days == 31
    assert len(told.history.values) == 49
    bounded(told)


def test_duplicated_days_and_negative_counts_are_mended_and_counted(weekly: Weekly):
    series = weekly(90)
    dirty = pd.concat([series, series.iloc[40:44] + 500, series.iloc[40:44]])
    dirty.iloc[10] = -7
    told = forecast_series(dirty, 7, FEW)
    assert told.history.cleaning.days_merged == 8  # four days, each reported twice more
    assert told.history.cleaning.days_refused == 1
    assert bounded(told)[0.975].max() < 60


def test_what_is_beyond_the_horizon_or_unknown_is_refused_with_what_there_is(empty_store: Store):
    at = FIRST + timedelta(days=90)
    with pytest.raises(ToolError, match="1 to 60"):
        forecast_demand(empty_store, "ed_arrivals", None, 61, at, FEW)
    with pytest.raises(ToolError) as raised:
        forecast_demand(empty_store, "occupancy", "3C", 7, at, FEW)
    assert raised.value.code == "unknown_unit"
    assert "3B" in "".join(raised.value.near)
