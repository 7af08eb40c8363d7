"""The risk that a plan leaves open is said with its figures, in both languages, and grounded."""

from pathlib import Path

import pytest

from assistant.agent.claims import Names
from assistant.agent.ground import ground
from assistant.tools.tool import Fact, Outcome, Tool
from tests.tools.worlds import run, small_tools


@pytest.fixture(scope="module")
def tools(imported: Path) -> dict[str, Tool]:
    return small_tools(imported, seconds=1)


def risk_facts(outcome: Outcome, *names: str) -> list[Fact]:
    """Facts that carry a value of one of these names."""
    return [fact for fact in outcome.facts if {value.name for value in fact.values} & set(names)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_roster_names_the_shift_most_likely_to_be_short(tools: dict[str, Tool], language: str) -> None:
    outcome = run(tools, "plan_staffing", language, unit="3B", days=7)
    risks = outcome.data["risk"]
    assert len(risks) == len(outcome.data["plan"]["coverage"])
    worst = max(risk["short"] for risk in risks)
    facts = risk_facts(outcome, "chance", "mark")
    assert facts
    said = {value.name: value.value for value in facts[0].values}
    if worst >= 0.01:
        assert said["chance"] == round(100 * worst)
        assert any(r["short"] == worst and r["nurses"] == said["nurses"] and r["day"] == said["day"] for r in risks)
    else:
        assert said["mark"] == 1
    assert all(ground(fact.text, outcome.facts, outcome.sources, Names()).ok for fact in facts)


def test_cover_holds_on_the_share_of_days_that_the_settings_ask_for(tools: dict[str, Tool]) -> None:
    outcome = run(tools, "plan_staffing", unit="3B", days=7)
    assert "95 % of days" in outcome.text
    shorts = [row["short"] for row in outcome.data["plan"]["coverage"]]
    risks = [risk["short"] for risk in outcome.data["risk"]]
    assert all(risk <= 0.05 for risk, short in zip(risks, shorts, strict=True) if not short)


@pytest.mark.parametrize(("language", "words"), [("en", "no free bed"), ("zh", "没有空床")])
def test_a_bed_plan_names_the_night_on_which_a_unit_is_most_likely_full(
    tools: dict[str, Tool], language: str, words: str
) -> None:
    outcome = run(tools, "plan_beds", language, unit="3B", days=3)
    (fact,) = [fact for fact in outcome.facts if words in fact.text]
    said = {value.name: value.value for value in fact.values}
    assert said["unit"] == "3B" and 1 <= said["chance"] <= 100 and said["beds"] >= 1
    assert ground(fact.text, outcome.facts, outcome.sources, Names()).ok


def test_a_bed_plan_of_the_house_names_the_fullest_units_only(tools: dict[str, Tool]) -> None:
    outcome = run(tools, "plan_beds")
    told = [fact for fact in outcome.facts if "no free bed" in fact.text]
    assert {value.value for fact in told for value in fact.values if value.name == "unit"} == {"ICU", "3B"}
