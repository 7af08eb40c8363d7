"""Days planned anew inside annealing: as cheap as column generation's pricing finds them, and no rule is broken."""

import numpy as np
import pytest

from assistant.plan.roster.anneal import SHARES, anneal, replans_for
from assistant.plan.roster.board import CLOSED, Board, board_of, fits
from assistant.plan.roster.cost import broken_rules, cost_of, counts_of
from assistant.plan.roster.first import first_roster
from assistant.plan.roster.pricing import Pricer, marginal_prices
from assistant.plan.roster.problem import Request, RosterProblem, Shift
from assistant.plan.roster.rebuild import clear, desk_of, replan
from tests.plan.roster.worlds import person, ward

DAYS = 28


def mixed(seed: int) -> tuple[Pricer, Board]:
    """Shifts of three lengths and a board with people whose contracts bind."""
    random = np.random.default_rng(seed)
    shifts = [Shift("E", 480), Shift("D", 600), Shift("N", 720, frozenset({"E", "D"})), Shift("E2", 480)]
    staff = [
        person(f"P{n}", least_minutes=480 * 11, most_minutes=480 * 15, most_weekends=2, least_off=int(n % 2 + 1),
               most_shifts={"N": 3} if n % 3 else {}, days_off=frozenset({int(random.integers(DAYS))}))
        for n in range(5)
    ]  # fmt: skip
    cover = [line for line in ward(seed, 5, DAYS).cover if line.shift == "E"]
    wishes = [
        Request(f"P{random.integers(5)}", int(random.integers(DAYS)), "DN"[random.integers(2)], 7, bool(n % 2))
        for n in range(25)
    ]
    problem = RosterProblem(DAYS, shifts, staff, wishes, cover)
    pricer = Pricer(problem)
    roster = first_roster(pricer, random)
    return pricer, board_of(problem, roster, pricer.contracts, pricer.base_prices, seed)


@pytest.mark.parametrize("seed", range(6))
def test_replanned_days_cost_what_pricing_says(seed):
    pricer, board = mixed(seed)
    desk, random = desk_of(pricer), np.random.default_rng(seed)
    compared = 0
    for _ in range(30):
        who, first = int(random.integers(5)), int(random.integers(DAYS - 6))
        end = min(DAYS, first + int(random.integers(5, 13)))
        end += 1 if end < DAYS and end % 7 == 6 else 0
        before = board.roster[who].copy()
        change = clear(board, who, first, end)
        prices = pricer.base_prices[who] + marginal_prices(pricer.problem, counts_of(pricer.problem, board.roster))
        offer = pricer.best(who, pricer.window(who, first, end, before), prices[first:end])
        added = replan(board, desk, who, first, end, 0.0)
        if fits(board, who, first, end - 1):  # a limit on a kind may be broken: then the move is taken back
            assert added == pytest.approx(offer.costs[0])
            assert added + change <= 0  # the old days were possible too
            compared += 1
        else:
            board.roster[who] = before
            board = board_of(pricer.problem, board.roster, pricer.contracts, pricer.base_prices, seed)
        board.logged[0] = 0
        assert not broken_rules(pricer.problem, board.roster)
    assert compared > 15


def test_an_impossible_window_is_said_so():
    pricer, board = mixed(1)
    closed = np.full_like(board.prices, CLOSED)
    closed[:, :, 0] = 0
    board = board._replace(prices=closed)
    clear(board, 0, 7, 19)
    least = board.contracts.copy()
    least[0, 4] = least[0, 3]  # all the time that is allowed must be worked
    assert replan(board._replace(contracts=least), desk_of(pricer), 0, 7, 19, 0.0) == CLOSED


def test_annealing_by_replanning_alone_keeps_rules_and_cost():
    pricer, board = mixed(2)
    before = cost_of(pricer.problem, board.roster)
    change = anneal(board, desk_of(pricer), SHARES, 5.0, 400, 100_000)
    assert change < 0
    assert cost_of(pricer.problem, board.roster) == before + change
    assert not broken_rules(pricer.problem, board.roster)
    again = board_of(pricer.problem, board.roster, pricer.contracts, pricer.base_prices, 0)
    np.testing.assert_array_equal(board.sums, again.sums)


def test_fewer_windows_are_planned_anew_where_each_costs_more():
    small, large = Pricer(ward(1)), Pricer(mixed(1)[0].problem)
    assert 0 < replans_for(large) <= replans_for(small)
