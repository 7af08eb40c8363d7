"""The forecast of a bare series: quantiles, coverage, no look-ahead, cache."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ToolError
from assistant.forecast import daily
from assistant.forecast.daily import forecast_series
from assistant.forecast.many import forecast_many
from assistant.forecast.methods import METHOD
from assistant.forecast.settings import ForecastSettings

FEW = ForecastSettings(folds=20, fit_days=70)
Weekly = Callable[..., pd.Series]


@settings(max_examples=25, deadline=None)
@given(
    counts=st.lists(st.one_of(st.integers(0, 3), st.integers(0, 60), st.integers(0, 10**6)), min_size=1, max_size=90),
    lead=st.integers(0, 3),
    is_level=st.booleans(),
)
def test_quantiles_rise_and_are_never_negative_whatever_was_counted(counts, lead, is_level):
    history = pd.Series(np.array(counts, dtype=float), index=pd.date_range("2025-01-01", periods=len(counts)))
    table = forecast_series(history, 9, FEW, is_level, lead).quantiles.to_numpy()
    assert np.isfinite(table).all()
    assert (table >= 0).all()
    assert (np.diff(table, axis=1) >= 0).all()


def test_the_80_percent_interval_covers_about_80_percent_of_a_simulated_ward(weekly: Weekly):
    inside = []
    for seed in range(16):
        series = weekly(128, seed=seed)
        quantiles = forecast_series(series.iloc[:120], 8, ForecastSettings(folds=12)).quantiles
        actual = series.iloc[120:].to_numpy()
        inside.append(np.mean((actual >= quantiles[0.1].to_numpy()) & (actual <= quantiles[0.9].to_numpy())))
    assert 0.65 <= np.mean(inside) <= 0.95


def test_weekends_are_forecast_lower_where_they_were_lower(weekly: Weekly):
    median = forecast_series(weekly(200), 14).quantiles[0.5]
    weekend = pd.DatetimeIndex(median.index).dayofweek >= 5
    assert median[weekend].max() < median[~weekend].min()


def test_the_method_beats_last_week_again_on_a_weekly_pattern(weekly: Weekly):
    accuracy = forecast_series(weekly(300), 7).accuracy
    assert accuracy.skill is not None
    assert accuracy.skill > 0.1
    assert accuracy.pinball == pytest.approx(accuracy.pinball_naive * (1 - accuracy.skill), rel=0.01)


def test_days_after_the_history_do_not_change_the_forecast_or_its_accuracy(weekly: Weekly):
    short, long = weekly(200), weekly(200)
    long.iloc[150:] = 500.0
    first, second = forecast_series(short.iloc[:150], 7), forecast_series(long.iloc[:150], 7)
    pd.testing.assert_frame_equal(first.quantiles, second.quantiles)
    assert first.accuracy == second.accuracy


def test_the_same_history_is_learned_once(weekly: Weekly, monkeypatch: pytest.MonkeyPatch):
    learned = []
    learn = daily._learn
    monkeypatch.setattr(daily, "_learn", lambda *given: learned.append(1) or learn(*given))
    series = weekly(60, seed=99)
    first = forecast_series(series, 7, FEW)
    second = forecast_series(series.copy(), 7, FEW)
    assert len(learned) == 1
    pd.testing.assert_frame_equal(first.quantiles, second.quantiles)


def test_changing_a_forecast_does_not_spoil_the_cached_one(weekly: Weekly):
    series = weekly(60, seed=98)
    forecast_series(series, 7, FEW).quantiles.loc[:, 0.5] = -1.0
    assert (forecast_series(series, 7, FEW).quantiles[0.5] >= 0).all()


def test_one_changed_day_is_learned_anew(weekly: Weekly):
    series = weekly(60, seed=97)
    changed = series.copy()
    changed.iloc[-1] += 30
    assert not forecast_series(series, 7, FEW).quantiles.equals(forecast_series(changed, 7, FEW).quantiles)


def test_bridged_days_are_passed_over(weekly: Weekly):
    series = weekly(100)
    with_bridge, without = forecast_series(series, 5, lead=2), forecast_series(series, 7)
    assert with_bridge.quantiles.index[0] == series.index[-1] + pd.Timedelta(days=3)
    np.testing.assert_allclose(with_bridge.quantiles[0.5], without.quantiles[0.5].iloc[2:])


def test_intervals_widen_for_a_wandering_census():
    steps = np.random.default_rng(5).normal(0, 1, 300).cumsum()
    census = pd.Series(np.round(100 + steps), index=pd.date_range("2025-01-01", periods=300))
    series = forecast_series(census, 28)
    width = series.quantiles[0.9] - series.quantiles[0.1]
    assert series.method == METHOD
    assert width.iloc[-1] > 1.5 * width.iloc[0]


def test_no_usable_day_is_an_error_that_says_what_to_do():
    with pytest.raises(ToolError, match="assistant import") as raised:
        forecast_series(pd.Series([np.nan, -1.0], index=pd.date_range("2025-01-01", periods=2)), 7)
    assert raised.value.code == "no_history"


def test_many_series_in_processes_say_what_each_says_alone(weekly: Weekly):
    series = {f"u{seed}": weekly(90, seed=seed) for seed in range(24)}
    settings = ForecastSettings(folds=15)
    together = forecast_many(series, 5, settings, workers=2)
    assert list(together) == list(series)
    for name in ("u0", "u23"):
        pd.testing.assert_frame_equal(together[name].quantiles, forecast_series(series[name], 5, settings).quantiles)
