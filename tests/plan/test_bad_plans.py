"""Bad input of plans: what it is, and the message that a person gets."""

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import AssistantError, RecordError, SetupError, ToolError
from assistant.journal.book import Journal
from assistant.plan.proposals import APPROVED, Proposals
from assistant.plan.result import Status
from assistant.plan.settings import BedWeights, PlanSettings, RosterWeights
from assistant.plan.staffing.problem import Duty, RosterRules
from assistant.plan.staffing.solve import solve
from assistant.records.demand import Demand
from assistant.records.staff import Person
from assistant.tools.settings import ToolSettings
from tests.plan.test_roster_optimum import middling_unit
from tests.plan.worlds import QUICK, day, nurses, ward


def test_contradictory_hard_rules_are_named_by_rule_and_person() -> None:
    wanted = Duty("A", day(0), "N")
    plan = solve(ward(1, nurses(1), {}, forced=(wanted,), forbidden=(wanted,)), QUICK)
    assert plan.result.status is Status.INFEASIBLE and plan.result.conflict_minimal
    assert {reason.kind for reason in plan.result.conflict} == {"forced", "forbidden"}
    assert all("A" in reason.subject for reason in plan.result.conflict)


def test_without_staff_soft_cover_leaves_every_shift_short_and_hard_cover_says_there_is_nobody() -> None:
    soft = solve(ward(1, (), {(0, "E"): 2}), QUICK)
    assert soft.result.status is Status.OPTIMAL and [row.short for row in soft.coverage] == [2]
    hard = solve(ward(1, (), {(0, "E"): 2}, rules=RosterRules(cover_hard=True)), QUICK)
    assert [reason.kind for reason in hard.result.conflict] == ["no_staff"]


def test_a_nurse_without_a_contract_is_called_when_needed_and_owes_nothing() -> None:
    people = (*nurses(1), replace(nurses(2)[1], hours_per_week=38.5))
    plan = solve(ward(7, people, {(n, "E"): 1 for n in range(7)}), QUICK)
    by_staff = {row.staff: row for row in plan.fairness}
    assert plan.rule_check == () and not any(row.short for row in plan.coverage)
    assert by_staff["A"].contract_hours == 0 and by_staff["A"].fair_nights is None
    assert by_staff["A"].shifts + by_staff["B"].shifts == 7


@pytest.mark.parametrize("hours", [float("nan"), -1.0, 200.0])
def test_contract_hours_that_cannot_be_are_refused_with_the_person(hours: float) -> None:
    with pytest.raises(RecordError, match=r"'A' has .* contract hours a week; expected 0 to 168"):
        ward(1, nurses(1, hours_per_week=hours), {})


def test_cover_for_a_skill_that_nobody_has_is_told_with_the_number_of_people_who_have_it() -> None:
    soft = solve(ward(1, nurses(2), {(0, "E"): 1}, skills={"dialysis": 1}), QUICK)
    (reason,) = [reason for reason in soft.result.reasons if reason.kind == "short_skill"]
    assert reason.values["skill"] == "dialysis" and reason.values["people_with_it"] == 0
    rules = RosterRules(cover_hard=True)
    hard = solve(ward(1, nurses(2), {(0, "E"): 1}, skills={"dialysis": 1}, rules=rules), QUICK)
    assert [reason.kind for reason in hard.result.conflict] == ["nobody_has_skill"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RosterWeights(night=-1), "night must be a whole number of 0 or more, got -1"),
        (lambda: RosterWeights(wish=1.5), "wish must be a whole number of 0 or more, got 1.5"),  # type: ignore[arg-type]
        (lambda: BedWeights(transfer=-3), "transfer must be a whole number of 0 or more, got -3"),
        (lambda: BedWeights(waiting_night=10), "waiting_night must be at least"),
        (lambda: PlanSettings(seconds=0), "seconds must be above 0"),
        (lambda: PlanSettings(local_rate=-1), "local_rate must be above 0"),
        (lambda: PlanSettings(local_share=2), "local_share must be between 0 and 0.9, got 2"),
        (lambda: ToolSettings(cover_quantile=95), "between 0 and 1 .* got 95"),
        (lambda: ToolSettings(cover_quantile=0.0), "between 0 and 1"),
    ],
)
def test_settings_that_make_no_sense_are_refused_with_what_is_expected(make, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises((RecordError, SetupError), match=message) as caught:
        make()
    assert isinstance(caught.value, AssistantError)  # told to a person, not shown as a defect


def test_negative_need_and_unknown_shifts_are_refused_all_at_once() -> None:
    demand = (Demand("ICU", day(0), "E", -1), Demand("ICU", day(0), "Q", 1))
    with pytest.raises(RecordError) as caught:
        replace(ward(1, nurses(1), {}), demand=demand)
    assert "is negative" in str(caught.value) and "unknown shift; known: E, L, N" in str(caught.value)


def test_sixty_days_for_a_thousand_nurses_are_planned_without_a_model_in_bounded_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assistant.plan.staffing.solve.RosterModel", None)  # building one would fail
    plan = solve(middling_unit(1000, 60), PlanSettings(seconds=5, patience=60))
    (told,) = [reason for reason in plan.result.reasons if reason.kind == "too_large_for_proof"]
    assert told.values == {"people": 1000, "days": 60, "duties": 180_000, "limit": 30_000}
    assert plan.rule_check == () and len(plan.assignments) > 30_000


def test_a_plan_whose_records_changed_since_cannot_be_approved_and_says_what_to_do(tmp_path: Path) -> None:
    proposals = Proposals(tmp_path / "proposals", Journal(tmp_path / "journal"))
    problem = ward(1, nurses(2), {(0, "E"): 1})
    kept = proposals.put("staffing", "one day", solve(problem, QUICK).to_json(), problem.to_json(), {"user": "ann"})
    changed = replace(problem, people=(*problem.people, Person("Z", "New", "ICU")))
    with pytest.raises(ToolError, match="have changed since"):
        proposals.decide(kept.id, APPROVED, "bob", "coordinator", "", lambda proposal: changed.to_json())
