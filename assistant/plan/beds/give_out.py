"""Gives single beds to the patients that the plan has put into groups of equal beds."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from assistant.plan.beds.groups import BedGroup
from assistant.plan.beds.options import Option
from assistant.plan.beds.plan import Placement, Transfer
from assistant.plan.beds.problem import BedProblem


def give_out(problem: BedProblem, chosen: Sequence[Option]) -> tuple[tuple[Placement, ...], tuple[Transfer, ...]]:
    """Placements and transfers with bed addresses and times.

    In each group, patients get beds in order of their first night; whoever comes takes the first bed that is free
    by then. Since no night has more patients than beds, there always is one.
    """
    moved = {option.patient.visit: option.start for option in chosen}
    by_group: dict[BedGroup, list[Option]] = defaultdict(list)
    for option in chosen:
        by_group[option.group].append(option)
    placements, transfers = [], []
    for group, options in by_group.items():
        free_from = {bed.address: _free_from(problem, bed.address, moved) for bed in group.beds}
        for option in sorted(options, key=lambda option: (option.start, option.patient.visit)):
            bed = next(address for address in sorted(free_from) if free_from[address] <= option.start)
            free_from[bed] = option.end
            if option.patient.wants:
                placements.append(_placement(problem, option, bed))
            else:
                transfers.append(_transfer(problem, option, bed))
    return (
        tuple(sorted(placements, key=lambda item: (item.night, item.visit))),
        tuple(sorted(transfers, key=lambda item: (item.night, item.visit))),
    )


def _free_from(problem: BedProblem, address: str, moved: dict[str, int]) -> int:
    """First night in which nobody who lies in the bed now uses it any more."""
    for patient in problem.patient_by_visit.values():
        if patient.bed == address:
            return min(problem.stays_until(patient), moved.get(patient.visit, problem.days))
    return 0


def _placement(problem: BedProblem, option: Option, bed: str) -> Placement:
    wants = option.patient.wants
    return Placement(
        visit=option.patient.visit,
        bed=bed,
        start=_start(problem, option, bed),
        night=option.start,
        nights=option.nights,
        wanted=wants,
        wrong_unit=option.group.like.unit != wants,
        surge=option.group.surge,
    )


def _transfer(problem: BedProblem, option: Option, bed: str) -> Transfer:
    patient = option.patient
    start = _start(problem, option, bed)
    return Transfer(patient.visit, patient.bed or patient.unit, bed, start, option.start, option.nights)


def _start(problem: BedProblem, option: Option, bed: str) -> datetime:
    """Now or the morning of the day, or later on that day when the patient before is expected to leave."""
    earliest = problem.at if option.start == 0 else problem.midnight(option.start) - timedelta(days=1)
    leaving = [p.leaves for p in problem.present if p.bed == bed and p.leaves <= problem.midnight(option.start)]
    return max([earliest, *leaving])
