"""Compiled tries of the search on nurses: each draws a move and makes it if it is worth it."""

import numpy as np

from assistant.plan.compiled import compiled
from assistant.plan.draws import below
from assistant.plan.hospital.draws import member_of
from assistant.plan.hospital.memory import (
    BEDS,
    DAY,
    DAYS,
    DUTY,
    DUTY_COUNT,
    EXCESS,
    HORIZON,
    MAX_LOAD,
    MEMBER,
    MEMBERS,
    NEEDED,
    NURSE,
    NURSES,
    OFFSET,
    ROOMS,
    SHIFTS,
    SKILL,
    STAY,
    TENDED,
    W_CONTINUITY,
    W_LOAD,
    W_SKILL,
    WORK,
    at,
    spot,
)


@compiled
def nurse_price(m: np.ndarray, r: int, k: int, new: int) -> int:
    """Change in cost if `new` tended room r in shift k; nothing is changed."""
    old = m[spot(m, NURSE, r, HORIZON, k)]
    if new == old:
        return 0
    d, s = k // m[SHIFTS], k % m[SHIFTS]
    change, total = 0, 0
    cell = r * m[DAYS] + d
    skill_new, skill_old = at(m, SKILL, new), at(m, SKILL, old)
    for place in range(m[MEMBER] + cell * m[BEDS], m[MEMBER] + cell * m[BEDS] + at(m, MEMBERS, cell)):
        e = m[place]
        i = at(m, OFFSET, e) + (d - at(m, DAY, e)) * m[SHIFTS] + s
        total += at(m, WORK, i)
        needed = at(m, NEEDED, i)
        change += m[W_SKILL] * (max(0, needed - skill_new) - max(0, needed - skill_old))
        if m[spot(m, TENDED, e, NURSES, new)] == 0:
            change += m[W_CONTINUITY]
        if m[spot(m, TENDED, e, NURSES, old)] == 1:
            change -= m[W_CONTINUITY]
    over_new, over_old = m[spot(m, EXCESS, new, HORIZON, k)], m[spot(m, EXCESS, old, HORIZON, k)]
    relief = max(0, over_old) - max(0, over_old - total)
    return change + m[W_LOAD] * (max(0, over_new + total) - max(0, over_new) - relief)


@compiled
def set_nurse(m: np.ndarray, r: int, k: int, new: int) -> None:
    """Lets `new` tend room r in shift k."""
    old = m[spot(m, NURSE, r, HORIZON, k)]
    d, s = k // m[SHIFTS], k % m[SHIFTS]
    cell, total = r * m[DAYS] + d, 0
    for place in range(m[MEMBER] + cell * m[BEDS], m[MEMBER] + cell * m[BEDS] + at(m, MEMBERS, cell)):
        e = m[place]
        total += at(m, WORK, at(m, OFFSET, e) + (d - at(m, DAY, e)) * m[SHIFTS] + s)
        m[spot(m, TENDED, e, NURSES, old)] -= 1
        m[spot(m, TENDED, e, NURSES, new)] += 1
    m[spot(m, EXCESS, old, HORIZON, k)] -= total
    m[spot(m, EXCESS, new, HORIZON, k)] += total
    m[spot(m, NURSE, r, HORIZON, k)] = new


@compiled
def on_duty(m: np.ndarray, draw: np.ndarray, k: int) -> int:
    """A random nurse on duty in shift k; there must be one."""
    return m[spot(m, DUTY, k, NURSES, below(draw, at(m, DUTY_COUNT, k)))]


@compiled
def change_nurse(m: np.ndarray, draw: np.ndarray, limit: float) -> int:
    """Another nurse for one room and shift: any on duty, or one who tends a patient of the room at another time."""
    d = below(draw, m[DAYS])
    r = below(draw, m[ROOMS])
    if m[spot(m, MEMBERS, r, DAYS, d)] == 0:
        return 0
    k = d * m[SHIFTS] + below(draw, m[SHIFTS])
    if at(m, DUTY_COUNT, k) == 0:
        return 0
    if below(draw, 2) == 0:
        new = on_duty(m, draw, k)
    else:
        e = member_of(m, draw, r, d)
        first = at(m, DAY, e)
        length = min(at(m, STAY, e), m[DAYS] - first)
        new = m[spot(m, NURSE, r, HORIZON, first * m[SHIFTS] + below(draw, length * m[SHIFTS]))]
        if m[spot(m, MAX_LOAD, new, HORIZON, k)] < 0:
            return 0
    change = nurse_price(m, r, k, new)
    if change > limit or new == m[spot(m, NURSE, r, HORIZON, k)]:
        return 0
    set_nurse(m, r, k, new)
    return change


@compiled
def swap_nurses(m: np.ndarray, draw: np.ndarray, limit: float) -> int:
    """The nurses of two rooms exchange them in one shift."""
    d = below(draw, m[DAYS])
    a, b = below(draw, m[ROOMS]), below(draw, m[ROOMS])
    if m[spot(m, MEMBERS, a, DAYS, d)] == 0 or m[spot(m, MEMBERS, b, DAYS, d)] == 0:
        return 0
    k = d * m[SHIFTS] + below(draw, m[SHIFTS])
    nurse_a, nurse_b = m[spot(m, NURSE, a, HORIZON, k)], m[spot(m, NURSE, b, HORIZON, k)]
    if nurse_a == nurse_b:
        return 0
    change = nurse_price(m, a, k, nurse_b)
    set_nurse(m, a, k, nurse_b)
    change += nurse_price(m, b, k, nurse_a)
    if change <= limit:
        set_nurse(m, b, k, nurse_a)
        return change
    set_nurse(m, a, k, nurse_a)
    return 0


@compiled
def nurse_for_stay(m: np.ndarray, draw: np.ndarray, undo: np.ndarray, limit: float) -> int:
    """One nurse takes a room in all shifts on duty during a patient's stay. `undo` [k] keeps the former nurses."""
    d, r = below(draw, m[DAYS]), below(draw, m[ROOMS])
    if m[spot(m, MEMBERS, r, DAYS, d)] == 0:
        return 0
    e = member_of(m, draw, r, d)
    start = at(m, DAY, e) * m[SHIFTS]
    end = min(m[DAYS], at(m, DAY, e) + at(m, STAY, e)) * m[SHIFTS]
    k0 = start + below(draw, end - start)
    if at(m, DUTY_COUNT, k0) == 0:
        return 0
    new = on_duty(m, draw, k0)
    change = 0
    for k in range(start, end):
        undo[k] = m[spot(m, NURSE, r, HORIZON, k)]
        if m[spot(m, MAX_LOAD, new, HORIZON, k)] >= 0 and undo[k] != new:
            change += nurse_price(m, r, k, new)
            set_nurse(m, r, k, new)
    if change <= limit:
        return change
    for k in range(start, end):
        if m[spot(m, NURSE, r, HORIZON, k)] != undo[k]:
            set_nurse(m, r, k, undo[k])
    return 0
