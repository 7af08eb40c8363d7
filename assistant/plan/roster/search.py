"""Large-neighbourhood search: a part of the roster is solved anew by column generation, the rest stays.

Parts are some people over all days, or over some weeks where the horizon is long. A part whose linear program costs as
much as its share of the roster cannot be improved, which is often known after a few rounds. Otherwise a dive, and an
integer program over the columns found, look for something better.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.plan.roster.clock import Clock
from assistant.plan.roster.cost import cost_of
from assistant.plan.roster.generate import dive, generate
from assistant.plan.roster.integer import choose
from assistant.plan.roster.master import Master, Relaxation
from assistant.plan.roster.part import Column, Part
from assistant.plan.roster.pricing import Floats, Pricer
from assistant.plan.roster.problem import WEEK, Roster

_MOST_CHOSEN = 1500
"""Columns handed to the integer program."""
_NODES = 300


@dataclass
class Search:
    """A roster that gets better part by part.

    Attributes:
        pricer, random: Shared by all steps.
        roster, cost: Best so far.
        duals: Dual values of all cover lines from the whole problem's linear program, when known.
        step_seconds: How long one part should take; its size adapts to that.
        size: People times weeks of the next part.
        repeatable: Sizes do not adapt to the clock.
    """

    pricer: Pricer
    random: np.random.Generator
    roster: Roster
    cost: int = 0
    duals: Floats | None = None
    step_seconds: float = 2.0
    size: float = 40.0
    repeatable: bool = False
    _pool: dict[int, dict[bytes, Column]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cost = cost_of(self.pricer.problem, self.roster)

    def take(self, roster: Roster) -> bool:
        """Goes on from another roster if it is better."""
        cost = cost_of(self.pricer.problem, roster)
        if cost < self.cost:
            self.roster, self.cost = roster.copy(), cost
            return True
        return False

    def step(self, clock: Clock) -> bool:
        """Solves one part anew; True if the roster got better."""
        people, first, end = self._choose_part()
        part = Part(self.pricer, self.roster, people, first, end)
        mine = clock.at_most(6 * self.step_seconds) if not self.repeatable else clock
        columns = self._solve(part, mine)
        if not self.repeatable:
            factor = 1.05 if mine.spent < self.step_seconds else 0.93
            self.size = min(max(6.0, self.size * factor), 2.0 * self._whole_size)
        if columns is None:
            return False
        better = part.cost(columns) < self.cost
        if part.cost(columns) <= self.cost:
            self.roster, self.cost = part.joined(columns), part.cost(columns)
        return better

    @property
    def _whole_size(self) -> float:
        return len(self.pricer.problem.people) * self.pricer.problem.days / WEEK

    def _choose_part(self) -> tuple[NDArray[np.int64], int, int]:
        """Some people and weeks, `size` of them together."""
        problem = self.pricer.problem
        weeks = -(-problem.days // WEEK)
        size = self.size * self.random.uniform(0.6, 1.3)
        fewest = max(2, min(5, len(problem.people)))
        longest = max(1, min(weeks, int(size / fewest)))
        length = (
            weeks if longest == weeks and weeks <= 8 else min(longest, int(self.random.choice([2, 3, 4, 6, 8, 13])))
        )
        first = int(self.random.integers(0, weeks - length + 1)) * WEEK if length < weeks else 0
        end = min(problem.days, first + length * WEEK)
        number = min(len(problem.people), max(fewest, round(size / length)))
        return self._choose_people(number, first, end), first, end

    def _choose_people(self, number: int, first: int, end: int) -> NDArray[np.int64]:
        """At random, or those whose wishes and shifts cost most where cover is missed."""
        problem = self.pricer.problem
        weights = np.ones(len(problem.people))
        if self.random.random() < 0.5:
            day, shift = self._costly_place(first, end)
            can = self.pricer.limits[:, shift] > 0
            weights = np.where(can & np.isfinite(self.pricer.base_prices[:, day, shift + 1]), 4.0, 1.0)
        chosen = self.random.choice(len(weights), number, replace=False, p=weights / weights.sum())
        return np.sort(chosen)

    def _costly_place(self, first: int, end: int) -> tuple[int, int]:
        problem = self.pricer.problem
        whole = Part(self.pricer, self.roster, np.empty(0, dtype=np.int64), first, end)
        cost = whole.under * np.maximum(0, whole.need) + whole.over * np.maximum(0, -whole.need)
        if not len(cost):
            return first, int(self.random.integers(len(problem.shifts)))
        weights = cost + 0.01
        line = int(self.random.choice(len(cost), p=weights / weights.sum()))
        return first + int(whole.places[line, 0]), int(whole.places[line, 1])

    def _solve(self, part: Part, clock: Clock) -> list[Column] | None:
        """A choice of columns that costs no more than now, or None."""
        master = Master(part)
        center = None
        if self.duals is not None:
            days = self.pricer.problem.cover_places[:, 0]
            center = self.duals[(days >= part.first) & (days < part.end)]
        self._warm(master, center)
        done = generate(master, clock, center, most_rounds=60, goal=self.cost)
        if done.relaxation is None or done.whole_bound >= self.cost or done.relaxation.value > self.cost - 1 + 1e-4:
            return None
        relaxation = done.relaxation
        found = dive(master, clock, self.random, relaxation.cover, goal=self.cost, rounds=3, share=0.15)
        best = found if found is not None and part.cost(found) < self.cost else None
        goal = part.cost(best) if best else self.cost
        if goal - 1 + 1e-4 >= relaxation.value and not clock.over:
            columns = _promising(master, relaxation, goal)
            best = choose(part, columns, goal, min(clock.left, self._seconds(clock)), _NODES) or best
        self._keep(part, master)
        return best

    def _seconds(self, clock: Clock) -> float:
        return 3600.0 if self.repeatable else 2 * self.step_seconds

    def _warm(self, master: Master, center: Floats | None) -> None:
        """Adds columns of earlier parts over all days."""
        part = master.part
        if part.days < self.pricer.problem.days:
            return
        for person in part.people:
            for column in list(self._pool.get(int(person), {}).values())[-25:]:
                master.add(part.column(int(person), column.schedule))

    def _keep(self, part: Part, master: Master) -> None:
        if part.days < self.pricer.problem.days:
            return
        for column in master.columns:
            kept = self._pool.setdefault(column.person, {})
            kept.pop(column.schedule.tobytes(), None)
            kept[column.schedule.tobytes()] = column
            if len(kept) > 200:
                kept.pop(next(iter(kept)))


def _promising(master: Master, relaxation: Relaxation, goal: float) -> list[Column]:
    """Columns that a roster below `goal` can contain, and not too many: the current ones and the cheapest."""
    costs = master.reduced_costs(relaxation, master.columns)
    order = np.argsort(costs, kind="stable")[:_MOST_CHOSEN]
    keep = {int(index) for index in order if costs[index] <= goal - relaxation.value + 1e-6}
    keep |= set(range(len(master.part.current)))
    return [master.columns[index] for index in sorted(keep)]
