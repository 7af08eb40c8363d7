"""Sensitivity: what one more of a thing is worth equals the difference of two best rosters."""

from dataclasses import replace

from assistant.plan.explain.worth import Worth, worths
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.plan import RosterPlan
from assistant.plan.staffing.problem import RosterProblem, RosterRules
from assistant.plan.staffing.solve import solve
from assistant.records.staff import Person
from tests.plan.worlds import day, nurses, ward

SETTINGS = PlanSettings(seconds=5, workers=1, patience=20)


def best(problem: RosterProblem) -> RosterPlan:
    return solve(problem, SETTINGS)


def rows(problem: RosterProblem) -> dict[tuple[str, int], Worth]:
    return {(row.thing, row.step): row for row in worths(problem, best(problem).assignments, SETTINGS)}


def test_one_more_nurse_is_worth_the_gap_she_fills() -> None:
    problem = ward(1, nurses(1), {(0, "E"): 1, (0, "L"): 1})
    found = rows(problem)
    wider = replace(problem, people=(*problem.people, Person("Z", "Z", "ICU", hours_per_week=0.0)))
    assert found["agency_nurse", 1].saved == best(problem).result.objective - best(wider).result.objective > 900
    assert found["agency_nurse", 1].change.missing_nurses == -1
    assert found["nurse", -1].saved == best(problem).result.objective - 2000
    assert found["shift_need", 1].saved == 1000
    assert all(row.proven for row in found.values())


def test_a_missing_skill_is_worth_most_where_nobody_has_it() -> None:
    people = nurses(2)
    problem = ward(1, people, {(0, "E"): 1}, skills={"charge": 1})
    ranked = worths(problem, best(problem).assignments, SETTINGS)
    assert (ranked[0].thing, ranked[0].subject, ranked[0].saved) == ("skill", "charge", 600)


def test_a_limit_that_does_not_bind_is_worth_nothing_and_one_that_binds_is() -> None:
    needs = {(number, "E"): 1 for number in range(3)}
    loose, tight = ward(3, nurses(1), needs), ward(3, nurses(1), needs, rules=RosterRules(max_consecutive_days=2))
    assert rows(loose)["day_in_a_row", 1].saved == 0
    gained = best(tight).result.objective - best(loose).result.objective
    assert rows(tight)["day_in_a_row", 1].saved == gained > 900


def test_the_table_is_best_first() -> None:
    saved = [row.saved for row in worths(*_short())]
    assert saved == sorted(saved, reverse=True)
    assert len(saved) > 4


def _short() -> tuple:
    problem = ward(2, nurses(2, hours_per_week=28.0), {(0, "E"): 2, (1, "E"): 2, (1, "L"): 1})
    assert problem.days[0] == day(0)
    return problem, best(problem).assignments, SETTINGS
