"""Moves that take some days from one person, or two, and plan them anew by dynamic programming. Compiled.

Each gets the cheapest days beside what all others do, exactly but for the limits on kinds of shifts, which are asked
afterwards. Prices are shaken a little, so that the same days do not come back. One such move costs as much as a
hundred small ones and finds what no chain of small ones does: a run of work moved by a day so that it covers a weekend.
"""

import math
from typing import NamedTuple

import numpy as np

from assistant.plan.compiled import compiled
from assistant.plan.draws import below
from assistant.plan.roster.board import (
    CLOSED,
    GIVEN,
    IN_ROW,
    LEAST_IN_ROW,
    LEAST_OFF,
    LEAST_TIME,
    LIMITS,
    MOST_TIME,
    MOST_WEEKENDS,
    TIME,
    WEEKENDS,
    Board,
    put,
)
from assistant.plan.roster.find import state_after_shift
from assistant.plan.roster.gap_moves import gap_seen, somebody_able
from assistant.plan.roster.kernel import SATURDAY, WEEK, Array, Labels, Rules, block, fill_table, state_after_free
from assistant.plan.roster.moves import keep
from assistant.plan.roster.pricing import Pricer

LONGEST = 2 * WEEK
"""Days of a window at most."""
_SHORTEST = 5
_LARGEST_TABLE = 4_000_000


class Desk(NamedTuple):
    """Working memory, and the shifts grouped by length and successors: only a group's cheapest matters on a day.

    Attributes:
        group: Of each shift, int64.
        lengths, classes: Of each group.
        may_follow: Classes x groups.
        prices: Window's days x (1 + groups), float32.
        choice: Shift that stands for each group, window's days x groups, int64.
        marks: Offsets, least time, most time, most weekends before each day [4, 1 + days], int64.
        nothing: Zeros, one for each group: no kind of shift is tracked.
        table: Costs still to come, float32.
        last: Cost of each state after the window, float32.
    """

    group: Array
    lengths: Array
    classes: Array
    may_follow: Array
    prices: Array
    choice: Array
    marks: Array
    nothing: Array
    table: Array
    last: Array


class Label(NamedTuple):
    """State, weekends and time worked in the window before a day, as in the kernel."""

    state: int
    weekend: int
    time: int


def desk_of(pricer: Pricer) -> Desk:
    """Memory for windows of up to `LONGEST` days of anybody."""
    groups = pricer.groups
    firsts = [group[0] for group in groups]
    of_shift = np.zeros(len(pricer.lengths), dtype=np.int64)
    for number, group in enumerate(groups):
        of_shift[group] = number
    states = len(pricer.may_follow) * int(pricer.in_row.max()) + int(pricer.least_off.max())
    widest = LONGEST * int(pricer.lengths.max(initial=0)) + 1
    weekends = LONGEST // WEEK + 2
    return Desk(
        group=of_shift,
        lengths=pricer.lengths[firsts],
        classes=pricer.classes[firsts],
        may_follow=np.ascontiguousarray(pricer.may_follow[:, firsts]),
        prices=np.zeros((LONGEST, 1 + len(groups)), dtype=np.float32),
        choice=np.zeros((LONGEST, len(groups)), dtype=np.int64),
        marks=np.zeros((4, LONGEST + 1), dtype=np.int64),
        nothing=np.zeros(len(groups), dtype=np.int64),
        table=np.empty(min(_LARGEST_TABLE, (LONGEST + 1) * states * widest * weekends), dtype=np.float32),
        last=np.zeros(states, dtype=np.float32),
    )


@compiled
def _run_from(b: Board, person: int, day: int, step: int) -> Array:
    """Length of the run of like days (worked or free) that begins on a day and goes in one direction."""
    run, works = 0, b.roster[person, day] >= 0
    while 0 <= day < b.roster.shape[1] and (b.roster[person, day] >= 0) == works:
        run, day = run + 1, day + step
    return run


@compiled
def _state_before(b: Board, k: Desk, person: int, first: int) -> Array:
    """State after the fixed days before the window, as the kernel numbers them."""
    in_row, off = b.contracts[person, IN_ROW], b.contracts[person, LEAST_OFF]
    first_off = k.may_follow.shape[0] * in_row
    if first == 0:
        return first_off + off - 1
    run, shift = _run_from(b, person, first - 1, -1), b.roster[person, first - 1]
    if shift >= 0:
        return k.classes[k.group[shift]] * in_row + min(run, in_row) - 1
    return first_off + (off if run == first else min(run, off)) - 1


@compiled
def _cost_after(b: Board, k: Desk, person: int, end: int, state: int) -> float:
    """0 where the fixed days from `end` on may follow a state, else infinite."""
    days = b.roster.shape[1]
    in_row, least, off = b.contracts[person, IN_ROW], b.contracts[person, LEAST_IN_ROW], b.contracts[person, LEAST_OFF]
    if end == days:
        return 0.0
    run, shift = _run_from(b, person, end, 1), b.roster[person, end]
    touches, works = end + run == days, shift >= 0
    if state < k.may_follow.shape[0] * in_row:
        worked = state % in_row + 1
        if works:
            follows = k.may_follow[state // in_row, k.group[shift]] == 1 and worked + run <= in_row
            good = follows and (worked + run >= least or touches or worked == end)
        else:
            good = (worked >= least or worked == end) and (run >= off or touches)
    else:
        free = state - k.may_follow.shape[0] * in_row + 1
        good = (free >= off and (run >= least or touches)) if works else (free + run >= off or touches)
    return 0.0 if good else np.inf


@compiled
def _mark_ranges(b: Board, k: Desk, person: int, first: int, days: int) -> Array:
    """Writes time and weekends possible before each day, and where its labels begin; their number, -1 if impossible."""
    contract, longest = b.contracts[person], 0
    for length in k.lengths:
        longest = max(longest, length)
    least, most = contract[LEAST_TIME] - b.sums[person, TIME], contract[MOST_TIME] - b.sums[person, TIME]
    left = contract[MOST_WEEKENDS] - b.sums[person, WEEKENDS]
    period = contract[IN_ROW] + contract[LEAST_OFF]
    states = k.may_follow.shape[0] * contract[IN_ROW] + contract[LEAST_OFF]
    at, begun = 0, 0
    for day in range(days + 1):
        rest = days - day
        before = (day // period * contract[IN_ROW] + min(day % period, contract[IN_ROW])) * longest
        after = (rest // period * contract[IN_ROW] + min(rest % period, contract[IN_ROW])) * longest
        low, high = max(0, least - after), min(before, most)
        if low > high or left < 0:
            return -1
        if day and ((first + day - 1) % WEEK == SATURDAY or (day == 1 and (first + day - 1) % WEEK > SATURDAY)):
            begun += 1
        k.marks[0, day], k.marks[1, day], k.marks[2, day], k.marks[3, day] = at, low, high, min(begun, left)
        at += (high - low + 1) * (1 + min(begun, left)) * states
    return at


@compiled
def _price_window(b: Board, k: Desk, person: int, first: int, days: int, shake: float) -> None:
    """Writes what each group's cheapest shift would cost each day, and which it is."""
    for day in range(days):
        here = first + day
        k.prices[day, 0] = b.prices[person, here, 0]
        for group in range(k.lengths.shape[0]):
            k.prices[day, group + 1] = np.inf
        for place in range(1, 1 + b.open[person, 0]):
            shift = b.open[person, place]
            price = b.prices[person, here, shift + 1]
            if price >= CLOSED or b.sums[person, GIVEN + shift] >= b.contracts[person, LIMITS + shift]:
                continue
            there, group = b.counts[here, shift], k.group[shift]
            noise = -shake * math.log((below(b.draw, 1 << 20) + 1) / (1 << 20)) if shake > 0 else 0.0
            cost = np.float32(price + b.cover[here, shift, there + 1] - b.cover[here, shift, there] + noise)
            if cost < k.prices[day, group + 1]:
                k.prices[day, group + 1], k.choice[day, group] = cost, shift


@compiled
def _after(table: Array, rules: Rules, labels: Labels, day: int, label: Label, group: int) -> tuple[Array, Label]:
    """Least cost of the days from `day` on when it is given a group's shift (-1: free), and the label then."""
    absolute, shifts = rules.first_day + day, rules.may_follow.shape[0] * rules.in_row
    if group < 0:
        then = Label(state_after_free(rules, label.state, absolute), label.weekend, label.time)
    else:
        worked, weekday = label.state < shifts, absolute % WEEK
        opens = weekday == SATURDAY or (weekday > SATURDAY and not worked)
        weekend = label.weekend + (1 if opens else 0)
        then = Label(state_after_shift(rules, label.state, group), weekend, label.time + rules.lengths[group])
    low, high = labels.low[day + 1], labels.high[day + 1]
    if then.state < 0 or then.weekend > labels.weekends[day + 1] or then.time < low or then.time > high:
        return np.inf, then
    place = block(labels, shifts + rules.least_off, day + 1, 0, then.weekend)
    return rules.prices[day, group + 1] + table[place + then.state * (high - low + 1) + then.time - low], then


@compiled
def _walk(b: Board, k: Desk, rules: Rules, labels: Labels, person: int, days: int, state: int) -> Array:
    """Writes the cheapest days of the table into the roster; returns the change of the cost."""
    label, change = Label(state, 0, 0), 0
    for day in range(days):
        best, taken, chosen = np.inf, -2, label
        for group in range(-1, rules.lengths.shape[0]):
            cost, then = _after(k.table, rules, labels, day, label, group)
            if cost < best:
                best, taken, chosen = cost, group, then
        if taken == -2:
            return CLOSED
        label = chosen
        if taken >= 0:
            change += put(b, person, rules.first_day + day, k.choice[day, taken])
    return change


@compiled
def replan(b: Board, k: Desk, person: int, first: int, end: int, shake: float) -> Array:
    """Fills one person's free days of a window; returns the change of the cost, `CLOSED` where nothing fits."""
    contract, days = b.contracts[person], end - first
    size = _mark_ranges(b, k, person, first, days)
    if size < 0 or size > k.table.shape[0]:
        return CLOSED
    _price_window(b, k, person, first, days, shake)
    rules = Rules(
        first, k.prices[:days], k.lengths, k.classes, k.may_follow, contract[IN_ROW], contract[LEAST_IN_ROW],
        contract[LEAST_OFF], k.nothing,
    )  # fmt: skip
    marks = k.marks
    labels = Labels(
        marks[0, : days + 1], marks[1, : days + 1], marks[2, : days + 1], marks[3, : days + 1], k.nothing, k.nothing, 1
    )
    for state in range(k.may_follow.shape[0] * contract[IN_ROW] + contract[LEAST_OFF]):
        k.last[state] = _cost_after(b, k, person, end, state)
    fill_table(k.table, rules, labels, k.last)
    return _walk(b, k, rules, labels, person, days, _state_before(b, k, person, first))


@compiled
def clear(b: Board, person: int, first: int, end: int) -> Array:
    """Takes all shifts of a window from a person; returns the change of the cost."""
    change = 0
    for day in range(first, end):
        change += put(b, person, day, -1)
    return change


@compiled
def _window(b: Board, day: int) -> tuple[Array, Array]:
    """First and last (excluded) day of a window around a day; its end parts no weekend."""
    days = b.roster.shape[1]
    length = _SHORTEST + below(b.draw, LONGEST - _SHORTEST)
    first = max(0, min(day - below(b.draw, length), days - length))
    end = min(days, first + length)
    if end < days and end % WEEK == SATURDAY + 1:
        end += 1
    return first, end


@compiled
def replan_some(b: Board, k: Desk, limit: float, shake: float) -> Array:
    """One person's window around a gap, or a random day, is planned anew; half the time with a second person's."""
    people, days = b.roster.shape
    gap, shifts = gap_seen(b) if below(b.draw, 4) else -1, b.counts.shape[1]
    day = gap // shifts if gap >= 0 else below(b.draw, days)
    person = somebody_able(b, gap % shifts) if gap >= 0 else below(b.draw, people)
    other = below(b.draw, people) if below(b.draw, 2) else person
    first, end = _window(b, day)
    if person < 0 or other < 0:
        return 0
    change = clear(b, person, first, end)
    if other != person:
        change += clear(b, other, first, end)
    change += replan(b, k, person, first, end, shake)
    if other != person and change < CLOSED // 2:
        change += replan(b, k, other, first, end, shake)
    return keep(b, change, limit, person, other, first, end - 1)
