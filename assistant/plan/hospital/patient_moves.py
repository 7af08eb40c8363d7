"""Compiled tries of the search on patients: each draws a move, makes it if it keeps the hard rules and is worth it."""

import numpy as np

from assistant.plan.compiled import compiled
from assistant.plan.draws import below
from assistant.plan.hospital.draws import member_of
from assistant.plan.hospital.memory import (
    DAY,
    DAYS,
    FIRST_DAY,
    LAST_DAY,
    MANDATORY,
    MEMBERS,
    OUT_COST,
    PATIENTS,
    ROOM,
    ROOM_COUNT,
    ROOM_LIST,
    ROOM_OK,
    ROOMS,
    SAME_SURGEON,
    SAME_SURGEON_COUNT,
    STAY,
    SURGEON,
    SURGEON_IN,
    SURGERIES,
    THEATRE,
    THEATRES,
    W_DELAY,
    at,
    spot,
)
from assistant.plan.hospital.moves import (
    admission_price,
    admit,
    operate,
    put_off,
    room_fits,
    surgery_fits,
)

LEAVING_GAIN = 200
"""A patient is left out only where that costs at most this much more than the limit, before all that leaving saves."""


@compiled
def pick_theatre(m: np.ndarray, draw: np.ndarray, p: int, d: int) -> int:
    """A theatre with time for p on day d: one that the surgeon already uses, else an open one, else any; -1 none."""
    s, start = at(m, SURGEON, p), below(draw, m[THEATRES])
    found, rank = -1, 0
    guided = below(draw, 8) > 0
    for step in range(m[THEATRES]):
        t = (start + step) % m[THEATRES]
        if not surgery_fits(m, p, d, t):
            continue
        if not guided:
            return t
        own = 1 if at(m, DAY, p) == d and at(m, THEATRE, p) == t else 0
        mine = 1 if m[m[SURGEON_IN] + (s * m[DAYS] + d) * m[THEATRES] + t] > own else 0
        value = 1 + 2 * mine + (1 if m[spot(m, SURGERIES, t, DAYS, d)] > own else 0)
        if value > rank:
            found, rank = t, value
    return found


@compiled
def any_day(m: np.ndarray, draw: np.ndarray, p: int) -> int:
    """A random day of the patient's window."""
    return at(m, FIRST_DAY, p) + below(draw, at(m, LAST_DAY, p) - at(m, FIRST_DAY, p) + 1)


@compiled
def move_patient(m: np.ndarray, draw: np.ndarray, limit: float) -> int:
    """Another day, room or theatre for one patient, or in, or out. Returns the change in cost, 0 if not accepted."""
    p = below(draw, m[PATIENTS])
    if at(m, ROOM_COUNT, p) == 0 or at(m, LAST_DAY, p) < at(m, FIRST_DAY, p):
        return 0
    if at(m, DAY, p) < 0:
        return other_place(m, draw, p, any_day(m, draw, p), limit)
    kind = below(draw, 16)
    if kind == 0:
        return leave_out(m, p, limit)
    if kind == 1:
        return other_theatre(m, draw, p, limit)
    if kind < 6:
        return other_place(m, draw, p, at(m, DAY, p), limit)
    if kind < 11:
        return other_day(m, draw, p, limit)
    return other_place(m, draw, p, any_day(m, draw, p), limit)


@compiled
def leave_out(m: np.ndarray, p: int, limit: float) -> int:
    """Leaves out an optional patient who is in."""
    if at(m, MANDATORY, p) == 1 or at(m, OUT_COST, p) > limit + LEAVING_GAIN:
        return 0
    d, r, t = at(m, DAY, p), at(m, ROOM, p), at(m, THEATRE, p)
    change = put_off(m, p)
    if change <= limit:
        return change
    admit(m, p, d, r, t)
    return 0


@compiled
def other_theatre(m: np.ndarray, draw: np.ndarray, p: int, limit: float) -> int:
    """The surgery of p goes to another theatre on the same day."""
    d, t0, t = at(m, DAY, p), at(m, THEATRE, p), below(draw, m[THEATRES])
    if t == t0 or not surgery_fits(m, p, d, t):
        return 0
    change = operate(m, p, d, t0, -1)
    change += operate(m, p, d, t, 1)
    if change <= limit:
        return change
    operate(m, p, d, t, -1)
    operate(m, p, d, t0, 1)
    return 0


@compiled
def other_day(m: np.ndarray, draw: np.ndarray, p: int, limit: float) -> int:
    """Patient p comes on another day, to the same room."""
    d, r = any_day(m, draw, p), at(m, ROOM, p)
    if d == at(m, DAY, p) or not room_fits(m, p, d, r):
        return 0
    t = pick_theatre(m, draw, p, d)
    return relocate(m, p, d, r, t, limit) if t >= 0 else 0


@compiled
def other_place(m: np.ndarray, draw: np.ndarray, p: int, d: int, limit: float) -> int:
    """Patient p, in or not, comes on day d to a random room."""
    r = m[spot(m, ROOM_LIST, p, ROOMS, below(draw, at(m, ROOM_COUNT, p)))]
    same_day = at(m, DAY, p) == d
    if (same_day and r == at(m, ROOM, p)) or not room_fits(m, p, d, r):
        return 0
    t = at(m, THEATRE, p) if same_day else pick_theatre(m, draw, p, d)
    return relocate(m, p, d, r, t, limit) if t >= 0 else 0


@compiled
def relocate(m: np.ndarray, p: int, d: int, r: int, t: int, limit: float) -> int:
    """Moves p to where it is known to fit, if that is worth it."""
    d0, r0, t0 = at(m, DAY, p), at(m, ROOM, p), at(m, THEATRE, p)
    gain = put_off(m, p) if d0 >= 0 else 0
    change = gain + admission_price(m, p, d, r, t, limit - gain)
    if change <= limit:
        admit(m, p, d, r, t)
        return change
    if d0 >= 0:
        admit(m, p, d0, r0, t0)
    return 0


@compiled
def partner(m: np.ndarray, draw: np.ndarray, p: int, kind: int) -> int:
    """Whom to swap with: one lying elsewhere on a day of p's stay, one of p's surgeon, or any; -1 none."""
    if kind == 0:
        length = min(at(m, STAY, p), m[DAYS] - at(m, DAY, p))
        d = at(m, DAY, p) + below(draw, length)
        r = m[spot(m, ROOM_LIST, p, ROOMS, below(draw, at(m, ROOM_COUNT, p)))]
        if m[spot(m, MEMBERS, r, DAYS, d)] == 0 or r == at(m, ROOM, p):
            return -1
        return member_of(m, draw, r, d)
    if kind == 1:
        s = at(m, SURGEON, p)
        return m[spot(m, SAME_SURGEON, s, PATIENTS, below(draw, at(m, SAME_SURGEON_COUNT, s)))]
    return below(draw, m[PATIENTS])


@compiled
def swap_patients(m: np.ndarray, draw: np.ndarray, limit: float) -> int:
    """Two patients exchange rooms, or days and theatres, or all; or one who is out takes the place of one who is in."""
    p = below(draw, m[PATIENTS])
    if at(m, DAY, p) < 0:
        return 0
    kind = below(draw, 4)
    q = partner(m, draw, p, min(kind, 2) if kind < 2 else below(draw, 3))
    if q < 0 or q >= m[PATIENTS] or q == p:
        return 0
    dp, rp, tp = at(m, DAY, p), at(m, ROOM, p), at(m, THEATRE, p)
    dq, rq, tq = at(m, DAY, q), at(m, ROOM, q), at(m, THEATRE, q)
    if dq < 0:
        if at(m, MANDATORY, p) > at(m, MANDATORY, q):
            return 0
        return replace(m, draw, p, q, limit)
    if kind == 0:
        return exchange(m, p, q, dp, rq, tp, dq, rp, tq, limit)
    if kind == 1:
        return exchange(m, p, q, dq, rp, tq, dp, rq, tp, limit)
    return exchange(m, p, q, dq, rq, tq, dp, rp, tp, limit)


@compiled
def allowed(m: np.ndarray, p: int, d: int, r: int) -> bool:
    """Patient p may be admitted on day d, and lie in room r."""
    return at(m, FIRST_DAY, p) <= d <= at(m, LAST_DAY, p) and m[spot(m, ROOM_OK, p, ROOMS, r)] == 1


@compiled
def fits(m: np.ndarray, p: int, d: int, r: int, t: int) -> bool:
    """There is a bed and time for the surgery."""
    return surgery_fits(m, p, d, t) and room_fits(m, p, d, r)


@compiled
def exchange(m: np.ndarray, p: int, q: int, dp: int, rp: int, tp: int, dq: int, rq: int, tq: int, limit: float) -> int:
    """Moves p to day dp, room rp, theatre tp, and q to dq, rq, tq, if both fit then and it is worth it."""
    if not (allowed(m, p, dp, rp) and allowed(m, q, dq, rq)):
        return 0
    old_dp, old_rp, old_tp = at(m, DAY, p), at(m, ROOM, p), at(m, THEATRE, p)
    old_dq, old_rq, old_tq = at(m, DAY, q), at(m, ROOM, q), at(m, THEATRE, q)
    change = put_off(m, p) + put_off(m, q)
    if fits(m, p, dp, rp, tp) and fits(m, q, dq, rq, tq):
        least = surgery_least(m, q, dq)
        price = admission_price(m, p, dp, rp, tp, limit - change - least)
        if change + price + least <= limit:
            admit(m, p, dp, rp, tp)
            change += price
            if fits(m, q, dq, rq, tq):
                price = admission_price(m, q, dq, rq, tq, limit - change)
                if change + price <= limit:
                    admit(m, q, dq, rq, tq)
                    return change + price
            put_off(m, p)
    admit(m, p, old_dp, old_rp, old_tp)
    admit(m, q, old_dq, old_rq, old_tq)
    return 0


@compiled
def surgery_least(m: np.ndarray, p: int, d: int) -> int:
    """The least that admitting p on day d can change the cost by."""
    return m[W_DELAY] * (d - at(m, FIRST_DAY, p)) - at(m, OUT_COST, p)


@compiled
def replace(m: np.ndarray, draw: np.ndarray, p: int, q: int, limit: float) -> int:
    """Patient q, who is out, comes in near the place of p, who goes out."""
    d, r, t = at(m, DAY, p), at(m, ROOM, p), at(m, THEATRE, p)
    d0, r0, t0 = d, r, t
    if below(draw, 2) == 0:
        d += below(draw, 5) - 2
    if not allowed(m, q, d, r):
        return 0
    change = put_off(m, p)
    if room_fits(m, q, d, r):
        t = pick_theatre(m, draw, q, d)
        if t >= 0:
            price = admission_price(m, q, d, r, t, limit - change)
            if change + price <= limit:
                admit(m, q, d, r, t)
                return change + price
    admit(m, p, d0, r0, t0)
    return 0
