"""Improves a roster by local search for a fixed number of changes, so that the same inputs give the same roster."""

import math
import statistics
from collections.abc import Iterable, Iterator

import numpy as np

from assistant.plan.settings import PlanSettings, RosterWeights
from assistant.plan.staffing.check import check_roster
from assistant.plan.staffing.local.tables import Ints, duties_of, hard_price, rows_of, tables_of
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.watch import Run

_HOT, _COLD = 3.0, 0.06
"""First and last temperature in units of the middle price of a soft rule: hot enough to leave a poor roster, so cold at
the end that nothing worse is accepted. With the default prices 52 and 1; from 20 to 100 the result was the same."""
_ROUNDS = 4
"""Coolings, each from the best roster so far and half as hot as the one before."""
_CHANGES_PER_CELL = 4_000
"""Nothing was gained beyond this many changes for each person and day (25 nurses, 14 days: 1.4 million)."""
_USUAL_DAYS = 24
"""The rate of the settings is for rows of this length (two weeks, and the days known before them)."""
_CHUNK, _CHUNK_PER_CELL = 50_000, 10
"""Changes between two looks at the clock and the stop button, more for large rosters, which take long to check."""


def changes_for(problem: RosterProblem, settings: PlanSettings, seconds: float) -> int:
    """How many changes the local search tries, at most what it would do in `seconds` on the reference machine."""
    rate = settings.local_rate * _USUAL_DAYS / max(_USUAL_DAYS, len(problem.all_days))
    enough = _CHANGES_PER_CELL * len(problem.people) * len(problem.days)
    return max(1, min(enough, int(seconds * rate)))


def seconds_for(problem: RosterProblem, settings: PlanSettings, changes: int) -> float:
    """What so many changes take on the reference machine."""
    return changes / settings.local_rate * max(1.0, len(problem.all_days) / _USUAL_DAYS)


def improve(
    problem: RosterProblem,
    settings: PlanSettings,
    start: Iterable[Duty],
    changes: int,
    run: Run,
    seconds: float,
    warm: bool = True,
) -> tuple[set[Duty], bool]:
    """The best roster found from `start`, and whether all `changes` were tried (else it cannot be repeated).

    Args:
        problem: An encodable problem with people.
        settings: Weights and seed.
        start: Any roster that keeps the working-time rules.
        changes: How many to try.
        run: Told of better rosters; ends this search when it is stopped.
        seconds: Wall clock of the run at which to give up.
        warm: Leave `start` and come back several times; otherwise only build on it, once, which is what a roster so
            large has time for that there are few changes for each person and day.
    """
    # Compiled code is loaded (the first time compiled, some ten seconds) only when a roster is planned.
    from assistant.plan.staffing.local.kernel import anneal

    tables = tables_of(problem, settings.roster_weights)
    cells, fixed = rows_of(problem, start)
    best, prices = cells.copy(), np.full(2, np.iinfo(np.int64).max)
    state = np.array([_SEED + settings.seed * 2_654_435_761], np.int64)
    told = prices[1]
    began = run.seconds
    anneal(tables, cells, fixed, state, best, prices, _HOT, _COLD, 0)
    seconds += run.seconds - began  # loading the compiled code is no part of the search
    chunk = max(_CHUNK, _CHUNK_PER_CELL * cells.size)
    for hot, cold, count, ends in _coolings(changes, chunk, settings.roster_weights, warm):
        if run.stopped or run.seconds > seconds:
            return duties_of(problem, best, fixed), False
        anneal(tables, cells, fixed, state, best, prices, hot, cold, count)
        if prices[1] < told and _is_clean(problem, best, fixed, prices[1], hard_price(settings.roster_weights)):
            told = prices[1]
            run.note(float(told))
        if ends:
            cells[:] = best
    return duties_of(problem, best, fixed), True


_SEED = 88_172_645_463_325_252
"""The generator's usual start; it must not be 0."""


def _coolings(changes: int, chunk: int, weights: RosterWeights, warm: bool) -> Iterator[tuple[float, float, int, bool]]:
    """Pieces of all coolings: first and last temperature, number of changes, and whether a cooling ends with it."""
    unit = _middle_price(weights)
    rounds = range(_ROUNDS) if warm else range(_ROUNDS - 1, _ROUNDS)
    each = math.ceil(changes / len(rounds))
    for number in rounds:
        hot, cold = max(_COLD * 2, _HOT / 2**number) * unit, _COLD * unit
        for done in range(0, each, chunk):
            count = min(chunk, each - done)
            first, last = (hot * (cold / hot) ** (at / each) for at in (done, done + count))
            yield first, last, count, done + count == each


def _middle_price(weights: RosterWeights) -> float:
    return statistics.median([price for price in vars(weights).values() if price] or [1])


def _is_clean(problem: RosterProblem, cells: Ints, fixed: Ints, price: int, hard: int) -> bool:
    """No broken rule; one alone would cost the hard price."""
    return price < hard or not check_roster(problem, sorted(duties_of(problem, cells, fixed)))
