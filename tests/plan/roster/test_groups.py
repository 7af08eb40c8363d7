"""Pricing with like shifts taken together finds the same as with each of its own."""

import numpy as np

from assistant.plan.roster.pricing import Pricer
from assistant.plan.roster.problem import RosterProblem, Shift
from tests.plan.roster.worlds import person


def test_like_shifts_together_give_the_same_schedules():
    late = frozenset({"E", "E2", "D"})
    shifts = [Shift("E", 480), Shift("L", 480, late), Shift("E2", 480), Shift("D", 600), Shift("L2", 480, late)]
    limits = {"E": 1, "L2": 2}
    people = [person("A", most_shifts=limits), person("B", least_minutes=480 * 7, most_shifts={"D": 0})]
    problem = RosterProblem(14, shifts, people)
    random = np.random.default_rng(4)
    for who in range(2):
        for _ in range(30):
            together, alone = Pricer(problem), Pricer(problem)
            assert len(together.groups) == 3
            alone.groups = [[shift] for shift in range(len(shifts))]
            prices = together.base_prices[who] + random.integers(-9, 3, together.base_prices[who].shape)
            window = together.window(who, 0, 14, None)
            expected = alone.best(who, window, prices, wanted=4)
            offer = together.best(who, window, prices, wanted=4)
            np.testing.assert_allclose(offer.costs, expected.costs)
            assert offer.bound == expected.bound
