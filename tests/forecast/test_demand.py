"""Forecasts from the records: which days count, what is refused, what is handed on."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from assistant.errors import ToolError
from assistant.forecast.demand import forecast_demand
from assistant.records.store import Store
from tests.forecast.conftest import FIRST, SETTINGS

AddStays = Callable[..., Store]
EVENING = FIRST + timedelta(days=90, hours=20)


@pytest.fixture
def ward(add_stays: AddStays) -> Store:
    """Ninety-one days with fewer admissions at weekends; the last day only until 10:00."""
    return add_stays(list(range(91)), per_day=8, weekend=2)


def test_the_first_day_forecast_is_tomorrow_and_today_is_bridged(ward: Store):
    forecast = forecast_demand(ward, "admissions", "3B", 7, EVENING, SETTINGS)
    assert forecast.quantiles.index[0] == pd.Timestamp(FIRST + timedelta(days=91))
    assert len(forecast.quantiles) == 7
    assert forecast.history.index[-1] == pd.Timestamp(FIRST + timedelta(days=89))
    assert forecast.bridged_days == 1


def test_the_day_on_which_the_feed_began_is_not_learned_from(ward: Store):
    forecast = forecast_demand(ward, "admissions", "3B", 7, EVENING, SETTINGS)
    assert forecast.history.index[0] == pd.Timestamp(FIRST + timedelta(days=1))


def test_occupancy_counts_patients_at_the_end_of_the_day(ward: Store):
    forecast = forecast_demand(ward, "occupancy", "3B", 7, EVENING, SETTINGS)
    day = pd.Timestamp(FIRST + timedelta(days=40))
    arrivals = forecast_demand(ward, "admissions", "3B", 7, EVENING, SETTINGS).history
    assert forecast.history[day] == arrivals[day] + arrivals[day - pd.Timedelta(days=1)]


def test_records_after_the_question_change_nothing(add_stays: AddStays):
    store = add_stays(list(range(91)), per_day=8)
    before = forecast_demand(store, "occupancy", "3B", 7, EVENING, SETTINGS)
    add_stays(list(range(91, 120)), per_day=60, label="later")
    after = forecast_demand(store, "occupancy", "3B", 7, EVENING, SETTINGS)
    pd.testing.assert_frame_equal(before.quantiles, after.quantiles)
    assert before.accuracy == after.accuracy


def test_days_on_which_the_feed_was_silent_are_filled_not_read_as_empty(add_stays: AddStays):
    days = [day for day in range(91) if day not in (58, 59, 60, 61)]  # stays last two nights: 60 and 61 are silent
    forecast = forecast_demand(add_stays(days, per_day=8), "occupancy", "3B", 7, EVENING, SETTINGS)
    assert forecast.cleaning.days_filled > 0
    assert forecast.history[pd.Timestamp(FIRST + timedelta(days=61))] > 0


def test_the_weekday_rhythm_is_found_and_sized(ward: Store):
    drivers = forecast_demand(ward, "admissions", "3B", 7, EVENING, SETTINGS).drivers
    assert drivers.weekday_clear
    assert drivers.lowest is not None
    assert drivers.highest is not None
    assert drivers.lowest.weekday in (5, 6)
    assert drivers.lowest.effect < -3 < 0 < drivers.highest.effect


def test_the_whole_hospital_is_counted_without_its_emergency_units(ward: Store):
    whole = forecast_demand(ward, "occupancy", None, 7, EVENING, SETTINGS)
    one = forecast_demand(ward, "occupancy", "3B", 7, EVENING, SETTINGS)
    assert whole.unit is None
    pd.testing.assert_series_equal(whole.history, one.history)


def test_a_unit_is_found_by_its_name(ward: Store):
    assert forecast_demand(ward, "occupancy", "respiratory ward", 3, EVENING, SETTINGS).unit == "3B"


def test_a_unit_without_patients_is_said_to_be_empty(ward: Store):
    forecast = forecast_demand(ward, "ed_arrivals", None, 7, EVENING, SETTINGS)
    assert forecast.fallback_code == "all_zero"
    assert forecast.quantiles[0.5].eq(0).all()


@pytest.mark.parametrize(
    ("measure", "unit", "days", "code"),
    [
        ("supply_use", None, 7, "bad_arguments"),
        ("ocupancy", None, 7, "unknown_measure"),
        ("occupancy", "9Z", 7, "unknown_unit"),
        ("occupancy", "3B", 0, "bad_arguments"),
        ("occupancy", "3B", 61, "bad_arguments"),
        ("ed_arrivals", "3B", 7, "bad_arguments"),
    ],
)
def test_what_cannot_be_forecast_is_refused_with_a_code(ward: Store, measure, unit, days, code):
    with pytest.raises(ToolError) as raised:
        forecast_demand(ward, measure, unit, days, EVENING, SETTINGS)
    assert raised.value.code == code


def test_a_misspelt_measure_is_told_the_near_one(ward: Store):
    with pytest.raises(ToolError) as raised:
        forecast_demand(ward, "ocupancy", None, 7, EVENING, SETTINGS)
    assert raised.value.near[0] == "occupancy"


@pytest.mark.parametrize("at", [EVENING, FIRST - timedelta(days=3)])
def test_an_empty_database_says_what_to_do(empty_store: Store, at: datetime):
    with pytest.raises(ToolError, match="assistant import") as raised:
        forecast_demand(empty_store, "occupancy", "3B", 7, at, SETTINGS)
    assert raised.value.code == "no_history"


def test_a_time_before_the_records_has_no_history(ward: Store):
    with pytest.raises(ToolError) as raised:
        forecast_demand(ward, "occupancy", "3B", 7, FIRST - timedelta(days=3), SETTINGS)
    assert raised.value.code == "no_history"


def test_old_records_are_not_stretched_to_today(ward: Store):
    with pytest.raises(ToolError) as raised:
        forecast_demand(ward, "occupancy", "3B", 7, EVENING + timedelta(days=200), SETTINGS)
    assert raised.value.code == "stale_records"


def test_the_forecast_survives_json_and_has_a_fan_to_draw(ward: Store):
    forecast = forecast_demand(ward, "admissions", "3B", 7, EVENING, SETTINGS)
    told = json.loads(json.dumps(forecast.to_json(), allow_nan=False))
    chart = forecast.chart()
    assert told["quantiles"]["0.5"] == [round(float(v), 2) for v in forecast.quantiles[0.5]]
    assert chart["kind"] == "fan"
    assert list(chart["quantiles"]) == ["0.025", "0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95", "0.975"]
    assert len(chart["x"]) == len(chart["quantiles"]["0.5"]) == 7
    assert chart["history"]["x"][-1] < chart["x"][0]
    assert np.isfinite(chart["history"]["y"]).all()
