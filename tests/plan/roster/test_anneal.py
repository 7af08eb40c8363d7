"""Small moves: sums and cost stay true, no rule is ever broken, the judge of rules and the board's are the same."""

import numpy as np
import pytest

from assistant.plan.roster.anneal import SHARES, Schedule, anneal, annealed, tries_for
from assistant.plan.roster.board import Board, board_of, fits, put, take_back
from assistant.plan.roster.clock import Clock
from assistant.plan.roster.cost import broken_rules, cost_of, counts_of, faults_of_schedule
from assistant.plan.roster.first import first_roster
from assistant.plan.roster.pricing import Pricer
from assistant.plan.roster.rebuild import desk_of
from tests.plan.roster.worlds import ward

FOREVER = float("inf")


def start(seed: int) -> tuple[Pricer, Board]:
    problem = ward(seed, people=7, days=21)
    pricer = Pricer(problem)
    roster = first_roster(pricer, np.random.default_rng(seed))
    return pricer, board_of(problem, roster, pricer.contracts, pricer.base_prices, seed)


@pytest.mark.parametrize("kind", range(len(SHARES)))
def test_each_kind_of_move_keeps_rules_sums_and_cost(kind):
    pricer, board = start(0)
    before, roster = cost_of(pricer.problem, board.roster), board.roster.copy()
    only = np.where(np.arange(len(SHARES)) >= kind, 1000, 0)
    change = anneal(board, desk_of(pricer), only, 20.0, 3000)
    assert cost_of(pricer.problem, board.roster) == before + change
    assert not broken_rules(pricer.problem, board.roster)
    np.testing.assert_array_equal(board.counts, counts_of(pricer.problem, board.roster))
    again = board_of(pricer.problem, board.roster, pricer.contracts, pricer.base_prices, 0)
    np.testing.assert_array_equal(board.sums, again.sums)
    assert (board.roster != roster).any()  # every kind finds something to do


def test_the_boards_rules_are_the_judges():
    random = np.random.default_rng(3)
    pricer, board = start(3)
    problem = pricer.problem
    agreed = {True: 0, False: 0}
    for _ in range(1500):
        person, first = int(random.integers(7)), int(random.integers(21))
        last = min(20, first + int(random.integers(6)))
        before, change = cost_of(problem, board.roster), 0
        for day in range(first, last + 1):
            shift = int(random.integers(-1, 2))
            if shift < 0 or np.isfinite(pricer.base_prices[person, day, shift + 1]):
                change += put(board, person, day, shift)
        holds = fits(board, person, first, last)
        assert holds == (not list(faults_of_schedule(problem, problem.people[person], board.roster[person])))
        assert before + change == cost_of(problem, board.roster)
        agreed[bool(holds)] += 1
        if holds and change < 50:
            board.logged[0] = 0
        else:
            take_back(board)
            assert before == cost_of(problem, board.roster)
    assert min(agreed.values()) > 20


def test_annealing_gets_better_and_is_the_same_again():
    pricer, board = start(5)
    seen: list[int] = []
    results = [
        annealed(pricer, board.roster, 1, Schedule(tries_for(pricer, 500), Clock(FOREVER)), lambda c, r: seen.append(c))
        for _ in range(2)
    ]
    np.testing.assert_array_equal(*results)
    assert cost_of(pricer.problem, results[0]) == min(seen) < cost_of(pricer.problem, board.roster)


def test_annealing_ends_with_the_clock():
    pricer, board = start(6)
    clock = Clock(0.4)
    annealed(pricer, board.roster, 1, Schedule(10**12, clock), lambda c, r: None)
    assert clock.over
    assert clock.spent < 20
