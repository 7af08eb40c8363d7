"""Asks the kernel for one person's cheapest schedules in a window of days, the days outside staying as they are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.plan.roster.find import find_schedules
from assistant.plan.roster.groups import cheapest_of_groups, groups_of
from assistant.plan.roster.kernel import Labels, Rules, fill_table
from assistant.plan.roster.problem import FREE, SATURDAY, WEEK, RosterProblem, Schedule

Floats = NDArray[np.float64]

_MOST_TRACKED = 32
"""Most combinations of tracked counts; beyond, a limit is kept by the search or by a surcharge."""
_MOST_NODES = 4000
_SURCHARGE = 5.0
"""First price put on a kind of shift whose limit stands in the way; grows at every attempt."""
_MOST_ATTEMPTS = 16


@dataclass(frozen=True)
class Offer:
    """What pricing found for one person.

    Attributes:
        schedules: Shift numbers in the window, n x days.
        costs: Under the prices asked with, ascending.
        bound: No schedule costs less than this.
    """

    schedules: NDArray[np.int16]
    costs: Floats
    bound: float


@dataclass(frozen=True)
class Window:
    """Days `first` to `end` (not included) of one person, and what the days outside leave for them.

    Attributes:
        start: State before the first day.
        last: Cost (0 or infinite) of each state after the last day.
        low, high: Range of the time worked before each day, in units.
        weekends: Most weekends worked before each day.
        limits: Most shifts of each kind.
        weekends_left: Weekends that the days outside leave of the contract's most.
    """

    first: int
    end: int
    start: int
    last: Floats
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    weekends: NDArray[np.int64]
    limits: NDArray[np.int64]
    weekends_left: int

    def table_size(self, states: int) -> int:
        """Entries of the table without tracked counts."""
        return int(((self.high - self.low + 1).clip(0) * (self.weekends + 1)).sum()) * states

    @property
    def possible(self) -> bool:
        """Some amount of work can meet the contract."""
        return bool((self.low <= self.high).all() and self.weekends[-1] >= 0 and (self.limits >= 0).all())


class Pricer:
    """The problem's rules as arrays, and the kernel's working memory; one for each process."""

    def __init__(self, problem: RosterProblem) -> None:
        self.problem = problem
        self.classes, self.may_follow = _classes_of(problem)
        self.lengths = problem.lengths
        people = problem.people
        unit = problem.unit_minutes
        self.in_row = np.array([max(1, min(person.most_in_row, problem.days)) for person in people])
        self.least_in_row = np.array([person.least_in_row for person in people])
        self.least_off = np.array([max(1, min(person.least_off, problem.days)) for person in people])
        self.most_time = np.array([person.most_minutes // unit for person in people])
        self.least_time = np.array([-(-person.least_minutes // unit) for person in people])
        self.limits = np.array(
            [[min(p.most_shifts.get(s.name, problem.days), problem.days) for s in problem.shifts] for p in people]
        )
        self.limits[[p.most_in_row < 1 for p in people]] = 0
        weekends = [person.most_weekends for person in people]
        self.contracts = np.column_stack(
            [self.in_row, self.least_in_row, self.least_off, self.most_time, self.least_time, weekends, self.limits]
        ).astype(np.int64)
        self.base_prices = _base_prices(problem, self.limits)
        self._table = np.empty(0)
        self._tracked: dict[int, list[int]] = {}
        self.groups = groups_of(self.lengths, self.classes, self.may_follow)

    def states(self, person: int) -> int:
        """Number of states of a person."""
        return int(len(self.may_follow) * self.in_row[person] + self.least_off[person])

    def window(self, person: int, first: int, end: int, schedule: Schedule | None) -> Window:
        """The window of a person whose days outside are those of `schedule` (None: the whole horizon is open)."""
        days = self.problem.days
        time, weekends, counts = 0, 0, np.zeros(len(self.lengths), dtype=np.int64)
        start, last = self.states(person) - 1, np.zeros(self.states(person))
        if schedule is not None and (first > 0 or end < days):
            outside = np.concatenate([schedule[:first], schedule[end:]])
            counts += np.bincount(outside[outside != FREE], minlength=len(self.lengths))
            time = int((counts * self.lengths).sum())
            weekends = _weekends(schedule, first, end)
            start = self._state_before(person, first, schedule)
            last = self._last_costs(person, first, end, schedule)
        low, high = self.time_ranges(
            person, end - first, int(self.least_time[person]) - time, int(self.most_time[person]) - time
        )
        most = self.problem.people[person].most_weekends - weekends
        day = np.arange(first, end + 1)
        begun = (day + 1) // WEEK - (first + 1) // WEEK + (first % WEEK == SATURDAY + 1)
        return Window(first, end, start, last, low, high, np.minimum(begun, most), self.limits[person] - counts, most)

    def time_ranges(
        self, person: int, length: int, least: int, most: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Time that can have been worked before each of `length` days and after, for `least` to `most` in all."""
        day = np.arange(length + 1)
        period = self.in_row[person] + self.least_off[person]
        stretch = day // period * self.in_row[person] + np.minimum(day % period, self.in_row[person])
        reach = stretch * int(self.lengths.max(initial=0))
        low = np.maximum(0, least - reach[::-1])
        low[0] = max(0, least - reach[-1])
        high = np.minimum(reach, most)
        low[-1], high[-1] = max(0, least), min(most, reach[-1])
        return low.astype(np.int64), high.astype(np.int64)

    def _state_before(self, person: int, first: int, schedule: Schedule) -> int:
        """State after the fixed days before `first`."""
        run = _run_before(schedule, first)
        if first == 0:
            return self.states(person) - 1
        if schedule[first - 1] != FREE:
            kind = int(self.classes[schedule[first - 1]])
            return int(kind * self.in_row[person] + min(run, self.in_row[person]) - 1)
        enough = self.least_off[person] if run == first else min(run, self.least_off[person])
        return int(len(self.may_follow) * self.in_row[person] + enough - 1)

    def _last_costs(self, person: int, first: int, end: int, schedule: Schedule) -> Floats:
        """0 for the states that the fixed days from `end` on may follow."""
        days, in_row, off = self.problem.days, int(self.in_row[person]), int(self.least_off[person])
        least = int(self.least_in_row[person])
        last = np.zeros(self.states(person))
        if end == days:
            return last
        run = _run_before(schedule[::-1], days - end)
        touches = end + run == days
        works = schedule[end] != FREE
        for state in range(len(last)):
            if state < len(self.may_follow) * in_row:
                worked = state % in_row + 1
                if works:
                    follows = self.may_follow[state // in_row, schedule[end]] and worked + run <= in_row
                    fits = follows and (worked + run >= least or touches or worked == end)
                else:
                    fits = (worked >= least or worked == end) and (run >= off or touches)
            else:
                free = state - len(self.may_follow) * in_row + 1
                begins = free >= off and (run >= least or touches)
                fits = begins if works else free + run >= off or touches
            last[state] = 0.0 if fits else np.inf
        return last

    def best(self, person: int, window: Window, prices: Floats, cutoff: float = np.inf, wanted: int = 1) -> Offer:
        """The cheapest schedules that cost less than `cutoff`.

        Args:
            person: Number.
            window: From `window`.
            prices: Cost of a free day and of each shift, window's days x (1 + shifts); infinite where not allowed.
            cutoff: Exclusive.
            wanted: How many at most.
        """
        nothing = np.empty((0, window.end - window.first), dtype=np.int16)
        if not window.possible:
            return Offer(nothing, np.empty(0), np.inf)
        prices = np.where(np.concatenate([[False], window.limits <= 0]), np.inf, prices)
        asked = prices
        tracked = [shift for shift in self._tracked.get(person, []) if window.limits[shift] > 0]
        bound, surcharge = -np.inf, _SURCHARGE
        for _ in range(_MOST_ATTEMPTS):
            number, found, costs, low, broken = self._search(person, window, asked, cutoff, wanted, tracked)
            bound = max(bound, low) if asked is prices else bound
            if number or not broken.any() or low >= cutoff:
                break
            worst = int(broken.argmax())
            if np.prod(window.limits[[*tracked, worst]] + 1) <= _MOST_TRACKED:
                tracked.append(worst)
            else:
                asked = asked.copy()
                asked[:, np.flatnonzero(4 * broken >= broken[worst]) + 1] += surcharge
                surcharge *= 1.6
        self._tracked[person] = tracked
        if asked is not prices:
            days = np.arange(window.end - window.first)
            costs[:number] = [prices[days, found[i] + 1].sum() for i in range(number)]
            number = int((costs[:number] < cutoff).sum())
        return Offer(found[:number], costs[:number], bound if np.isfinite(bound) else low)

    def _search(
        self, person: int, window: Window, prices: Floats, cutoff: float, wanted: int, tracked: list[int]
    ) -> tuple[int, NDArray[np.int16], Floats, float, NDArray[np.int64]]:
        steps, most, total = np.zeros(len(self.lengths), np.int64), np.zeros(len(self.lengths), np.int64), 1
        for shift in tracked:
            steps[shift], most[shift] = total, window.limits[shift]
            total *= int(window.limits[shift]) + 1
        sizes = (window.high - window.low + 1) * (window.weekends + 1) * self.states(person) * total
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        if offsets[-1] > len(self._table):
            self._table = np.empty(int(offsets[-1] * 1.2))
        rules = Rules(
            window.first, prices, self.lengths, self.classes, self.may_follow, int(self.in_row[person]),
            int(self.least_in_row[person]), int(self.least_off[person]), window.limits,
        )  # fmt: skip
        labels = Labels(offsets, window.low, window.high, window.weekends, steps, most, total)
        fill_table(self._table, *cheapest_of_groups(rules, labels, self.groups), window.last)
        found = np.empty((wanted, window.end - window.first), dtype=np.int16)
        costs, broken = np.empty(wanted), np.zeros(len(self.lengths), np.int64)
        nodes = _MOST_NODES + 2 * prices.size
        number, bound = find_schedules(
            self._table, rules, labels, window.start, float(cutoff), nodes, found, costs, broken
        )
        if number:
            bound = costs[0]
        return number, found, costs, float(bound), broken


def _classes_of(problem: RosterProblem) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Class of each shift (same successors, same class), and classes x shifts: may the shift follow."""
    kinds: dict[frozenset[str], int] = {}
    classes = np.array([kinds.setdefault(shift.not_before, len(kinds)) for shift in problem.shifts], dtype=np.int64)
    follows = [[int(shift.name not in forbidden) for shift in problem.shifts] for forbidden in kinds]
    return classes, np.array(follows, dtype=np.int64)


def _base_prices(problem: RosterProblem, limits: NDArray[np.int64]) -> Floats:
    """Wishes, people x days x (1 + shifts), infinite on days off and for kinds with limit 0."""
    prices = np.zeros((len(problem.people), problem.days, len(problem.shifts) + 1))
    prices[:, :, 1:] = problem.wish_prices
    for number, person in enumerate(problem.people):
        prices[number, :, 1:][:, limits[number] <= 0] = np.inf
        prices[number, sorted(person.days_off), 1:] = np.inf
    return prices


def _run_before(schedule: Schedule, day: int) -> int:
    """Length of the run of like days (worked or free) that ends before `day`."""
    run = 0
    while run < day and (schedule[day - 1 - run] != FREE) == (schedule[day - 1] != FREE):
        run += 1
    return run


def _weekends(schedule: Schedule, first: int, end: int) -> int:
    """Weekends worked outside the window and not counted again inside: windows part no weekend but at their start."""
    worked = schedule != FREE
    worked[first:end] = False
    return sum(bool(worked[day : day + 2].any()) for day in range(SATURDAY, len(schedule), WEEK))


def marginal_prices(problem: RosterProblem, counts: NDArray[np.int64]) -> Floats:
    """Change of the cover cost by one more person, days x (1 + shifts), the first column (free) 0."""
    prices = np.zeros((problem.days, len(problem.shifts) + 1))
    places, terms = problem.cover_places, problem.cover_terms
    there = counts[places[:, 0], places[:, 1]]
    np.add.at(prices, (places[:, 0], places[:, 1] + 1), np.where(there < terms[:, 0], -terms[:, 1], terms[:, 2]))
    return prices
