"""All moves that a bed plan may consist of: from which night on which patient uses which group of beds."""

from collections.abc import Collection
from dataclasses import dataclass

from assistant.plan.beds.changes import TRANSFER_NIGHTS, nights_of_change
from assistant.plan.beds.fit import may_step_down, misfits, suits_unit
from assistant.plan.beds.groups import BedGroup, group_beds
from assistant.plan.beds.priority import priority
from assistant.plan.beds.problem import BedProblem, Patient
from assistant.plan.settings import BedWeights


@dataclass(frozen=True, eq=False)
class Option:
    """One possible move.

    Attributes:
        patient, group: Who, and to which beds.
        start: First night there; end: first night no longer there, at most the end of the window.
    """

    patient: Patient
    group: BedGroup
    start: int
    end: int

    @property
    def nights(self) -> int:
        """Nights there within the window."""
        return self.end - self.start


def possible_options(problem: BedProblem, alone: Collection[str] = ()) -> list[Option]:
    """Every option in which the patient fits the bed; `alone` as for `group_beds`.

    What is forced gets its options even where the patient does not fit; the rules against them are then stated, so
    that a conflict can be named.
    """
    groups = group_beds(problem, alone)
    movers = (*problem.waiting, *_transfer_candidates(problem))
    changes = nights_of_change(problem, movers, groups)
    return [
        Option(patient, group, start, problem.leaves_after(patient, start))
        for patient in movers
        for group in groups
        if _possible(problem, patient, group)
        for start in _starts(problem, patient, changes[group.room])
    ]


def _transfer_candidates(problem: BedProblem) -> list[Patient]:
    """Present patients who may be moved and whose bed somebody waiting could use, and those who must be moved."""
    forced = {choice.visit for choice in problem.forced}
    return [
        patient
        for patient in problem.present
        if patient.visit in forced or (may_step_down(problem, patient) and _is_wanted(problem, patient.bed))
    ]


def _is_wanted(problem: BedProblem, address: str) -> bool:
    bed = problem.bed_by_address[address]
    return any(suits_unit(problem, patient, bed) for patient in problem.waiting)


def _starts(problem: BedProblem, patient: Patient, changes: tuple[int, ...]) -> list[int]:
    if patient.wants:
        return list(changes)
    return list(range(min(TRANSFER_NIGHTS, problem.stays_until(patient))))


def _possible(problem: BedProblem, patient: Patient, group: BedGroup) -> bool:
    if any(bed.address == patient.bed for bed in group.beds):
        return False
    forced = any(c.visit == patient.visit and c.means(group.like.address) for c in problem.forced if c.place)
    return forced or not misfits(problem, patient, group.like)


def option_cost(problem: BedProblem, option: Option, weights: BedWeights) -> int:
    """Cost of one move: nights waited before it, and what is not right about the bed."""
    patient, bed, nights = option.patient, option.group.like, option.nights
    cost = weights.surge_night * nights * option.group.surge
    cost += weights.isolation_bed_night * nights * (bed.isolation and not patient.isolation)
    cost += weights.ventilator_bed_night * nights * (bed.ventilator and not patient.ventilator)
    if not patient.wants:
        return cost + weights.transfer
    waited = weights.waiting_night * priority(patient, problem.at) * option.start
    return cost + waited + weights.wrong_unit_night * nights * (bed.unit != patient.wants)


def unplaced_cost(problem: BedProblem, patient: Patient, weights: BedWeights) -> int:
    """Cost of a waiting patient who gets no bed in the window."""
    return weights.waiting_night * problem.days * priority(patient, problem.at)
