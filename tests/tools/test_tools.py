"""The tools over the small hospital: right figures, both languages, grounded sentences, honest refusals."""

from datetime import date
from pathlib import Path

import pytest

from assistant.agent.claims import Names
from assistant.agent.ground import ground
from assistant.errors import ToolError
from assistant.records.importing import import_paths
from assistant.records.store import Store
from assistant.tools.catalogue import descriptions, tool_descriptions
from assistant.tools.forecast_demand import chance_above
from assistant.tools.tool import Tool
from tests.tools.worlds import run, small_tools

CATALOGUE = {
    "search_knowledge": {"query", "source"},
    "show_state": {"measure", "unit", "item", "at", "start", "end"},
    "forecast_demand": {"measure", "unit", "item", "days"},
    "forecast_outbreak": {"measure", "disease", "region", "weeks"},
    "plan_beds": {"unit", "start", "days"},
    "plan_staffing": {"unit", "start", "days"},
    "plan_supplies": {"item", "days"},
    "plan_vaccination": {"doses", "region", "goal"},
    "what_if": {"change", "amount", "unit", "who", "item", "day", "shift", "plan"},
    "explain": {"kind", "subject", "alternative", "day", "shift", "plan"},
    "check_forecasts": {"measure", "unit", "days"},
    "ask_back": {"missing"},
    "decline": {"reason"},
}
LATER = {"plan_supplies", "plan_vaccination"}
QUESTIONS = [
    ("show_state", {"measure": "occupancy"}),
    ("show_state", {"measure": "occupancy", "unit": "ICU"}),
    ("show_state", {"measure": "occupancy", "unit": "3B", "start": "last week"}),
    ("show_state", {"measure": "free_beds"}),
    ("show_state", {"measure": "waiting"}),
    ("show_state", {"measure": "length_of_stay"}),
    ("show_state", {"measure": "admissions", "unit": "3B"}),
    ("show_state", {"measure": "discharges"}),
    ("show_state", {"measure": "transfers"}),
    ("show_state", {"measure": "staffing", "unit": "3B"}),
    ("show_state", {"measure": "stock"}),
    ("show_state", {"measure": "stock", "item": "N95 mask"}),
    ("show_state", {"measure": "data_quality"}),
    ("forecast_demand", {"measure": "occupancy", "unit": "ICU"}),
    ("forecast_demand", {"measure": "ed_arrivals", "days": 3}),
    ("forecast_demand", {"measure": "nurse_hours", "unit": "3B"}),
    ("forecast_demand", {"measure": "supply_use", "item": "N95 mask"}),
    ("check_forecasts", {}),
    ("check_forecasts", {"measure": "occupancy", "unit": "ICU", "days": 14}),
    ("plan_beds", {}),
    ("plan_staffing", {"unit": "3B", "days": 7}),
    ("search_knowledge", {"query": "ratio"}),
    ("ask_back", {"missing": "unit"}),
    ("decline", {"reason": "clinical_advice"}),
]


@pytest.fixture(scope="module")
def tools(imported: Path) -> dict[str, Tool]:
    """The catalogue over the small hospital."""
    return small_tools(imported)


def test_the_catalogue_has_the_fixed_names_and_arguments(tools: dict[str, Tool]) -> None:
    assert {name: set(tool.arguments.model_fields) for name, tool in tools.items()} == CATALOGUE


def test_all_tools_are_described_to_the_language_model(tools: dict[str, Tool]) -> None:
    """Also those still to come: a question for one of them must not be bent to another tool."""
    assert {description.name for description in descriptions(tools)} == set(CATALOGUE)
    assert tool_descriptions() == descriptions(tools)


@pytest.mark.parametrize("name", sorted(LATER))
def test_a_tool_that_is_still_to_come_says_so(tools: dict[str, Tool], name: str) -> None:
    given = {"plan_vaccination": {"doses": 10}}
    with pytest.raises(ToolError, match="not available yet") as refused:
        run(tools, name, **given.get(name, {}))
    assert refused.value.code == "not_available"


def test_free_text_is_marked_as_copied_from_the_question() -> None:
    copied = {description.name: set(description.copied) for description in tool_descriptions()}
    assert copied["show_state"] == {"unit", "item", "at", "start", "end"}
    assert copied["search_knowledge"] == {"query"}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("name", "arguments"), QUESTIONS)
def test_every_sentence_of_an_outcome_is_grounded_in_its_facts(
    tools: dict[str, Tool], name: str, arguments: dict[str, object], language: str
) -> None:
    outcome = run(tools, name, language, **arguments)
    assert outcome.text
    assert "$" not in outcome.text
    names = Names({"ICU": ["Intensive Care Unit"], "3B": ["Respiratory Ward"], "ED": ["Emergency Department"]}, {})
    assert ground(outcome.text, outcome.facts, outcome.sources, names).ungrounded == ()
    assert {fact.source for fact in outcome.facts} <= {source.id for source in outcome.sources}


def test_the_occupancy_of_a_unit_is_what_the_beds_hold(tools: dict[str, Tool]) -> None:
    outcome = run(tools, "show_state", measure="occupancy", unit="intensive care")
    values = {value.name: value.value for value in outcome.facts[0].values}
    assert (values["patients"], values["beds"], values["percent"], values["free"]) == (4, 6, 67, 2)


def test_a_past_moment_and_a_period_are_read_from_words(tools: dict[str, Tool]) -> None:
    then = run(tools, "show_state", measure="occupancy", unit="3B", at="2026-03-09")
    assert "Mon 9 Mar 2026 20:00" in then.text
    week = run(tools, "show_state", measure="admissions", start="last week")
    assert "from Mon 2 Mar to Sun 8 Mar 2026" in week.text


def test_the_future_is_not_shown_as_a_state(tools: dict[str, Tool]) -> None:
    assert "Ask for a forecast" in run(tools, "show_state", measure="occupancy", start="next week").text


def test_a_period_that_ends_before_it_starts_is_refused(tools: dict[str, Tool]) -> None:
    with pytest.raises(ToolError, match="swap start and end"):
        run(tools, "show_state", measure="admissions", start="2026-03-05", end="2026-03-01")


@pytest.mark.parametrize("name", ["ICUU", "Intensive Cair", "呼吸科内"])
def test_an_unknown_unit_gets_near_names(tools: dict[str, Tool], name: str) -> None:
    with pytest.raises(ToolError) as refused:
        run(tools, "show_state", measure="occupancy", unit=name)
    assert refused.value.code == "unknown_unit"
    assert refused.value.near


def test_waiting_patients_are_listed_by_pseudonym_with_their_needs(tools: dict[str, Tool]) -> None:
    text = run(tools, "show_state", measure="waiting").text
    assert text.count(": from ED to ") == 3
    assert "isolation" in text
    assert "PW1" not in text


def test_an_item_below_its_reorder_point_is_told_to_order(tools: dict[str, Tool]) -> None:
    text = run(tools, "show_state", measure="stock", item="MASK-N95").text
    assert "1,200 pieces on hand, enough for 8 days (until about Wed 18 Mar 2026) at 150 pieces a day" in text
    assert "Order now" in text


def test_a_bed_plan_gives_each_need_its_bed(tools: dict[str, Tool]) -> None:
    outcome = run(tools, "plan_beds")
    plan = outcome.data["plan"]
    beds = {row["wanted"]: row["bed"] for row in plan["assignments"]}
    assert beds["ICU"].startswith("ICU/")
    assert "3B/33/33-1" in {row["bed"] for row in plan["assignments"]}
    assert plan["rule_check"] == []
    assert outcome.proposal is not None
    assert outcome.proposal.inputs == tools["plan_beds"].inputs(tools["plan_beds"].arguments(), _context())


def test_a_bed_plan_for_one_unit_speaks_of_that_unit_only(tools: dict[str, Tool]) -> None:
    outcome = run(tools, "plan_beds", unit="ICU")
    assert "Intensive Care Unit (ICU) gets 1 patient" in outcome.text
    assert "to ICU, room" in outcome.text
    assert "to 3B, room" not in outcome.text


def test_a_roster_starts_on_the_next_monday_and_keeps_absences(tools: dict[str, Tool]) -> None:
    outcome = run(tools, "plan_staffing", unit="呼吸内科", days=7)
    plan = outcome.data["plan"]
    assert plan["days"][0] == date(2026, 3, 16).isoformat()
    assert plan["rule_check"] == []
    assert not [duty for duty in plan["assignments"] if duty["staff"] == "R03" and duty["day"] < "2026-03-21"]


@pytest.mark.parametrize(
    ("language", "least", "most"),
    [
        ("en", "the contract of Li Na asks for at least 99 hours", "Li Na may work at most 48 hours a week"),
        ("zh", "李娜的合同要求本期至少工作99小时", "李娜平均每周最多工作48小时"),
    ],
)
def test_no_feasible_roster_is_an_answer_with_the_rules_in_the_way(
    small_home: Path, language: str, least: str, most: str
) -> None:
    """A contract of 60 hours cannot be kept under a limit of 48; the answer names both, nothing is proposed."""
    change = small_home / "staff.csv"
    change.write_text(
        "staff,name,name_zh,unit,role,skills,hours_per_week,nights\nR02,Li Na,李娜,3B,nurse,respiratory,60,yes\n",
        encoding="utf-8",
    )
    tools = small_tools(small_home)
    import_paths(Store.open(small_home), [change])
    outcome = run(tools, "plan_staffing", language, unit="3B", days=14)
    assert least in outcome.text
    assert most in outcome.text
    assert outcome.proposal is None


def test_a_unit_without_staff_says_what_to_import(tools: dict[str, Tool]) -> None:
    with pytest.raises(ToolError, match="Import a staff file"):
        run(tools, "plan_staffing", unit="ED")


def test_a_search_cites_document_section_and_version(tools: dict[str, Tool]) -> None:
    outcome = run(tools, "search_knowledge", query="ratio")
    assert [(s.id, s.section, s.version) for s in outcome.sources] == [("ratios#icu", "ICU", "1.0")]
    assert "One nurse for two patients." in outcome.text
    assert "Nothing on this was found" in run(tools, "search_knowledge", query="nothing").text


def test_a_forecast_names_its_risk_accuracy_and_method(tools: dict[str, Tool]) -> None:
    outcome = run(tools, "forecast_demand", measure="occupancy", unit="ICU", days=7)
    assert "more patients than the 6 open beds" in outcome.text
    assert "past forecasts of this kind" in outcome.text
    chart = outcome.charts[0]
    assert chart["kind"] == "fan"
    assert chart["marks"] == [6]
    assert len(chart["x"]) == 7


@pytest.mark.parametrize(("limit", "percent"), [(5, 95), (10, 50), (12.5, 37.5), (15, 25), (30, 5)])
def test_the_chance_of_running_over_is_read_from_the_quantiles(limit: float, percent: float) -> None:
    import pandas as pd

    quantiles = pd.Series([6.0, 8.0, 10.0, 15.0, 20.0], index=[0.05, 0.25, 0.5, 0.75, 0.95])
    assert chance_above(quantiles, limit) == pytest.approx(percent)


def _context() -> object:
    from assistant.tools.tool import Context
    from tests.small_hospital import NOW

    return Context(NOW)
