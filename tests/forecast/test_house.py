"""Nurse hours, reconciliation, holidays, and bad input."""

from collections.abc import Callable
from datetime import time, timedelta

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import insert, update

from assistant.errors import SetupError, ToolError
from assistant.forecast.calendar import holiday_flags
from assistant.forecast.daily import forecast_series
from assistant.forecast.demand import forecast_demand
from assistant.forecast.nursing import hours_by_ratio, nursing_hours
from assistant.forecast.reconcile import reconcile
from assistant.forecast.settings import ForecastSettings
from assistant.records import tables as t
from assistant.records.names import find_unit
from assistant.records.store import Store
from tests.forecast.conftest import FIRST, SETTINGS

EVENING = FIRST + timedelta(days=60, hours=20)
LEVELS = list(SETTINGS.levels)
FEW = ForecastSettings(folds=20)


@pytest.fixture
def ward(add_stays: Callable[..., Store]) -> Store:
    """Sixty days of a ward with a ratio of 1:5 by day and 1:8 in a night of nine hours."""
    store = add_stays(list(range(61)), per_day=6, weekend=2)
    shift = {"unit": "", "name": "Night", "start": time(22), "end": time(7), "minutes": 540, "night": True}
    with store.engine.begin() as connection:
        connection.execute(insert(t.shifts), [{"shift": "N", **shift}])
        ratios = {"patients_per_nurse_day": 5.0, "patients_per_nurse_night": 8.0}
        connection.execute(update(t.units).where(t.units.c.unit == "3B").values(**ratios))
    return store


def quantiles(medians: list[float], spread: float, days: int = 3) -> pd.DataFrame:
    scores = np.array([-1.96, -1.645, -1.2816, -0.6745, 0, 0.6745, 1.2816, 1.645, 1.96])
    index = pd.date_range("2026-03-02", periods=days)
    return pd.DataFrame(np.array(medians)[:, None] + spread * scores, index=index, columns=LEVELS)


def test_hours_follow_the_ratio(ward: Store):
    assert hours_by_ratio(ward, find_unit(ward, "3B")) == pytest.approx(15 / 5 + 9 / 8)


def test_nurse_hours_are_patients_times_hours(ward: Store):
    patients = forecast_demand(ward, "occupancy", "3B", 5, EVENING, FEW)
    hours = forecast_demand(ward, "nurse_hours", "3B", 5, EVENING, FEW)
    assert hours.scale == pytest.approx(15 / 5 + 9 / 8)
    np.testing.assert_allclose(hours.quantiles, patients.quantiles * hours.scale, atol=0.02)
    assert hours.accuracy.mae == pytest.approx(patients.accuracy.mae * hours.scale, rel=0.01)


def test_sicker_patients_than_usual_need_more_hours(ward: Store):
    unit = find_unit(ward, "3B")
    with ward.engine.begin() as connection:
        connection.execute(update(t.stays).values(acuity=4))
    usual = nursing_hours(ward, unit, EVENING)
    with ward.engine.begin() as connection:
        late = t.stays.c.start > 0
        newest = connection.execute(t.stays.select().where(late).order_by(t.stays.c.start.desc()).limit(6)).fetchall()
        names = [row.visit for row in newest]
        connection.execute(update(t.stays).where(t.stays.c.visit.in_(names)).values(acuity=1))
    sicker = nursing_hours(ward, unit, EVENING)
    assert usual.acuity == pytest.approx(1.0)
    assert sicker.acuity > 1.2
    assert sicker.acuity_known


def test_units_add_up_to_the_house():
    units = {"A": quantiles([10, 11, 12], 2.0), "B": quantiles([20, 20, 20], 4.0)}
    house, parts = reconcile(quantiles([36, 34, 36], 3.0), units)
    total = parts["A"][0.5] + parts["B"][0.5]
    np.testing.assert_allclose(house[0.5], total)
    assert 30 < house[0.5].iloc[0] < 36  # between the sum and the house's own
    # The less certain unit moves most.
    assert parts["B"][0.5].iloc[0] - 20 > 2 * (parts["A"][0.5].iloc[0] - 10) > 0
    for table in (house, *parts.values()):
        assert (np.diff(table.to_numpy(), axis=1) >= 0).all()


def test_a_unit_is_never_reconciled_below_nothing():
    units = {"A": quantiles([0.0, 0.0, 0.0], 0.1).clip(lower=0), "B": quantiles([20, 20, 20], 4.0)}
    house, parts = reconcile(quantiles([5, 5, 5], 1.0), units)
    assert (parts["A"].to_numpy() >= 0).all()
    np.testing.assert_allclose(house[0.5], parts["A"][0.5] + parts["B"][0.5])


def test_the_house_of_the_records_adds_up(ward: Store):
    house = forecast_demand(ward, "occupancy", None, 4, EVENING, FEW)
    assert set(house.parts) == {"3B"}
    np.testing.assert_allclose(house.quantiles[0.5], house.parts["3B"][0.5], atol=0.01)


def test_holidays_are_learned_and_foreseen():
    days = pd.date_range("2023-01-01", "2025-12-17")
    holiday = holiday_flags(days[0], len(days), "DE")
    rate = np.where(holiday, 12, 30)
    counts = pd.Series(np.random.default_rng(0).poisson(rate).astype(float), index=days)
    known = forecast_series(counts, 14, ForecastSettings(holidays="DE", folds=20)).quantiles[0.5]
    blind = forecast_series(counts, 14, ForecastSettings(folds=20)).quantiles[0.5]
    assert known["2025-12-25"] < blind["2025-12-25"] - 5
    assert known["2025-12-22"] == pytest.approx(blind["2025-12-22"], abs=3)


def test_an_unknown_place_of_holidays_says_what_to_write():
    with pytest.raises(SetupError, match="GB-ENG"):
        holiday_flags(pd.Timestamp("2026-01-01"), 10, "ATLANTIS")


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ([4.0, 6.0, 5.0], "short_history"),
        ([0.0] * 90, "all_zero"),
        ([7.0] * 300, "flat"),
    ],
)
def test_poor_histories_get_an_honest_wide_interval(counts: list[float], code: str):
    series = forecast_series(pd.Series(counts, index=pd.date_range("2026-01-01", periods=len(counts))), 7, FEW)
    assert series.fallback is not None
    assert series.fallback.code == code
    assert (series.quantiles[0.975] > series.quantiles[0.5]).all()


def test_a_step_is_followed_and_the_interval_widened():
    draws = np.random.default_rng(0)
    before, after = draws.poisson(20, 180), draws.poisson(60, 21)
    index = pd.date_range("2026-01-01", periods=201)
    forecast = forecast_series(pd.Series(np.concatenate([before, after]).astype(float), index=index), 5)
    calm = forecast_series(pd.Series(before.astype(float), index=index[:180]), 5)
    assert 45 < forecast.quantiles[0.5].iloc[0] < 65
    width = (forecast.quantiles[0.9] - forecast.quantiles[0.1]).iloc[0]
    assert width > 1.5 * (calm.quantiles[0.9] - calm.quantiles[0.1]).iloc[0]


def test_a_gap_of_a_month_duplicated_days_and_negative_counts_are_mended_and_told():
    index = list(pd.date_range("2026-01-01", periods=200))
    counts = np.random.default_rng(0).poisson(20, 200).astype(float)
    counts[150] = -5
    dirty = pd.Series([*counts[:90], *counts[120:], 19.0], index=[*index[:90], *index[120:], index[199]])
    forecast = forecast_series(dirty, 7, FEW)
    cleaning = forecast.history.cleaning
    assert (cleaning.gap_days, cleaning.days_merged, cleaning.days_refused, cleaning.days_filled) == (30, 1, 1, 1)
    assert 12 < forecast.quantiles[0.5].mean() < 28


def test_a_clock_change_is_one_day_like_any_other(add_stays: Callable[..., Store]):
    """The records keep wall-clock time, so that the days of a clock change are neither lost nor counted twice."""
    store = add_stays(list(range(130)), per_day=6)
    at = FIRST + timedelta(days=125, hours=20)  # after 29 March
    history = forecast_demand(store, "admissions", "3B", 3, at, FEW).history
    assert history.index.is_unique
    assert len(history) == (history.index[-1] - history.index[0]).days + 1
    assert history["2026-03-28":"2026-03-30"].between(6, 7).all()


def test_a_horizon_beyond_the_longest_is_refused(ward: Store):
    with pytest.raises(ToolError, match="1 to 60"):
        forecast_demand(ward, "nurse_hours", "3B", 61, EVENING, FEW)
