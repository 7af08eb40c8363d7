"""Forecasts given are kept, scored when the truth arrives, and raise an alarm when they drift."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assistant.errors import ToolError
from assistant.forecast.demand import forecast_demand
from assistant.forecast.drift import find_drift
from assistant.forecast.kept import KeptForecast, KeptForecasts
from assistant.forecast.scoring import is_outside, score
from assistant.forecast.truth import what_came
from assistant.journal.book import Journal
from assistant.records.store import Store
from tests.forecast.conftest import FIRST, SETTINGS

EVENING = FIRST + timedelta(days=60, hours=20)
LEVELS = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)


@pytest.fixture
def kept(tmp_path: Path) -> KeptForecasts:
    return KeptForecasts(tmp_path / "forecasts", Journal(tmp_path / "journal"))


def made(start: date, centre: float, made_at: datetime, days: int = 7, spread: float = 2.0) -> KeptForecast:
    """A forecast with normal quantiles around `centre`."""
    scores = [-1.96, -1.645, -1.2816, -0.6745, 0, 0.6745, 1.2816, 1.645, 1.96]
    table = pd.DataFrame(
        [[centre + spread * z for z in scores]] * days, index=pd.date_range(start, periods=days), columns=list(LEVELS)
    )
    last = (pd.Timestamp(start) - pd.Timedelta(days=1)).date()
    return KeptForecast("F-0000000000", "occupancy", "3B", None, "patients", made_at, last, table, 1.0, {})


def test_a_forecast_is_kept_once_with_what_it_was_made_from(add_stays: Callable[..., Store], kept: KeptForecasts):
    store = add_stays(list(range(61)), per_day=6)
    forecast = forecast_demand(store, "occupancy", "3B", 7, EVENING, SETTINGS)
    first = kept.keep(forecast, store.fingerprint(), "settings")
    again = kept.keep(forecast, store.fingerprint(), "settings")
    found = kept.made(EVENING.date(), EVENING.date())
    assert [one.id for one in found] == [first] == [again]
    assert found[0].content["records"] == store.fingerprint()
    assert found[0].last_seen == forecast.history.index[-1].date()
    np.testing.assert_allclose(found[0].quantiles.to_numpy(), forecast.quantiles.to_numpy())
    entries = list(kept._journal.entries())
    assert [(entry.kind, entry.body["id"]) for entry in entries] == [("forecast", first)]


def test_a_forecast_changed_afterwards_is_noticed(add_stays: Callable[..., Store], kept: KeptForecasts):
    store = add_stays(list(range(61)), per_day=6)
    kept.keep(forecast_demand(store, "occupancy", "3B", 7, EVENING, SETTINGS), "r", "s")
    path = next(kept.folder.rglob("F-*.json"))
    content = json.loads(path.read_text())
    content["quantiles"]["0.5"][0] += 1
    path.write_text(json.dumps(content))
    with pytest.raises(ToolError) as raised:
        kept.made(EVENING.date(), EVENING.date())
    assert raised.value.code == "damaged"


def test_the_truth_is_scored_when_it_arrives_and_not_before(add_stays: Callable[..., Store], kept: KeptForecasts):
    store = add_stays(list(range(61)), per_day=6)
    forecast = forecast_demand(store, "occupancy", "3B", 7, EVENING, SETTINGS)
    kept.keep(forecast, "r", "s")
    given = kept.made(EVENING.date(), EVENING.date())
    now = what_came(store, "occupancy", "3B", None, EVENING, SETTINGS)
    assert score(given, now, FIRST.date()) is None
    add_stays(list(range(61, 66)), per_day=6, label="b")
    later = what_came(store, "occupancy", "3B", None, EVENING + timedelta(days=5), SETTINGS)
    scored = score(given, later, FIRST.date())
    assert scored is not None
    # The last complete day is the one before the question's; today and the future are not scored.
    assert scored.days == 4
    expected = np.abs(later.reindex(forecast.quantiles.index[:4]) - forecast.quantiles[0.5].iloc[:4]).mean()
    assert scored.mae == pytest.approx(expected)


def test_scores_of_known_numbers():
    at = datetime(2026, 3, 1, 20)
    truth = pd.Series([10.0, 13.0, 30.0], index=pd.date_range("2026-03-02", periods=3))
    scored = score([made(date(2026, 3, 2), 10.0, at)], truth, date(2026, 3, 1))
    assert scored is not None
    assert (scored.days, scored.forecasts) == (3, 1)
    assert scored.mae == pytest.approx((0 + 3 + 20) / 3)
    assert scored.bias == pytest.approx(23 / 3)
    assert scored.coverage == {50: pytest.approx(1 / 3), 80: pytest.approx(1 / 3), 95: pytest.approx(2 / 3)}
    assert is_outside(scored.rows.iloc[2], 95)
    assert not is_outside(scored.rows.iloc[1], 95)


def test_asking_twice_on_a_day_counts_once():
    truth = pd.Series([12.0] * 7, index=pd.date_range("2026-03-02", periods=7))
    morning, evening = (made(date(2026, 3, 2), 10.0, datetime(2026, 3, 1, hour)) for hour in (8, 20))
    scored = score([morning, evening], truth, date(2026, 3, 1))
    assert scored is not None
    assert scored.days == 7


def test_a_calibrated_forecast_seldom_alarms_and_a_shifted_one_soon_does():
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(60)]
    false = sum(
        find_drift(days, np.random.default_rng(seed).normal(0, 1, 60).tolist()) is not None for seed in range(100)
    )
    assert false <= 25  # once in 465 days: about 12 of 100 runs of 60 days
    found = []
    for seed in range(50):
        errors = np.random.default_rng(seed).normal(0, 1, 60)
        errors[30:] += 1.5
        alarm = find_drift(days, errors.tolist())
        found.append(alarm is not None and alarm.upward and alarm.still and (alarm.day - days[30]).days < 15)
    assert np.mean(found) >= 0.9


def test_one_absurd_day_is_no_drift():
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(10)]
    assert find_drift(days, [0.0, 0, 0, 40.0, 0, 0, 0, 0, 0, 0]) is None


def test_a_drift_that_ended_is_told_as_over():
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(40)]
    alarm = find_drift(days, [0.0] * 5 + [2.0] * 8 + [-0.5] * 27)
    assert alarm is not None
    assert alarm.upward
    assert not alarm.still
