"""Random moves that begin where somebody is missing or a wish is not met. Compiled; answers as in `moves`."""

from assistant.plan.compiled import compiled
from assistant.plan.draws import below
from assistant.plan.roster.board import Board, put
from assistant.plan.roster.kernel import WEEK, Array
from assistant.plan.roster.moves import exchange, keep, length_of

_LOOKS = 40
"""Places looked at for a gap before the move is given up."""


@compiled
def gap_seen(b: Board) -> Array:
    """A place where one more person would save cost, as day * shifts + shift; -1 when none was seen."""
    days, shifts = b.counts.shape
    for _ in range(_LOOKS):
        day, shift = below(b.draw, days), below(b.draw, shifts)
        there = b.counts[day, shift]
        if there < b.roster.shape[0] and b.cover[day, shift, there + 1] < b.cover[day, shift, there]:
            return day * shifts + shift
    return -1


@compiled
def somebody_able(b: Board, shift: int) -> Array:
    """Somebody who may be given a shift, -1 when nobody may."""
    number = b.able[shift, 0]
    return b.able[shift, 1 + below(b.draw, number)] if number else -1


@compiled
def fill_gap(b: Board, limit: float) -> Array:
    """Somebody gets the missing shift, on one to three days, and sometimes a day off at most two weeks away."""
    gap = gap_seen(b)
    if gap < 0:
        return 0
    shifts, days = b.counts.shape[1], b.counts.shape[0]
    day, shift = gap // shifts, gap % shifts
    person = somebody_able(b, shift)
    if person < 0 or b.roster[person, day] == shift:
        return 0
    end = day + 1 if below(b.draw, 2) else min(days, day + 1 + below(b.draw, 3))
    first, last, change = day, end - 1, 0
    for other in range(day, end):
        change += put(b, person, other, shift)
    if below(b.draw, 2):
        other = day - 2 * WEEK + below(b.draw, 4 * WEEK)
        if 0 <= other < days and not day <= other < end:
            change += put(b, person, other, -1)
            first, last = min(first, other), max(last, other)
    return keep(b, change, limit, person, person, first, last)


@compiled
def fill_by_chain(b: Board, limit: float) -> Array:
    """Somebody who works that day changes to the missing shift, and somebody else takes over."""
    gap = gap_seen(b)
    if gap < 0:
        return 0
    day, shift = gap // b.counts.shape[1], gap % b.counts.shape[1]
    person = somebody_able(b, shift)
    left = b.roster[person, day] if person >= 0 else -1
    if left < 0 or left == shift:
        return 0
    other = somebody_able(b, left)
    if other < 0 or b.roster[other, day] == left:
        return 0
    change = put(b, person, day, shift) + put(b, other, day, left)
    return keep(b, change, limit, person, other, day, day)


@compiled
def _holder(b: Board, day: int, shift: int, person: int) -> Array:
    """Somebody who works a shift on a day, else somebody who may."""
    other = person
    for _ in range(_LOOKS):
        other = somebody_able(b, shift)
        if other < 0 or b.roster[other, day] == shift:
            break
    return other


@compiled
def grant_wish(b: Board, limit: float) -> Array:
    """Meets a wish alone, or by exchanging some days with somebody who works that shift, or could."""
    if b.wishes.shape[0] == 0:
        return 0
    wish = b.wishes[below(b.draw, b.wishes.shape[0])]
    person, day, shift, wanted = wish[0], wish[1], wish[2], wish[3] == 1
    if (b.roster[person, day] == shift) == wanted:
        return 0
    if wanted and below(b.draw, 3) == 0:
        return keep(b, put(b, person, day, shift), limit, person, person, day, day)
    other = _holder(b, day, shift, person) if wanted else somebody_able(b, shift)
    if other < 0:
        return 0
    first = max(0, day - below(b.draw, 3))
    end, change = min(b.roster.shape[1], max(day + 1, first + length_of(b))), 0
    for place in range(first, end):
        change += exchange(b, person, other, place)
    return keep(b, change, limit, person, other, first, end - 1) if b.logged[0] else 0
