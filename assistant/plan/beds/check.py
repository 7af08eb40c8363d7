"""Checks a finished bed plan against every hard rule, from the nights in each bed, without the solver's model."""

from collections import Counter
from collections.abc import Sequence

from assistant.plan.beds.fit import misfits, sex_group
from assistant.plan.beds.occupancy import Move, Occupant, in_room, moves_of, occupants
from assistant.plan.beds.plan import Placement, Transfer
from assistant.plan.beds.problem import BedProblem
from assistant.plan.result import Reason
from assistant.records.units import Bed, SexRule

Nights = dict[tuple[str, int], list[Occupant]]


def check_beds(
    problem: BedProblem, assignments: Sequence[Placement], transfers: Sequence[Transfer]
) -> tuple[Reason, ...]:
    """Every broken hard rule; empty when clean. Only those whom the plan puts somewhere can break one."""
    beds = {bed.address: bed for bed in (*problem.beds, *problem.surge_beds)}
    moves = moves_of(assignments, transfers)
    unknown = [
        Reason("unknown_move", move.visit, {"bed": move.bed}) for move in moves if not _known(problem, beds, move)
    ]
    if unknown:
        return tuple(unknown)
    occupied = occupants(problem, moves)
    broken = [
        *_moved_twice(moves),
        *_length(problem, moves),
        *_misfits(problem, beds, moves),
        *_taken(occupied),
        *_overfull(problem, occupied),
        *_mixed(list(beds.values()), beds, occupied),
        *_forced(problem, moves),
    ]
    return tuple(broken)


def _known(problem: BedProblem, beds: dict[str, Bed], move: Move) -> bool:
    return move.visit in problem.patient_by_visit and move.bed in beds


def _moved_twice(moves: Sequence[Move]) -> list[Reason]:
    counts = Counter(move.visit for move in moves)
    return [Reason("moved_twice", visit, {"moves": count}) for visit, count in counts.items() if count > 1]


def _length(problem: BedProblem, moves: Sequence[Move]) -> list[Reason]:
    """A bed is kept for the patient for the whole stay."""
    return [
        Reason("stay_cut", move.visit, {"nights": move.nights})
        for move in moves
        if move.night + move.nights != problem.leaves_after(problem.patient_by_visit[move.visit], move.night)
    ]


def _misfits(problem: BedProblem, beds: dict[str, Bed], moves: Sequence[Move]) -> list[Reason]:
    return [
        Reason(kind, move.visit, {"bed": move.bed})
        for move in moves
        for kind in misfits(problem, problem.patient_by_visit[move.visit], beds[move.bed])
    ]


def _taken(occupied: Nights) -> list[Reason]:
    return [
        Reason("bed_taken", place, {"night": night, "visits": sorted(who.patient.visit for who in there)})
        for (place, night), there in sorted(occupied.items())
        if "/" in place and len(there) > 1 and any(who.new for who in there)
    ]


def _overfull(problem: BedProblem, occupied: Nights) -> list[Reason]:
    """Patients whose bed is not known need one, too; a unit that is overfull anyway must not get fuller."""
    broken = []
    before = occupants(problem, ())
    regular = {bed.address: bed.unit for bed in problem.beds}
    for unit in sorted({patient.unit for patient in problem.present if not patient.bed and patient.unit}):
        beds = sum(1 for bed in problem.beds if bed.unit == unit and bed.open)
        for night in range(problem.days):
            there, first = _heads(occupied, regular, unit, night), _heads(before, regular, unit, night)
            if there > max(beds, first):
                broken.append(Reason("unit_full", unit, {"night": night, "patients": there, "beds": beds}))
    return broken


def _heads(occupied: Nights, regular: dict[str, str], unit: str, night: int) -> int:
    places = {place for place, when in occupied if when == night and regular.get(place, place) == unit}
    return sum(len(occupied[place, night]) for place in places)


def _mixed(all_beds: Sequence[Bed], beds: dict[str, Bed], occupied: Nights) -> list[Reason]:
    broken = []
    for (place, night), there in sorted(occupied.items()):
        bed = beds.get(place)
        if bed is None or bed.sex_rule is not SexRule.SAME or not any(who.new for who in there):
            continue
        sexes = {sex_group(who.patient) for who in in_room(occupied, all_beds, bed, night)}
        mine = {sex_group(who.patient) for who in there if who.new}
        if sexes - mine:
            broken.append(Reason("sex_rule", f"{bed.unit}/{bed.room}", {"night": night, "bed": place}))
    return broken


def _forced(problem: BedProblem, moves: Sequence[Move]) -> list[Reason]:
    """Forbidden places are among the misfits."""
    return [
        Reason("forced", f"{choice.visit} {choice.place}".strip())
        for choice in problem.forced
        if not any(move.visit == choice.visit and choice.means(move.bed) for move in moves)
    ]
