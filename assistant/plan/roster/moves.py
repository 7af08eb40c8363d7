"""Random moves on a board: one person's days, or days of two people exchanged. Compiled.

Every move returns the change of the cost, with the board changed, or 0 with the board as it was: it is kept when it
costs less than `limit` (a random threshold, drawn before) and the rules hold.
"""

from assistant.plan.compiled import compiled
from assistant.plan.draws import below
from assistant.plan.roster.board import CLOSED, Board, fits, put, take_back
from assistant.plan.roster.kernel import WEEK

FAR = 4 * WEEK
"""Days over which one person's shifts are moved at most."""


@compiled
def keep(b: Board, change: int, limit: float, person: int, other: int, first: int, last: int) -> int:
    """Keeps or takes back what the log holds; `other` is a second person, or the same."""
    good = change < limit and fits(b, person, first, last)
    if good and other != person:
        good = fits(b, other, first, last)
    if good:
        b.logged[0] = 0
        return change
    take_back(b)
    return 0


@compiled
def length_of(b: Board) -> int:
    """How many days a move concerns: mostly few, sometimes up to two weeks."""
    kind = below(b.draw, 8)
    if kind < 3:
        return 1 + below(b.draw, 3)
    if kind < 7:
        return 2 + below(b.draw, WEEK)
    return WEEK + below(b.draw, WEEK + 1)


@compiled
def _any_shift(b: Board, person: int) -> int:
    """A shift that a person may be given, -1 where there is none."""
    number = b.open[person, 0]
    return b.open[person, 1 + below(b.draw, number)] if number else -1


@compiled
def _partner(b: Board, person: int, day: int) -> int:
    """Somebody who may be given what `person` does on a day."""
    shift = b.roster[person, day]
    if shift < 0:
        return below(b.draw, b.roster.shape[0])
    return b.able[shift, 1 + below(b.draw, b.able[shift, 0])]


@compiled
def exchange(b: Board, person: int, other: int, day: int) -> int:
    """Two people exchange a day."""
    here, there = b.roster[person, day], b.roster[other, day]
    if here == there:
        return 0
    return put(b, person, day, there) + put(b, other, day, here)


@compiled
def swap_block(b: Board, limit: float) -> int:
    """Two people exchange some days in a row; cover stays."""
    people, days = b.roster.shape
    person, first = below(b.draw, people), below(b.draw, days)
    other = _partner(b, person, first)
    end = min(days, first + length_of(b))
    change = 0
    for day in range(first, end):
        change += exchange(b, person, other, day)
        if change >= CLOSED // 2:
            break
    return keep(b, change, limit, person, other, first, end - 1) if b.logged[0] else 0


@compiled
def swap_two_blocks(b: Board, limit: float) -> int:
    """Two people exchange some days, and some others later, so that their sums can stay."""
    people, days = b.roster.shape
    person, first = below(b.draw, people), below(b.draw, days)
    other = _partner(b, person, first)
    end = min(days, first + 1 + below(b.draw, 4))
    second = min(days, end + 1 + below(b.draw, FAR))
    last = min(days, second + 1 + below(b.draw, 4))
    change = 0
    for day in range(first, end):
        change += exchange(b, person, other, day)
    for day in range(second, last):
        change += exchange(b, person, other, day)
        if change >= CLOSED // 2:
            break
    return keep(b, change, limit, person, other, first, last - 1) if b.logged[0] else 0


@compiled
def change_cell(b: Board, limit: float) -> int:
    """One person's day becomes free or another shift."""
    people, days = b.roster.shape
    person, day = below(b.draw, people), below(b.draw, days)
    shift = _any_shift(b, person) if b.roster[person, day] < 0 or below(b.draw, 2) else -1
    change = put(b, person, day, shift)
    return keep(b, change, limit, person, person, day, day) if b.logged[0] else 0


@compiled
def change_two_cells(b: Board, limit: float) -> int:
    """Two days of one person change, at most four weeks apart: work moves, or shifts change places."""
    people, days = b.roster.shape
    person, day = below(b.draw, people), below(b.draw, days)
    other = min(days - 1, day + 1 + below(b.draw, FAR))
    here, there = b.roster[person, day], b.roster[person, other]
    if here >= 0 and there >= 0 and here == there:
        return 0
    if below(b.draw, 2) == 0 and (here < 0) != (there < 0):
        shift = _any_shift(b, person)
        here, there = (shift, there) if here >= 0 else (here, shift)
    change = put(b, person, day, there) + put(b, person, other, here)
    return keep(b, change, limit, person, person, day, other) if b.logged[0] else 0


@compiled
def rotate_block(b: Board, limit: float) -> int:
    """Some days of one person move by one day, the last to the place of the first or the other way round."""
    people, days = b.roster.shape
    person, first = below(b.draw, people), below(b.draw, days)
    last = min(days - 1, first + 1 + length_of(b))
    change = 0
    if below(b.draw, 2) == 0:
        carried = b.roster[person, last]
        for day in range(first, last + 1):
            here = b.roster[person, day]
            change += put(b, person, day, carried)
            carried = here
    else:
        carried = b.roster[person, first]
        for day in range(last, first - 1, -1):
            here = b.roster[person, day]
            change += put(b, person, day, carried)
            carried = here
    return keep(b, change, limit, person, person, first, last) if b.logged[0] else 0


@compiled
def retype_block(b: Board, limit: float) -> int:
    """Some working days of one person get another shift."""
    people, days = b.roster.shape
    person, first = below(b.draw, people), below(b.draw, days)
    shift = _any_shift(b, person)
    end = min(days, first + 1 + below(b.draw, 5))
    change = 0
    for day in range(first, end):
        if b.roster[person, day] >= 0:
            change += put(b, person, day, shift)
    return keep(b, change, limit, person, person, first, end - 1) if b.logged[0] else 0


@compiled
def rewrite_block(b: Board, limit: float) -> int:
    """Some days of one person become free, or all one shift."""
    people, days = b.roster.shape
    person, first = below(b.draw, people), below(b.draw, days)
    shift = _any_shift(b, person) if below(b.draw, 2) else -1
    end = min(days, first + 2 + below(b.draw, 3))
    change = 0
    for day in range(first, end):
        change += put(b, person, day, shift)
    return keep(b, change, limit, person, person, first, end - 1) if b.logged[0] else 0
