"""Finds what is wrong with a bed problem before anything is computed from it; all faults at once."""

from collections import Counter
from typing import TYPE_CHECKING

from assistant.errors import RecordError

if TYPE_CHECKING:  # only the name; problem.py calls these checks when a problem is made
    from assistant.plan.beds.problem import BedProblem

MOST_DAYS = 28


def check_problem(problem: "BedProblem") -> None:
    """Refuses a problem that cannot be solved sensibly.

    Raises:
        RecordError: With every fault.
    """
    faults = [*_size_faults(problem), *_repeated(problem), *_unknown(problem), *_shared_beds(problem)]
    if faults:
        raise RecordError("The bed problem cannot be used; please mend:", faults)


def _size_faults(problem: "BedProblem") -> list[str]:
    faults = []
    if not 1 <= problem.days <= MOST_DAYS:
        faults.append(f"days must be 1 to {MOST_DAYS}, got {problem.days}.")
    return faults + [
        f"Surge beds of {unit} must be 0 or more, got {count}." for unit, count in problem.surge if count < 0
    ]


def _repeated(problem: "BedProblem") -> list[str]:
    visits = Counter(patient.visit for patient in (*problem.waiting, *problem.present))
    beds = Counter(bed.address for bed in problem.beds)
    units = Counter(unit.code for unit in problem.units)
    return [
        f"{name} {item} is given {count} times."
        for name, counter in (("Visit", visits), ("Bed", beds), ("Unit", units))
        for item, count in sorted(counter.items())
        if count > 1
    ]


def _unknown(problem: "BedProblem") -> list[str]:
    units, beds = {unit.code for unit in problem.units}, {bed.address for bed in problem.beds}
    patients = {patient.visit: patient for patient in (*problem.waiting, *problem.present)}
    faults = [f"Bed {bed.address} is of unknown unit {bed.unit}." for bed in problem.beds if bed.unit not in units]
    faults += [f"Surge beds of unknown unit {unit}." for unit, _ in problem.surge if unit not in units]
    faults += [
        f"Visit {p.visit} lies in unknown bed {p.bed}." for p in patients.values() if p.bed and p.bed not in beds
    ]
    faults += [f"Visit {p.visit} waits for unknown unit {p.wants!r}." for p in problem.waiting if p.wants not in units]
    faults += [f"Visit {p.visit} waits since no time." for p in problem.waiting if p.since is None]
    for choice in (*problem.forced, *problem.forbidden):
        if choice.visit not in patients:
            faults.append(f"Forced or forbidden choice names unknown visit {choice.visit}.")
        if choice.place and not any(choice.means(address) for address in beds) and choice.place not in units:
            faults.append(f"Forced or forbidden choice names unknown place {choice.place}.")
    if problem.unit and problem.unit not in units:
        faults.append(f"Unknown unit {problem.unit!r}.")
    return faults


def _shared_beds(problem: "BedProblem") -> list[str]:
    taken = Counter(p.bed for p in (*problem.waiting, *problem.present) if p.bed)
    return [f"Bed {bed} holds {count} patients." for bed, count in sorted(taken.items()) if count > 1]
