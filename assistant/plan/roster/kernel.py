"""One person's cheapest schedule by dynamic programming over days, as compiled loops over plain arrays.

A state says what the last days were: the last shift's class k (shifts with the same successors) and r days in a row
have number k * R + r - 1; o free days in a row have number K * R + o - 1, where the last o means "enough of them".
Beside the state a label has the time worked (in units of the shifts' common divisor), the weekends worked and how many
shifts of each tracked kind were given. The table holds, for every day and label, the least cost of the days still to
come; so it is exact for all tracked rules, and a lower bound where a limit on a kind of shift is not tracked
(`find` keeps those). The innermost index of the table is the time worked, so that loops run over contiguous numbers.
"""

from typing import Any, NamedTuple

import numpy as np

from assistant.plan.compiled import compiled

Array = Any
"""A numpy array; numba knows the type."""

SATURDAY, SUNDAY, WEEK = 5, 6, 7


class Rules(NamedTuple):
    """What one person may do in a window, and at what price.

    Attributes:
        first_day: Number of the window's first day in the horizon.
        prices: Days x (1 + shifts): cost of a free day, of each shift; infinite where not allowed.
        lengths, classes: Of each shift.
        may_follow: Classes x shifts, 1 where the shift may come the day after.
        in_row, least_in_row, least_off: Most and least days in a row, least free days.
        limits: Most shifts of each kind.
    """

    first_day: int
    prices: Array
    lengths: Array
    classes: Array
    may_follow: Array
    in_row: int
    least_in_row: int
    least_off: int
    limits: Array


class Labels(NamedTuple):
    """Which labels the table has, and where.

    Attributes:
        offsets: Where the block of each day begins in the table, days + 1 numbers.
        low, high: Range of the time worked before each day, days + 1 numbers.
        weekends: Most weekends worked before each day, days + 1 numbers.
        step, most: Of each kind of shift: stride in the tracked counts (0: untracked) and its limit.
        total: Combinations of tracked counts.
    """

    offsets: Array
    low: Array
    high: Array
    weekends: Array
    step: Array
    most: Array
    total: int


@compiled
def states_of(rules: Rules) -> int:
    """Number of states."""
    return rules.may_follow.shape[0] * rules.in_row + rules.least_off


@compiled
def block(labels: Labels, states: int, day: int, tracked: int, weekend: int) -> int:
    """Where the states of a day, a combination of tracked counts and a number of weekends begin."""
    width = labels.high[day] - labels.low[day] + 1
    return labels.offsets[day] + (tracked * (labels.weekends[day] + 1) + weekend) * states * width


@compiled
def tracked_after(labels: Labels, tracked: int, shift: int) -> int:
    """The tracked counts after one more shift, -1 where its limit is reached."""
    step = labels.step[shift]
    if step == 0:
        return tracked
    if tracked // step % (labels.most[shift] + 1) == labels.most[shift]:
        return -1
    return tracked + step


@compiled
def state_after_free(rules: Rules, state: int, absolute: int) -> int:
    """State after a free day, -1 where too few days were worked in a row; those from day 0 on are always enough."""
    first_off = rules.may_follow.shape[0] * rules.in_row
    if state >= first_off:
        return min(state + 1, first_off + rules.least_off - 1)
    run = state % rules.in_row + 1
    if run < rules.least_in_row and run != absolute:
        return -1
    return first_off


@compiled
def _free_day(table: Array, rules: Rules, labels: Labels, day: int, tracked: int, weekend: int) -> None:
    """The labels of a day when it is free: time, weekends and counts stay."""
    states = states_of(rules)
    here = block(labels, states, day, tracked, weekend)
    wide = labels.high[day] - labels.low[day] + 1
    table[here : here + states * wide] = np.inf
    price = rules.prices[day, 0]
    if price == np.inf or weekend > labels.weekends[day + 1]:
        return
    then = block(labels, states, day + 1, tracked, weekend)
    wide_next = labels.high[day + 1] - labels.low[day + 1] + 1
    low, high = max(labels.low[day], labels.low[day + 1]), min(labels.high[day], labels.high[day + 1])
    for state in range(states):
        target = state_after_free(rules, state, rules.first_day + day)
        if target >= 0:
            a = here + state * wide - labels.low[day]
            b = then + target * wide_next - labels.low[day + 1]
            for time in range(low, high + 1):
                table[a + time] = price + table[b + time]


@compiled
def _relax(table: Array, a: int, b: int, number: int, price: float) -> None:
    """Lowers `number` labels from `a` on to those from `b` on plus the price."""
    for place in range(number):
        value = price + table[b + place]
        table[a + place] = min(value, table[a + place])


@compiled
def _shift_given(table: Array, rules: Rules, labels: Labels, day: int, tracked: int, weekend: int, shift: int) -> None:
    """Lowers the labels of a day by giving a shift."""
    price, length, kind = rules.prices[day, shift + 1], rules.lengths[shift], rules.classes[shift]
    low = max(labels.low[day], labels.low[day + 1] - length)
    number = min(labels.high[day], labels.high[day + 1] - length) - low + 1
    then_tracked = tracked_after(labels, tracked, shift)
    if price == np.inf or number <= 0 or then_tracked < 0:
        return
    states, absolute = states_of(rules), rules.first_day + day
    weekday = absolute % WEEK
    wide, wide_next = labels.high[day] - labels.low[day] + 1, labels.high[day + 1] - labels.low[day + 1] + 1
    here = block(labels, states, day, tracked, weekend) + low - labels.low[day]
    shifted = low + length - labels.low[day + 1]
    # After a working day: Saturday opens a weekend; Sunday's was opened by Saturday.
    then_weekend = weekend + (1 if weekday == SATURDAY else 0)
    if then_weekend <= labels.weekends[day + 1]:
        then = block(labels, states, day + 1, then_tracked, then_weekend) + shifted
        for before in range(rules.may_follow.shape[0]):
            if rules.may_follow[before, shift] == 1:
                for run in range(1, min(rules.in_row, absolute + 1)):
                    a = here + (before * rules.in_row + run - 1) * wide
                    _relax(table, a, then + (kind * rules.in_row + run) * wide_next, number, price)
    # After enough free days.
    then_weekend = weekend + (1 if weekday >= SATURDAY else 0)
    if then_weekend <= labels.weekends[day + 1]:
        then = block(labels, states, day + 1, then_tracked, then_weekend) + shifted
        _relax(table, here + (states - 1) * wide, then + kind * rules.in_row * wide_next, number, price)


@compiled
def fill_table(table: Array, rules: Rules, labels: Labels, last: Array) -> None:
    """Fills `table` (flat, float64) from the last day back; `last` is the cost of each state after the window."""
    days, states = rules.prices.shape[0], states_of(rules)
    width = labels.high[days] - labels.low[days] + 1
    at = labels.offsets[days]
    for _ in range(labels.total * (labels.weekends[days] + 1)):
        for state in range(states):
            table[at : at + width] = last[state]
            at += width
    for day in range(days - 1, -1, -1):
        for tracked in range(labels.total):
            for weekend in range(labels.weekends[day] + 1):
                _free_day(table, rules, labels, day, tracked, weekend)
                for shift in range(rules.lengths.shape[0]):
                    _shift_given(table, rules, labels, day, tracked, weekend, shift)
