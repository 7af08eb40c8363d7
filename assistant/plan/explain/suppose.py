"""What-if changes of a roster problem: each a plain record that can be stored, told and applied again."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.records.demand import Demand
from assistant.records.staff import Absence, Person, RosterEntry, Shift

ABSENT, EXTRA, DEMAND, FORCE, FORBID = "staff_absent", "extra_staff", "demand", "force", "forbid"


@dataclass(frozen=True)
class Supposed:
    """One thing that is different.

    Attributes:
        change: `staff_absent`, `extra_staff`, `demand`, `force` or `forbid`.
        staff: Whom it is about.
        days: On which days; empty means the whole plan.
        shift: On which shift; empty means any.
        amount: For `demand`: so many more patients (fewer where negative), in percent where `percent`.
        ratios: For `demand`: patients to a nurse, by shift.
        people: For `extra_staff`: who joins.
        absences, history, other_shifts: Of those who join, as in `RosterProblem`.
    """

    change: str
    staff: tuple[str, ...] = ()
    days: tuple[date, ...] = ()
    shift: str = ""
    amount: float = 0.0
    percent: bool = False
    ratios: tuple[tuple[str, float], ...] = ()
    people: tuple[Person, ...] = ()
    absences: tuple[Absence, ...] = ()
    history: tuple[RosterEntry, ...] = ()
    other_shifts: tuple[Shift, ...] = ()


def suppose(problem: RosterProblem, changes: Sequence[Supposed]) -> RosterProblem:
    """The problem with all the changes, one upon the other."""
    for change in changes:
        problem = _APPLY[change.change](problem, change)
    return problem


def touched_by(problem: RosterProblem, changes: Sequence[Supposed]) -> frozenset[str]:
    """The people whom the changes name, as far as they are in the problem."""
    named = {staff for change in changes for staff in (*change.staff, *(person.staff for person in change.people))}
    return frozenset(named & {person.staff for person in problem.people})


def _absent(problem: RosterProblem, change: Supposed) -> RosterProblem:
    """Whole days become an absence; who misses one day's shift works no other that day; a shift alone is ruled out."""
    if change.shift:
        return _forbid(problem, replace(change, shift="") if change.days else change)
    days = change.days or problem.days
    new = tuple(Absence(staff, day, day, "what if") for staff in change.staff for day in days)
    return replace(problem, absences=(*problem.absences, *new))


def _extra(problem: RosterProblem, change: Supposed) -> RosterProblem:
    """New people; where days or a shift are named, they come for those only."""
    known = {person.staff for person in problem.people}
    people = tuple(person for person in change.people if person.staff not in known)
    days = change.days or problem.days
    shifts = [shift.shift for shift in problem.shifts]
    off = [Duty(person.staff, day) for person in people for day in problem.days if day not in days]
    if change.shift:
        off += [Duty(p.staff, day, code) for p in people for day in days for code in shifts if code != change.shift]
    joined = {person.staff for person in people}
    kept_shifts = {(shift.unit, shift.shift) for shift in problem.other_shifts}
    return replace(
        problem,
        people=(*problem.people, *people),
        forbidden=(*problem.forbidden, *off),
        absences=(*problem.absences, *(item for item in change.absences if item.staff in joined)),
        history=(*problem.history, *(item for item in change.history if item.staff in joined)),
        other_shifts=(
            *problem.other_shifts,
            *(shift for shift in change.other_shifts if (shift.unit, shift.shift) not in kept_shifts),
        ),
    )


def _demand(problem: RosterProblem, change: Supposed) -> RosterProblem:
    ratios = dict(change.ratios)
    days = set(change.days or problem.days)

    def changed(need: Demand) -> Demand:
        if need.day not in days or change.shift not in ("", need.shift):
            return need
        ratio = ratios[need.shift]
        patients = need.nurses * ratio if need.patients is None else need.patients
        patients = max(0.0, patients * (1 + change.amount / 100) if change.percent else patients + change.amount)
        # As for the plan itself: whole patients, the ratio rounded up, one nurse at least while the unit is open.
        nurses = max(1, math.ceil(round(patients) / ratio))
        return replace(need, nurses=nurses, patients=round(patients))

    return replace(problem, demand=tuple(changed(need) for need in problem.demand))


def _force(problem: RosterProblem, change: Supposed) -> RosterProblem:
    """On named days the duty; without days only the named shift stays possible."""
    if change.days:
        new = [Duty(staff, day, change.shift) for staff in change.staff for day in change.days]
        return replace(problem, forced=(*problem.forced, *new))
    others = [shift.shift for shift in problem.shifts if shift.shift != change.shift]
    off = [Duty(staff, day, code) for staff in change.staff for day in problem.days for code in others]
    return replace(problem, forbidden=(*problem.forbidden, *off))


def _forbid(problem: RosterProblem, change: Supposed) -> RosterProblem:
    days = change.days or problem.days
    new = [Duty(staff, day, change.shift) for staff in change.staff for day in days]
    return replace(problem, forbidden=(*problem.forbidden, *new))


_APPLY = {ABSENT: _absent, EXTRA: _extra, DEMAND: _demand, FORCE: _force, FORBID: _forbid}
