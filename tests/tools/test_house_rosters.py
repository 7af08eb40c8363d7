"""Rosters of the whole hospital through the door, and a request in the same question as the roster."""

import shutil
from pathlib import Path

import pytest

from assistant.agent.ground import ground
from assistant.agent.question import Answer, Question
from assistant.app import App, open_app
from assistant.llm.descriptions import RawCall
from assistant.plan.explain.settings import ExplainSettings
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.help_settings import HelpSettings
from assistant.plan.staffing.working_time import RosterRules
from assistant.settings import Settings
from assistant.tools.door import CallRecord
from assistant.tools.house_words import means_house
from assistant.tools.tool import Context
from tests.agent.worlds import ScriptedChooser
from tests.small_hospital import NOW

SETTINGS = Settings(
    plan=PlanSettings(
        seconds=4,
        patience=20,
        local_share=0.0,
        explain=ExplainSettings(seconds=1, neighbours=3, everybody=3),
        help=HelpSettings(agency_price=450.0),
        roster_rules=RosterRules(agency_share=0.5),
    )
)


@pytest.fixture(scope="module")
def home(imported: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small hospital, with nearly all nurses of intensive care away on one day."""
    folder = Path(shutil.copytree(imported, tmp_path_factory.mktemp("house") / "home"))
    away = folder / "absences.csv"
    rows = [f"I{n:02d},2026-03-18,2026-03-18,training" for n in range(1, 13)]
    away.write_text("\n".join(["staff,start,end,reason", *rows]) + "\n", encoding="utf-8")
    open_app(folder, SETTINGS).import_files([away])
    return folder


def asked(home: Path, tmp_path: Path, calls: list[RawCall], question: str = "A roster") -> tuple[App, Answer]:
    app = open_app(Path(shutil.copytree(home, tmp_path / "home")), SETTINGS, ScriptedChooser(calls))
    return app, app.assistant.ask(Question(question, at=NOW))


def house(answer: Answer) -> CallRecord:
    record = answer.records[0]
    assert record.outcome is not None, record.error
    return record


@pytest.mark.parametrize(("said", "language"), [("the whole house", "en"), ("所有病区", "zh")])
def test_the_whole_hospital_is_rostered_unit_by_unit_with_agency_nurses_priced(
    home: Path, tmp_path: Path, said: str, language: str
) -> None:
    calls = [RawCall("plan_staffing", {"unit": said, "days": 7})]
    app, answer = asked(
        home, tmp_path, calls, "A week for the whole house" if language == "en" else "所有病区排一周的班"
    )
    outcome = house(answer).outcome
    assert outcome is not None
    grounding = ground(outcome.text, outcome.facts, outcome.sources, app.names())
    assert answer.grounded and grounding.ok, grounding.ungrounded
    assert set(outcome.data["units"]) == {"3B", "ICU"} and outcome.data["check"] == []
    hired = outcome.data["agency"]
    assert hired and {duty["unit"] for duty in hired} == {"ICU"}
    assert f"{450 * len(hired):,} EUR" in outcome.text
    assert [proposal.plan["unit"] for proposal in map(app.proposals.get, answer.proposal_ids)] == list(
        outcome.data["units"]
    )


def test_each_unit_of_the_house_is_decided_on_and_asked_about_by_itself(home: Path, tmp_path: Path) -> None:
    app, answer = asked(home, tmp_path, [RawCall("plan_staffing", {"unit": "all wards", "days": 7})])
    kept = {p.plan["unit"]: p for p in map(app.proposals.get, answer.proposal_ids)}
    assert (
        app.proposals.decide(kept["ICU"].id, "approved", "ann", "coordinator", "", app.inputs_now).status == "approved"
    )
    context = Context(NOW)
    record, changed = app.call_tool("what_if", {"change": "forbid", "who": "I14", "shift": "late"}, context)
    assert changed is not None, record.error
    assert changed.made["origin"]["plan"] == kept["ICU"].id
    record, changed = app.call_tool("what_if", {"change": "forbid", "who": "R04", "shift": "late"}, context)
    assert changed is not None and changed.made["origin"]["plan"] == kept["3B"].id
    assert app.proposals.decide(changed.id, "approved", "ann", "coordinator", "", app.inputs_now).status == "approved"
    hired = next(d for d in kept["ICU"].plan["assignments"] if d["staff"].startswith("AGENCY"))
    why = {"kind": "why", "subject": hired["staff"], "day": hired["day"], "plan": kept["ICU"].id}
    record, _ = app.call_tool("explain", why, context)
    assert record.outcome is not None, record.error
    assert "comes from an agency" in record.outcome.text and "300 points" in record.outcome.text
    agency = next(p for p in kept["ICU"].inputs["people"] if p["staff"].startswith("AGENCY"))
    assert agency["hours_per_week"] == 0 and kept["ICU"].inputs["helpers"][0]["price"] == 300


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_request_beside_the_roster_ends_in_one_roster_that_keeps_it(
    home: Path, tmp_path: Path, language: str
) -> None:
    calls = [RawCall("plan_staffing", {"unit": "3B", "days": 7})]
    question = "A week for 3B; R04 cannot work nights" if language == "en" else "3B排一周的班，R04不上夜班"
    app, answer = asked(home, tmp_path, calls, question)
    assert [record.status for record in answer.records] == ["ok", "ok"] and answer.grounded
    before, after = map(app.proposals.get, answer.proposal_ids)
    assert answer.to_json()["proposal_id"] == after.id and after.made["origin"]["plan"] == before.id
    assert not [d for d in after.plan["assignments"] if (d["staff"], d["shift"]) == ("R04", "N")]
    lines = answer.text.splitlines()
    said = "without that change" if language == "en" else "改动前的方案"
    assert [before.id in line for line in lines if said in line] == [True]
    assert after.id in lines[-1] and before.id not in lines[-1]


@pytest.mark.parametrize(
    "said", ["the whole hospital", "All units", "every ward", "全院", "所有病区", "各科室", "hospital-wide"]
)
def test_words_that_mean_every_unit(said: str) -> None:
    assert means_house(said)


@pytest.mark.parametrize("said", ["ICU", "3B", "全科", "Hospital Ward 3", "all-weather unit", ""])
def test_words_that_mean_one_unit_or_none(said: str) -> None:
    assert not means_house(said)
