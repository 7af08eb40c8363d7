"""Who lies in which bed in each night under a finished plan; knows nothing of CP-SAT."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.plan.beds.plan import Placement, Transfer
from assistant.plan.beds.problem import BedProblem, Patient
from assistant.records.units import Bed


@dataclass(frozen=True)
class Move:
    """A placement or a transfer, reduced to who, where and in which nights."""

    visit: str
    bed: str
    night: int
    nights: int


@dataclass(frozen=True)
class Occupant:
    """Somebody in a bed for a night; `new` if the plan put the patient there."""

    patient: Patient
    new: bool


def moves_of(assignments: Sequence[Placement], transfers: Sequence[Transfer]) -> list[Move]:
    """All moves of a plan."""
    placed = [Move(item.visit, item.bed, item.night, item.nights) for item in assignments]
    return placed + [Move(item.visit, item.to_bed, item.night, item.nights) for item in transfers]


def occupants(problem: BedProblem, moves: Sequence[Move]) -> dict[tuple[str, int], list[Occupant]]:
    """Who uses each bed (by address; the unit's code where the bed is not known) in each night."""
    found: dict[tuple[str, int], list[Occupant]] = defaultdict(list)
    first_night = {move.visit: move.night for move in moves}
    for patient in problem.patient_by_visit.values():
        place = patient.bed or patient.unit
        until = problem.stays_until(patient)
        for night in range(min(until, first_night.get(patient.visit, until))):
            if place:
                found[place, night].append(Occupant(patient, new=False))
    for move in moves:
        for night in range(move.night, move.night + move.nights):
            found[move.bed, night].append(Occupant(problem.patient_by_visit[move.visit], new=True))
    return found


def in_room(
    occupied: dict[tuple[str, int], list[Occupant]], beds: Sequence[Bed], bed: Bed, night: int
) -> list[Occupant]:
    """Everybody who uses a bed of the same room in a night."""
    rooms = [other for other in beds if (other.unit, other.room) == (bed.unit, bed.room)]
    return [occupant for other in rooms for occupant in occupied.get((other.address, night), ())]
