"""Compiled random draws of stays."""

import numpy as np

from assistant.plan.compiled import compiled
from assistant.plan.draws import below
from assistant.plan.hospital.memory import BEDS, DAYS, MEMBER, MEMBERS, at


@compiled
def member_of(m: np.ndarray, draw: np.ndarray, r: int, d: int) -> int:
    """A random stay among those in room r on day d; the room must not be empty."""
    cell = r * m[DAYS] + d
    return m[m[MEMBER] + cell * m[BEDS] + below(draw, at(m, MEMBERS, cell))]
