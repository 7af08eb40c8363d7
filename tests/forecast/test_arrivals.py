"""Emergency arrivals by hour: agreement with the day, a clock change, what is told."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import insert

from assistant.forecast.demand import forecast_demand
from assistant.forecast.settings import ForecastSettings
from assistant.records import tables as t
from assistant.records.store import Store
from assistant.records.wall import to_seconds
from assistant.tools.catalogue import make_catalogue
from assistant.tools.services import Services
from assistant.tools.tool import Context, Outcome
from tests.forecast.conftest import FIRST
from tests.tools.worlds import FixedSearch

FEW = ForecastSettings(folds=20)
SPRING_FORWARD = datetime(2026, 3, 29)
AT = SPRING_FORWARD + timedelta(days=1, hours=20)


@pytest.fixture
def emergency(empty_store: Store) -> Store:
    """Patients at the emergency door until a day after the clocks went forward; none in the hour that was left out."""
    draws, stays, moves = np.random.default_rng(0), [], []
    end = SPRING_FORWARD + timedelta(days=1, hours=20)
    hours = int((end - FIRST) / timedelta(hours=1))
    for number in range(hours):
        hour = FIRST + timedelta(hours=number)
        rate = 5.0 if 9 <= hour.hour < 21 else 1.0
        left_out = hour == SPRING_FORWARD + timedelta(hours=2)
        for patient in range(0 if left_out else int(draws.poisson(rate))):
            visit, came = f"{number}-{patient}", hour + timedelta(minutes=5 + patient)
            stay = {
                "visit": visit,
                "seq": 0,
                "unit": "ED",
                "visit_class": "E",
                "ended_by": "discharge",
                "from_unit": "",
            }
            stays.append(stay | {"start": to_seconds(came), "end": to_seconds(came + timedelta(hours=3))})
            move = {"event": visit, "visit": visit, "source": "hl7", "trigger": "A01"}
            moves.append(move | {"time": to_seconds(came), "recorded": to_seconds(came)})
    with empty_store.engine.begin() as connection:
        connection.execute(insert(t.stays), stays)
        connection.execute(insert(t.movements), moves)
    return empty_store


def test_hours_are_forecast_across_a_clock_change_and_agree_with_the_day(emergency: Store):
    made = forecast_demand(emergency, "ed_arrivals", None, 2, AT, FEW)
    hours = made.hours
    assert list(hours.index) == list(pd.date_range(AT.date() + timedelta(days=1), periods=48, freq="h"))
    assert np.isfinite(hours.to_numpy()).all()
    assert (np.diff(hours.to_numpy(), axis=1) >= 0).all()
    middle = hours[0.5].groupby(hours.index.hour).mean()
    assert middle[12] >= middle[3] + 2
    by_day = hours[0.5].groupby(hours.index.normalize()).sum()
    np.testing.assert_allclose(by_day, made.quantiles[0.5], rtol=0.25)  # medians of counts are whole numbers
    assert made.hour_history[pd.Timestamp(SPRING_FORWARD) + pd.Timedelta(hours=2)] == 0
    assert made.hour_chart()["x"][0].endswith("T00:00")


def test_longer_forecasts_and_short_histories_have_no_hours(emergency: Store):
    assert forecast_demand(emergency, "ed_arrivals", None, 3, AT, FEW).hours.empty
    early = FIRST + timedelta(days=30, hours=20)
    made = forecast_demand(emergency, "ed_arrivals", None, 1, early, FEW)
    assert made.hours.empty
    assert not made.quantiles.empty


def ask(store: Store, days: int, language: str = "en", at: datetime = AT) -> Outcome:
    tool = make_catalogue(Services(store, FixedSearch, forecast=FEW))["forecast_demand"]
    return tool.run(tool.arguments.model_validate({"measure": "ed_arrivals", "days": days}), Context(at, language))


@pytest.mark.parametrize(("language", "most"), [("en", "the most in the hour"), ("zh", "起的一小时最多")])
def test_each_hour_of_tomorrow_is_told_and_drawn(emergency: Store, language: str, most: str):
    outcome = ask(emergency, 1, language)
    assert most in outcome.text
    rows = [line for line in outcome.text.splitlines() if line.startswith("- ")]
    assert len(rows) == 24
    assert "12:00" in rows[12]
    by_hour = outcome.charts[1]
    assert by_hour["kind"] == "fan"
    assert len(by_hour["x"]) == len(by_hour["quantiles"]["0.5"]) == 24
    assert outcome.data["forecast"]["hours"]["begin"] == by_hour["x"]


def test_two_days_name_the_busiest_hour_of_each(emergency: Store):
    outcome = ask(emergency, 2)
    assert outcome.text.count("the most in the hour") == 2
    assert "The 24 hours after that are in the chart" in outcome.text


def test_too_short_records_say_what_hours_need(emergency: Store):
    outcome = ask(emergency, 1, at=FIRST + timedelta(days=30, hours=20))
    assert "at least 56 days" in outcome.text
    assert len(outcome.charts) == 1
