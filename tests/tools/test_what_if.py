"""what_if over the small hospital: fewest changes side by side, chains, both languages grounded, bad input refused."""

import shutil
from pathlib import Path

import pytest

from assistant.agent.ground import ground
from assistant.agent.question import Question
from assistant.app import App, open_app
from assistant.errors import ToolError
from assistant.llm.descriptions import RawCall
from assistant.plan.explain.settings import ExplainSettings
from assistant.plan.proposals import StoredProposal
from assistant.plan.settings import PlanSettings
from assistant.settings import Settings
from assistant.tools.tool import Context, Outcome
from tests.agent.worlds import ScriptedChooser
from tests.small_hospital import NOW

QUICK = Settings(
    plan=PlanSettings(seconds=3, patience=20, explain=ExplainSettings(seconds=1, neighbours=3, everybody=3))
)


@pytest.fixture(scope="module")
def home(imported: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a week's roster of ward 3B."""
    folder = Path(shutil.copytree(imported, tmp_path_factory.mktemp("what_if") / "home"))
    record, _ = open_app(folder, QUICK).call_tool("plan_staffing", {"unit": "3B", "days": 7}, Context(NOW))
    assert record.status == "ok"
    return folder


@pytest.fixture
def app(home: Path, tmp_path: Path) -> App:
    """One's own copy of it."""
    return open_app(Path(shutil.copytree(home, tmp_path / "home")), QUICK)


def supposed(app: App, language: str = "en", **arguments: object) -> tuple[Outcome, StoredProposal | None]:
    record, proposal = app.call_tool("what_if", arguments, Context(NOW, language))
    assert record.outcome is not None, record.error
    return record.outcome, proposal


def duties(plan: dict) -> set[tuple[str, str, str]]:
    return {(duty["staff"], duty["day"], duty["shift"]) for duty in plan["assignments"]}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "arguments",
    [
        {"change": "staff_absent", "who": "R02", "day": "2026-03-18"},
        {"change": "staff_absent", "amount": 2, "day": "Thursday"},
        {"change": "extra_staff", "amount": 1, "day": "2026-03-17", "shift": "night"},
        {"change": "demand", "amount": "-20%", "unit": "3B"},
        {"change": "forbid", "who": "R04", "shift": "late"},
    ],
)
def test_every_sentence_is_grounded(app: App, language: str, arguments: dict[str, object]) -> None:
    outcome, _ = supposed(app, language, **arguments)
    assert "$" not in outcome.text
    assert ground(outcome.text, outcome.facts, outcome.sources, app.names()).ungrounded == ()


def test_who_is_ill_for_a_night_is_off_that_day_and_works_the_next_as_the_rest_allows(app: App) -> None:
    published = app.proposals.all()[0].plan
    nights = [duty for duty in published["assignments"] if duty["shift"] == "N" and duty["day"] == "2026-03-19"]
    outcome, changed = supposed(app, change="staff_absent", who=nights[0]["staff"], day="Thursday night", shift="night")
    assert "Fri 20 Mar" not in outcome.text.splitlines()[0]
    assert "Thu 19 Mar" in outcome.text.splitlines()[0]
    assert changed is not None
    assert not [duty for duty in duties(changed.plan) if duty[:2] == (nights[0]["staff"], "2026-03-19")]


def test_the_absent_nurse_is_off_that_day_and_the_rest_stays_near(app: App) -> None:
    published = app.proposals.all()[0].plan
    duty = published["assignments"][0]
    outcome, proposal = supposed(app, change="staff_absent", who=duty["staff"], day=duty["day"])
    assert proposal is not None
    assert not [d for d in proposal.plan["assignments"] if (d["staff"], d["day"]) == (duty["staff"], duty["day"])]
    assert proposal.plan["rule_check"] == []
    changed = {item[:2] for item in duties(published) ^ duties(proposal.plan)}
    assert changed == {(c["staff"], c["day"]) for c in outcome.data["what_if"]["changes"]}
    assert "as published" in outcome.text


def test_a_second_supposition_stands_upon_the_first_and_says_so(app: App) -> None:
    root = app.proposals.all()[0]
    supposed(app, change="staff_absent", who="R02", day="2026-03-18")
    outcome, proposal = supposed(app, change="staff_absent", who="R04", day="2026-03-18")
    assert proposal is not None
    assert outcome.data["plan_id"] == root.id
    assert [change["staff"] for change in outcome.data["supposed"]] == [["R02"], ["R04"]]
    assert "apply together" in outcome.text
    assert not [d for d in proposal.plan["assignments"] if d["day"] == "2026-03-18" and d["staff"] in {"R02", "R04"}]


def test_a_named_plan_is_the_one_that_is_changed(app: App) -> None:
    root = app.proposals.all()[0]
    supposed(app, change="staff_absent", who="R02", day="2026-03-18")
    outcome, _ = supposed(app, change="staff_absent", who="R04", day="2026-03-18", plan=root.id)
    assert len(outcome.data["supposed"]) == 1


def test_what_was_supposed_can_be_asked_about_and_decided_on(app: App) -> None:
    _, proposal = supposed(app, change="staff_absent", who="R02", day="2026-03-18")
    assert proposal is not None
    tool = app.tools["explain"]
    asked = tool.arguments.model_validate(
        {"kind": "why_not", "subject": "R02", "day": "2026-03-18", "shift": "early", "plan": proposal.id}
    )
    assert "is absent" in tool.run(asked, Context(NOW)).text
    decided = app.proposals.decide(proposal.id, "approved", "ann", "coordinator", "agreed", app.inputs_now)
    assert decided.status == "approved"


def test_approval_is_refused_when_the_records_beneath_a_supposition_changed(app: App) -> None:
    _, proposal = supposed(app, change="staff_absent", who="R02", day="2026-03-18")
    assert proposal is not None
    change = app.home / "absences.csv"
    change.write_text("staff,start,end,reason\nR05,2026-03-18,2026-03-18,leave\n", encoding="utf-8")
    app.import_files([change])
    with pytest.raises(ToolError, match="have changed since"):
        app.proposals.decide(proposal.id, "approved", "ann", "coordinator", "agreed", app.inputs_now)


def test_forcing_an_absent_nurse_names_the_rules_and_proposes_nothing(app: App) -> None:
    outcome, proposal = supposed(app, change="force", who="R03", day="2026-03-17", shift="early")
    assert proposal is None
    assert "Wang Na is absent" in outcome.text
    assert "was asked for" in outcome.text


def test_a_colleague_of_another_unit_can_join(app: App) -> None:
    _, proposal = supposed(app, change="extra_staff", who="I02", day="2026-03-17")
    assert proposal is not None
    assert {d["day"] for d in proposal.plan["assignments"] if d["staff"] == "I02"} <= {"2026-03-17"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"change": "staff_absent", "who": "Nobody Known"}, "unknown_person"),
        ({"change": "staff_absent", "amount": 99}, "too_many"),
        ({"change": "staff_absent", "amount": 0}, "bad_amount"),
        ({"change": "staff_absent", "unit": "ICU", "amount": 1}, "no_plan"),
        ({"change": "force", "day": "2026-03-17"}, "who_missing"),
        ({"change": "forbid", "who": "R01"}, "day_missing"),
        ({"change": "demand"}, "amount_missing"),
        ({"change": "delivery_late", "amount": 3}, "no_supplies"),
        ({"change": "beds_closed", "amount": 1}, "no_plan"),
        ({"change": "extra_staff", "who": "R01"}, "already_there"),
        ({"change": "staff_absent", "who": "R01", "plan": "P-ffffffffff"}, "no_proposal"),
        ({"change": "demand", "amount": "lots"}, "bad_arguments"),
    ],
)
def test_bad_input_is_refused_with_a_code(app: App, arguments: dict[str, object], code: str) -> None:
    record, proposal = app.call_tool("what_if", arguments, Context(NOW))
    assert (record.error_code, proposal) == (code, None)


# --- beds ---


@pytest.fixture(scope="module")
def beds_home(imported: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a bed plan of the three who wait."""
    folder = Path(shutil.copytree(imported, tmp_path_factory.mktemp("what_if_beds") / "home"))
    record, _ = open_app(folder, QUICK).call_tool("plan_beds", {}, Context(NOW))
    assert record.status == "ok"
    return folder


@pytest.fixture
def beds(beds_home: Path, tmp_path: Path) -> App:
    """One's own copy of it."""
    return open_app(Path(shutil.copytree(beds_home, tmp_path / "home")), QUICK)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "arguments",
    [
        {"change": "beds_closed", "amount": 2, "unit": "3B"},
        {"change": "beds_closed", "unit": "ICU"},
        {"change": "beds_opened", "amount": 1, "unit": "ICU"},
        {"change": "demand", "amount": 2, "unit": "3B"},
        {"change": "demand", "amount": "-30%"},
    ],
)
def test_every_sentence_about_beds_is_grounded(beds: App, language: str, arguments: dict[str, object]) -> None:
    outcome, proposal = supposed(beds, language, **arguments)
    assert "$" not in outcome.text
    assert proposal is not None
    assert ground(outcome.text, outcome.facts, outcome.sources, beds.names()).ungrounded == ()


def test_a_closed_unit_takes_nobody_and_more_patients_wait(beds: App) -> None:
    outcome, proposal = supposed(beds, change="beds_closed", unit="ICU")
    assert proposal is not None
    assert not [p for p in proposal.plan["assignments"] if p["bed"].startswith("ICU/") and not p["surge"]]
    both = outcome.data["what_if"]
    assert both["after"]["cost"] > both["before"]["cost"]


def test_a_patient_can_be_put_elsewhere_or_the_rules_are_named(beds: App) -> None:
    visit = next(p["visit"] for p in beds.proposals.all()[0].inputs["waiting"] if p["wants"] == "ICU")
    outcome, proposal = supposed(beds, change="force", who=visit, unit="3B")
    assert proposal is None
    assert "these rules exclude each other" in outcome.text
    assert "needs a ventilator bed" in outcome.text or "does not take" in outcome.text
    tool = beds.tools["explain"]
    conflict = tool.run(tool.arguments.model_validate({"kind": "conflict"}), Context(NOW))
    assert "these rules exclude each other" in conflict.text
    assert {"forced"} < {rule["kind"] for rule in conflict.data["conflict"]}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_bed_plan_explains_itself(beds: App, language: str) -> None:
    tool = beds.tools["explain"]
    visit = beds.proposals.all()[0].plan["assignments"][0]["visit"]
    for given in (
        {"kind": "why"},
        {"kind": "why", "subject": visit},
        {"kind": "why_not", "subject": visit, "alternative": "ED"},
        {"kind": "why_not", "subject": visit, "alternative": "3B"},
        {"kind": "why_not", "alternative": "ICU"},
        {"kind": "sensitivity", "subject": "bed"},
        {"kind": "bottleneck"},
        {"kind": "conflict"},
    ):
        outcome = tool.run(tool.arguments.model_validate(given), Context(NOW, language))
        assert "$" not in outcome.text
        assert ground(outcome.text, outcome.facts, outcome.sources, beds.names()).ungrounded == (), given


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"change": "beds_closed"}, "amount_missing"),
        ({"change": "beds_closed", "amount": 99, "unit": "ICU"}, "too_many_beds"),
        ({"change": "beds_closed", "amount": 2.5, "unit": "ICU"}, "bad_number"),
        ({"change": "force", "who": "V-00000000", "unit": "ICU"}, "unknown_patient"),
        ({"change": "beds_closed", "amount": 1, "unit": "XYZ"}, "unknown_unit"),
    ],
)
def test_bad_input_about_beds_is_refused_with_a_code(beds: App, arguments: dict[str, object], code: str) -> None:
    record, proposal = beds.call_tool("what_if", arguments, Context(NOW))
    assert (record.error_code, proposal) == (code, None)


# --- through a question ---


@pytest.mark.parametrize(
    ("question", "together"),
    [("What if Li Na and Zhao Na are off on 18 March?", "apply together"), ("3月18日李娜和赵娜都请假呢？", "依次叠加")],
)
def test_two_suppositions_of_one_question_stand_one_upon_the_other(
    home: Path, tmp_path: Path, question: str, together: str
) -> None:
    calls = [
        RawCall("what_if", {"change": "staff_absent", "who": who, "day": "2026-03-18"}) for who in ("Li Na", "赵娜")
    ]
    folder = Path(shutil.copytree(home, tmp_path / "home"))
    answer = open_app(folder, QUICK, chooser=ScriptedChooser(calls)).assistant.ask(Question(question, at=NOW))
    assert [record.status for record in answer.records] == ["ok", "ok"]
    assert together in answer.text
    assert answer.grounded
    assert len(answer.proposal_ids) == 2


@pytest.mark.parametrize("said", ["R02 and R04", "R02、R04", "R02, R04"])
def test_several_people_can_be_named_in_one_breath(app: App, said: str) -> None:
    outcome, _ = supposed(app, change="staff_absent", who=said, day="2026-03-18")
    assert outcome.data["supposed"][0]["staff"] == ["R02", "R04"]


def test_more_than_all_patients_cannot_be_gone(app: App) -> None:
    record, _ = app.call_tool("what_if", {"change": "demand", "amount": "-150%"}, Context(NOW))
    assert record.status != "ok"
    assert "100 % fewer is none" in record.error
