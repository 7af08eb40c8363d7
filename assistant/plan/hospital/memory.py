"""One array of whole numbers that holds a problem and a plan for the compiled search, and the places in it.

Numba passes an array to a function as several machine words and counts its references; forty arrays cost more than the
search itself (measured: ten times slower, and minutes to compile). So all tables lie behind one another in one
array `m`: its head, at the places named here, holds each size, and where each table begins. All are 64 bits wide,
so that every function is compiled for one kind of argument only.
"""

import numpy as np

from assistant.plan.compiled import compiled
from assistant.plan.hospital.tables import State, Tables

FIELDS = (*Tables._fields, *State._fields)
"""Names of the places, in order; the constants below are the same names in capitals."""

(
    DAYS, SHIFTS, HORIZON, PATIENTS, ROOMS, THEATRES, BEDS, NURSES, AGE_GROUPS,
    W_AGE, W_SKILL, W_CONTINUITY, W_LOAD, W_OPEN, W_TRANSFER, W_DELAY,
    MANDATORY, OUT_COST, FIRST_DAY, LAST_DAY, MINUTES, SURGEON, ROOM_LIST, ROOM_COUNT, ROOM_OK,
    STAY, SEX, AGE, OFFSET, WORK, NEEDED,
    CAPACITY, SURGEON_MINUTES, THEATRE_MINUTES, SKILL, MAX_LOAD, DUTY, DUTY_COUNT,
    SAME_SURGEON, SAME_SURGEON_COUNT,
    DAY, ROOM, THEATRE, NURSE,
    MEMBER, MEMBERS, SEXES, AGES, EXCESS, TENDED, SURGEON_USED, THEATRE_USED, SURGERIES, SURGEON_IN, SURGEON_THEATRES,
    MARKS, MARK, COST, MISSING,
) = range(59)  # fmt: skip


def pack(tables: Tables, state: State) -> np.ndarray:
    """The array `m` of a problem and a plan."""
    head: list[int] = []
    parts: list[np.ndarray] = []
    place = len(FIELDS)
    for value in (*tables, *state):
        if isinstance(value, np.ndarray):
            head.append(place)
            parts.append(value.ravel().astype(np.int64))
            place += value.size
        else:
            head.append(int(value))
    return np.concatenate([np.asarray(head, np.int64), *parts])


def plan_slice(tables: Tables, state: State) -> slice:
    """Where in `m` the plan itself lies: day, room, theatre and nurse, one after the other."""
    m = pack(tables, state)
    return slice(int(m[DAY]), int(m[NURSE]) + state.nurse.size)


@compiled
def at(m: np.ndarray, field: int, i: int) -> int:
    """Value i of a table with one index."""
    return m[m[field] + i]


@compiled
def spot(m: np.ndarray, field: int, i: int, width: int, j: int) -> int:
    """Place in `m` of value [i, j] of a table whose rows are as long as the size named `width`."""
    return m[field] + i * m[width] + j
