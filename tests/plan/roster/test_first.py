"""First rosters: feasible, also from few kinds of shift and where limits on kinds bind."""

import numpy as np

from assistant.plan.roster.cost import broken_rules
from assistant.plan.roster.first import first_roster, quick_roster
from assistant.plan.roster.pricing import Pricer
from assistant.plan.roster.problem import FREE, RosterProblem
from tests.plan.roster.worlds import person, ward


def test_quick_roster_is_feasible_and_uses_one_class_of_shifts():
    problem = ward(3, people=6, days=28)
    problem = RosterProblem(
        28,
        problem.shifts,
        [person(f"P{number}", least_minutes=480 * 14, most_minutes=480 * 18, most_weekends=3) for number in range(6)],
        cover=problem.cover,
    )
    roster = quick_roster(Pricer(problem), np.random.default_rng(0))
    assert roster is not None
    assert not broken_rules(problem, roster)
    assert len(set(roster[roster != FREE])) == 1


def test_quick_roster_gives_up_where_one_class_does_not_suffice():
    staff = [person("A", most_shifts={"E": 5, "L": 5}, least_minutes=480 * 9, most_minutes=480 * 10)]
    problem = RosterProblem(14, ward().shifts, staff)
    assert quick_roster(Pricer(problem), np.random.default_rng(0)) is None
    assert not broken_rules(problem, first_roster(Pricer(problem), np.random.default_rng(0)))
