"""Compiled steps on a plan: put a patient in, take one out, change a nurse; each returns the change in cost.

The steps keep the hard rules only as far as `surgery_fits` and `room_fits` are asked first. `m` is the array of
`memory`, where the names in capitals are explained; indices are those of `tables`.
"""

import math

import numpy as np

from assistant.plan.compiled import compiled
from assistant.plan.hospital.memory import (
    AGE,
    AGE_GROUPS,
    AGES,
    BEDS,
    CAPACITY,
    COST,
    DAY,
    DAYS,
    EXCESS,
    FIRST_DAY,
    HORIZON,
    MANDATORY,
    MARK,
    MARKS,
    MEMBER,
    MEMBERS,
    MINUTES,
    MISSING,
    NEEDED,
    NURSE,
    NURSES,
    OFFSET,
    OUT_COST,
    PATIENTS,
    ROOM,
    SEX,
    SEXES,
    SHIFTS,
    SKILL,
    STAY,
    SURGEON,
    SURGEON_IN,
    SURGEON_MINUTES,
    SURGEON_THEATRES,
    SURGEON_USED,
    SURGERIES,
    TENDED,
    THEATRE,
    THEATRE_MINUTES,
    THEATRE_USED,
    THEATRES,
    W_AGE,
    W_CONTINUITY,
    W_DELAY,
    W_LOAD,
    W_OPEN,
    W_SKILL,
    W_TRANSFER,
    WORK,
    at,
    spot,
)


@compiled
def last_night(m: np.ndarray, e: int, first: int) -> int:
    """Day after the last that stay e, admitted on day `first`, fills within the horizon."""
    return min(m[DAYS], first + at(m, STAY, e))


@compiled
def surgery_fits(m: np.ndarray, p: int, d: int, t: int) -> bool:
    """Surgeon and theatre have the time; the patient's own surgery, where it is now, does not count."""
    minutes, s = at(m, MINUTES, p), at(m, SURGEON, p)
    surgeon, theatre = m[spot(m, SURGEON_USED, s, DAYS, d)] + minutes, m[spot(m, THEATRE_USED, t, DAYS, d)] + minutes
    if at(m, DAY, p) == d:
        surgeon -= minutes
        if at(m, THEATRE, p) == t:
            theatre -= minutes
    if surgeon > m[spot(m, SURGEON_MINUTES, s, DAYS, d)]:
        return False
    return theatre <= m[spot(m, THEATRE_MINUTES, t, DAYS, d)]


@compiled
def room_fits(m: np.ndarray, p: int, first: int, r: int) -> bool:
    """There is a bed on every day of the stay, and nobody of the other sex; the patient's own bed does not count."""
    other = 1 - at(m, SEX, p)
    old, end_old = at(m, DAY, p), -1
    if old >= 0 and at(m, ROOM, p) == r:
        end_old = old + at(m, STAY, p)
    row = r * m[DAYS]
    for d in range(first, last_night(m, p, first)):
        own = 1 if old <= d < end_old else 0
        if m[m[MEMBERS] + row + d] - own >= m[m[CAPACITY] + row + d] or m[m[SEXES] + 2 * (row + d) + other] > 0:
            return False
    return True


@compiled
def age_spread(m: np.ndarray, place: int) -> int:
    """Oldest minus youngest age group among those counted from `place` on."""
    low, high = 0, 0
    groups = m[AGE_GROUPS]
    while low < groups and m[place + low] == 0:
        low += 1
    if low == groups:
        return 0
    for a in range(low, groups):
        if m[place + a] > 0:
            high = a
    return high - low


@compiled
def fill_bed(m: np.ndarray, e: int, d: int, r: int, sign: int) -> int:
    """Stay e takes (`sign` 1) or leaves (-1) a bed of room r on day d; returns the change in the cost of mixed ages."""
    cell = r * m[DAYS] + d
    count = m[MEMBERS] + cell
    first = m[MEMBER] + cell * m[BEDS]
    if sign > 0:
        m[first + m[count]] = e
    else:
        last = first + m[count] - 1
        for place in range(first, last):
            if m[place] == e:
                m[place] = m[last]
                break
    m[count] += sign
    m[m[SEXES] + 2 * cell + at(m, SEX, e)] += sign
    ages = m[AGES] + cell * m[AGE_GROUPS]
    before = age_spread(m, ages)
    m[ages + at(m, AGE, e)] += sign
    return m[W_AGE] * (age_spread(m, ages) - before)


@compiled
def lie(m: np.ndarray, e: int, first: int, r: int, sign: int) -> int:
    """Puts stay e into room r from day `first` on (`sign` 1), or takes it out of there (-1)."""
    change = 0
    horizon, shifts, skills, tended = m[HORIZON], m[SHIFTS], m[SKILL], m[TENDED] + e * m[NURSES]
    excess, nurse = m[EXCESS], m[NURSE] + r * m[HORIZON]
    w_load, w_skill, w_continuity = m[W_LOAD], m[W_SKILL], m[W_CONTINUITY]
    end = last_night(m, e, first)
    for d in range(first, end):
        change += fill_bed(m, e, d, r, sign)
    work, needed = m[WORK] + at(m, OFFSET, e), m[NEEDED] + at(m, OFFSET, e)
    for k in range(first * shifts, end * shifts):
        n = m[nurse + k]
        cell = n * horizon + k
        over = m[excess + cell]
        more = sign * m[work]
        m[excess + cell] = over + more
        change += w_load * (max(0, over + more) - max(0, over)) + sign * w_skill * max(0, m[needed] - m[skills + n])
        count = m[tended + n]
        m[tended + n] = count + sign
        if 2 * count + sign == 1:  # from 0 to 1, or from 1 to 0
            change += sign * w_continuity
        work += 1
        needed += 1
    m[m[DAY] + e] = first if sign > 0 else -1
    m[m[ROOM] + e] = r if sign > 0 else -1
    return change


@compiled
def lying_price(m: np.ndarray, e: int, first: int, r: int, limit: int) -> int:
    """What `lie` with sign 1 would add to the cost; nothing is changed. Stops early where it exceeds `limit`."""
    price = 0
    horizon, shifts, skills = m[HORIZON], m[SHIFTS], m[SKILL]
    excess, nurse, marks = m[EXCESS], m[NURSE] + r * m[HORIZON], m[MARKS]
    w_load, w_skill, w_continuity = m[W_LOAD], m[W_SKILL], m[W_CONTINUITY]
    end = last_night(m, e, first)
    for d in range(first, end):
        price += m[W_AGE] * age_step(m, (r * m[DAYS] + d) * m[AGE_GROUPS], at(m, AGE, e))
    mark = next_mark(m)
    work, needed = m[WORK] + at(m, OFFSET, e), m[NEEDED] + at(m, OFFSET, e)
    for k in range(first * shifts, end * shifts):
        if price > limit:
            return price
        n = m[nurse + k]
        over = m[excess + n * horizon + k]
        price += w_load * (max(0, over + m[work]) - max(0, over)) + w_skill * max(0, m[needed] - m[skills + n])
        if m[marks + n] != mark:
            m[marks + n] = mark
            price += w_continuity
        work += 1
        needed += 1
    return price


@compiled
def age_step(m: np.ndarray, cell: int, age: int) -> int:
    """By how much the spread of ages counted from place `cell` of the table grows with one of group `age`."""
    low, high = -1, -1
    place = m[AGES] + cell
    for a in range(m[AGE_GROUPS]):
        if m[place + a] > 0:
            high = a
            if low < 0:
                low = a
    if low < 0:
        return 0
    return max(0, low - age) + max(0, age - high)


@compiled
def next_mark(m: np.ndarray) -> int:
    """A number that no nurse is marked with yet."""
    if m[MARK] == 2_000_000_000:
        for n in range(m[NURSES]):
            m[m[MARKS] + n] = 0
        m[MARK] = 0
    m[MARK] += 1
    return m[MARK]


@compiled
def operate(m: np.ndarray, p: int, d: int, t: int, sign: int) -> int:
    """Books (`sign` 1) or cancels (-1) the surgery of p."""
    change = 0
    s, minutes = at(m, SURGEON, p), sign * at(m, MINUTES, p)
    opened = spot(m, SURGERIES, t, DAYS, d)
    if 2 * m[opened] + sign == 1:
        change += sign * m[W_OPEN]
    m[opened] += sign
    m[spot(m, THEATRE_USED, t, DAYS, d)] += minutes
    m[spot(m, SURGEON_USED, s, DAYS, d)] += minutes
    pair, theatres = m[SURGEON_IN] + (s * m[DAYS] + d) * m[THEATRES] + t, spot(m, SURGEON_THEATRES, s, DAYS, d)
    if 2 * m[pair] + sign == 1:
        before = m[theatres]
        m[theatres] = before + sign
        change += m[W_TRANSFER] * (max(0, before + sign - 1) - max(0, before - 1))
    m[pair] += sign
    m[m[THEATRE] + p] = t if sign > 0 else -1
    m[MISSING] -= sign * at(m, MANDATORY, p)
    return change + sign * (m[W_DELAY] * (d - at(m, FIRST_DAY, p)) - at(m, OUT_COST, p))


@compiled
def surgery_price(m: np.ndarray, p: int, d: int, t: int) -> int:
    """What `operate` with sign 1 would add to the cost; nothing is changed."""
    s = at(m, SURGEON, p)
    price = m[W_DELAY] * (d - at(m, FIRST_DAY, p)) - at(m, OUT_COST, p)
    if m[spot(m, SURGERIES, t, DAYS, d)] == 0:
        price += m[W_OPEN]
    if m[m[SURGEON_IN] + (s * m[DAYS] + d) * m[THEATRES] + t] == 0 and m[spot(m, SURGEON_THEATRES, s, DAYS, d)] > 0:
        price += m[W_TRANSFER]
    return price


@compiled
def admission_price(m: np.ndarray, p: int, d: int, r: int, t: int, limit: float) -> int:
    """What `admit` would add to the cost, or something above `limit`; nothing is changed."""
    price = surgery_price(m, p, d, t)
    rest = np.int64(math.floor(min(limit, 1e9))) - price
    return price if rest < 0 else price + lying_price(m, p, d, r, rest)


@compiled
def admit(m: np.ndarray, p: int, d: int, r: int, t: int) -> int:
    """Admits patient p, who is not in, on day d to room r with the surgery in theatre t."""
    return operate(m, p, d, t, 1) + lie(m, p, d, r, 1)


@compiled
def put_off(m: np.ndarray, p: int) -> int:
    """Takes patient p, who is in, out of the plan; the opposite of `admit`."""
    d, r, t = at(m, DAY, p), at(m, ROOM, p), at(m, THEATRE, p)
    return operate(m, p, d, t, -1) + lie(m, p, d, r, -1)


@compiled
def load_plan(m: np.ndarray, plan: np.ndarray) -> None:
    """Puts a plan into `m`, in which nobody lies yet and every patient's cost of being out is counted.

    Args:
        m: Problem and empty plan, as `memory.pack` gives it.
        plan: The plan part of such an array: admission day and room by stay, theatre by patient, nurse by room and
            shift. Nurses must be given for every room and shift.
    """
    stays, patients = m[ROOM] - m[DAY], m[PATIENTS]
    nurses = 2 * stays + patients
    for i in range(nurses, len(plan)):
        m[m[NURSE] + i - nurses] = plan[i]
    for e in range(stays):
        d = plan[e]
        if d >= 0:
            if e < patients:
                m[COST] += operate(m, e, d, plan[2 * stays + e], 1)
            m[COST] += lie(m, e, d, plan[stays + e], 1)
