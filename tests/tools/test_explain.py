"""explain over the small hospital: reasons, prices, rules in the way, both languages grounded, bad input refused."""

from pathlib import Path

import pytest

from assistant.agent.claims import Names
from assistant.agent.ground import ground
from assistant.app import App, open_app
from assistant.errors import ToolError
from assistant.plan.explain.settings import ExplainSettings
from assistant.plan.settings import BedWeights, PlanSettings, RosterWeights
from assistant.settings import Settings
from assistant.tools.tool import Context, Outcome
from tests.small_hospital import NOW

QUICK = PlanSettings(seconds=3, patience=20, explain=ExplainSettings(seconds=1, neighbours=3, everybody=3))


@pytest.fixture(scope="module")
def planned(imported: Path, tmp_path_factory: pytest.TempPathFactory) -> App:
    """A week's roster of ward 3B."""
    import shutil

    app = open_app(Path(shutil.copytree(imported, tmp_path_factory.mktemp("explain") / "home")), Settings(plan=QUICK))
    record, proposal = app.call_tool("plan_staffing", {"unit": "3B", "days": 7}, Context(NOW))
    assert record.status == "ok"
    assert proposal is not None
    return app


def explained(app: App, language: str = "en", **arguments: str) -> Outcome:
    tool = app.tools["explain"]
    return tool.run(tool.arguments.model_validate(arguments), Context(NOW, language))


def first_duty(app: App) -> dict[str, str]:
    return app.proposals.all()[0].plan["assignments"][0]


def names(app: App) -> Names:
    return app.names()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "arguments",
    [
        {"kind": "why", "subject": "R01"},
        {"kind": "why"},
        {"kind": "why_not", "subject": "R03", "day": "2026-03-17", "shift": "Early"},
        {"kind": "why_not", "subject": "R06", "day": "2026-03-17", "shift": "夜班"},
        {"kind": "why_not", "subject": "R01", "alternative": "R02"},
        {"kind": "why", "day": "2026-03-17", "shift": "early"},
        {"kind": "bottleneck"},
        {"kind": "sensitivity", "subject": "nurse"},
        {"kind": "conflict"},
    ],
)
def test_every_sentence_of_an_explanation_is_grounded(planned: App, language: str, arguments: dict[str, str]) -> None:
    outcome = explained(planned, language, **arguments)
    assert "$" not in outcome.text
    assert ground(outcome.text, outcome.facts, outcome.sources, names(planned)).ungrounded == ()


def test_why_tells_need_hours_and_the_price_of_another_way(planned: App) -> None:
    duty = first_duty(planned)
    outcome = explained(planned, kind="why", subject=duty["staff"], day=duty["day"])
    assert "nurses are needed" in outcome.text or "needs" in outcome.text
    assert "colleagues not on that shift" in outcome.text
    assert outcome.data["why"]["price"]["points"] >= 0
    assert outcome.data["plan_id"] in outcome.text
    assert any(change["staff"] == duty["staff"] for change in outcome.data["why"]["price"]["changes"])


def test_an_absent_nurse_cannot_be_put_on_a_shift_and_the_rule_is_named(planned: App) -> None:
    outcome = explained(planned, kind="why_not", subject="Wang Na", day="2026-03-17", shift="early")
    assert "Wang Na cannot work Early on Tue 17 Mar" in outcome.text
    assert "Wang Na is absent" in outcome.text
    assert "Each of these rules is needed" in outcome.text


def test_who_cannot_work_nights_is_told_so_in_chinese(planned: App) -> None:
    text = explained(planned, "zh", kind="why_not", subject="周娜", day="2026-03-18", shift="夜班").text
    assert "周娜不能上夜班" in text


def test_a_weekday_means_the_one_of_the_plan(planned: App) -> None:
    """The clock stands on a Tuesday of the week before."""
    outcome = explained(planned, kind="why_not", subject="R03", day="Wednesday", shift="early")
    assert "Wed 18 Mar" in outcome.text


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"kind": "why", "subject": "Nobody Known"}, "unknown_person"),
        ({"kind": "why", "subject": "I01"}, "not_in_plan"),
        ({"kind": "why", "subject": "R01", "day": "2026-05-01"}, "day_outside"),
        ({"kind": "why", "subject": "R01", "shift": "split"}, "unknown_shift"),
        ({"kind": "why", "plan": "P-0000000000"}, "no_proposal"),
    ],
)
def test_bad_input_is_refused_with_a_code(planned: App, arguments: dict[str, str], code: str) -> None:
    with pytest.raises(ToolError) as refused:
        explained(planned, **arguments)
    assert refused.value.code == code


def test_without_a_plan_it_says_what_to_ask_first(small_home: Path) -> None:
    with pytest.raises(ToolError, match="Ask for a roster or a bed plan first") as refused:
        explained(open_app(small_home, Settings(plan=QUICK)), kind="why")
    assert refused.value.code == "no_plan"


def test_a_plan_whose_records_changed_says_so_and_answers_from_its_own_inputs(small_home: Path) -> None:
    app = open_app(small_home, Settings(plan=QUICK))
    app.call_tool("plan_staffing", {"unit": "3B", "days": 7}, Context(NOW))
    before = explained(app, kind="why", subject="R02")
    change = small_home / "absences.csv"
    change.write_text("staff,start,end,reason\nR02,2026-03-16,2026-03-22,sickness\n", encoding="utf-8")
    app.import_files([change])
    after = explained(app, kind="why", subject="R02")
    assert "records_changed" not in before.data
    assert after.data["records_changed"] is True
    assert "The records have changed since" in after.text
    assert after.data["person"] == before.data["person"]


def test_sensitivity_is_a_table_best_first(planned: App) -> None:
    outcome = explained(planned, kind="sensitivity")
    saved = [row["saved"] for row in outcome.data["worths"]]
    assert saved == sorted(saved, reverse=True)
    assert {row["thing"] for row in outcome.data["worths"]} >= {"nurse", "agency_nurse", "skill", "weekly_hour"}


def test_a_roster_that_was_found_has_no_conflict(planned: App) -> None:
    assert "Nothing conflicts" in explained(planned, kind="conflict").text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_could_not_be_planned_is_kept_and_its_repairs_are_named(small_home: Path, language: str) -> None:
    app = open_app(small_home, Settings(plan=QUICK))
    app.call_tool("plan_staffing", {"unit": "3B", "days": 7}, Context(NOW))
    forced = {"change": "force", "who": "R03", "day": "2026-03-17", "shift": "early"}
    record, proposal = app.call_tool("what_if", forced, Context(NOW))
    assert (record.status, proposal) == ("ok", None)
    outcome = explained(app, language, kind="conflict")
    assert {change["kind"] for repair in outcome.data["repairs"]["found"] for change in repair["changes"]} == {
        "forced",
        "absence",
    }
    assert ("Move the leave of Wang Na" if language == "en" else "调整王娜的休假") in outcome.text
    assert ground(outcome.text, outcome.facts, outcome.sources, names(app)).ungrounded == ()
    attempt = app.proposals.all(attempts=True)[0]
    assert attempt.id not in {kept.id for kept in app.proposals.all()}
    with pytest.raises(ToolError) as refused:
        app.proposals.decide(attempt.id, "approved", "ann", "coordinator", "", app.inputs_now)
    assert refused.value.code == "no_plan_in_it"


def test_an_explanation_counts_by_the_weights_of_the_plan_and_says_when_they_have_changed(
    planned: App, tmp_path: Path
) -> None:
    """An auditor who asks a month later gets the price that the plan was made by."""
    import shutil

    duty = first_duty(planned)
    asked = {"kind": "why", "subject": duty["staff"], "day": duty["day"]}
    before = explained(planned, **asked)
    dearer = PlanSettings(**{**vars(QUICK), "roster_weights": RosterWeights(contract_hour=9, night=0)})
    later = open_app(Path(shutil.copytree(planned.home, tmp_path / "later")), Settings(plan=dearer))
    after = explained(later, **asked)
    assert "weights_changed" not in before.data
    assert after.data["weights_changed"] is True
    assert "weights have been changed since this plan was made" in after.text
    assert after.data["why"]["price"]["extra"] == before.data["why"]["price"]["extra"]


@pytest.mark.parametrize(("language", "said"), [("en", "the weekend"), ("zh", "周末")])
def test_a_weekend_means_the_one_of_the_plan_and_all_of_it(planned: App, language: str, said: str) -> None:
    """Also where the same words were taken for the shift."""
    both = [d for d in planned.proposals.all()[0].plan["assignments"] if d["day"] in ("2026-03-21", "2026-03-22")]
    staff = both[0]["staff"]
    outcome = explained(planned, language, kind="why_not", subject=staff, day=said, shift=said)
    asked = {(duty["day"], duty["shift"]) for duty in outcome.data["why_not"]["unwanted"]}
    assert asked == {(duty["day"], "") for duty in both if duty["staff"] == staff}
    assert ("can be free on" in outcome.text) or ("休息" in outcome.text) or ("cannot be free" in outcome.text)


def test_why_on_a_weekday_looks_for_the_week_in_which_it_is_so(imported: Path, tmp_path: Path) -> None:
    """Two Wednesdays are planned; whoever works the night of the second is asked about that one."""
    import shutil

    app = open_app(Path(shutil.copytree(imported, tmp_path / "home")), Settings(plan=QUICK))
    app.call_tool("plan_staffing", {"unit": "3B", "days": 14}, Context(NOW))
    duties = app.proposals.all()[0].plan["assignments"]
    nights = {day: {d["staff"] for d in duties if (d["day"], d["shift"]) == (day, "N")} for day in _WEDNESDAYS}
    only_second = sorted(nights[_WEDNESDAYS[1]] - nights[_WEDNESDAYS[0]])
    outcome = explained(app, kind="why", subject=only_second[0], day="Wednesday", shift="nights")
    assert outcome.data["why"]["duty"]["day"] == _WEDNESDAYS[1]


_WEDNESDAYS = ("2026-03-18", "2026-03-25")


def test_a_bed_plan_too_is_explained_by_its_own_weights(planned: App, tmp_path: Path) -> None:
    import shutil

    app = open_app(Path(shutil.copytree(planned.home, tmp_path / "home")), Settings(plan=QUICK))
    _, proposal = app.call_tool("plan_beds", {}, Context(NOW))
    assert proposal is not None
    asked = {"kind": "sensitivity", "plan": proposal.id}
    before = explained(app, **asked)
    dearer = PlanSettings(**{**vars(QUICK), "bed_weights": BedWeights(waiting_night=5000)})
    after = explained(open_app(app.home, Settings(plan=dearer)), **asked)
    assert after.data["weights_changed"] is True
    assert after.data["worths"] == before.data["worths"]
