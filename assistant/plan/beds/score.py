"""Costs of a finished bed plan, computed from the nights in each bed and not from the solver's model."""

from collections.abc import Sequence

from assistant.plan.beds.fit import sex_group
from assistant.plan.beds.occupancy import in_room, moves_of, occupants
from assistant.plan.beds.plan import Placement, Transfer
from assistant.plan.beds.priority import priority
from assistant.plan.beds.problem import BedProblem
from assistant.plan.settings import BedWeights
from assistant.records.units import Bed, SexRule


def costs_of(
    problem: BedProblem, assignments: Sequence[Placement], transfers: Sequence[Transfer], weights: BedWeights
) -> dict[str, float]:
    """Cost of the plan by soft rule."""
    waited = {patient.visit: problem.days for patient in problem.waiting} | {p.visit: p.night for p in assignments}
    surge_nights = sum(p.nights for p in assignments if p.surge) + sum(
        t.nights for t in transfers if t.to_bed in {bed.address for bed in problem.surge_beds}
    )
    waiting = sum(priority(patient, problem.at) * waited[patient.visit] for patient in problem.waiting)
    return {
        "waiting": float(weights.waiting_night * waiting),
        "surge": float(weights.surge_night * surge_nights),
        "wrong_unit": float(weights.wrong_unit_night * sum(p.nights for p in assignments if p.wrong_unit)),
        "transfers": float(weights.transfer * len(transfers)),
        **_special_beds(problem, assignments, transfers, weights),
        "mixed_rooms": float(weights.mixed_room_night * _mixed_nights(problem, assignments, transfers)),
    }


def _special_beds(
    problem: BedProblem, assignments: Sequence[Placement], transfers: Sequence[Transfer], weights: BedWeights
) -> dict[str, float]:
    isolation = ventilator = 0
    for move in moves_of(assignments, transfers):
        bed, patient = problem.bed_by_address.get(move.bed), problem.patient_by_visit[move.visit]
        if bed is not None:
            isolation += move.nights * (bed.isolation and not patient.isolation)
            ventilator += move.nights * (bed.ventilator and not patient.ventilator)
    return {
        "isolation_beds": float(weights.isolation_bed_night * isolation),
        "ventilator_beds": float(weights.ventilator_bed_night * ventilator),
    }


def _mixed_nights(problem: BedProblem, assignments: Sequence[Placement], transfers: Sequence[Transfer]) -> int:
    beds = (*problem.beds, *problem.surge_beds)
    by_address: dict[str, Bed] = {bed.address: bed for bed in beds}
    occupied = occupants(problem, moves_of(assignments, transfers))
    mixed = set()
    for (place, night), there in occupied.items():
        bed = by_address.get(place)
        if bed is None or bed.sex_rule is not SexRule.ANY or not any(who.new for who in there):
            continue
        mine = {sex_group(who.patient) for who in there if who.new}
        if {sex_group(who.patient) for who in in_room(occupied, beds, bed, night)} - mine:
            mixed.add((bed.unit, bed.room, night))
    return len(mixed)
