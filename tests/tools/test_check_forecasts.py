"""check_forecasts over the small hospital: scores, drift, and plans that rested on a forecast that was wrong."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from assistant.agent.put_forward import put_forward
from assistant.cli.main import main
from assistant.forecast.demand import forecast_demand
from assistant.forecast.kept import KeptForecasts
from assistant.forecast.settings import ForecastSettings
from assistant.journal.book import Journal
from assistant.plan.proposals import Proposals, StoredProposal
from assistant.records.store import Store
from assistant.tools.catalogue import make_catalogue
from assistant.tools.door import call
from assistant.tools.plan_alerts import plan_alerts
from assistant.tools.services import Services
from assistant.tools.tool import Context, Outcome
from tests.small_hospital import NOW
from tests.tools.worlds import FixedSearch

EARLIER = datetime(2026, 3, 1, 20, 0)


@pytest.fixture
def services(small_home: Path) -> Services:
    journal = Journal(small_home / "journal")
    return Services(
        Store.open(small_home),
        FixedSearch,
        forecast=ForecastSettings(folds=20),
        proposals=Proposals(small_home / "proposals", journal),
        forecasts=KeptForecasts(small_home / "forecasts", journal),
    )


def ask(services: Services, name: str, at: datetime = NOW, language: str = "en", **arguments: object) -> Outcome:
    tool = make_catalogue(services)[name]
    return tool.run(tool.arguments.model_validate(arguments), Context(at, language))


def give_wrong(services: Services, times: float) -> str:
    """A forecast of 3B's patients at `EARLIER` for a fortnight, multiplied."""
    forecast = forecast_demand(services.store, "occupancy", "3B", 14, EARLIER, services.forecast)
    assert services.forecasts is not None
    return services.forecasts.keep(replace(forecast, quantiles=forecast.quantiles * times), "r", "s")


def propose(services: Services, at: datetime, unit: str = "3B") -> StoredProposal:
    assert services.proposals is not None
    made = {"at": at.isoformat(), "user": "u", "role": "r", "tool": "plan_staffing", "arguments": {}, "language": "en"}
    return services.proposals.put("staffing", "a roster", {"assignments": []}, {"unit": unit}, made)


def test_a_forecast_that_is_given_is_kept_and_scored_when_its_days_have_come(services: Services):
    given = ask(services, "forecast_demand", EARLIER, measure="occupancy", unit="3B", days=7)
    assert given.data["forecast"]["id"].startswith("F-")
    checked = ask(services, "check_forecasts", measure="occupancy", unit="3B")
    score = checked.data["scores"][0]
    assert (score["forecasts"], score["days"]) == (1, 7)
    assert set(score["coverage"]) == {"50", "80", "95"}
    assert [chart["kind"] for chart in checked.charts] == ["fan", "bars"]
    truth = checked.charts[0]["history"]
    assert truth["x"] == [row["day"] for row in score["rows"]]
    assert "1 forecast checked on 7 days" in checked.text


def test_without_forecasts_the_method_is_tried_on_the_past(services: Services):
    checked = ask(services, "check_forecasts", measure="occupancy", unit="3B")
    assert checked.data["scores"] == []
    assert "no forecast" in checked.text
    assert checked.data["backtest"]["folds"] > 0


def test_days_that_have_not_come_are_not_scored(services: Services):
    ask(services, "forecast_demand", NOW, measure="occupancy", unit="3B", days=7)
    assert "have not come yet" in ask(services, "check_forecasts", unit="3B").text


def test_several_series_are_told_one_by_one(services: Services):
    for unit in ("3B", "ICU"):
        ask(services, "forecast_demand", EARLIER, measure="occupancy", unit=unit, days=5)
    checked = ask(services, "check_forecasts", language="zh")
    assert {score["unit"] for score in checked.data["scores"]} == {"3B", "ICU"}
    assert "2个序列" in checked.text


def test_a_plan_whose_forecast_was_far_off_is_to_be_made_again(services: Services):
    name = give_wrong(services, 4.0)
    wrong, other = propose(services, EARLIER), propose(services, EARLIER, "ICU")
    alerts = plan_alerts(services, NOW)
    assert [(alert.proposal, alert.forecast, alert.unit) for alert in alerts] == [(wrong.id, name, "3B")]
    assert alerts[0].actual < alerts[0].low
    text = ask(services, "check_forecasts").text
    assert wrong.id in text
    assert other.id not in text


def test_a_plan_names_the_forecasts_it_rests_on_and_no_other_flags_it(services: Services, small_home: Path):
    assert services.proposals is not None
    journal = Journal(small_home / "journal")
    context = Context(EARLIER)
    record = call(make_catalogue(services), "plan_staffing", {"unit": "3B", "days": 7}, context, journal)
    assert len(record.forecasts) == 1
    stored = put_forward(record, context, services.proposals)
    assert stored is not None
    assert stored.made["forecasts"] == list(record.forecasts)
    give_wrong(services, 4.0)  # somebody asked for another one at the same clock
    alerts = plan_alerts(services, NOW)
    assert {alert.forecast for alert in alerts if alert.proposal == stored.id} <= set(record.forecasts)


def test_a_plan_whose_forecast_held_is_left_alone(services: Services):
    give_wrong(services, 1.0)
    propose(services, EARLIER)
    assert plan_alerts(services, NOW) == []


def test_a_rejected_plan_is_not_flagged(services: Services):
    give_wrong(services, 4.0)
    proposal = propose(services, EARLIER)
    assert services.proposals is not None
    services.proposals.decide(proposal.id, "rejected", "u", "administrator", "no")
    assert plan_alerts(services, NOW) == []


def test_a_plan_whose_days_are_over_is_not_flagged(services: Services):
    give_wrong(services, 4.0)
    propose(services, EARLIER)
    assert plan_alerts(services, datetime(2026, 3, 20, 8)) == []


def test_the_list_of_proposals_says_which_to_make_again(
    services: Services, small_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    give_wrong(services, 4.0)
    proposal = propose(services, EARLIER)
    monkeypatch.setenv("ASSISTANT_HOME", str(small_home))
    assert main(["proposals", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert proposal.id in lines[0]
    assert "plan again" in lines[1]
