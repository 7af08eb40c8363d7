"""Where no roster is possible, the rules in the way are named, and no smaller set of them would do."""

from dataclasses import replace

import pytest

from assistant.errors import RecordError
from assistant.plan.conflict import find_conflict
from assistant.plan.result import Reason, Status
from assistant.plan.staffing.plan import RosterPlan
from assistant.plan.staffing.problem import Duty, RosterProblem, RosterRules
from assistant.plan.staffing.rules import LAST_TO_GO, add_rules
from assistant.plan.staffing.solve import solve
from assistant.plan.staffing.variables import RosterModel
from assistant.records.demand import Demand
from assistant.records.staff import Absence, Person, Wish, WishKind
from tests.plan.worlds import QUICK, day, nurses, ward

HARD = RosterRules(cover_hard=True)


def named(plan: RosterPlan) -> set[tuple[str, str]]:
    assert plan.result.status is Status.INFEASIBLE
    assert plan.assignments == ()
    return {(reason.kind, reason.subject) for reason in plan.result.conflict}


def without(problem: RosterProblem, reason: Reason) -> RosterProblem:
    """The problem without one rule of the conflict."""
    if reason.kind == "cover":
        keep = tuple(d for d in problem.demand if f"{d.unit} {d.day} {d.shift}" != reason.subject)
        return replace(problem, demand=keep)
    if reason.kind == "absence":
        return replace(problem, absences=tuple(a for a in problem.absences if a.staff != reason.subject))
    assert reason.kind == "no_nights"
    people = tuple(replace(p, nights=True) if p.staff == reason.subject else p for p in problem.people)
    return replace(problem, people=people)


def test_the_conflict_names_the_shift_and_only_as_many_absences_as_matter() -> None:
    absences = tuple(Absence(staff, day(0), day(0), "sick") for staff in "ABC")
    problem = ward(1, nurses(4), {(0, "E"): 2, (0, "L"): 1}, rules=HARD, absences=absences)
    plan = solve(problem, QUICK)
    kinds = sorted(kind for kind, _ in named(plan))
    # With three of four away, two of the absences alone leave two nurses for three places.
    assert kinds in (["absence", "absence", "cover", "cover"], ["absence", "absence", "absence", "cover"])
    assert plan.result.conflict_minimal


def test_leaving_out_any_rule_of_the_conflict_makes_a_roster_possible() -> None:
    people = (*nurses(2), *(replace(person, staff=person.staff * 2, nights=False) for person in nurses(2)))
    problem = ward(1, people, {(0, "N"): 2}, rules=HARD, absences=(Absence("A", day(0), day(0)),))
    plan = solve(problem, QUICK)
    assert ("cover", "ICU 2026-03-09 N") in named(plan)
    assert plan.result.conflict_minimal
    for reason in plan.result.conflict:
        assert solve(without(problem, reason), QUICK).result.status is Status.OPTIMAL


def test_a_forced_duty_against_an_absence_is_exactly_these_two() -> None:
    problem = ward(
        2, nurses(3), {(0, "E"): 1}, forced=(Duty("B", day(0), "E"),), absences=(Absence("B", day(0), day(1)),)
    )
    assert named(solve(problem, QUICK)) == {("forced", "B 2026-03-09 E"), ("absence", "B")}


def test_forced_late_then_early_names_the_rest() -> None:
    problem = ward(2, nurses(1), {}, forced=(Duty("A", day(0), "L"), Duty("A", day(1), "E")))
    assert {kind for kind, _ in named(solve(problem, QUICK))} == {"forced", "rest"}
    assert len(named(solve(problem, QUICK))) == 3


def test_without_staff_hard_cover_is_refused_without_a_search() -> None:
    plan = solve(ward(1, (), {(0, "E"): 1}, rules=HARD), QUICK)
    assert named(plan) == {("no_staff", "ICU 2026-03-09 E")}
    assert plan.result.seconds == 0


def test_without_staff_soft_cover_reports_every_shift_as_short() -> None:
    plan = solve(ward(1, (), {(0, "E"): 1, (0, "N"): 2}), QUICK)
    assert plan.result.status is Status.OPTIMAL
    assert [(row.shift, row.short) for row in plan.coverage] == [("E", 1), ("N", 2)]


def test_a_skill_that_nobody_has_is_named() -> None:
    plan = solve(ward(1, nurses(3), {(0, "E"): 1}, skills={"dialysis": 1}, rules=HARD), QUICK)
    assert named(plan) == {("nobody_has_skill", "ICU 2026-03-09 E dialysis")}
    soft = solve(ward(1, nurses(3), {(0, "E"): 1}, skills={"dialysis": 1}), QUICK)
    assert ("short_skill", 0) in [(r.kind, r.values.get("people_with_it")) for r in soft.result.reasons]


def test_a_charge_nurse_is_put_in_charge() -> None:
    people = (*nurses(3), Person("Z", "Sister", "ICU", role="charge_nurse", hours_per_week=0))
    plan = solve(ward(1, people, {(0, "E"): 1}, skills={"charge": 1}), QUICK)
    assert plan.assignments == (Duty("Z", day(0), "E"),)


def test_a_possible_problem_has_no_conflict() -> None:
    model = RosterModel(ward(1, nurses(1), {(0, "E"): 1}, rules=HARD), switchable=True)
    add_rules(model)
    assert find_conflict(model.book, LAST_TO_GO, QUICK).rules == ()


def test_all_faults_of_a_problem_are_told_together() -> None:
    with pytest.raises(RecordError) as error:
        ward(2, nurses(2), {(0, "X"): 1, (5, "E"): -1}, wishes=(Wish("Q", day(0), WishKind.OFF, weight=-1),))
    assert len(error.value.faults) == 5
    with pytest.raises(RecordError, match="given 2 times"):
        ward(1, (*nurses(1), *nurses(1)), {})
    with pytest.raises(RecordError, match="contract hours"):
        ward(1, nurses(1, hours_per_week=float("nan")), {})
    with pytest.raises(RecordError, match="rest_minutes"):
        RosterRules(rest_minutes=-1)


def test_demand_given_twice_is_refused() -> None:
    problem = ward(1, nurses(1), {(0, "E"): 1})
    with pytest.raises(RecordError, match="given 2 times"):
        replace(problem, demand=(*problem.demand, Demand("ICU", day(0), "E", 2)))
