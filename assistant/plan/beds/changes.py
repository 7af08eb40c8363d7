"""In which nights something can change in a room: only then is it worth asking whether somebody waiting comes.

A night of waiting costs more than a night in any bed (`BedWeights` sees to it), so in some best plan everybody comes
in the first night or in one in which a bed of the same room has just become free, or the sex of those in the room has
just changed: when somebody who lies there leaves or is moved, or when the stay of somebody who came by the plan ends.
"""

from collections import defaultdict
from collections.abc import Sequence

from assistant.plan.beds.fit import suits_unit
from assistant.plan.beds.groups import BedGroup
from assistant.plan.beds.problem import BedProblem, Patient

TRANSFER_NIGHTS = 3
"""Transfers to make room are planned this many nights ahead; later ones are better decided with newer records."""


def nights_of_change(
    problem: BedProblem, movers: Sequence[Patient], groups: Sequence[BedGroup]
) -> dict[str, tuple[int, ...]]:
    """For each room (`unit/room`), the nights in which a newcomer may begin, in order."""
    freed = _freed(problem, movers)
    stays = {group.room: _stays(problem, group) for group in groups}
    return {group.room: _closure({0} | freed[group.room], stays[group.room], problem.days) for group in groups}


def _freed(problem: BedProblem, movers: Sequence[Patient]) -> dict[str, set[int]]:
    """Nights in which somebody who lies in the room now may be gone for the first time."""
    moving = {patient.visit for patient in movers}
    freed: dict[str, set[int]] = defaultdict(set)
    whole_unit: dict[str, set[int]] = defaultdict(set)
    for patient in problem.patient_by_visit.values():
        nights = {problem.stays_until(patient)}
        if patient.visit in moving:
            nights |= set(range(problem.days if patient.wants else TRANSFER_NIGHTS))
        if patient.bed:
            freed[patient.bed.rsplit("/", 1)[0]] |= nights
        else:
            whole_unit[patient.unit] |= nights
    overfull = {patient.unit for patient in problem.present if not patient.bed}
    for bed in problem.beds:
        if bed.unit in overfull:  # there a bed anywhere in the unit may be the one that is missing
            everywhere = [freed[room] for room in list(freed) if room.startswith(f"{bed.unit}/")]
            freed[f"{bed.unit}/{bed.room}"] |= whole_unit[bed.unit].union(*everywhere)
    return freed


def _stays(problem: BedProblem, group: BedGroup) -> set[int]:
    """Lengths of the stays that may end in the room within the window."""
    return {
        problem.leaves_after(patient, 0)
        for patient in problem.waiting
        if suits_unit(problem, patient, group.like) and problem.leaves_after(patient, 0) < problem.days
    }


def _closure(nights: set[int], stays: set[int], days: int) -> tuple[int, ...]:
    """The nights, and all in which a chain of stays that began in one of them may end."""
    reached = set(nights)
    for night in range(days):
        if night in reached:
            reached |= {night + stay for stay in stays}
    return tuple(sorted(night for night in reached if night < days))
