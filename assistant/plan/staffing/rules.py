"""The hard rules of a roster; `add_rules` reads like the rule book of the ward.

Known shifts (worked before the window, promised to other units) count in every rule. Where they break a rule by
themselves, the plan is only asked not to make it worse. The same rules are checked again, from the finished roster
and without this file, in `check.py`.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from assistant.plan.jsonable import encode
from assistant.plan.result import Reason
from assistant.plan.staffing.problem import Company, Duty
from assistant.plan.staffing.skills import NEW, PRECEPTOR, has_skill
from assistant.plan.staffing.times import rest_minutes, runs_into
from assistant.plan.staffing.variables import RosterModel, Total, one_night, one_shift, shift_minutes
from assistant.records.staff import Person, Shift

LAST_TO_GO = ("contract_least", "contract_most", "no_nights", "absence", "cover_skill", "cover", "forbidden", "forced")
"""Rule kinds that a conflict should name if there is a choice, the most telling last."""


def add_rules(model: RosterModel) -> None:
    """Adds every hard rule."""
    for person in model.problem.people:
        one_shift_a_day(model, person)
        rest_between_shifts(model, person)
        days_in_a_row(model, person)
        nights_in_a_row(model, person)
        rest_after_nights(model, person)
        hours_in_seven_days(model, person)
        hours_of_the_window(model, person)
        contract_hours(model, person)
        no_shift_while_absent(model, person)
        no_nights_for(model, person)
    company_of_new_nurses(model)
    few_agency_nurses(model)
    enough_nurses(model)
    forced_duties(model)
    forbidden_duties(model)


def one_shift_a_day(model: RosterModel, person: Person) -> None:
    """At most one shift a day; not switchable, since no conflict becomes clearer by naming it."""
    for day in model.problem.days:
        model.cp.add(model.total(person.staff, [day], one_shift).at_most(1))


def rest_between_shifts(model: RosterModel, person: Person) -> None:
    """Between two shifts lies the daily rest, across midnight and across the start of the window."""
    least = model.problem.rules.rest_minutes
    rule = Reason("rest", person.staff, {"minutes": least})
    for day in model.problem.all_days:
        for shift, works in model.slots(person.staff, day):
            for later_day in _days_within(model, day, least):
                close = _too_close(model, person, shift, day, later_day, least)
                if close.open or (works is not None and close.known):
                    model.book.require(rule, (model.only(works) + close).at_most(1))


def days_in_a_row(model: RosterModel, person: Person) -> None:
    """No more than so many days worked in a row."""
    most = model.problem.rules.max_consecutive_days
    rule = Reason("consecutive_days", person.staff, {"days": most})
    for days in _windows(model, most + 1):
        model.book.require(rule, model.total(person.staff, days, one_shift).at_most(most))


def nights_in_a_row(model: RosterModel, person: Person) -> None:
    """No more than so many nights in a row."""
    most = model.problem.rules.max_consecutive_nights
    rule = Reason("consecutive_nights", person.staff, {"nights": most})
    for days in _windows(model, most + 1):
        model.book.require(rule, model.total(person.staff, days, one_night).at_most(most))


def rest_after_nights(model: RosterModel, person: Person) -> None:
    """After the last night of a block comes the long rest; a night on the next day continues the block instead."""
    rules = model.problem.rules
    rule = Reason("rest_after_nights", person.staff, {"minutes": rules.rest_after_nights_minutes})
    for days in _runs_of_days(model, rules.nights_in_a_block):
        last = days[-1]
        before = model.total(person.staff, days[:-1], one_night)
        next_night = model.total(person.staff, [last + timedelta(days=1)], one_night).value
        for night, works in [slot for slot in model.slots(person.staff, last) if slot[0].night]:
            block = before + model.only(works)
            for later_day in _days_within(model, last, rules.rest_after_nights_minutes):
                close = _too_close(model, person, night, last, later_day, rules.rest_after_nights_minutes)
                both = block + close
                if both.open and (close.open or close.known):
                    allowed = max(0, rules.nights_in_a_block - both.known)
                    model.book.require(rule, both.planned - next_night <= allowed)


def hours_in_seven_days(model: RosterModel, person: Person) -> None:
    """No more than so many hours in any seven days in a row."""
    most = model.problem.rules.max_hours_in_seven_days
    rule = Reason("hours_in_seven_days", person.staff, {"hours": most})
    for days in _windows(model, 7):
        model.book.require(rule, model.total(person.staff, days, shift_minutes).at_most(int(most * 60)))


def hours_of_the_window(model: RosterModel, person: Person) -> None:
    """No more than so many hours a week on average over the window, if it is a week or longer."""
    most, days = model.problem.rules.max_hours_per_week, model.problem.days
    if len(days) < 7:
        return
    rule = Reason("hours_per_week", person.staff, {"hours": most})
    model.book.require(rule, model.total(person.staff, days, shift_minutes).at_most(int(most * 60 * len(days) / 7)))


def contract_hours(model: RosterModel, person: Person) -> None:
    """Hours stay within the band that the contract allows; people without contract hours have none."""
    share = model.shares[person.staff]
    total = model.total(person.staff, model.problem.days, shift_minutes)
    if share.least_minutes is not None:
        rule = Reason("contract_least", person.staff, {"hours": share.least_minutes / 60})
        model.book.require(rule, total.value >= share.least_minutes)
    if share.most_minutes is not None:
        rule = Reason("contract_most", person.staff, {"hours": share.most_minutes / 60})
        model.book.require(rule, total.at_most(share.most_minutes))


def no_shift_while_absent(model: RosterModel, person: Person) -> None:
    """No shift touches a day of absence; also not the night before that ends on its first morning."""
    absences = [absence for absence in model.problem.absences if absence.staff == person.staff]
    rule = Reason("absence", person.staff, {"absences": [encode(absence) for absence in absences]})
    for absence in absences:
        for day in model.problem.days:
            for shift, works in model.choices(person.staff, day):
                if _touches(shift, day, absence.start, absence.end):
                    model.book.require(rule, works == 0)


def no_nights_for(model: RosterModel, person: Person) -> None:
    """People who cannot work nights get none."""
    if person.nights:
        return
    for day in model.problem.days:
        for shift, works in model.choices(person.staff, day):
            if shift.night:
                model.book.require(Reason("no_nights", person.staff), works == 0)


def company_of_new_nurses(model: RosterModel) -> None:
    """A new nurse works only beside a preceptor."""
    new = [person for person in model.problem.people if has_skill(person, NEW)]
    for day in model.problem.days:
        for shift in model.problem.shifts:
            beside = model.problem.beside.get((day, shift.shift))
            if beside and beside.preceptors:
                continue
            there = model.on_duty(day, shift.shift, PRECEPTOR)
            for person in new:
                works = model.works[Duty(person.staff, day, shift.shift)]
                model.book.require(Reason("preceptor", person.staff), works <= there)
            if beside and beside.new:
                where = {"day": day.isoformat(), "shift": shift.shift}
                model.book.require(Reason("preceptor", f"{model.problem.unit} {day} {shift.shift}", where), there >= 1)


def few_agency_nurses(model: RosterModel) -> None:
    """No more than a share of the nurses on a shift come from an agency."""
    agency, share = model.problem.agency_staff, model.problem.rules.agency_share
    percent = round(100 * share)
    for day in model.problem.days:
        for shift in model.problem.shifts:
            beside = model.problem.beside.get((day, shift.shift), Company(day, shift.shift))
            if not (agency or beside.agency):
                continue
            hired = sum(model.works[Duty(staff, day, shift.shift)] for staff in sorted(agency)) + beside.agency
            everybody = model.on_duty(day, shift.shift) + beside.nurses
            where = {"unit": model.problem.unit, "day": day.isoformat(), "shift": shift.shift, "percent": percent}
            rule = Reason("agency_share", f"{model.problem.unit} {day} {shift.shift}", where)
            model.book.require(rule, 100 * hired <= percent * everybody)


def enough_nurses(model: RosterModel) -> None:
    """Where cover is hard, every shift has its nurses and its skills; otherwise see `goals.py`."""
    if not model.problem.rules.cover_hard:
        return
    for need in model.problem.demand:
        subject = f"{need.unit} {need.day} {need.shift}"
        place = {"unit": need.unit, "day": need.day.isoformat(), "shift": need.shift}
        if need.nurses:
            rule = Reason("cover", subject, {**place, "nurses": need.nurses})
            model.book.require(rule, model.on_duty(need.day, need.shift) >= need.nurses)
        for skill, count in need.skills:
            rule = Reason("cover_skill", f"{subject} {skill}", {**place, "skill": skill, "nurses": count})
            model.book.require(rule, model.on_duty(need.day, need.shift, skill) >= count)


def forced_duties(model: RosterModel) -> None:
    """Duties that the roster must contain."""
    for duty in model.problem.forced:
        works = [model.works[found] for found in named_duties(model, duty)]
        model.book.require(Reason("forced", _duty_subject(duty), encode(duty)), sum(works) == 1)


def forbidden_duties(model: RosterModel) -> None:
    """Duties that the roster must not contain."""
    for duty in model.problem.forbidden:
        for found in named_duties(model, duty):
            model.book.require(Reason("forbidden", _duty_subject(duty), encode(duty)), model.works[found] == 0)


def named_duties(model: RosterModel, duty: Duty) -> list[Duty]:
    """The duties that a forced or forbidden one means: itself, or every shift of its day."""
    shifts = [duty.shift] if duty.shift else [shift.shift for shift in model.problem.shifts]
    return [Duty(duty.staff, duty.day, shift) for shift in shifts]


def _duty_subject(duty: Duty) -> str:
    return f"{duty.staff} {duty.day} {duty.shift}".strip()


def _touches(shift: Shift, day: date, start: date, end: date) -> bool:
    return start <= day <= end or (day < start and runs_into(shift, day, start))


def _windows(model: RosterModel, length: int) -> Iterator[tuple[date, ...]]:
    """Every run of `length` days that holds a planned one, so that the plan has a say in it.

    Where fewer days than that are known, all of them: a limit for seven days binds a plan of three as well.
    """
    planned = set(model.problem.days)
    runs = _runs_of_days(model, length) if length <= len(model.problem.all_days) else iter([model.problem.all_days])
    return (days for days in runs if planned.intersection(days))


def _runs_of_days(model: RosterModel, length: int) -> Iterator[tuple[date, ...]]:
    """Every run of `length` days, planned or known."""
    days = model.problem.all_days
    return (days[first : first + length] for first in range(len(days) - length + 1))


def _days_within(model: RosterModel, day: date, minutes: int) -> list[date]:
    """The days after `day` on which a shift could start less than `minutes` after one of `day` has ended."""
    reach = 2 + minutes // 1440
    return [
        day + timedelta(days=step)
        for step in range(1, reach + 1)
        if day + timedelta(days=step) <= model.problem.all_days[-1]
    ]


def _too_close(model: RosterModel, person: Person, shift: Shift, day: date, later_day: date, minutes: int) -> Total:
    """The shifts of `later_day` that start less than `minutes` after `shift` of `day`."""

    def counts(later: Shift) -> int:
        return int(rest_minutes(shift, day, later, later_day) < minutes)

    return model.total(person.staff, [later_day], counts)
