"""A finished roster as plain tables, for the checker and the score; knows nothing of CP-SAT."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.staffing.times import ends, starts
from assistant.records.staff import Shift


@dataclass(frozen=True)
class Worked:
    """One shift on the wall clock; `planned` tells the plan's shifts from the known ones."""

    day: date
    shift: Shift
    start: datetime
    end: datetime
    planned: bool


def worked_shifts(problem: RosterProblem, assignments: Iterable[Duty]) -> dict[str, list[Worked]]:
    """Every person's shifts, known and planned, in order of their start."""
    found: dict[str, list[Worked]] = {person.staff: [] for person in problem.people}
    for entry in problem.history:
        found[entry.staff].append(on_the_clock(problem.known_shift(entry), entry.day, planned=False))
    for duty in assignments:
        found[duty.staff].append(on_the_clock(problem.shift_types[duty.shift], duty.day, planned=True))
    return {staff: sorted(shifts, key=lambda item: (item.start, item.end)) for staff, shifts in found.items()}


def on_the_clock(shift: Shift, day: date, planned: bool) -> Worked:
    """One shift of a day as `Worked`."""
    return Worked(day, shift, starts(shift, day), ends(shift, day), planned)


def heads(assignments: Iterable[Duty]) -> dict[tuple[date, str], list[str]]:
    """Staff ids on each shift of each day."""
    found: dict[tuple[date, str], list[str]] = defaultdict(list)
    for duty in assignments:
        found[duty.day, duty.shift].append(duty.staff)
    return found
