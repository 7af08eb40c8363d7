"""The solver's roster is the best one, its costs are counted twice, and the same run gives the same plan."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from assistant.plan.result import Status
from assistant.plan.settings import PlanSettings, RosterWeights
from assistant.plan.staffing.check import check_roster
from assistant.plan.staffing.first_roster import first_roster
from assistant.plan.staffing.problem import Duty, RosterProblem, RosterRules
from assistant.plan.staffing.score import costs_of, coverage_of, fairness_of
from assistant.plan.staffing.solve import solve
from assistant.records.staff import Absence, Person, RosterEntry, Wish, WishKind
from tests.plan.worlds import EARLY, NIGHT, QUICK, day, nurses, ward


def cost(problem: RosterProblem, duties: list[Duty], weights: RosterWeights) -> float:
    coverage, fairness = coverage_of(problem, duties), fairness_of(problem, duties)
    return sum(costs_of(problem, coverage, fairness, duties, weights).values())


def best_by_trying_all(problem: RosterProblem, weights: RosterWeights) -> float | None:
    """Cost of the best roster that the checker finds clean; None if there is none."""
    places = [(person.staff, d) for person in problem.people for d in problem.days]
    best = None
    for shifts in product(["", *(shift.shift for shift in problem.shifts)], repeat=len(places)):
        duties = [Duty(staff, d, shift) for (staff, d), shift in zip(places, shifts, strict=True) if shift]
        if not check_roster(problem, duties):
            found = cost(problem, duties, weights)
            best = found if best is None else min(best, found)
    return best


def tiny(seed: int) -> RosterProblem:
    """Two nurses, four days from a Friday, two shifts; everything else differs by seed."""
    first = nurses(2)
    people = (
        replace(first[0], hours_per_week=(0.0, 20.0, 38.5, 28.0)[seed % 4], skills=("charge",)),
        replace(first[1], hours_per_week=(38.5, 24.0)[seed % 2], nights=seed % 3 > 0),
    )
    friday = [day(4) + timedelta(days=n) for n in range(4)]
    problem = ward(1, people, {}, shifts=(EARLY, NIGHT))
    needs = {(n, s): (seed + n + len(s) * (s == "N")) % 3 for n in range(4) for s in "EN"}
    demand = ward(8, people, {(n + 4, s): c for (n, s), c in needs.items()}, skills={"charge": seed % 2}).demand
    wishes = (
        Wish("A", friday[seed % 4], WishKind.WANT, "N", 1 + seed % 2),
        Wish("B", friday[(seed + 1) % 4], WishKind.OFF),
        Wish("A", friday[(seed + 2) % 4], WishKind.AVOID, "E", 3),
    )
    history = (RosterEntry("A", "ICU", day(3), "EN"[seed % 2]), RosterEntry("A", "ICU", day(2), "N"))
    rules = RosterRules(max_consecutive_days=3, max_consecutive_nights=2, nights_in_a_block=2, cover_hard=seed == 5)
    return replace(problem, days=tuple(friday), demand=demand, wishes=wishes, history=history, rules=rules)


@pytest.mark.parametrize("seed", range(8))
def test_the_optimum_is_what_trying_all_rosters_finds(seed: int) -> None:
    problem = tiny(seed)
    weights = RosterWeights(night=7 + seed, weekend=31, contract_hour=1 + seed % 3)
    plan = solve(problem, replace(QUICK, roster_weights=weights))
    expected = best_by_trying_all(problem, weights)
    assert plan.result.objective == expected
    assert plan.result.status is (Status.INFEASIBLE if expected is None else Status.OPTIMAL)
    assert plan.result.bound == expected


@some.composite
def rosters(draw: some.DrawFn) -> RosterProblem:
    """Small random units with history, absences, wishes and tight rules."""
    count, days = draw(some.integers(1, 4)), draw(some.integers(1, 9))
    people = tuple(
        replace(person, hours_per_week=draw(some.sampled_from([0.0, 20.0, 38.5])), nights=draw(some.booleans()))
        for person in nurses(count)
    )
    some_day, some_one = some.integers(0, days - 1), some.sampled_from([person.staff for person in people])
    needs = draw(some.dictionaries(some.tuples(some_day, some.sampled_from("ELN")), some.integers(0, 3), max_size=12))
    past = draw(some.dictionaries(some.tuples(some_one, some.integers(1, 7)), some.sampled_from("ELN"), max_size=10))
    away = draw(some.lists(some.tuples(some_one, some_day, some.integers(0, 2)), max_size=2))
    rules = RosterRules(
        max_consecutive_days=draw(some.integers(1, 6)),
        max_consecutive_nights=draw(some.integers(1, 4)),
        nights_in_a_block=draw(some.integers(1, 3)),
        max_hours_in_seven_days=draw(some.sampled_from([24.0, 40.0, 48.0])),
    )
    return ward(
        days,
        people,
        needs,
        rules=rules,
        history=tuple(RosterEntry(staff, "ICU", day(-n), shift) for (staff, n), shift in past.items()),
        absences=tuple(Absence(staff, day(n), day(n + length)) for staff, n, length in away),
        wishes=tuple(Wish(draw(some_one), day(draw(some_day)), WishKind.WANT, "N") for _ in range(2)),
    )


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(problem=rosters())
def test_no_random_roster_breaks_a_rule_or_miscounts_its_cost(problem: RosterProblem) -> None:
    plan = solve(problem, replace(QUICK, workers=1))
    assert plan.rule_check == ()
    if plan.result.status is Status.OPTIMAL:
        assert plan.result.objective == plan.result.bound
        assert cost(problem, list(plan.assignments), RosterWeights()) == plan.result.objective


def middling_unit(people: int = 12, days: int = 14) -> RosterProblem:
    """A unit whose best roster is not proven at once, so that limits and threads matter."""
    staff = tuple(
        Person(f"N{i:02}", f"Nurse {i}", "ICU", hours_per_week=(38.5, 30.0, 20.0)[i % 3], nights=i % 5 > 0)
        for i in range(people)
    )
    needs = {
        (n, shift): count for n in range(days) for shift, count in (("E", people // 5), ("L", people // 6), ("N", 1))
    }
    wishes = tuple(
        Wish(f"N{i % people:02}", day(i * 5 % days), list(WishKind)[i % 3], "ELN"[i % 3]) for i in range(people * 2)
    )
    return ward(days, staff, needs, wishes=wishes)


def test_the_same_inputs_give_the_same_roster() -> None:
    limits = PlanSettings(seconds=2, patience=60)
    one, two = solve(middling_unit(), limits), solve(middling_unit(), limits)
    assert one.result.repeatable
    assert one.assignments == two.assignments
    assert (one.result.objective, one.result.bound) == (two.result.objective, two.result.bound)


def test_a_run_stopped_by_the_clock_says_it_cannot_be_repeated() -> None:
    plan = solve(middling_unit(30, 28), PlanSettings(seconds=1, deterministic_rate=1000, patience=1))
    assert not plan.result.repeatable
    assert plan.result.status in (Status.FEASIBLE, Status.UNKNOWN)


def test_progress_shows_falling_costs_and_a_bound_below_them() -> None:
    seen: list[tuple[float, float, float]] = []
    plan = solve(middling_unit(6, 7), QUICK, lambda seconds, objective, bound: seen.append((seconds, objective, bound)))
    costs = [objective for _, objective, _ in seen]
    assert costs == sorted(costs, reverse=True)
    assert all(bound <= objective for _, objective, bound in seen)
    assert costs[-1] == plan.result.objective


def test_costs_add_up_to_the_objective() -> None:
    result = solve(tiny(1), QUICK).result
    assert sum(result.costs.values()) == result.objective
    assert result.gap == 0


def test_the_first_roster_of_a_large_unit_keeps_every_rule_and_covers_it() -> None:
    problem = middling_unit(30, 28)
    duties = sorted(first_roster(problem))
    assert check_roster(problem, duties) == ()
    assert sum(row.short for row in coverage_of(problem, duties)) == 0
