"""The compiled inner loop: tries a change, keeps it if the rules hold and the cost allows, and remembers the best.

Simulated annealing over one person's day, two people's days, and one person's two days. Every rule of
working time holds in every roster that is kept; least contract hours, hard cover and forced duties are priced so high
(`hard_price`) that they hold in the end wherever they can.
"""

import math

import numpy as np

from assistant.plan.compiled import compiled
from assistant.plan.staffing.local.tables import Ints, Tables


@compiled
def draw(state: Ints, below: int) -> int:
    """A number from 0 to below - 1, from a xorshift generator whose state is the caller's."""
    x = np.uint64(state[0])
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = np.int64(x)
    return int((x >> np.uint64(11)) % np.uint64(below))


@compiled
def row_holds(t: Tables, row: Ints, fixed: Ints, most: int) -> bool:
    """Whether one person's days keep every working-time rule that a planned shift takes part in.

    `fixed` is 1 where the plan may not touch a cell; `most` is the most minutes within the planned days.
    """
    days = len(row)
    most_days, most_nights, block, most_week = t.limits[0], t.limits[1], t.limits[2], t.limits[3]
    run = nights = total = planned = week = planned_week = 0
    since_planned = since_planned_night = days  # days since the last planned shift, or planned night
    for day in range(days):
        kind = row[day]
        works = kind >= 0
        plans = works and fixed[day] == 0
        is_night = works and t.night[kind] == 1
        run = run + 1 if works else 0
        nights = nights + 1 if is_night else 0
        since_planned = 0 if plans else since_planned + 1
        since_planned_night = 0 if plans and is_night else since_planned_night + 1
        if run > most_days and since_planned <= most_days:
            return False
        if nights > most_nights and since_planned_night <= most_nights:
            return False
        if day >= 7 and row[day - 7] >= 0:
            week -= t.minutes[row[day - 7]]
            planned_week -= 1 - fixed[day - 7]
        if not works:
            continue
        week += t.minutes[kind]
        planned_week += 1 - fixed[day]
        if week > most_week and planned_week > 0:
            return False
        if t.first <= day < t.first + t.days:
            total += t.minutes[kind]
            planned += plans
        if not _rested(t, row, fixed, day, is_night and nights >= block, since_planned_night < block):
            return False
    return planned == 0 or total <= most


@compiled
def _rested(t: Tables, row: Ints, fixed: Ints, day: int, tired: bool, block_planned: bool) -> bool:
    """The daily rest after the shift of `day`, and the long one if a block of nights ends with it."""
    kind, left = row[day], len(row) - 1 - day
    for step in range(1, min(t.close.shape[0] - 1, left) + 1):
        later = row[day + step]
        if later >= 0 and t.close[step, kind, later] == 1 and (fixed[day] == 0 or fixed[day + step] == 0):
            return False
    if not tired or (left > 0 and row[day + 1] >= 0 and t.night[row[day + 1]] == 1):
        return True
    for step in range(1, min(t.far.shape[0] - 1, left) + 1):
        later = row[day + step]
        if later >= 0 and t.far[step, kind, later] == 1 and (block_planned or fixed[day + step] == 0):
            return False
    return True


@compiled
def row_price(t: Tables, row: Ints, fixed: Ints, person: int) -> int:
    """What one person's days cost: hours off the contract, nights, weekends, wishes."""
    minutes = nights = weekends = wishes = 0
    for day in range(t.days):
        kind = row[t.first + day]
        if kind >= 0:
            minutes += t.minutes[kind]
            nights += t.night[kind]
            weekends += t.weekend[day]
        choice = kind if kind >= 0 and fixed[t.first + day] == 0 else t.wish.shape[2] - 1
        wishes += t.wish[person, day, choice]
    band, prices = t.band[person], t.prices
    off = max(0, abs(minutes - band[2]) - prices[8])
    price = wishes + band[5] * prices[4] * ((off + 59) // 60)
    price += prices[7] * ((max(0, band[0] - minutes) + 59) // 60)
    beyond = max(0, nights - band[3])
    price += prices[5] * (beyond + max(0, beyond - 1))
    beyond = max(0, weekends - band[4])
    return price + prices[6] * (beyond + max(0, beyond - 1))


@compiled
def cover_price(t: Tables, staff: Ints, skilled: Ints, day: int, shift: int) -> int:
    """What one shift costs: nurses missing or too many, and skills missing."""
    short = t.need[day, shift] - staff[day, shift]
    prices = t.prices
    price = prices[0] * short + prices[1] * max(0, short - 1) if short > 0 else -prices[2] * short
    for skill in range(t.needed.shape[2]):
        price += prices[3] * max(0, t.needed[day, shift, skill] - skilled[day, shift, skill])
    new, preceptors = t.company[0], t.company[1]
    if new >= 0 and skilled[day, shift, preceptors] == 0:
        price += prices[7] * skilled[day, shift, new]
    return price


@compiled
def put(t: Tables, cells: Ints, staff: Ints, skilled: Ints, person: int, day: int, kind: int) -> int:
    """Gives one person another shift (or none) on a planned day; returns how much the cover's price rises."""
    before, place, rise = cells[person, t.first + day], t.first + day, 0
    for shift in (before, kind):
        if shift >= 0:
            rise -= cover_price(t, staff, skilled, day, shift)
            step = -1 if shift == before else 1
            staff[day, shift] += step
            for skill in range(t.has.shape[1]):
                skilled[day, shift, skill] += step * t.has[person, skill]
            rise += cover_price(t, staff, skilled, day, shift)
    cells[person, place] = kind
    return rise


@compiled
def whole_price(t: Tables, cells: Ints, fixed: Ints, staff: Ints, skilled: Ints) -> int:
    """The price of the whole roster; also counts heads and skills anew into `staff` and `skilled`."""
    staff[:], skilled[:] = 0, 0
    price = 0
    for person in range(cells.shape[0]):
        for day in range(t.days):
            kind = cells[person, t.first + day]
            if kind >= 0 and fixed[person, t.first + day] == 0:
                staff[day, kind] += 1
                for skill in range(t.has.shape[1]):
                    skilled[day, kind, skill] += t.has[person, skill]
        price += row_price(t, cells[person], fixed[person], person)
    for day in range(t.days):
        for shift in range(t.need.shape[1]):
            price += cover_price(t, staff, skilled, day, shift)
    return price


@compiled
def _may(t: Tables, fixed: Ints, person: int, day: int, kind: int) -> bool:
    return fixed[person, t.first + day] == 0 and (kind < 0 or t.allowed[person, day, kind] == 1)


@compiled
def propose(t: Tables, cells: Ints, fixed: Ints, state: Ints, move: Ints) -> int:
    """Draws a change into `move` (person, day, new shift, one line each); returns its number of lines, 0 for none."""
    people, shifts = cells.shape[0], t.need.shape[1]
    what, person, day = draw(state, 10), draw(state, people), draw(state, t.days)
    now = cells[person, t.first + day]
    if what < 4 or people == 1:
        kind = draw(state, shifts + 1) - 1
        if kind == now or not _may(t, fixed, person, day, kind):
            return 0
        move[0, 0], move[0, 1], move[0, 2] = person, day, kind
        return 1
    if what < 5:
        other_day = draw(state, t.days)
        then = cells[person, t.first + other_day]
        if then == now or not (_may(t, fixed, person, day, then) and _may(t, fixed, person, other_day, now)):
            return 0
        move[0, 0], move[0, 1], move[0, 2] = person, day, then
        move[1, 0], move[1, 1], move[1, 2] = person, other_day, now
        return 2
    other = draw(state, people)
    length = 1 if what < 8 else 2 + draw(state, move.shape[0] // 2 - 1)
    if other == person:
        return 0
    lines = 0
    for step in range(min(length, t.days - day)):
        mine, theirs = cells[person, t.first + day + step], cells[other, t.first + day + step]
        if mine == theirs:
            continue
        if not (_may(t, fixed, person, day + step, theirs) and _may(t, fixed, other, day + step, mine)):
            return 0
        move[lines, 0], move[lines, 1], move[lines, 2] = person, day + step, theirs
        move[lines + 1, 0], move[lines + 1, 1], move[lines + 1, 2] = other, day + step, mine
        lines += 2
    return lines


@compiled
def anneal(
    t: Tables, cells: Ints, fixed: Ints, state: Ints, best: Ints, prices: Ints, hot: float, cold: float, steps: int
) -> None:
    """Tries `steps` changes while the temperature falls from `hot` to `cold`.

    Args:
        t: The problem.
        cells: The roster, changed in place.
        fixed: Cells that may not change.
        state: The generator's state.
        best: The best roster so far, changed in place.
        prices: Price of `cells` and of `best`, changed in place.
        hot: First temperature, in units of price.
        cold: Last temperature.
        steps: Changes to try.
    """
    staff = np.zeros(t.need.shape, np.int64)
    skilled = np.zeros(t.needed.shape, np.int64)
    price = whole_price(t, cells, fixed, staff, skilled)
    rows = np.zeros(cells.shape[0], np.int64)
    for person in range(cells.shape[0]):
        rows[person] = row_price(t, cells[person], fixed[person], person)
    move, undo = np.zeros((10, 3), np.int64), np.zeros(10, np.int64)
    heat, cooling = hot, (cold / hot) ** (1.0 / max(1, steps))
    for _ in range(steps):
        heat *= cooling
        lines = propose(t, cells, fixed, state, move)
        if lines == 0:
            continue
        rise = 0
        for line in range(lines):
            undo[line] = cells[move[line, 0], t.first + move[line, 1]]
            rise += put(t, cells, staff, skilled, move[line, 0], move[line, 1], move[line, 2])
        one, other = move[0, 0], move[lines - 1, 0]
        one_row = row_price(t, cells[one], fixed[one], one)
        rise += one_row - rows[one]
        other_row = one_row
        if other != one:
            other_row = row_price(t, cells[other], fixed[other], other)
            rise += other_row - rows[other]
        keeps = rise <= 0 or draw(state, 1 << 30) < math.exp(-rise / heat) * (1 << 30)
        keeps = keeps and row_holds(t, cells[one], fixed[one], t.band[one, 1])
        keeps = keeps and (other == one or row_holds(t, cells[other], fixed[other], t.band[other, 1]))
        if not keeps:
            for line in range(lines - 1, -1, -1):
                put(t, cells, staff, skilled, move[line, 0], move[line, 1], undo[line])
            continue
        rows[one], rows[other] = one_row, other_row
        price += rise
        if price < prices[1]:
            prices[1] = price
            best[:] = cells
    prices[0] = price
