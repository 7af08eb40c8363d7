"""Reads a what-if question about a roster: who, when, how many, as a change that can be applied and told."""

import math
import re
from collections import Counter
from datetime import date
from typing import Any

from assistant.errors import ToolError
from assistant.plan.explain.suppose import ABSENT, DEMAND, EXTRA, FORBID, FORCE, Supposed
from assistant.plan.staffing.problem import RosterProblem
from assistant.records.names import find_person
from assistant.records.staff import Person
from assistant.tools.amounts import quantity
from assistant.tools.asked_plan import AskedRoster, days_in, is_person, person_in, shift_in
from assistant.tools.cover import DEFAULT_DAY, DEFAULT_NIGHT
from assistant.tools.services import Services
from assistant.tools.tool import Context

MOST_EXTRA = 50
"""Extra nurses that one question may suppose."""


def read_roster_change(services: Services, asked: Any, context: Context, roster: AskedRoster) -> Supposed:
    """The change that the arguments mean, on this roster.

    Raises:
        ToolError: Somebody or a day is not known, or what is needed is missing.
    """
    problem = roster.problem
    days = days_in(problem.days, asked.day, context.at) if asked.day else ()
    shift = shift_in(problem.shifts, asked.shift).shift if asked.shift else ""
    if asked.change == ABSENT:
        return Supposed(ABSENT, _absent(services, asked, roster, days, shift), days, shift)
    lent = asked.change == FORCE and asked.who and _is_elsewhere(services, problem, asked.who)
    if asked.change == EXTRA or lent:
        return _extra(services, asked, problem, days, shift)
    if asked.change == DEMAND:
        return _demand(services, asked, problem, days, shift)
    return _duty(services, asked, problem, days, shift)


def _absent(services: Services, asked: Any, roster: AskedRoster, days: tuple[date, ...], shift: str) -> tuple[str, ...]:
    """Whoever is named; otherwise so many of those who would be missed most."""
    if asked.who:
        return _named(services, roster.problem, asked.who)
    problem = roster.problem
    wanted = _head_count(asked.amount, len(problem.people))
    if wanted > len(problem.people):
        raise ToolError(
            f"The roster of {problem.unit} has {len(problem.people)} nurses; {wanted} cannot be absent. Name fewer.",
            code="too_many",
        )
    duties = [duty for duty in roster.plan.assignments if (not days or duty.day in days) and shift in ("", duty.shift)]
    load = Counter(duty.staff for duty in duties)
    ranked = sorted((person.staff for person in problem.people), key=lambda staff: (-load[staff], staff))
    return tuple(ranked[:wanted])


def _named(services: Services, problem: RosterProblem, said: str) -> tuple[str, ...]:
    """The person who is meant, or several in one breath: `Li Na and Wang Fang`, `李娜、王芳`."""
    parts = [said] if is_person(services, problem, said) else [part for part in _BETWEEN.split(said.strip()) if part]
    return tuple(dict.fromkeys(person_in(services, problem, part).staff for part in parts or [said]))


_BETWEEN = re.compile(r"\s*(?:[,;&、，；]|\band\b|和|与|及)\s*")


def _is_elsewhere(services: Services, problem: RosterProblem, said: str) -> bool:
    """Somebody of another unit: to send them here is to have one nurse more on those days."""
    try:
        find_person(problem.people, said)
    except ToolError:
        try:
            find_person(services.store, said)
        except ToolError:
            return False
        return True
    return False


def _head_count(amount: float | str | None, people: int) -> int:
    """One where nothing was said; a share of the staff, rounded up."""
    said = quantity(amount if amount is not None else 1)
    count = math.ceil(people * said.value / 100) if said.percent else said.value
    if count < 1 or count != int(count):
        raise ToolError(f"Expected a whole number of people of 1 or more, got {amount}.", code="bad_amount")
    return int(count)


def _extra(services: Services, asked: Any, problem: RosterProblem, days: tuple[date, ...], shift: str) -> Supposed:
    """A named colleague of another unit, or nurses of the bank: without contract hours in this roster."""
    if asked.who:
        person = find_person(services.store, asked.who)
        if person.staff in {known.staff for known in problem.people}:
            raise ToolError(f"{person.name} is in this roster already.", code="already_there")
        lent = Person(**{**vars(person), "hours_per_week": 0.0})
        absences = [a for a in services.store.absences(problem.days[0], problem.days[-1]) if a.staff == person.staff]
        return Supposed(EXTRA, days=days, shift=shift, people=(lent,), absences=tuple(absences))
    count = _head_count(asked.amount, len(problem.people))
    if count > MOST_EXTRA:
        raise ToolError(f"At most {MOST_EXTRA} extra nurses can be supposed at once, got {count}.", code="too_many")
    there = {person.staff for person in problem.people}
    numbers = [number for number in range(1, len(there) + count + 1) if f"EXTRA-{number}" not in there][:count]
    people = tuple(
        Person(f"EXTRA-{n}", f"Extra nurse {n}", problem.unit, hours_per_week=0.0, name_zh=f"增援护士{n}")
        for n in numbers
    )
    return Supposed(EXTRA, days=days, shift=shift, people=people)


def _demand(services: Services, asked: Any, problem: RosterProblem, days: tuple[date, ...], shift: str) -> Supposed:
    """More or fewer patients, turned into nurses by the unit's ratios."""
    if asked.amount is None:
        raise ToolError("How many more or fewer patients, or by how much percent? Say a number.", code="amount_missing")
    said = quantity(asked.amount)
    if said.percent and said.value < -100:
        raise ToolError(f"There cannot be {-said.value:g} % fewer patients; 100 % fewer is none.", code="bad_amount")
    unit = services.unit_by_code(problem.unit)
    by_day = unit.patients_per_nurse_day or DEFAULT_DAY
    by_night = unit.patients_per_nurse_night or DEFAULT_NIGHT
    ratios = tuple((item.shift, by_night if item.night else by_day) for item in problem.shifts)
    return Supposed(DEMAND, days=days, shift=shift, amount=said.value, percent=said.percent, ratios=ratios)


def _duty(services: Services, asked: Any, problem: RosterProblem, days: tuple[date, ...], shift: str) -> Supposed:
    """Somebody on a shift, or kept off it."""
    if not asked.who:
        raise ToolError("Who should work or be kept off? Name a person.", code="who_missing")
    if not days and (not shift or asked.change not in (FORCE, FORBID)):
        raise ToolError("Which day or which shift? Name at least one of them.", code="day_missing")
    return Supposed(asked.change, _named(services, problem, asked.who), days, shift)
