"""One person's cheapest schedule by dynamic programming over days, as compiled loops over plain arrays.

A state says what the last days were: `working(k, r)`, the last shift of class k (shifts with the same successors) and
r days in a row, has number k * R + r - 1; `off(o)`, o free days in a row, has number K * R + o - 1, where the last o
means "enough of them". Beside the state a label has the time worked (in units of the shifts' common divisor), the weekends
worked and how many shifts of each tracked kind were given. The table holds, for every day and label, the least cost of
the days still to come; so it is exact for all tracked rules and a lower bound where a limit on a kind of shift is not
tracked. `find_schedules` then walks forward, best first, and keeps the untracked limits.

The innermost index of the table is the time worked, so that the loops run over contiguous numbers.
"""

import numpy as np

from assistant.plan.roster.compiled import compiled

SATURDAY, SUNDAY, WEEK = 5, 6, 7


@compiled
def fill_table(
    table, offsets, first_day, prices, lengths, classes, may_follow, in_row, least_off, least_in_row,
    low, high, weekends, tracked_step, tracked_most, tracked_total, last,
):  # fmt: skip
    """Fills `table` from the last day back.

    Args:
        table: Flat, float64; block of day d begins at offsets[d].
        offsets: Days + 1 numbers.
        first_day: Number of the window's first day in the horizon.
        prices: Days x (1 + shifts): cost of a free day, of each shift; infinite where not allowed.
        lengths, classes: Of each shift.
        may_follow: Classes x shifts, 1 where the shift may come the day after.
        in_row, least_off, least_in_row: The rules R and F of states, and the least days in a row.
        low, high: Days + 1 numbers: range of the time worked before day d.
        weekends: Days + 1 numbers: most weekends worked before day d.
        tracked_step, tracked_most: Of each shift: stride in the tracked counts (0: untracked) and its limit.
        tracked_total: Number of combinations of tracked counts.
        last: Cost of each state at the end of the window.
    """
    days = prices.shape[0]
    shifts = lengths.shape[0]
    n_classes = may_follow.shape[0]
    first_off = n_classes * in_row
    states = first_off + least_off
    width = high[days] - low[days] + 1
    at = offsets[days]
    for _ in range(tracked_total * (weekends[days] + 1)):
        for state in range(states):
            for _ in range(width):
                table[at] = last[state]
                at += 1
    for day in range(days - 1, -1, -1):
        absolute = first_day + day
        weekday = absolute % WEEK
        wide = high[day] - low[day] + 1
        wide_next = high[day + 1] - low[day + 1] + 1
        for tracked in range(tracked_total):
            for weekend in range(weekends[day] + 1):
                here = offsets[day] + (tracked * (weekends[day] + 1) + weekend) * states * wide
                table[here : here + states * wide] = np.inf
                # A free day: time, weekends and counts stay.
                if prices[day, 0] < np.inf and weekend <= weekends[day + 1]:
                    then = offsets[day + 1] + (tracked * (weekends[day + 1] + 1) + weekend) * states * wide_next
                    lo = max(low[day], low[day + 1])
                    hi = min(high[day], high[day + 1])
                    for state in range(states):
                        if state < first_off:
                            run = state % in_row + 1
                            if run < least_in_row and run != absolute:
                                continue
                            target = first_off
                        else:
                            target = min(state + 1, states - 1)
                        a = here + state * wide - low[day]
                        b = then + target * wide_next - low[day + 1]
                        price = prices[day, 0]
                        for time in range(lo, hi + 1):
                            table[a + time] = price + table[b + time]
                for shift in range(shifts):
                    price = prices[day, shift + 1]
                    if price == np.inf:
                        continue
                    tracked_next = tracked
                    if tracked_step[shift] > 0:
                        count = tracked // tracked_step[shift] % (tracked_most[shift] + 1)
                        if count == tracked_most[shift]:
                            continue
                        tracked_next += tracked_step[shift]
                    length = lengths[shift]
                    lo = max(low[day], low[day + 1] - length)
                    hi = min(high[day], high[day + 1] - length)
                    if lo > hi:
                        continue
                    # After a working day: Saturday opens a weekend, Sunday's was opened by Saturday.
                    weekend_next = weekend + (1 if weekday == SATURDAY else 0)
                    if weekend_next <= weekends[day + 1]:
                        then = (
                            offsets[day + 1]
                            + (tracked_next * (weekends[day + 1] + 1) + weekend_next) * states * wide_next
                        )
                        for kind in range(n_classes):
                            if may_follow[kind, shift] == 0:
                                continue
                            for run in range(1, min(in_row, absolute + 1)):
                                a = here + (kind * in_row + run - 1) * wide - low[day]
                                b = then + (classes[shift] * in_row + run) * wide_next - low[day + 1] + length
                                for time in range(lo, hi + 1):
                                    value = price + table[b + time]
                                    table[a + time] = min(value, table[a + time])
                    # After enough free days.
                    weekend_next = weekend + (1 if weekday == SATURDAY or weekday == SUNDAY else 0)
                    if weekend_next <= weekends[day + 1]:
                        then = (
                            offsets[day + 1]
                            + (tracked_next * (weekends[day + 1] + 1) + weekend_next) * states * wide_next
                        )
                        a = here + (states - 1) * wide - low[day]
                        b = then + classes[shift] * in_row * wide_next - low[day + 1] + length
                        for time in range(lo, hi + 1):
                            value = price + table[b + time]
                            table[a + time] = min(value, table[a + time])


@compiled
def find_schedules(
    table, offsets, first_day, prices, lengths, classes, may_follow, in_row, least_off, least_in_row,
    low, high, weekends, tracked_step, tracked_most, limits, start, cutoff, wanted, most_nodes, found, costs, broken,
):  # fmt: skip
    """The cheapest schedules below `cutoff`, best first (A* search: the table is what remains at least).

    Args as for `fill_table`, and:
        limits: Most shifts of each kind in the window; kept for every kind that is not tracked.
        start: State before the first day.
        cutoff: Schedules of this cost or more are not wanted.
        wanted: How many at most.
        most_nodes: Give up after so many partial schedules.
        found: Wanted x days, int16: receives the schedules (-1 free).
        costs: Receives their costs.
        broken: Receives how often each kind's limit cut a partial schedule off.

    Returns:
        Number found, and a lower bound on the cost of every schedule not found.
    """
    days = prices.shape[0]
    shifts = lengths.shape[0]
    first_off = may_follow.shape[0] * in_row
    states = first_off + least_off
    node_key = np.empty(most_nodes)
    node_cost = np.empty(most_nodes)
    node_info = np.empty((most_nodes, 7), np.int32)  # day, state, weekend, time, tracked, parent, choice
    heap = np.empty(most_nodes, np.int32)
    size = 0
    nodes = 0
    number = 0
    broken[:] = 0
    if low[0] > 0 or high[0] < 0:
        return 0, np.inf
    bound = table[offsets[0] + start * (high[0] - low[0] + 1) - low[0]]
    if not bound < cutoff:
        return 0, bound
    node_key[0] = bound
    node_cost[0] = 0.0
    node_info[0, 0] = 0
    node_info[0, 1] = start
    node_info[0, 2:5] = 0
    node_info[0, 5] = -1
    node_info[0, 6] = -1
    heap[0] = 0
    size = 1
    nodes = 1
    used = np.zeros(shifts, np.int32)
    while size > 0:
        node = heap[0]
        size -= 1
        moved = heap[size]
        place = 0
        while True:
            child = 2 * place + 1
            if child >= size:
                break
            if child + 1 < size and node_key[heap[child + 1]] < node_key[heap[child]]:
                child += 1
            if node_key[heap[child]] >= node_key[moved]:
                break
            heap[place] = heap[child]
            place = child
        heap[place] = moved
        day = node_info[node, 0]
        if day == days:
            at = node
            for back in range(days - 1, -1, -1):
                found[number, back] = node_info[at, 6]
                at = node_info[at, 5]
            costs[number] = node_cost[node]
            number += 1
            if number == wanted:
                return number, node_cost[node]
            continue
        used[:] = 0
        at = node
        while node_info[at, 5] >= 0:
            if node_info[at, 6] >= 0:
                used[node_info[at, 6]] += 1
            at = node_info[at, 5]
        state = node_info[node, 1]
        weekend = node_info[node, 2]
        time = node_info[node, 3]
        tracked = node_info[node, 4]
        absolute = first_day + day
        weekday = absolute % WEEK
        working = state < first_off
        run = state % in_row + 1 if working else 0
        wide_next = high[day + 1] - low[day + 1] + 1
        for choice in range(-1, shifts):
            price = prices[day, choice + 1]
            if price == np.inf:
                continue
            weekend_next = weekend
            time_next = time
            tracked_next = tracked
            if choice < 0:
                if working:
                    if run < least_in_row and run != absolute:
                        continue
                    target = first_off
                else:
                    target = min(state + 1, states - 1)
            else:
                if working:
                    if run >= in_row or may_follow[state // in_row, choice] == 0:
                        continue
                    target = classes[choice] * in_row + run
                else:
                    if state != states - 1:
                        continue
                    target = classes[choice] * in_row
                if weekday == SATURDAY or (weekday == SUNDAY and not working):
                    weekend_next += 1
                time_next += lengths[choice]
                if tracked_step[choice] > 0:
                    if tracked // tracked_step[choice] % (tracked_most[choice] + 1) == tracked_most[choice]:
                        continue
                    tracked_next += tracked_step[choice]
            if weekend_next > weekends[day + 1] or time_next < low[day + 1] or time_next > high[day + 1]:
                continue
            rest = table[
                offsets[day + 1]
                + ((tracked_next * (weekends[day + 1] + 1) + weekend_next) * states + target) * wide_next
                + time_next
                - low[day + 1]
            ]
            cost = node_cost[node] + price
            if not cost + rest < cutoff:
                continue
            if choice >= 0 and tracked_step[choice] == 0 and used[choice] >= limits[choice]:
                broken[choice] += 1
                continue
            if nodes == most_nodes:
                return number, node_key[node]
            # Among equals the longer one first, by less than any true difference.
            key = cost + rest - 1e-7 * (day + 1)
            node_key[nodes] = key
            node_cost[nodes] = cost
            node_info[nodes, 0] = day + 1
            node_info[nodes, 1] = target
            node_info[nodes, 2] = weekend_next
            node_info[nodes, 3] = time_next
            node_info[nodes, 4] = tracked_next
            node_info[nodes, 5] = node
            node_info[nodes, 6] = choice
            place = size
            size += 1
            while place > 0:
                above = (place - 1) // 2
                if node_key[heap[above]] <= key:
                    break
                heap[place] = heap[above]
                place = above
            heap[place] = nodes
            nodes += 1
    return number, cutoff
