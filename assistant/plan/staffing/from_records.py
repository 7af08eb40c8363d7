"""Makes a roster problem from the hospital's records."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.problem import Duty, RosterProblem, RosterRules
from assistant.records.demand import Demand
from assistant.records.staff import Absence, Person, RosterEntry, Shift
from assistant.records.store import Store

NURSING_ROLES = frozenset({"nurse", "charge_nurse"})
"""Demand counts nurses; care assistants are not planned against it."""


def problem_from_records(
    store: Store,
    unit: str,
    start: date,
    days: int,
    demand: Sequence[Demand],
    settings: PlanSettings | None = None,
    rules: RosterRules | None = None,
    forced: Sequence[Duty] = (),
    forbidden: Sequence[Duty] = (),
) -> RosterProblem:
    """The problem of rostering the nurses of `unit` on `days` days from `start`.

    A roster already published for these days and this unit is left aside: it is being planned anew. Published shifts
    of the same people elsewhere, before, or after stay as they are. Records that name a shift type nobody has
    defined are left out, since nothing is known about their times.

    Args:
        store: The records.
        unit: Code of the unit.
        start: First day to plan.
        days: Number of days.
        demand: Nurses needed; made from a forecast and the unit's ratio by the caller.
        settings: Taken for its working-time rules.
        rules: Instead of those of the settings.
        forced: Duties that the roster must contain.
        forbidden: Duties that it must not contain.
    """
    rules = rules or (settings or PlanSettings()).roster_rules
    people = [person for person in store.people(unit) if person.role in NURSING_ROLES]
    names = {person.staff for person in people}
    window = tuple(start + timedelta(days=step) for step in range(days))
    end = start + timedelta(days=days)
    shifts = store.shifts(unit)
    codes = {"", *(shift.shift for shift in shifts)}
    history, other_shifts = _known_shifts(store, unit, people, window, rules, shifts)
    return RosterProblem(
        unit=unit,
        days=window,
        shifts=tuple(shifts),
        people=tuple(people),
        demand=tuple(demand),
        absences=tuple(_absences(store, unit, start, end, names)),
        wishes=tuple(w for w in store.wishes(start, end, unit) if w.staff in names and w.shift in codes),
        history=tuple(history),
        rules=rules,
        other_shifts=tuple(other_shifts),
        forced=tuple(forced),
        forbidden=tuple(forbidden),
    )


def _absences(store: Store, unit: str, start: date, end: date, names: set[str]) -> list[Absence]:
    """Absences that touch the window or the day after it, on which its last night shift ends."""
    return [absence for absence in store.absences(start, end + timedelta(days=1), unit) if absence.staff in names]


def _known_shifts(
    store: Store,
    unit: str,
    people: Sequence[Person],
    window: Sequence[date],
    rules: RosterRules,
    shifts: Sequence[Shift],
) -> tuple[list[RosterEntry], list[Shift]]:
    """Shifts near the window that the plan cannot change, and the other units' shift types among them."""
    reach = timedelta(days=max(7, rules.max_consecutive_days, rules.max_consecutive_nights + 3))
    names, planned = {person.staff for person in people}, set(window)
    entries = [
        entry
        for entry in store.roster(window[0] - reach, window[-1] + reach + timedelta(days=1))
        if entry.staff in names and not (entry.unit == unit and entry.day in planned)
    ]
    other_shifts = [shift for code in _other_units(entries, unit) for shift in _labelled(store.shifts(code), code)]
    defined = {(unit, shift.shift) for shift in shifts} | {(shift.unit, shift.shift) for shift in other_shifts}
    return [entry for entry in entries if (entry.unit, entry.shift) in defined], other_shifts


def _other_units(entries: Iterable[RosterEntry], unit: str) -> list[str]:
    return sorted({entry.unit for entry in entries} - {unit})


def _labelled(shifts: Iterable[Shift], unit: str) -> list[Shift]:
    """General shift types under the unit's own code, so that each entry finds its own."""
    return [Shift(s.shift, s.name, s.start, s.end, s.minutes, s.night, unit, s.name_zh) for s in shifts]
