"""Duals found before the linear program: they prove a bound below it, and leave it less to do."""

import numpy as np

from assistant.plan.roster.approach import approach
from assistant.plan.roster.clock import Clock
from assistant.plan.roster.first import first_roster
from assistant.plan.roster.generate import Generated, generate
from assistant.plan.roster.master import Master
from assistant.plan.roster.part import Part
from assistant.plan.roster.pricing import Pricer
from tests.plan.roster.worlds import ward


def whole() -> Part:
    problem = ward(8, people=16, days=28)
    pricer = Pricer(problem)
    roster = first_roster(pricer, np.random.default_rng(1))
    return Part(pricer, roster, np.arange(16), 0, 28)


def rounds_and_optimum(part: Part, begin: bool) -> tuple[list[float], float]:
    master, bounds = Master(part), []
    center = approach(master, Clock(60.0), np.random.default_rng(0)) if begin else None

    def note(state: Generated) -> None:
        bounds.append(state.bound)

    done = generate(master, Clock(60.0), center, on_round=note, wanted=1)
    assert done.relaxation is not None
    return bounds, done.relaxation.value


def test_the_first_bound_is_near_the_optimum_and_rounds_are_fewer():
    part = whole()
    near, optimum = rounds_and_optimum(part, begin=True)
    far, same = rounds_and_optimum(part, begin=False)
    assert abs(optimum - same) < 1.0  # both stop where whole numbers cannot tell them apart
    assert max(near) <= min(optimum, same) + 1e-4
    assert len(near) < len(far)
    assert near[0] > far[0] + 0.5 * (optimum - far[0])


def test_columns_and_duals_are_the_problems():
    part = whole()
    master = Master(part)
    before = len(master.columns)
    duals = approach(master, Clock(60.0), np.random.default_rng(0), passes=3)
    assert len(master.columns) > before
    assert (duals <= part.under + 1e-9).all()
    assert (duals >= -part.over - 1e-9).all()


def test_a_clock_that_is_over_adds_nothing():
    master = Master(whole())
    before = len(master.columns)
    approach(master, Clock(0.0), np.random.default_rng(0))
    assert len(master.columns) == before
