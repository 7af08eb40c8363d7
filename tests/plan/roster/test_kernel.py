"""The compiled dynamic programme agrees with trying every schedule, and a window with trying all its fillings."""

from itertools import product

import numpy as np
import pytest

from assistant.plan.roster.cost import broken_rules, faults_of_schedule
from assistant.plan.roster.pricing import Pricer
from assistant.plan.roster.problem import FREE, Person, RosterProblem, Shift


def small_problem(random: np.random.Generator, days: int, kinds: int) -> RosterProblem:
    """One person with random rules over a few days; shifts with lengths and forbidden successions."""
    names = ["E", "L", "N"][:kinds]
    shifts = [
        Shift(name, int(random.choice([480, 600, 720])), frozenset(x for x in names if random.random() < 0.3))
        for name in names
    ]
    most = int(random.integers(3, 7)) * 480
    person = Person(
        "A",
        {name: int(random.integers(0, 5)) for name in names if random.random() < 0.7},
        most_minutes=most,
        least_minutes=max(0, most - int(random.choice([0, 120, 960, 3000]))),
        most_in_row=int(random.integers(1, 6)),
        least_in_row=int(random.integers(1, 4)),
        least_off=int(random.integers(1, 4)),
        most_weekends=int(random.integers(0, 3)),
        days_off=frozenset(int(day) for day in random.choice(days, 1)),
    )
    return RosterProblem(days, shifts, [person])


def best_by_trying(problem: RosterProblem, prices: np.ndarray, fixed: np.ndarray, first: int, end: int) -> list[float]:
    """Costs of all feasible schedules that differ from `fixed` in the window only, ascending."""
    costs = []
    choices = range(FREE, len(problem.shifts))
    for window in product(choices, repeat=end - first):
        schedule = np.concatenate([fixed[:first], window, fixed[end:]]).astype(np.int16)
        if not any(faults_of_schedule(problem, problem.people[0], schedule)):
            costs.append(prices[np.arange(first, end), np.array(window) + 1].sum())
    return sorted(costs)


@pytest.mark.parametrize("seed", range(12))
def test_whole_horizon_agrees_with_trying_everything(seed):
    random = np.random.default_rng(seed)
    problem = small_problem(random, 8, 2)
    pricer = Pricer(problem)
    prices = np.round(random.normal(0, 10, (8, len(problem.shifts) + 1)), 3)
    tried = best_by_trying(problem, prices, np.full(8, FREE), 0, 8)
    closed = np.where(np.isfinite(pricer.base_prices[0]), prices, np.inf)
    offer = pricer.best(0, pricer.window(0, 0, 8, None), closed, wanted=3)
    assert len(offer.costs) == min(3, len(tried))
    np.testing.assert_allclose(offer.costs, tried[:3], atol=1e-6)
    for schedule, cost in zip(offer.schedules, offer.costs, strict=True):
        assert not broken_rules(problem, schedule[None, :])
        assert prices[np.arange(8), schedule + 1].sum() == pytest.approx(cost)
    if tried:
        assert offer.bound <= tried[0] + 1e-6
        cut = pricer.best(0, pricer.window(0, 0, 8, None), closed, cutoff=tried[0])
        assert len(cut.costs) == 0


@pytest.mark.parametrize("seed", range(12))
def test_window_agrees_with_trying_all_its_fillings(seed):
    random = np.random.default_rng(100 + seed)
    days, first, end = 16, 7, 13
    problem = small_problem(random, days, 3)
    pricer = Pricer(problem)
    prices = np.round(random.normal(-5, 10, (days, len(problem.shifts) + 1)), 3)
    closed = np.where(np.isfinite(pricer.base_prices[0]), prices, np.inf)
    start = pricer.best(0, pricer.window(0, 0, days, None), closed)
    if not len(start.costs):
        pytest.skip("these random rules allow no schedule")
    fixed = start.schedules[0]
    other = np.round(random.normal(0, 10, prices.shape), 3)
    tried = best_by_trying(problem, other, fixed, first, end)
    closed = np.where(np.isfinite(closed), other, np.inf)
    offer = pricer.best(0, pricer.window(0, first, end, fixed), closed[first:end])
    assert offer.costs[0] == pytest.approx(tried[0])
