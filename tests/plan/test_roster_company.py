"""New nurses beside preceptors, and helpers at a price: hard rule, cost, search, checker and explanations agree."""

from dataclasses import replace

import numpy as np
import pytest

from assistant.plan.explain.near import Near, bound_to, part_of
from assistant.plan.explain.obstacles import obstacles
from assistant.plan.explain.repairs import repairs
from assistant.plan.explain.replan import replan
from assistant.plan.explain.suppose import ABSENT, Supposed, suppose
from assistant.plan.explain.why_duty import why_not_duty
from assistant.plan.result import Status
from assistant.plan.settings import RosterWeights
from assistant.plan.staffing.check import check_roster
from assistant.plan.staffing.first_roster import first_roster
from assistant.plan.staffing.local.kernel import whole_price
from assistant.plan.staffing.local.tables import hard_price, rows_of, tables_of
from assistant.plan.staffing.problem import Duty, Helper, RosterProblem
from assistant.plan.staffing.score import costs_of, coverage_of, fairness_of
from assistant.plan.staffing.solve import solve
from assistant.records.staff import Person, RosterEntry
from tests.plan.worlds import LATE, QUICK, day, nurses, ward

NEEDS = {(number, shift): 1 for number in range(3) for shift in ("E", "L")}


def guided(hours: float = 0.0) -> RosterProblem:
    """A new nurse N, a preceptor P, somebody else."""
    people = [Person("N", "New", "ICU", skills=("new",), hours_per_week=hours)]
    people += [Person("P", "Guide", "ICU", skills=("preceptor",), hours_per_week=0.0), *nurses(1)]
    return ward(3, people, NEEDS)


def price_in_tables(problem: RosterProblem, duties: list[Duty]) -> float:
    weights = RosterWeights()
    tables, (cells, fixed) = tables_of(problem, weights), rows_of(problem, duties)
    return float(whole_price(tables, cells, fixed, np.zeros_like(tables.need), np.zeros_like(tables.needed)))


def cost(problem: RosterProblem, duties: list[Duty]) -> float:
    cover, people = coverage_of(problem, duties), fairness_of(problem, duties)
    return sum(costs_of(problem, cover, people, duties, RosterWeights()).values())


def test_a_new_nurse_works_only_beside_a_preceptor() -> None:
    problem = replace(guided(), forced=(Duty("N", day(1), "E"),))
    plan = solve(problem, QUICK)
    assert plan.result.status is Status.OPTIMAL and plan.rule_check == ()
    assert {Duty("N", day(1), "E"), Duty("P", day(1), "E")} <= set(plan.assignments)
    alone = [Duty("N", day(1), "E")]
    assert [(fault.kind, fault.subject) for fault in check_roster(problem, alone)] == [("preceptor", "N")]
    assert price_in_tables(problem, alone) == cost(problem, alone) + hard_price(RosterWeights())
    both = [*alone, Duty("P", day(1), "E")]
    assert price_in_tables(problem, both) == cost(problem, both)


def test_the_first_roster_leaves_nobody_new_alone() -> None:
    problem = guided(hours=24.0)
    assert not {fault.kind for fault in check_roster(problem, sorted(first_roster(problem)))} & {"preceptor"}


def test_without_a_preceptor_a_forced_new_nurse_is_a_conflict_with_the_rule_named() -> None:
    problem = replace(guided(), forced=(Duty("N", day(1), "E"),), forbidden=tuple(Duty("P", day(i)) for i in range(3)))
    plan = solve(problem, QUICK)
    assert plan.result.status is Status.INFEASIBLE and plan.result.conflict_minimal
    assert {rule.kind for rule in plan.result.conflict} == {"preceptor", "forced", "forbidden"}
    found = repairs(problem, QUICK)
    assert {tuple(rule.kind for rule in repair.changes) for repair in found.found} == {("forced",), ("forbidden",)}


def test_why_not_knows_the_rule_and_whom_it_binds() -> None:
    problem = guided()
    duties = solve(problem, QUICK).assignments
    assert bound_to(problem, {"N"}) == {"N", "P"} and bound_to(problem, {"A"}) == {"A"}
    price = why_not_duty(problem, duties, QUICK, [Duty("N", day(0), "L")])
    assert price.status is Status.OPTIMAL and Duty("P", day(0), "L") in price.duties
    lone = replace(problem, forbidden=tuple(Duty("P", day(i)) for i in range(3)))
    price = why_not_duty(lone, solve(lone, QUICK).assignments, QUICK, [Duty("N", day(0), "L")])
    assert price.status is Status.INFEASIBLE and "preceptor" in {rule.kind for rule in price.conflict.rules}
    kinds = {item.staff: item.kind for item in obstacles(problem, [Duty("A", day(0), "L")], day(0), "L")}
    assert kinds == {"N": "preceptor", "P": ""}


def test_a_preceptor_who_calls_in_sick_does_not_leave_the_new_nurse_alone() -> None:
    problem = replace(guided(), forced=(Duty("N", day(1), "E"),))
    plan = solve(problem, QUICK)
    second = replace(
        problem, forced=(), people=(*problem.people, Person("Q", "Guide 2", "ICU", "nurse", ("preceptor",), 0.0))
    )
    sick = suppose(second, [Supposed(ABSENT, ("P",), (day(1),))])
    found = replan(second, plan.assignments, sick, {"P"}, QUICK)
    assert found.plan.assignments and found.plan.rule_check == ()


def test_a_part_knows_who_is_beside_it() -> None:
    problem = guided()
    with_guide = part_of(problem, [Duty("P", day(0), "E")], {"N", "A"})
    assert check_roster(with_guide, [Duty("N", day(0), "E")]) == ()
    left = part_of(problem, [Duty("N", day(0), "E")], {"P", "A"})
    assert [fault.kind for fault in check_roster(left, [])] == ["preceptor"]
    found = Near(problem, [Duty("N", day(0), "E")], {"P", "A"}, QUICK).cheapest()
    assert found.found and Duty("P", day(0), "E") in found.duties


def helped(price: int, most: int | None = None) -> RosterProblem:
    """One own nurse and H, lent, who has a late shift at home on the first day."""
    people = [*nurses(1), Person("H", "Helper", "HDU", hours_per_week=0.0)]
    late = replace(LATE, unit="HDU")
    history = (RosterEntry("H", "HDU", day(0), "L"),)
    helpers = (Helper("H", price, "HDU", most),)
    return ward(3, people, {(i, "E"): 2 for i in range(3)}, history=history, other_shifts=(late,), helpers=helpers)


def test_a_helper_comes_for_less_than_a_gap_costs_rests_and_keeps_the_home_shift() -> None:
    plan = solve(helped(60), QUICK)
    mine = [(duty.day, duty.shift) for duty in plan.assignments if duty.staff == "H"]
    assert plan.result.status is Status.OPTIMAL and plan.rule_check == ()
    assert mine == [(day(2), "E")]  # not the first day (late at home), nor the second (too soon after it)
    assert plan.result.costs["helpers"] == 60
    assert (
        sum(plan.result.costs.values()) == plan.result.objective == price_in_tables(helped(60), list(plan.assignments))
    )
    assert not [duty for duty in solve(helped(5000), QUICK).assignments if duty.staff == "H"]


def test_a_helper_works_no_more_than_the_home_contract_leaves() -> None:
    assert not [duty for duty in solve(helped(60, most=900), QUICK).assignments if duty.staff == "H"]
    broken = check_roster(helped(60, most=900), [Duty("H", day(2), "E")])
    assert [fault.kind for fault in broken] == ["contract_most"]


def test_a_problem_without_helpers_is_stored_as_before_and_one_with_them_comes_back() -> None:
    assert not {"helpers", "company"} & set(guided().to_json())
    assert RosterProblem.from_json(helped(60, 900).to_json()) == helped(60, 900)


def test_a_helper_who_is_not_there_or_has_no_price_is_refused() -> None:
    with pytest.raises(Exception, match="not among the people"):
        ward(1, nurses(1), {(0, "E"): 1}, helpers=(Helper("Z", 10),))
    with pytest.raises(Exception, match="0 or more"):
        ward(1, nurses(1), {(0, "E"): 1}, helpers=(Helper("A", -1),))
