"""Finds what is wrong with a roster problem before anything is computed from it; all faults at once."""

import math
from collections import Counter
from collections.abc import Hashable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # only the names; problem.py calls these checks when a problem is made
    from assistant.plan.staffing.problem import RosterProblem


def problem_faults(problem: "RosterProblem") -> list[str]:
    """Everything that keeps `problem` from being solved sensibly."""
    faults = [*_day_faults(problem), *_shift_faults(problem), *_people_faults(problem)]
    return faults or [*_demand_faults(problem), *_reference_faults(problem)]


def _day_faults(problem: "RosterProblem") -> list[str]:
    if not problem.days:
        return ["No days to plan; give at least one."]
    steps = zip(problem.days, problem.days[1:], strict=False)
    return [f"{later} does not follow {day}; give days without gaps." for day, later in steps if later - day != _DAY]


def _shift_faults(problem: "RosterProblem") -> list[str]:
    faults = [f"Shift {code!r} is given {n} times." for code, n in _repeated(shift.shift for shift in problem.shifts)]
    if not problem.shifts:
        faults.append(f"No shift types for unit {problem.unit!r}; import a shifts.csv.")
    faults += [
        f"Shift {s.shift!r} has {s.minutes} minutes; expected 1 to 1440."
        for s in problem.shifts
        if not 1 <= s.minutes <= 1440
    ]
    return faults


def _people_faults(problem: "RosterProblem") -> list[str]:
    faults = [f"Staff {staff!r} is given {n} times." for staff, n in _repeated(p.staff for p in problem.people)]
    return faults + [
        f"Staff {person.staff!r} has {person.hours_per_week} contract hours a week; expected 0 to 168."
        for person in problem.people
        if not (math.isfinite(person.hours_per_week) and 0 <= person.hours_per_week <= 168)
    ]


def _demand_faults(problem: "RosterProblem") -> list[str]:
    shifts, days = {shift.shift for shift in problem.shifts}, set(problem.days)
    faults = [
        f"Demand for {day} {shift} is given {n} times."
        for (day, shift), n in _repeated((d.day, d.shift) for d in problem.demand)
    ]
    for need in problem.demand:
        place = f"Demand for {need.day} {need.shift}"
        if need.unit != problem.unit:
            faults.append(f"{place} is of unit {need.unit!r}; expected {problem.unit!r}.")
        if need.day not in days:
            faults.append(f"{place} lies outside the planned days.")
        if need.shift not in shifts:
            faults.append(f"{place} names an unknown shift; known: {', '.join(sorted(shifts))}.")
        if need.nurses < 0 or any(count < 0 for _, count in need.skills):
            faults.append(f"{place} is negative.")
    return faults


def _reference_faults(problem: "RosterProblem") -> list[str]:
    people, shifts, days = {p.staff for p in problem.people}, {s.shift for s in problem.shifts}, set(problem.days)
    faults = []
    for name, items in (("Absence", problem.absences), ("Wish", problem.wishes), ("History", problem.history)):
        unknown = sorted({item.staff for item in items} - people)
        faults += [f"{name} of {staff!r}, who is not among the people." for staff in unknown]
    faults += [
        f"Absence of {a.staff!r} ends {a.end}, before it starts {a.start}." for a in problem.absences if a.end < a.start
    ]
    faults += [
        f"Wish of {w.staff!r} on {w.day} has weight {w.weight}; expected 0 or more."
        for w in problem.wishes
        if w.weight < 0
    ]
    faults += [
        f"Helper {h.staff!r} {what}."
        for h in problem.helpers
        for what, wrong in (
            ("is not among the people", h.staff not in people),
            (f"has price {h.price}; expected 0 or more", h.price < 0),
        )
        if wrong
    ]
    foreign = {(shift.unit, shift.shift) for shift in problem.other_shifts}
    faults += [
        f"Wish of {w.staff!r} on {w.day} names unknown shift {w.shift!r}."
        for w in problem.wishes
        if w.shift and w.shift not in shifts
    ]
    faults += [
        f"History of {h.staff!r} on {h.day} names unknown shift {h.shift!r}."
        for h in problem.history
        if (h.shift not in shifts if h.unit == problem.unit else (h.unit, h.shift) not in foreign)
    ]
    for duty in (*problem.forced, *problem.forbidden):
        if duty.staff not in people or duty.day not in days or (duty.shift and duty.shift not in shifts):
            faults.append(
                f"Forced or forbidden duty {duty.staff} {duty.day} {duty.shift}: unknown person, day or shift."
            )
    faults += [
        f"{h.staff!r} has a shift of {h.unit} on {h.day}, a planned day; history there is for other units."
        for h in problem.history
        if h.unit == problem.unit and h.day in days
    ]
    return faults


def _repeated(items: Iterable[Hashable]) -> list[tuple]:
    return sorted((item, count) for item, count in Counter(items).items() if count > 1)


_DAY = timedelta(days=1)
