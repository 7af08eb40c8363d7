"""A part of the problem that is solved anew while the rest of the roster stays: some people, some days."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.plan.roster.cost import counts_of, wish_cost
from assistant.plan.roster.pricing import Floats, Pricer, Window
from assistant.plan.roster.problem import FREE, Roster, Schedule


@dataclass(frozen=True)
class Column:
    """One person's schedule in the part's days.

    Attributes:
        person: Number.
        schedule: Shift numbers (-1 free), one per day of the part.
        cost: Of the person's wishes in these days, relative to a schedule without shifts.
        lines: Lines of the part's cover that the schedule counts for.
    """

    person: int
    schedule: Schedule
    cost: int
    lines: NDArray[np.int64]


class Part:
    """People and days to be planned, and the cover that the others leave to them.

    Attributes:
        people: Numbers.
        first, end: Days, `end` not included.
        need, under, over: Terms of each cover line in these days; the need is what others leave, maybe below 0.
        constant: What costs in the rest of the roster and does not change.
        current: The part's share of the roster it was cut from, whose whole cost is `current_cost`.
    """

    def __init__(self, pricer: Pricer, roster: Roster, people: NDArray[np.int64], first: int, end: int) -> None:
        problem = pricer.problem
        self.pricer, self.people, self.first, self.end = pricer, people, first, end
        self.roster = roster
        counts = counts_of(problem, roster)
        mine = counts_of(problem, roster[people])
        inside = (problem.cover_places[:, 0] >= first) & (problem.cover_places[:, 0] < end)
        self.places: NDArray[np.int64] = problem.cover_places[inside] - np.array([first, 0])
        terms = problem.cover_terms[inside]
        others = (counts - mine)[problem.cover_places[inside, 0], problem.cover_places[inside, 1]]
        self.need, self.under, self.over = terms[:, 0] - others, terms[:, 1], terms[:, 2]
        self._lines_of = _lines_by_place(self.places, end - first, len(problem.shifts))
        self.windows: dict[int, Window] = {
            int(person): pricer.window(int(person), first, end, roster[person]) for person in people
        }
        self.current = [self.column(int(person), roster[person, first:end]) for person in people]
        wishes = sum(wish_cost(problem, person, roster[person]) for person in range(len(problem.people)))
        outside = _cover(problem.cover_terms[~inside], counts, problem.cover_places[~inside])
        self.constant = wishes - sum(column.cost for column in self.current) + outside
        self.current_cost = self.cost(self.current)

    @property
    def days(self) -> int:
        """Length of the window."""
        return self.end - self.first

    def column(self, person: int, schedule: Schedule) -> Column:
        """The column of a person's schedule in the part's days."""
        worked = np.flatnonzero(schedule != FREE)
        shifts = schedule[worked]
        cost = int(self.pricer.problem.wish_prices[person, self.first + worked, shifts].sum())
        lines = [line for day, shift in zip(worked, shifts, strict=True) for line in self._lines_of[day][shift]]
        return Column(person, np.array(schedule, dtype=np.int16), cost, np.array(lines, dtype=np.int64))

    def prices(self, duals: Floats) -> Floats:
        """Prices of days x (1 + shifts) under the cover lines' dual values."""
        prices = np.zeros((self.days, len(self.pricer.problem.shifts) + 1))
        np.add.at(prices, (self.places[:, 0], self.places[:, 1] + 1), -duals)
        return prices

    def own_prices(self, person: int) -> Floats:
        """A person's wishes and what is closed to them, days x (1 + shifts)."""
        return self.pricer.base_prices[person, self.first : self.end]

    def cost(self, columns: list[Column]) -> int:
        """Whole cost of the roster with these columns, one per person of the part."""
        there = np.zeros(len(self.need), dtype=np.int64)
        for column in columns:
            there[column.lines] += 1
        short = self.need - there
        cover = (self.under * np.maximum(0, short) + self.over * np.maximum(0, -short)).sum()
        return int(cover) + sum(column.cost for column in columns) + self.constant

    def marginal(self, columns: list[Column]) -> Floats:
        """Cost of one more person on each cover line beside `columns`."""
        there = np.zeros(len(self.need), dtype=np.int64)
        for column in columns:
            there[column.lines] += 1
        return np.where(there < self.need, -self.under, self.over).astype(float)

    def joined(self, columns: list[Column]) -> Roster:
        """The roster with these columns in it."""
        roster = self.roster.copy()
        for column in columns:
            roster[column.person, self.first : self.end] = column.schedule
        return roster


def _lines_by_place(places: NDArray[np.int64], days: int, shifts: int) -> list[list[list[int]]]:
    lines: list[list[list[int]]] = [[[] for _ in range(shifts)] for _ in range(days)]
    for line, (day, shift) in enumerate(places):
        lines[day][shift].append(line)
    return lines


def _cover(terms: NDArray[np.int64], counts: NDArray[np.int64], places: NDArray[np.int64]) -> int:
    short = terms[:, 0] - counts[places[:, 0], places[:, 1]]
    return int((terms[:, 1] * np.maximum(0, short) + terms[:, 2] * np.maximum(0, -short)).sum())
