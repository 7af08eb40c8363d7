"""forecast_outbreak over imported surveillance: figures from the records, both languages, bad input, near names."""

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assistant.agent.claims import Names
from assistant.agent.ground import ground
from assistant.errors import ToolError
from assistant.records.importing import import_paths
from assistant.records.store import Store
from assistant.records.surveillance import read_series
from assistant.sample.surveillance import REGIONS, surveillance_rows
from assistant.tools.forecast_outbreak import ForecastOutbreakArguments, forecast_outbreak
from assistant.tools.services import Services
from assistant.tools.tool import Context, Outcome
from tests.tools.worlds import FixedSearch

NOW = datetime(2026, 10, 31, 20, 0)
HEADER = "region,date,disease,measure,value\n"


def weekly(name: str, values: list[float], measure: str = "cases", end: str = "2026-10-31") -> str:
    dates = pd.date_range(end=end, periods=len(values), freq="7D")
    return "".join(f"{name},{day:%Y-%m-%d},measles,{measure},{v:g}\n" for day, v in zip(dates, values, strict=True))


def odd_series() -> str:
    """Series as nobody wants them."""
    gap = weekly("Gap", [40.0] * 30, end="2026-08-08") + weekly("Gap", [44.0] * 8)
    step = weekly("Step", [50.0] * 30 + [900.0] * 10)
    negative = weekly("Negative", [60.0] * 20 + [-30.0] + [60.0] * 10)
    return (
        weekly("Three", [5, 6, 7])
        + weekly("Zero", [0.0] * 30)
        + weekly("Ended", [20.0] * 30, end="2026-08-01")
        + weekly("Late", [20.0] * 30, end="2026-10-10")
        + (gap + step + negative)
    )


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """Two simulated diseases of the sample hospital, and the odd series."""
    home = tmp_path_factory.mktemp("surveillance")
    rows = [row for row in surveillance_rows(date(2026, 10, 31), 20, 0.002) if row[2] != "RSV" and row[1] > "2025"]
    lines = [",".join(map(str, row)) for row in rows if row[3] != "recovered"]
    (home / "surveillance.csv").write_text(HEADER + "\n".join(lines) + "\n" + odd_series(), encoding="utf-8")
    store = Store.open(home)
    report = import_paths(store, [home / "surveillance.csv"])
    assert report.files[0].faults == []
    return Services(store, FixedSearch)


def ask(services: Services, language: str = "en", at: datetime = NOW, **arguments: object) -> Outcome:
    given = ForecastOutbreakArguments.model_validate(arguments)
    return forecast_outbreak(services, given, Context(at, language))


def quantiles(outcome: Outcome) -> dict[str, list[float]]:
    return outcome.data["forecast"]["quantiles"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "arguments",
    [
        {"measure": "cases", "disease": "flu", "region": "Northvale"},
        {"measure": "hospital_admissions", "disease": "新冠", "weeks": 12},
        {"measure": "deaths", "disease": "covid", "weeks": 1},
        {"measure": "cases", "disease": "measles", "region": "late"},
    ],
)
def test_every_sentence_is_grounded_in_its_facts(
    services: Services, arguments: dict[str, object], language: str
) -> None:
    outcome = ask(services, language, **arguments)
    assert "$" not in outcome.text
    assert ground(outcome.text, outcome.facts, outcome.sources, Names({}, {})).ungrounded == ()
    assert {fact.source for fact in outcome.facts} == {source.id for source in outcome.sources}


def test_the_forecast_starts_from_what_was_reported(services: Services) -> None:
    outcome = ask(services, measure="cases", disease="influenza", region="Northvale", weeks=6)
    shown = outcome.data["forecast"]
    reported = read_series(services.store, "Northvale", "influenza", "cases", NOW)
    assert shown["history"]["values"][-1] == reported.iloc[-1]
    assert shown["weeks"][0] == "2026-11-07"
    assert len(shown["weeks"]) == 6
    assert all(np.diff(list(row)).min() >= 0 for row in zip(*quantiles(outcome).values(), strict=True))
    assert outcome.charts[0]["kind"] == "fan"
    assert shown["accuracy"]["origins"] > 20


def test_reports_after_the_question_are_not_seen(services: Services) -> None:
    then = datetime(2026, 8, 1, 12, 0)
    shown = ask(services, at=then, measure="cases", disease="influenza", region="Northvale").data["forecast"]
    assert shown["history"]["weeks"][-1] <= "2026-08-01"
    assert shown["weeks"][0] <= "2026-08-08"


def test_without_names_the_largest_region_is_taken_and_the_others_are_named(services: Services) -> None:
    outcome = ask(services, measure="hospital_admissions", disease="covid-19")
    assert outcome.data["forecast"]["region"] == next(iter(REGIONS))
    assert "Eastmoor" in outcome.text
    assert "Westbrook" in outcome.text


def test_an_unknown_region_or_disease_gets_near_names(services: Services) -> None:
    with pytest.raises(ToolError) as region:
        ask(services, measure="cases", disease="flu", region="Northvael")
    assert (region.value.code, region.value.near) == ("unknown_region", ("Northvale",))
    with pytest.raises(ToolError) as disease:
        ask(services, measure="cases", disease="influenca")
    assert disease.value.near == ("influenza",)
    with pytest.raises(ToolError, match="no surveillance series") as measure:
        ask(services, measure="recovered", disease="flu")
    assert measure.value.code == "no_surveillance"


def test_three_points_and_a_series_that_ended_are_refused(services: Services) -> None:
    with pytest.raises(ToolError, match="at least 8 are needed") as short:
        ask(services, measure="cases", disease="measles", region="Three")
    assert short.value.code == "short_history"
    with pytest.raises(ToolError, match="ended on 2026-08-01") as ended:
        ask(services, measure="cases", disease="measles", region="Ended")
    assert ended.value.code == "ended"


def test_reports_that_stopped_three_weeks_ago_are_bridged_and_wider(services: Services) -> None:
    late = ask(services, measure="cases", disease="measles", region="Late")
    assert late.data["forecast"]["bridged"] == 2
    assert late.data["forecast"]["weeks"][0] == "2026-10-31"
    assert "have no reports and are forecast too" in late.text


def test_zeros_a_gap_a_step_and_corrections_give_honest_ranges(services: Services) -> None:
    zero = quantiles(ask(services, measure="cases", disease="measles", region="Zero"))
    assert zero["0.5"] == [0, 0, 0, 0]
    assert 0 < zero["0.99"][-1] < 20
    gap = ask(services, measure="cases", disease="measles", region="Gap")
    assert gap.data["forecast"]["mended"]["missing_weeks"] > 0
    assert gap.data["forecast"]["season"] == []
    step = quantiles(ask(services, measure="cases", disease="measles", region="Step"))
    assert step["0.975"][0] - step["0.025"][0] > 100
    negative = ask(services, measure="cases", disease="measles", region="Negative")
    assert negative.data["forecast"]["mended"]["negative_days"] == 1
    assert min(negative.data["forecast"]["history"]["values"]) >= 0


def test_beyond_the_horizon_is_refused_by_the_arguments() -> None:
    with pytest.raises(ValueError, match="12"):
        ForecastOutbreakArguments(measure="cases", weeks=13)


def test_without_any_series_the_import_is_named(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"assistant import surveillance\.csv"):
        ask(Services(Store.open(tmp_path), FixedSearch), measure="cases")
