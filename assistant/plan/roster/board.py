"""A roster on which single cells are changed and changed back quickly, with its cost and sums kept up to date.

Compiled. `put` changes one cell and writes the old one into a log; `fits` asks whether one person's rules hold again;
`take_back` undoes the log. So a move is any list of `put`, then a question to the threshold and to the rules.
"""

from typing import NamedTuple

import numpy as np

from assistant.plan.compiled import compiled
from assistant.plan.roster.cost import counts_of
from assistant.plan.roster.kernel import SATURDAY, WEEK, Array
from assistant.plan.roster.problem import FREE, Roster, RosterProblem

CLOSED = 1 << 24
"""Price of a cell that must not be filled; beyond every true cost of one change."""
IN_ROW, LEAST_IN_ROW, LEAST_OFF, MOST_TIME, LEAST_TIME, MOST_WEEKENDS, LIMITS = range(7)
"""Columns of `contracts`; from the last on, the most shifts of each kind."""
TIME, WEEKENDS, GIVEN = range(3)
"""Columns of `sums`; from the last on, the shifts given of each kind."""


class Board(NamedTuple):
    """The problem and a roster as arrays.

    Attributes:
        prices: Wishes, people x days x (1 + shifts), int32; `CLOSED` where not allowed.
        cover: Cost of a number of people, days x shifts x (1 + people), int32.
        contracts: People x columns above, int64; times in units.
        follows: Shifts x shifts, 1 where the second may come the day after the first.
        lengths: Of each shift, in units.
        open: Shifts that each person may be given, people x (1 + shifts), the first column their number.
        able: People who may be given each shift, shifts x (1 + people), the first column their number.
        wishes: Person, day, shift and 1 (wanted) or 0 of each wish that costs something.
        roster: People x days, shift numbers, int16.
        counts: People by day and shift, int32.
        sums: People x columns above, int64.
        log: Person, day and old shift of each change since the last `begin`.
        logged: How many there are [1].
        draw: State of the random generator [1], uint64.
    """

    prices: Array
    cover: Array
    contracts: Array
    follows: Array
    lengths: Array
    open: Array
    able: Array
    wishes: Array
    roster: Array
    counts: Array
    sums: Array
    log: Array
    logged: Array
    draw: Array


def board_of(problem: RosterProblem, roster: Roster, contracts: Array, base_prices: Array, seed: int) -> Board:
    """A board with a roster on it.

    Args:
        problem: Cover and shifts.
        roster: Feasible.
        contracts: See `Board`.
        base_prices: Wishes and closed cells (infinite), people x days x (1 + shifts).
        seed: Of the random generator.
    """
    people, days = roster.shape
    counts = counts_of(problem, roster)
    sums = np.zeros((people, GIVEN + len(problem.shifts)), dtype=np.int64)
    for person in range(people):
        given = roster[person][roster[person] != FREE]
        sums[person, GIVEN:] = np.bincount(given, minlength=len(problem.shifts))
        worked = np.zeros(-(-days // WEEK) * WEEK, dtype=bool)
        worked[:days] = roster[person] != FREE
        sums[person, WEEKENDS] = worked.reshape(-1, WEEK)[:, SATURDAY:].any(axis=1).sum()
    sums[:, TIME] = sums[:, GIVEN:] @ problem.lengths
    follows = [[int(then.name not in here.not_before) for then in problem.shifts] for here in problem.shifts]
    return Board(
        prices=np.where(np.isfinite(base_prices), base_prices, CLOSED).astype(np.int32),
        cover=cover_table(problem),
        contracts=contracts,
        follows=np.array(follows, dtype=np.int64),
        lengths=problem.lengths,
        open=_lists(contracts[:, LIMITS:] > 0),
        able=_lists(contracts[:, LIMITS:].T > 0),
        wishes=_wishes(problem),
        roster=roster.astype(np.int16).copy(),
        counts=counts.astype(np.int32),
        sums=sums,
        log=np.zeros((4 * days + 16, 3), dtype=np.int64),
        logged=np.zeros(1, dtype=np.int64),
        draw=np.array([np.random.SeedSequence(seed).generate_state(1, np.uint64)[0] | np.uint64(1)], dtype=np.uint64),
    )


def cover_table(problem: RosterProblem) -> Array:
    """Cost of each number of people, days x shifts x (1 + people)."""
    there = np.arange(len(problem.people) + 1)
    table = np.zeros((problem.days, len(problem.shifts), len(there)), dtype=np.int64)
    for (day, shift), (need, under, over) in zip(problem.cover_places, problem.cover_terms, strict=True):
        table[day, shift] += under * np.maximum(0, need - there) + over * np.maximum(0, there - need)
    return table.astype(np.int32)


def _wishes(problem: RosterProblem) -> Array:
    rows = [
        (problem.person_number[wish.person], wish.day, problem.shift_number[wish.shift], int(wish.wanted))
        for wish in problem.requests
        if wish.weight > 0
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 4)


def _lists(true: Array) -> Array:
    """Of each row its length and the columns that are true."""
    lists = np.zeros((len(true), 1 + true.shape[1]), dtype=np.int64)
    for row, columns in enumerate(true):
        lists[row, 0] = columns.sum()
        lists[row, 1 : 1 + lists[row, 0]] = np.flatnonzero(columns)
    return lists


@compiled
def put(b: Board, person: int, day: int, shift: int) -> Array:
    """Writes a cell (-1: free), whatever the rules say, and logs the old one; returns the change of the cost."""
    old = b.roster[person, day]
    if old == shift:
        return 0
    change = b.prices[person, day, shift + 1] - b.prices[person, day, old + 1]
    if old >= 0:
        there = b.counts[day, old]
        change += b.cover[day, old, there - 1] - b.cover[day, old, there]
        b.counts[day, old] = there - 1
        b.sums[person, TIME] -= b.lengths[old]
        b.sums[person, GIVEN + old] -= 1
    if shift >= 0:
        there = b.counts[day, shift]
        change += b.cover[day, shift, there + 1] - b.cover[day, shift, there]
        b.counts[day, shift] = there + 1
        b.sums[person, TIME] += b.lengths[shift]
        b.sums[person, GIVEN + shift] += 1
    if (old >= 0) != (shift >= 0) and day % WEEK >= SATURDAY:
        other = day + 1 if day % WEEK == SATURDAY else day - 1
        if other < 0 or other >= b.roster.shape[1] or b.roster[person, other] < 0:
            b.sums[person, WEEKENDS] += 1 if shift >= 0 else -1
    b.roster[person, day] = shift
    place = b.logged[0]
    b.log[place, 0], b.log[place, 1], b.log[place, 2] = person, day, old
    b.logged[0] = place + 1
    total: Array = np.int64(change)
    return total


@compiled
def take_back(b: Board) -> None:
    """Undoes everything since the log was emptied, and empties it."""
    place = b.logged[0]
    while place > 0:
        place -= 1
        put(b, b.log[place, 0], b.log[place, 1], b.log[place, 2])
    b.logged[0] = 0


@compiled
def _sums_fit(b: Board, person: int) -> bool:
    time = b.sums[person, TIME]
    if time > b.contracts[person, MOST_TIME] or time < b.contracts[person, LEAST_TIME]:
        return False
    if b.sums[person, WEEKENDS] > b.contracts[person, MOST_WEEKENDS]:
        return False
    for shift in range(b.lengths.shape[0]):
        if b.sums[person, GIVEN + shift] > b.contracts[person, LIMITS + shift]:
            return False
    return True


@compiled
def fits(b: Board, person: int, first: int, last: int) -> bool:
    """One person's rules hold, if they held before days `first` to `last` (included) were changed."""
    if not _sums_fit(b, person):
        return False
    days, contract = b.roster.shape[1], b.contracts[person]
    for day in range(max(first - 1, 0), min(last + 1, days - 1)):
        here, then = b.roster[person, day], b.roster[person, day + 1]
        if here >= 0 and then >= 0 and b.follows[here, then] == 0:
            return False
    day = max(first - 1, 0)
    while day > 0 and (b.roster[person, day - 1] >= 0) == (b.roster[person, day] >= 0):
        day -= 1
    while day < days and day <= last + 1:
        begin, works = day, b.roster[person, day] >= 0
        while day < days and (b.roster[person, day] >= 0) == works:
            day += 1
        length, inner = day - begin, begin > 0 and day < days
        if works and (length > contract[IN_ROW] or (inner and length < contract[LEAST_IN_ROW])):
            return False
        if not works and inner and length < contract[LEAST_OFF]:
            return False
    return True
