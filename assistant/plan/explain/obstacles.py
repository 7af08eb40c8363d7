"""What keeps people from taking a duty as the roster stands: every rule is tried, without a solver."""

from bisect import insort
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.plan.staffing.check import person_faults
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.staffing.shares import fair_shares
from assistant.plan.staffing.skills import NEW, PRECEPTOR, has_skill
from assistant.plan.staffing.worked import Worked, heads, on_the_clock, worked_shifts
from assistant.records.staff import Person


@dataclass(frozen=True)
class Obstacle:
    """Why one person could not simply take a duty.

    Attributes:
        staff: Who.
        kind: First rule in the way: `works` (has another shift that day), a rule of the roster (`absence`, `rest`,
            `hours_in_seven_days`, ...), or empty: nothing but the costs.
    """

    staff: str
    kind: str = ""


def obstacles(problem: RosterProblem, duties: Sequence[Duty], day: date, shift: str) -> tuple[Obstacle, ...]:
    """For everybody who is not on the shift, what keeps them from being added to it with everything else as it is."""
    worked = worked_shifts(problem, duties)
    there = set(heads(duties).get((day, shift), ()))
    guided = any(has_skill(person, PRECEPTOR) for person in problem.people if person.staff in there)
    return tuple(
        Obstacle(person.staff, _kind(problem, person, worked[person.staff], day, shift, guided))
        for person in problem.people
        if not any(item.day == day and item.shift.shift == shift and item.planned for item in worked[person.staff])
    )


def counted(found: Sequence[Obstacle]) -> dict[str, int]:
    """Number of people by obstacle, the most frequent first; those who could (`""`) last."""
    counts = Counter(item.kind for item in found)
    return dict(sorted(counts.items(), key=lambda item: (not item[0], -item[1], item[0])))


def _kind(problem: RosterProblem, person: Person, worked: Sequence[Worked], day: date, shift: str, guided: bool) -> str:
    tried = list(worked)
    insort(tried, on_the_clock(problem.shift_types[shift], day, planned=True), key=lambda item: (item.start, item.end))
    faults = {fault.kind for fault in person_faults(problem, person, tried)}
    before = {fault.kind for fault in person_faults(problem, person, list(worked))}
    ordered = [kind for kind in _TELLING if kind in faults - before]
    if ordered:
        return "works" if ordered[0] == "one_shift_a_day" else ordered[0]
    if any(duty.staff == person.staff and duty.day == day and duty.shift in ("", shift) for duty in problem.forbidden):
        return "forbidden"
    most = fair_shares(problem)[person.staff].most_minutes
    minutes = sum(item.shift.minutes for item in tried if item.day in set(problem.days))
    if most is not None and minutes > most:
        return "contract_most"
    return "preceptor" if has_skill(person, NEW) and not guided else ""


_TELLING = (
    "absence",
    "no_nights",
    "one_shift_a_day",
    "rest",
    "rest_after_nights",
    "consecutive_days",
    "consecutive_nights",
    "hours_in_seven_days",
    "hours_per_week",
)
"""Rules of one person, the one that a colleague would name first before the others."""
