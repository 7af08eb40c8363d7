"""Column generation for a part, and diving: fixing columns one after another while new ones are priced.

The duals that ask for new columns are smoothed between the best ones so far and the last ones (Wentges 1997), without
which the first rounds swing between the prices of too few and too many people.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from assistant.plan.roster.clock import Clock
from assistant.plan.roster.master import Master, Relaxation
from assistant.plan.roster.part import Column
from assistant.plan.roster.pricing import Floats

SMOOTHING = 0.5
WANTED = 3
_TOLERANCE = 1e-6
_CLEAR, _CLEAR_IN_HURRY = 0.7, 0.5
"""Value of a column from which it may be fixed along with others."""
_MORE_IN_HURRY = 3
_DIVE_SHARE = 0.6
"""Of the time left: a dive that would take longer fixes more at once."""


@dataclass
class Generated:
    """What column generation knows when it stops.

    Attributes:
        relaxation: Last optimum of the linear program, None when there was no time for one.
        bound: Proven lower bound on the whole cost, as a real number.
        center: Duals that proved it.
    """

    relaxation: Relaxation | None
    bound: float
    center: Floats | None

    @property
    def whole_bound(self) -> float:
        """The bound rounded up, for costs are whole numbers."""
        return math.ceil(self.bound - 1e-4) if math.isfinite(self.bound) else self.bound


def generate(
    master: Master,
    clock: Clock,
    center: Floats | None = None,
    most_rounds: int = 1000,
    goal: float = math.inf,
    fixed: Mapping[int, Column] | None = None,
    on_round: Callable[[Generated], None] | None = None,
    wanted: int = WANTED,
) -> Generated:
    """Adds columns until none improves the linear program, or until it cannot matter.

    Args:
        master: With at least the current columns.
        clock: Stops it.
        center: Duals to begin near, from an earlier run.
        most_rounds: Of pricing.
        goal: Cost of the roster to beat: stop when the bound shows that it cannot be.
        fixed: Columns of the people who are decided; the bound then holds for rosters with these.
        on_round: Called after each round.
        wanted: Columns for each person and round; where the linear program takes most of the time, 1 is best.
    """
    state, stuck = Generated(None, -math.inf, center), False
    for _ in range(most_rounds):
        master.limit(clock.left)
        relaxation = None if clock.over else master.solve()
        if relaxation is None:
            break
        state.relaxation = relaxation
        duals = relaxation.cover
        if state.center is not None and not stuck:
            duals = SMOOTHING * state.center + (1 - SMOOTHING) * relaxation.cover
        added, bound = _price(master, relaxation, duals, fixed or {}, clock, wanted)
        if bound > state.bound:
            state.bound, state.center = bound, duals
        if on_round is not None:
            on_round(state)
        if state.whole_bound >= min(goal, math.ceil(relaxation.value - 1e-4)):
            break
        if not added and stuck:
            break
        stuck = not added
    return state


def _price(
    master: Master, relaxation: Relaxation, duals: Floats, fixed: Mapping[int, Column], clock: Clock, wanted: int
) -> tuple[int, float]:
    """Prices everybody under `duals`; returns columns added and the bound (minus infinity where not all were)."""
    part = master.part
    prices = part.prices(duals)
    bound = float(duals @ part.need) + part.constant
    added = 0
    for person in part.people:
        if clock.over:
            return added, -math.inf
        if int(person) in fixed:
            column = fixed[int(person)]
            bound += column.cost - float(duals[column.lines].sum())
            continue
        offer = part.pricer.best(
            int(person), part.windows[int(person)], part.own_prices(int(person)) + prices, wanted=wanted
        )
        bound += offer.bound
        columns = [part.column(int(person), schedule) for schedule in offer.schedules]
        if columns:
            worth = master.reduced_costs(relaxation, columns) < -_TOLERANCE
            added += sum(master.add(column) for column, good in zip(columns, worth, strict=True) if good)
    return added, bound


def dive(
    master: Master,
    clock: Clock,
    random: np.random.Generator,
    center: Floats | None,
    goal: float = math.inf,
    rounds: int = 6,
    share: float = 0.05,
    wanted: int = WANTED,
) -> list[Column] | None:
    """Fixes the columns with the largest values and prices the others anew, until everybody has one.

    Args:
        master: After column generation; its fixings stay, so it is used up.
        clock: Stops it; then there is no result.
        random: Breaks ties.
        center: Duals to price near.
        goal: Give up when the relaxation reaches this cost.
        rounds: Of pricing after each fixing, at most.
        share: Of the people, fixed at once (one at least); more where the relaxation has decided.
        wanted: As in `generate`.
    """
    part = master.part
    fixed: dict[int, Column] = {}
    began = clock.spent
    while len(fixed) < len(part.people):
        done = generate(master, clock, center, rounds, goal, fixed, wanted=wanted)
        master.limit(clock.left)
        relaxation = None if clock.over or done.relaxation is None else master.solve()
        if relaxation is None or max(relaxation.value, done.whole_bound) >= goal - 1 + 1e-4:
            return None
        center = relaxation.cover
        fewest = max(1, int(share * len(part.people)))
        if len(fixed) and clock.spent - began > _DIVE_SHARE * clock.left * len(fixed) / (len(part.people) - len(fixed)):
            _fix_some(master, fixed, random, _MORE_IN_HURRY * fewest, _CLEAR_IN_HURRY)
        else:
            _fix_some(master, fixed, random, fewest, _CLEAR)
    return list(fixed.values())


def _fix_some(master: Master, fixed: dict[int, Column], random: np.random.Generator, fewest: int, clear: float) -> None:
    """Decides for the columns with the largest values: one, `fewest` of the clear ones, all that are decided."""
    values = master.values()
    picked = 0
    for index in np.argsort(-(values + random.uniform(0, 0.02, len(values)))):
        column = master.columns[index]
        if column.person in fixed:
            continue
        if values[index] < 0.999 and (picked >= fewest or (values[index] < clear and picked)):
            break
        master.fix(int(index))
        fixed[column.person] = column
        picked += 1
