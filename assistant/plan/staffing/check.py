"""Checks a finished roster against every hard rule, on the wall clock, without the solver's model.

It answers for the plan: a violation is reported only if a planned duty takes part in it, since shifts that were
worked before cannot be changed any more.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from assistant.plan.result import Reason
from assistant.plan.staffing.problem import Company, Duty, RosterProblem
from assistant.plan.staffing.score import coverage_of
from assistant.plan.staffing.shares import Share, fair_shares
from assistant.plan.staffing.skills import NEW, PRECEPTOR, has_skill
from assistant.plan.staffing.worked import Worked, heads, worked_shifts
from assistant.records.staff import Person

_DAY = timedelta(days=1)


def check_roster(problem: RosterProblem, assignments: Sequence[Duty]) -> tuple[Reason, ...]:
    """Every broken hard rule of the roster; empty when clean."""
    broken: list[Reason] = _unknown(problem, assignments)
    if broken:
        return tuple(broken)
    shares = fair_shares(problem)
    worked = worked_shifts(problem, assignments)
    for person in problem.people:
        broken += person_faults(problem, person, worked[person.staff])
        broken += _too_few_hours(problem, person, worked[person.staff], shares[person.staff])
        broken += _too_many_hours(problem, person, worked[person.staff], shares[person.staff])
    others = [
        *_alone(problem, assignments),
        *_hired(problem, assignments),
        *_cover(problem, assignments),
        *_named(problem, assignments),
    ]
    return tuple([*broken, *others])


def person_faults(problem: RosterProblem, person: Person, shifts: list[Worked]) -> list[Reason]:
    """Broken working-time rules of one person, the contract aside; `shifts` in order of their start."""
    return [
        *_one_a_day(person, shifts),
        *_rest(problem, person, shifts),
        *_runs(problem, person, shifts),
        *_long_rest(problem, person, shifts),
        *_hours(problem, person, shifts),
        *_absent(problem, person, shifts),
        *_unfit_nights(person, shifts),
    ]


def _at(kind: str, person: Person, day: date, **values: float | str) -> Reason:
    return Reason(kind, person.staff, {"day": day.isoformat(), **values})


def _unknown(problem: RosterProblem, assignments: Sequence[Duty]) -> list[Reason]:
    people, days = {person.staff for person in problem.people}, set(problem.days)
    return [
        Reason("unknown_duty", duty.staff, {"day": duty.day.isoformat(), "shift": duty.shift})
        for duty in assignments
        if duty.staff not in people or duty.day not in days or duty.shift not in problem.shift_types
    ]


def _one_a_day(person: Person, shifts: list[Worked]) -> list[Reason]:
    days = [item.day for item in shifts]
    return [_at("one_shift_a_day", person, i.day) for i in shifts if i.planned and days.count(i.day) > 1]


def _rest(problem: RosterProblem, person: Person, shifts: list[Worked]) -> list[Reason]:
    least = timedelta(minutes=problem.rules.rest_minutes)
    return [
        _at("rest", person, later.day, minutes=(later.start - earlier.end).total_seconds() / 60)
        for earlier, later in pairwise(shifts)
        if later.start - earlier.end < least and earlier.day != later.day and (earlier.planned or later.planned)
    ]


def _runs(problem: RosterProblem, person: Person, shifts: list[Worked]) -> list[Reason]:
    broken = []
    for kind, most, chosen in (
        ("consecutive_days", problem.rules.max_consecutive_days, shifts),
        ("consecutive_nights", problem.rules.max_consecutive_nights, [item for item in shifts if item.shift.night]),
    ):
        for run in _rows_of_days(chosen):
            window = [run[i : i + most + 1] for i in range(len(run) - most)]
            # Only rows that a planned shift makes too long are the plan's fault.
            if any(any(item.planned for item in part) for part in window):
                broken.append(_at(kind, person, run[0].day, days=len(run)))
    return broken


def _rows_of_days(shifts: list[Worked]) -> list[list[Worked]]:
    """Splits shifts into rows of days that follow one another."""
    rows: list[list[Worked]] = []
    for item in shifts:
        if rows and item.day - rows[-1][-1].day == _DAY:
            rows[-1].append(item)
        elif not rows or item.day != rows[-1][-1].day:
            rows.append([item])
    return rows


def _long_rest(problem: RosterProblem, person: Person, shifts: list[Worked]) -> list[Reason]:
    least = timedelta(minutes=problem.rules.rest_after_nights_minutes)
    broken = []
    for row in _rows_of_days([item for item in shifts if item.shift.night]):
        if len(row) < problem.rules.nights_in_a_block:
            continue
        block = row[-problem.rules.nights_in_a_block :]
        after = [item for item in shifts if item.start >= row[-1].end and item.start - row[-1].end < least]
        broken += [
            _at("rest_after_nights", person, item.day, nights=len(row))
            for item in after
            if item.planned or any(night.planned for night in block)
        ]
    return broken


def _hours(problem: RosterProblem, person: Person, shifts: list[Worked]) -> list[Reason]:
    broken = []
    for first in sorted({item.day for item in shifts}):  # a week that breaks the limit may start on a day worked
        week = [item for item in shifts if first <= item.day < first + 7 * _DAY]
        hours = sum(item.shift.minutes for item in week) / 60
        if hours > problem.rules.max_hours_in_seven_days and any(item.planned for item in week):
            broken.append(_at("hours_in_seven_days", person, first, hours=hours))
    window = [item for item in shifts if item.day in problem.days]
    average = sum(item.shift.minutes for item in window) / 60 / len(problem.days) * 7
    too_long = average > problem.rules.max_hours_per_week + 1e-9
    if too_long and len(problem.days) >= 7 and any(item.planned for item in window):
        broken.append(_at("hours_per_week", person, problem.days[0], hours=average))
    return broken


def _too_few_hours(problem: RosterProblem, person: Person, shifts: list[Worked], share: Share) -> list[Reason]:
    minutes = sum(item.shift.minutes for item in shifts if item.day in problem.days)
    if share.least_minutes is None or minutes >= share.least_minutes:
        return []
    return [_at("contract_least", person, problem.days[0], hours=minutes / 60)]


def _too_many_hours(problem: RosterProblem, person: Person, shifts: list[Worked], share: Share) -> list[Reason]:
    window = [item for item in shifts if item.day in problem.days]
    minutes = sum(item.shift.minutes for item in window)
    if share.most_minutes is None or minutes <= share.most_minutes or not any(item.planned for item in window):
        return []
    return [_at("contract_most", person, problem.days[0], hours=minutes / 60)]


def _unfit_nights(person: Person, shifts: list[Worked]) -> list[Reason]:
    if person.nights:
        return []
    return [_at("no_nights", person, item.day) for item in shifts if item.planned and item.shift.night]


def _absent(problem: RosterProblem, person: Person, shifts: list[Worked]) -> list[Reason]:
    """A planned shift with a minute on a day of absence; a shift that begins on its last day counts whole."""
    broken = []
    for item in [item for item in shifts if item.planned]:
        last_day = (item.end - timedelta(minutes=1)).date()
        away = [a for a in problem.absences if a.staff == person.staff and a.start <= last_day and item.day <= a.end]
        if away:
            broken.append(_at("absence", person, item.day, until=away[0].end.isoformat()))
    return broken


def _alone(problem: RosterProblem, assignments: Sequence[Duty]) -> list[Reason]:
    """New nurses on a shift without a preceptor."""
    new = {person.staff for person in problem.people if has_skill(person, NEW)}
    guides = {person.staff for person in problem.people if has_skill(person, PRECEPTOR)}
    on_duty, broken = heads(assignments), []
    for key in sorted({*on_duty, *problem.beside}):
        beside, there = problem.beside.get(key), set(on_duty.get(key, ()))
        if there & guides or (beside and beside.preceptors):
            continue
        where = {"day": key[0].isoformat(), "shift": key[1]}
        broken += [Reason("preceptor", staff, where) for staff in sorted(there & new)]
        if beside and beside.new:
            broken.append(Reason("preceptor", f"{problem.unit} {key[0]} {key[1]}", where))
    return broken


def _hired(problem: RosterProblem, assignments: Sequence[Duty]) -> list[Reason]:
    """Shifts with more agency nurses than their share."""
    on_duty, broken = heads(assignments), []
    for key in sorted({*on_duty, *problem.beside}):
        beside, there = problem.beside.get(key, Company(*key)), set(on_duty.get(key, ()))
        hired = len(there & problem.agency_staff) + beside.agency
        everybody = len(there) + beside.nurses
        if hired and 100 * hired > round(100 * problem.rules.agency_share) * everybody:
            where = {"day": key[0].isoformat(), "shift": key[1], "people": hired}
            broken.append(Reason("agency_share", f"{problem.unit} {key[0]} {key[1]}", where))
    return broken


def _cover(problem: RosterProblem, assignments: Sequence[Duty]) -> list[Reason]:
    if not problem.rules.cover_hard:
        return []
    broken = []
    for row in coverage_of(problem, assignments):
        subject = f"{problem.unit} {row.day} {row.shift}"
        if row.short:
            broken.append(Reason("cover", subject, {"short": row.short}))
        broken += [Reason("cover_skill", f"{subject} {skill}", {"short": count}) for skill, count in row.short_skills]
    return broken


def _named(problem: RosterProblem, assignments: Sequence[Duty]) -> list[Reason]:
    def meets(named: Duty) -> bool:
        return any((d.staff, d.day) == (named.staff, named.day) and named.shift in ("", d.shift) for d in assignments)

    subject = "{0.staff} {0.day} {0.shift}".format
    missing = [Reason("forced", subject(duty).strip()) for duty in problem.forced if not meets(duty)]
    return missing + [Reason("forbidden", subject(duty).strip()) for duty in problem.forbidden if meets(duty)]
