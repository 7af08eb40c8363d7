"""Simulated annealing over joint moves of patients and nurses, compiled.

Every move keeps the hard rules, but for mandatory patients who are not in yet: leaving one out has a high price. A
move is accepted when it costs no more than a random threshold, -temperature * ln(u) (Kirkpatrick et al. 1983, with the
random number drawn first, so that hopeless moves are dropped early).
"""

import math

import numpy as np

from assistant.plan.compiled import compiled
from assistant.plan.draws import below
from assistant.plan.hospital.memory import COST, DAY, HORIZON, MISSING
from assistant.plan.hospital.nurse_moves import change_nurse, nurse_for_stay, swap_nurses
from assistant.plan.hospital.patient_moves import move_patient, swap_patients

KINDS = ("patient moved", "patients swapped", "nurse changed", "nurses swapped", "nurse for a stay")
"""Kinds of moves, in the order of the shares that `anneal` takes."""


@compiled
def keep_if_better(m: np.ndarray, best: np.ndarray) -> None:
    """Copies the plan if it has fewer mandatory patients out than `best`, or as many and a lower cost."""
    if m[MISSING] < best[1] or (m[MISSING] == best[1] and m[COST] < best[0]):
        best[0], best[1] = m[COST], m[MISSING]
        start = m[DAY] - 2
        for i in range(2, len(best)):
            best[i] = m[start + i]


@compiled
def anneal(
    m: np.ndarray, best: np.ndarray, draw: np.ndarray, shares: np.ndarray, temperature: float, steps: int
) -> None:
    """`steps` tries at one temperature.

    Args:
        m: Problem and plan (`memory`); the plan changes.
        best: Cost, mandatory patients out, and the plan part of `m`, of the best plan so far.
        draw: Random generator's state [1].
        shares: [5] of 1,000 tries, by kind of move, cumulative.
        temperature: Of the acceptance rule, in units of cost.
        steps: Tries.
    """
    undo = np.zeros(m[HORIZON], np.int64)
    for _ in range(steps):
        limit = -temperature * math.log((below(draw, 1 << 30) + 1) / (1 << 30))
        kind = below(draw, 1000)
        if kind < shares[0]:
            change = move_patient(m, draw, limit)
        elif kind < shares[1]:
            change = swap_patients(m, draw, limit)
        elif kind < shares[2]:
            change = change_nurse(m, draw, limit)
        elif kind < shares[3]:
            change = swap_nurses(m, draw, limit)
        else:
            change = nurse_for_stay(m, draw, undo, limit)
        if change != 0:
            m[COST] += change
            if change < 0:
                keep_if_better(m, best)
