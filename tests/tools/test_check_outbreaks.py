"""Outbreak forecasts that were given are kept with their as-of state and scored when their weeks are reported."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from assistant.agent.claims import Names
from assistant.agent.ground import ground
from assistant.forecast.kept import KeptForecasts
from assistant.journal.book import Journal
from assistant.records.importing import import_paths
from assistant.records.store import Store
from assistant.tools.catalogue import make_catalogue
from assistant.tools.services import Services
from assistant.tools.tool import Context, Outcome
from tests.tools.worlds import FixedSearch

NOW = datetime(2026, 10, 31, 20, 0)
EARLIER = NOW - timedelta(weeks=4)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """Two regions' measles cases by week; in one they double unexpectedly after `EARLIER`."""
    home = tmp_path_factory.mktemp("outbreaks")
    rng = np.random.default_rng(5)
    lines = ["region,date,disease,measure,value"]
    for region, after in (("Calm", 1.0), ("Surge", 6.0)):
        weeks = pd.date_range(end=NOW.date(), periods=60, freq="7D")
        mean = np.where(np.arange(60) < 56, 100.0, 100.0 * after)
        lines += [f"{region},{day:%Y-%m-%d},measles,cases,{rng.poisson(m)}" for day, m in zip(weeks, mean, strict=True)]
    (home / "surveillance.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    store, journal = Store.open(home), Journal(home / "journal")
    assert import_paths(store, [home / "surveillance.csv"]).files[0].faults == []
    made = Services(store, FixedSearch, forecasts=KeptForecasts(home / "forecasts", journal))
    for region in ("Calm", "Surge"):
        ask(made, "forecast_outbreak", EARLIER, measure="cases", disease="measles", region=region, weeks=6)
    return made


def ask(services: Services, name: str, at: datetime = NOW, language: str = "en", **arguments: object) -> Outcome:
    tool = make_catalogue(services)[name]
    return tool.run(tool.arguments.model_validate(arguments), Context(at, language))


def test_a_forecast_that_is_given_is_kept_once_with_what_was_known(services: Services) -> None:
    given = ask(services, "forecast_outbreak", EARLIER, measure="cases", disease="measles", region="Calm", weeks=6)
    assert services.forecasts is not None
    kept = {one.id: one for one in services.forecasts.made(EARLIER.date(), EARLIER.date())}
    assert len(kept) == 2
    one = kept[given.data["forecast"]["id"]]
    assert (one.region, one.disease, one.measure, one.unit) == ("Calm", "measles", "cases", None)
    assert one.last_seen <= EARLIER.date()
    assert max(one.content["history"]["weeks"]) <= EARLIER.date().isoformat()
    assert np.allclose(one.quantiles[0.5], given.data["forecast"]["quantiles"]["0.5"], atol=0.01)


def test_the_weeks_that_came_are_scored_and_those_to_come_are_not(services: Services) -> None:
    scores = {one["region"]: one for one in ask(services, "check_forecasts", measure="cases", days=35).data["scores"]}
    assert scores["Calm"]["days"] == scores["Surge"]["days"] == 4
    assert scores["Calm"]["coverage"]["95"] >= 0.75
    assert scores["Surge"]["coverage"]["95"] == 0
    assert scores["Surge"]["bias"] > 300
    assert scores["Surge"]["wis"] > 5 * scores["Calm"]["wis"]


def test_before_a_week_is_over_there_is_nothing_to_check(services: Services) -> None:
    checked = ask(services, "check_forecasts", EARLIER + timedelta(days=2), measure="cases")
    assert checked.data["scores"] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_sentence_is_grounded(services: Services, language: str) -> None:
    outcome = ask(services, "check_forecasts", language=language, measure="cases", days=35)
    assert "Surge" in outcome.text and "$" not in outcome.text
    assert ground(outcome.text, outcome.facts, outcome.sources, Names({}, {})).ungrounded == ()


def test_one_series_is_told_by_the_week_with_its_chart(services: Services) -> None:
    assert services.forecasts is not None
    for path in services.forecasts.folder.rglob("F-*.json"):
        if '"Surge"' in path.read_text():
            hidden = path.rename(path.with_suffix(".away"))
            break
    try:
        outcome = ask(services, "check_forecasts", measure="cases", days=35)
    finally:
        hidden.rename(path)
    assert "a week" in outcome.text and "4 weeks" in outcome.text
    assert "Calm" in outcome.charts[0]["title"] and len(outcome.charts[0]["x"]) == 4
