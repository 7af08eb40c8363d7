"""Simulated annealing of a roster (Kirkpatrick et al. 1983): millions of small moves, all of which keep the rules.

The random threshold of a move is drawn before the move, so that hopeless ones are dropped before their rules are asked.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assistant.plan.compiled import compiled
from assistant.plan.draws import below
from assistant.plan.roster.board import Board, board_of
from assistant.plan.roster.clock import Clock
from assistant.plan.roster.cost import cost_of
from assistant.plan.roster.far_moves import fill_from_week, swap_weeks
from assistant.plan.roster.gap_moves import fill_by_chain, fill_gap, grant_wish
from assistant.plan.roster.kernel import Array
from assistant.plan.roster.moves import (
    change_cell,
    change_two_cells,
    retype_block,
    rewrite_block,
    rotate_block,
    swap_block,
    swap_two_blocks,
)
from assistant.plan.roster.pricing import Pricer
from assistant.plan.roster.problem import Roster
from assistant.plan.roster.rebuild import Desk, desk_of, replan_some

MOVES = (
    "swap",
    "swap two",
    "cell",
    "two cells",
    "rotate",
    "retype",
    "rewrite",
    "weeks",
    "gap",
    "chain",
    "from week",
    "wish",
)
"""Kinds of moves, in the order of `SHARES`."""
SHARES = np.array([140, 180, 240, 280, 310, 340, 380, 440, 680, 800, 920, 1000])
"""Of 1,000 tries, by kind, cumulative."""
_MOST_REPLANS, _REPLAN_WORK = 2000, 2_000_000
"""Of 100,000 tries, those by dynamic programming at most; states times shifts of all of them: a third of the time."""
HOT, COLD = 0.12, 0.003
"""Temperatures at both ends, as shares of the median price of a missing person."""
TRIES_PER_CELL = 20_000
"""Tries for each person and day after which more would gain little."""
CHUNK = 50_000
"""Tries at one temperature: tens of milliseconds."""


@compiled
def _try_directed(b: Board, shares: Array, pick: int, limit: float) -> int:
    if pick < shares[8]:
        return fill_gap(b, limit)
    if pick < shares[9]:
        return fill_by_chain(b, limit)
    if pick < shares[10]:
        return fill_from_week(b, limit)
    return grant_wish(b, limit)


@compiled
def _try(b: Board, shares: Array, pick: int, limit: float) -> int:
    """A move of the kind that `pick` says."""
    if pick < shares[0]:
        return swap_block(b, limit)
    if pick < shares[1]:
        return swap_two_blocks(b, limit)
    if pick < shares[2]:
        return change_cell(b, limit)
    if pick < shares[3]:
        return change_two_cells(b, limit)
    if pick < shares[4]:
        return rotate_block(b, limit)
    if pick < shares[5]:
        return retype_block(b, limit)
    if pick < shares[6]:
        return rewrite_block(b, limit)
    if pick < shares[7]:
        return swap_weeks(b, limit)
    return _try_directed(b, shares, pick, limit)


@compiled
def anneal(b: Board, desk: Desk, shares: Array, temperature: float, steps: int, replans: int = 0) -> int:
    """`steps` tries at one temperature; returns the change of the cost.

    Args:
        b: Changes.
        desk: Working memory.
        shares: Of 1,000 tries, by kind of move, cumulative.
        temperature: In units of cost.
        steps: Tries.
        replans: Of 100,000 tries, those by dynamic programming.
    """
    total = 0
    for _ in range(steps):
        limit = 1e-9 - temperature * math.log((below(b.draw, 1 << 30) + 1) / (1 << 30))
        if below(b.draw, 100_000) < replans:
            total += replan_some(b, desk, limit, temperature)
        else:
            total += _try(b, shares, below(b.draw, 1000), limit)
    return total


def replans_for(pricer: Pricer) -> int:
    """How many of 100,000 tries are worth a dynamic program: fewer where it has many states and shifts."""
    states = len(pricer.may_follow) * int(pricer.in_row.max()) + int(pricer.least_off.max())
    work = states * len(pricer.groups) * int(pricer.lengths.max(initial=1))
    return min(_MOST_REPLANS, _REPLAN_WORK // max(1, work))


@dataclass
class Schedule:
    """How long to anneal.

    Attributes:
        tries: In all.
        clock: Ends it sooner; the temperature falls with whichever is further on.
    """

    tries: int
    clock: Clock

    def done(self, tried: int) -> float:
        """Share that is over, 0 to 1 and more."""
        total = self.clock.spent + max(0.0, self.clock.left)
        return max(tried / max(1, self.tries), self.clock.spent / total if math.isfinite(total) and total else 0.0)


def tries_for(pricer: Pricer, per_cell: int = TRIES_PER_CELL) -> int:
    """Tries that suit the size of a problem."""
    return per_cell * len(pricer.problem.people) * pricer.problem.days


def annealed(
    pricer: Pricer,
    roster: Roster,
    seed: int,
    plan: Schedule,
    on_better: Callable[[int, Roster], None],
    warm: float = 1.0,
) -> Roster:
    """The best roster met on the way.

    Args:
        pricer: Of the problem.
        roster: Feasible; not changed.
        seed: Same seed, roster and number of tries without a clock: same result.
        plan: How long.
        on_better: Told the cost and the roster when it is better than all before, about once in a chunk.
        warm: Share of the hottest temperature to begin with.
    """
    problem = pricer.problem
    board = board_of(problem, roster, pricer.contracts, pricer.base_prices, seed)
    desk, replans = desk_of(pricer), replans_for(pricer)
    under = problem.cover_terms[:, 1]
    unit = float(np.median(under[under > 0])) if (under > 0).any() else 1.0
    hot, cold = max(HOT * unit * warm, COLD * unit), COLD * unit
    cost = cost_of(problem, roster)
    best, best_cost, tried = roster.copy(), cost, 0
    while (done := plan.done(tried)) < 1:
        steps, temperature = min(CHUNK, plan.tries - tried), hot * (cold / hot) ** done
        cost += anneal(board, desk, SHARES, temperature, steps, replans)
        tried += CHUNK
        if cost < best_cost:
            best, best_cost = board.roster.copy(), cost
            on_better(best_cost, best)
    return best
