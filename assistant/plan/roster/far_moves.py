"""Random moves of one person's work between weeks that lie far apart. Compiled; answers as in `moves`.

Two stretches that begin on the same weekday change places, so that the person's sums mostly stay. Without them work
and weekends only spread slowly over a long horizon, and the weeks planned first stay short of people.
"""

from assistant.plan.compiled import compiled
from assistant.plan.draws import below
from assistant.plan.roster.board import Board, fits, put, take_back
from assistant.plan.roster.gap_moves import gap_seen, somebody_able
from assistant.plan.roster.kernel import WEEK, Array

_WEEKS_LOOKED_AT = 12
"""Weeks looked at for the shift that is missing, before the move is given up."""


@compiled
def exchange_stretches(b: Board, person: int, first: int, second: int, length: int) -> Array:
    """The days from `first` and from `second` on change places; the stretches must not overlap."""
    change = 0
    for day in range(length):
        here, there = b.roster[person, first + day], b.roster[person, second + day]
        if here != there:
            change += put(b, person, first + day, there)
            change += put(b, person, second + day, here)
    return change


@compiled
def keep_two(b: Board, change: int, limit: float, person: int, first: int, second: int, length: int) -> Array:
    """Keeps or takes back what the log holds, which lies in two stretches of one person."""
    good = b.logged[0] > 0 and change < limit and fits(b, person, first, first + length - 1)
    if good and fits(b, person, second, second + length - 1):
        b.logged[0] = 0
        return change
    take_back(b)
    return 0


@compiled
def _stretch(b: Board) -> Array:
    """How long a stretch is: a day or two, a run, a week, two weeks."""
    kind = below(b.draw, 8)
    if kind < 3:
        return 1 + below(b.draw, 2)
    return 2 + below(b.draw, 5) if kind < 6 else WEEK * (1 + below(b.draw, 2))


@compiled
def swap_weeks(b: Board, limit: float) -> Array:
    """One person's days change places with those of the same weekdays in any other week."""
    people, days = b.roster.shape
    person, first, length = below(b.draw, people), below(b.draw, days), _stretch(b)
    second = first % WEEK + WEEK * below(b.draw, -(-days // WEEK))
    if abs(second - first) < length or max(first, second) + length > days:
        return 0
    change = exchange_stretches(b, person, first, second, length)
    return keep_two(b, change, limit, person, first, second, length)


@compiled
def fill_from_week(b: Board, limit: float) -> Array:
    """Somebody who gives a missing shift on the same weekday of another week gives it here instead."""
    days, shifts = b.counts.shape
    gap = gap_seen(b)
    person = somebody_able(b, gap % shifts) if gap >= 0 else -1
    if person < 0 or b.roster[person, gap // shifts] >= 0:
        return 0
    day, weeks = gap // shifts, -(-days // WEEK)
    for _ in range(_WEEKS_LOOKED_AT):
        other = day % WEEK + WEEK * below(b.draw, weeks)
        if other >= days or b.roster[person, other] < 0:
            continue
        length = _stretch(b)
        back = min(below(b.draw, length), min(day, other))
        first, second = day - back, other - back
        if abs(second - first) < length or max(first, second) + length > days:
            continue
        change = exchange_stretches(b, person, first, second, length)
        shift = gap % shifts
        if b.roster[person, day] != shift:
            change += put(b, person, day, shift)
        return keep_two(b, change, limit, person, first, second, length)
    return 0
