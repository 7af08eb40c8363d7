"""Walks forward through the kernel's table, best first (A* search: the table says what remains at least)."""

from typing import NamedTuple

import numpy as np

from assistant.plan.compiled import compiled
from assistant.plan.roster.kernel import (
    SATURDAY,
    WEEK,
    Array,
    Labels,
    Rules,
    block,
    state_after_free,
    states_of,
    tracked_after,
)

_PREFER_LONGER = 1e-7
"""Bonus of a day already decided: among equals the longer one first, by less than any true difference."""
DAY, STATE, WEEKEND, TIME, TRACKED, PARENT, CHOICE = range(7)
"""Columns of a node; the choice is a shift or -1 for free, the parent -1 for none."""


class Tree(NamedTuple):
    """Partial schedules.

    Attributes:
        keys: Least cost of a whole schedule through each node.
        spent: Cost of its days so far.
        nodes: Nodes x columns.
        heap: Open nodes, the least key first.
    """

    keys: Array
    spent: Array
    nodes: Array
    heap: Array


@compiled
def _push(heap: Array, keys: Array, size: int, node: int) -> None:
    """Adds a node to a heap of `size` nodes."""
    place = size
    while place > 0:
        above = (place - 1) // 2
        if keys[heap[above]] <= keys[node]:
            break
        heap[place] = heap[above]
        place = above
    heap[place] = node


@compiled
def _pop(heap: Array, keys: Array, size: int) -> int:
    """Takes the node with the least key from a heap of `size` nodes."""
    node, moved, size = heap[0], heap[size - 1], size - 1
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and keys[heap[child + 1]] < keys[heap[child]]:
            child += 1
        if keys[heap[child]] >= keys[moved]:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = moved
    return node


@compiled
def _count_used(nodes: Array, node: int, used: Array) -> None:
    """Counts the shifts of each kind on the way to a node."""
    used[:] = 0
    while nodes[node, PARENT] >= 0:
        if nodes[node, CHOICE] >= 0:
            used[nodes[node, CHOICE]] += 1
        node = nodes[node, PARENT]


@compiled
def _write_schedule(nodes: Array, node: int, schedule: Array) -> None:
    for day in range(schedule.shape[0] - 1, -1, -1):
        schedule[day] = nodes[node, CHOICE]
        node = nodes[node, PARENT]


@compiled
def state_after_shift(rules: Rules, state: int, shift: int) -> int:
    """State after a shift, -1 where it may not be given."""
    first_off = rules.may_follow.shape[0] * rules.in_row
    if state >= first_off:
        return rules.classes[shift] * rules.in_row if state == first_off + rules.least_off - 1 else -1
    run = state % rules.in_row + 1
    if run >= rules.in_row or rules.may_follow[state // rules.in_row, shift] == 0:
        return -1
    return rules.classes[shift] * rules.in_row + run


@compiled
def _child(rules: Rules, labels: Labels, parent: Array, choice: int, child: Array) -> bool:
    """Writes the node after `choice` into `child`; False where the rules forbid it."""
    absolute = rules.first_day + parent[DAY]
    weekend, time, tracked = parent[WEEKEND], parent[TIME], parent[TRACKED]
    if choice < 0:
        state = state_after_free(rules, parent[STATE], absolute)
    else:
        state = state_after_shift(rules, parent[STATE], choice)
        worked = parent[STATE] < rules.may_follow.shape[0] * rules.in_row
        weekday = absolute % WEEK
        if weekday == SATURDAY or (weekday > SATURDAY and not worked):
            weekend += 1
        time += rules.lengths[choice]
        tracked = tracked_after(labels, tracked, choice)
    day = parent[DAY] + 1
    child[DAY], child[STATE], child[WEEKEND], child[TIME], child[TRACKED] = day, state, weekend, time, tracked
    inside = labels.low[day] <= time <= labels.high[day] and weekend <= labels.weekends[day]
    return state >= 0 and tracked >= 0 and inside


@compiled
def _rest(table: Array, labels: Labels, states: int, node: Array) -> float:
    """Least cost of the days after a node."""
    day = node[DAY]
    width = labels.high[day] - labels.low[day] + 1
    place = block(labels, states, day, node[TRACKED], node[WEEKEND]) + node[STATE] * width
    return table[place + node[TIME] - labels.low[day]]


@compiled
def _expand(
    table: Array, rules: Rules, labels: Labels, tree: Tree, node: int, size: int, made: int, cutoff: float,
    used: Array, broken: Array,
) -> tuple[int, int]:  # fmt: skip
    """Adds the children of a node that may lead below `cutoff`; returns nodes in the heap, and made (-1: too many)."""
    _count_used(tree.nodes, node, used)
    for choice in range(-1, rules.lengths.shape[0]):
        price = rules.prices[tree.nodes[node, DAY], choice + 1]
        if made == len(tree.keys):
            return size, -1
        child = tree.nodes[made]
        if price == np.inf or not _child(rules, labels, tree.nodes[node], choice, child):
            continue
        cost = tree.spent[node] + price
        bound = cost + _rest(table, labels, states_of(rules), child)
        if not bound < cutoff:
            continue
        if choice >= 0 and labels.step[choice] == 0 and used[choice] >= rules.limits[choice]:
            broken[choice] += 1
            continue
        child[PARENT], child[CHOICE] = node, choice
        tree.keys[made], tree.spent[made] = bound - _PREFER_LONGER * child[DAY], cost
        _push(tree.heap, tree.keys, size, made)
        size += 1
        made += 1
    return size, made


@compiled
def find_schedules(
    table: Array, rules: Rules, labels: Labels, start: int, cutoff: float, most_nodes: int,
    found: Array, costs: Array, broken: Array,
) -> tuple[int, float]:  # fmt: skip
    """The cheapest schedules that cost less than `cutoff`, cheapest first.

    Args:
        table: From `fill_table`.
        rules: As there; `limits` is kept for the kinds that are not tracked.
        labels: As there.
        start: State before the first day.
        cutoff: Exclusive.
        most_nodes: Give up after so many partial schedules.
        found: Wanted x days, int16: receives the schedules (-1 free).
        costs: Receives their costs.
        broken: Receives how often each kind's limit cut a partial schedule off.

    Returns:
        Number found, and a lower bound on the cost of every schedule not found.
    """
    nodes = np.zeros((most_nodes, 7), np.int32)
    tree = Tree(np.empty(most_nodes), np.empty(most_nodes), nodes, np.zeros(most_nodes, np.int32))
    used = np.zeros(rules.lengths.shape[0], np.int32)
    broken[:] = 0
    if labels.low[0] > 0 or labels.high[0] < 0:
        return 0, np.inf
    nodes[0, STATE], nodes[0, PARENT] = start, -1
    tree.keys[0], tree.spent[0] = _rest(table, labels, states_of(rules), nodes[0]), 0.0
    if not tree.keys[0] < cutoff:
        return 0, tree.keys[0]
    size, made, number = 1, 1, 0
    while size > 0:
        node = _pop(tree.heap, tree.keys, size)
        size -= 1
        if nodes[node, DAY] < rules.prices.shape[0]:
            size, made = _expand(table, rules, labels, tree, node, size, made, cutoff, used, broken)
            if made < 0:
                return number, tree.keys[node]
            continue
        _write_schedule(nodes, node, found[number])
        costs[number] = tree.spent[node]
        number += 1
        if number == found.shape[0]:
            return number, tree.spent[node]
    return number, cutoff
