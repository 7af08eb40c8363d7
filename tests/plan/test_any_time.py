"""A plan is there at once, gets better, can be stopped and repeated; the compiled search keeps the same rules."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from assistant.plan.beds.solve import solve as solve_beds
from assistant.plan.result import Status
from assistant.plan.settings import PlanSettings, RosterWeights
from assistant.plan.staffing.check import check_roster, person_faults
from assistant.plan.staffing.local.kernel import row_holds, whole_price
from assistant.plan.staffing.local.tables import duties_of, encodable, hard_price, rows_of, tables_of
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.staffing.score import costs_of, coverage_of, fairness_of
from assistant.plan.staffing.solve import solve
from assistant.plan.staffing.worked import worked_shifts
from assistant.plan.watch import Run, Watch
from tests.plan.test_roster_optimum import middling_unit, rosters
from tests.plan.worlds import bed, hospital, lies, waits, ward

UNLIMITED = 60.0


@some.composite
def drafts(draw: some.DrawFn) -> tuple[RosterProblem, list[Duty]]:
    """A problem and any duties, one a day each, as a search may come across them."""
    problem = draw(rosters().filter(encodable))
    chosen = draw(
        some.lists(some.sampled_from(["", "", "E", "L", "N"]), min_size=36, max_size=36)
    )  # 4 people, 9 days at most
    places = [(person.staff, day) for person in problem.people for day in problem.days]
    pairs = zip(places, chosen, strict=False)
    return problem, [Duty(staff, day, shift) for (staff, day), shift in pairs if shift]


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(draft=drafts())
def test_the_compiled_rules_and_prices_are_those_of_the_checker_and_the_score(
    draft: tuple[RosterProblem, list[Duty]],
) -> None:
    problem, duties = draft
    weights = RosterWeights(over_nurse=7, wish=23)
    tables, (cells, fixed) = tables_of(problem, weights), rows_of(problem, duties)
    assert duties_of(problem, cells, fixed) == set(duties)
    worked, lines = worked_shifts(problem, duties), check_roster(problem, duties)
    for number, person in enumerate(problem.people):
        # What concerns single cells (absences, nights) is in `allowed`, not in the rows.
        unary = {"absence", "no_nights"}
        broken = [fault for fault in person_faults(problem, person, worked[person.staff]) if fault.kind not in unary]
        broken += [line for line in lines if line.subject == person.staff and line.kind == "contract_most"]
        assert row_holds(tables, cells[number], fixed[number], tables.band[number, 1]) == (not broken)
    price = whole_price(tables, cells, fixed, np.zeros_like(tables.need), np.zeros_like(tables.needed))
    coverage, fairness = coverage_of(problem, duties), fairness_of(problem, duties)
    cost = sum(costs_of(problem, coverage, fairness, duties, weights).values())
    owing = sum(line.kind == "contract_least" for line in lines)
    assert (price - cost) % hard_price(weights) == 0
    assert price - cost >= owing * hard_price(weights) and (owing or price == cost)


def test_a_stopped_search_gives_the_best_roster_so_far_and_says_so() -> None:
    watch = Watch()
    stopping = replace(watch, on_progress=lambda *told: watch.stop.set())
    plan = solve(middling_unit(20, 28), PlanSettings(seconds=120), watch=stopping)
    assert plan.result.stopped and not plan.result.repeatable
    assert plan.result.status is Status.FEASIBLE and plan.assignments and plan.rule_check == ()
    assert plan.result.seconds < 60


def test_a_stopped_bed_search_gives_the_plan_of_the_bed_manager() -> None:
    watch = Watch()
    watch.stop.set()
    beds = [bed("3A/1/1"), bed("3A/2/1", isolation=True)]
    plan = solve_beds(hospital(beds, [waits("V1", "3A")], [lies("V2", "3A/1/1")], days=3), watch=watch)
    assert [placed.bed for placed in plan.assignments] == ["3A/2/1"]
    assert plan.result.stopped and plan.rule_check == ()


def test_progress_never_gets_worse_and_ends_with_the_result() -> None:
    told: list[tuple[float, float, float]] = []
    plan = solve(middling_unit(), PlanSettings(seconds=2, patience=UNLIMITED), lambda *now: told.append(now))
    seconds, costs, bounds = zip(*told, strict=True)
    assert list(seconds) == sorted(seconds)
    assert list(costs) == sorted(costs, reverse=True) and costs[-1] == plan.result.objective
    assert list(bounds) == sorted(bounds) and bounds[-1] == plan.result.bound


def test_a_run_tells_only_what_is_better_and_nothing_before_the_first_plan() -> None:
    told: list[tuple[float, float]] = []
    run = Run(Watch(lambda seconds, cost, bound: told.append((cost, bound))))
    run.note(bound=3)
    run.note(10)
    run.note(12)
    run.note(10, 2)
    run.note(bound=20)
    assert told == [(10, 3), (10, 10)]


def test_a_time_limit_of_a_second_gives_a_clean_roster_of_a_large_unit() -> None:
    plan = solve(middling_unit(30, 28), PlanSettings(seconds=1, patience=UNLIMITED))
    assert plan.result.objective is not None and plan.rule_check == ()
    assert all(row.short == 0 for row in plan.coverage)
    assert plan.result.bound is not None and plan.result.bound <= plan.result.objective


def test_two_runs_of_the_local_search_alone_are_the_same_and_another_seed_differs() -> None:
    problem = middling_unit(20, 14)
    limits = PlanSettings(seconds=1, local_share=0.9, patience=UNLIMITED)
    one, two = solve(problem, limits), solve(problem, limits)
    other = solve(problem, replace(limits, seed=2))
    assert one.assignments == two.assignments and one.result.repeatable
    assert other.assignments != one.assignments


def test_a_roster_too_large_for_a_model_is_planned_without_one_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.plan.staffing.solve.RosterModel", None)  # building one would fail
    monkeypatch.setattr("assistant.plan.staffing.solve._TOO_LARGE", 500)
    plan = solve(middling_unit(20, 28), PlanSettings(seconds=3, patience=UNLIMITED))
    assert plan.result.reasons[0].kind == "too_large_for_proof" and plan.result.reasons[0].values["limit"] == 500
    assert plan.result.status is Status.FEASIBLE and plan.result.bound == 0
    assert plan.rule_check == () and not any(row.short for row in plan.coverage)


def test_no_problem_is_too_small() -> None:
    assert solve(ward(1, (), {}), PlanSettings(seconds=1)).result.status is Status.OPTIMAL
