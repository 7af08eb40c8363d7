"""A roster problem as plain number tables, for the compiled local search.

Days are counted from the first to the last that has a planned or known shift; a row is one person, a cell one person's
day: the number of a shift type, or -1 for a day off. Shift types of the unit come first, those of other units after.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.plan.settings import RosterWeights
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.staffing.score import wish_met
from assistant.plan.staffing.shares import fair_shares, is_weekend, unavoidable_minutes
from assistant.plan.staffing.skills import NEW, PRECEPTOR, has_skill
from assistant.plan.staffing.times import rest_minutes, runs_into
from assistant.records.staff import Shift

Ints = NDArray[np.int64]
OFF = -1
NO_LIMIT = 1_000_000_000
"""Stands for 'no limit'; far above any sum of minutes."""


class Tables(NamedTuple):
    """Everything that the local search reads; minutes, counts and prices are whole numbers.

    Attributes:
        first, days: Number of the first planned day, and how many are planned.
        minutes, night: By shift type.
        allowed: By person, planned day and shift type of the unit: no single-person rule forbids it.
        close, far: By days between (1 on), shift type and later shift type: too close for the daily rest, and for the
            long rest after nights.
        limits: Most days in a row, most nights in a row, nights of a block, most minutes in seven days.
        band: By person: least, most and contract minutes, fair nights, fair weekend days, and whether hours off the
            contract cost anything (those of helpers do not).
        weekend: By planned day.
        wish: Price by person, planned day and shift type, the last one for a day off.
        need: By planned day and shift type; needed: the same for each skill (last axis).
        has: By person and skill.
        company: Numbers of the skills of new nurses and of preceptors; -1 where nobody is new.
        prices: Short, short again, over, skill, contract hour, night, weekend, broken rule; the last but one entry is
            the unavoidable minutes.
    """

    first: int
    days: int
    minutes: Ints
    night: Ints
    allowed: Ints
    close: Ints
    far: Ints
    limits: Ints
    band: Ints
    weekend: Ints
    wish: Ints
    need: Ints
    needed: Ints
    has: Ints
    company: Ints
    prices: Ints


def hard_price(weights: RosterWeights) -> int:
    """Price of one unit of a rule that a roster may break on its way: least contract hours, hard cover, forced duties.

    Far above what keeping the rule can cost elsewhere.
    """
    return 20 * max(1, *vars(weights).values())


def encodable(problem: RosterProblem) -> bool:
    """Whether the tables can hold the problem: nobody has two known shifts on a day, works beside, or is hired."""
    return not (problem.company or problem.agency_staff) and all(len(shifts) == 1 for shifts in problem.known.values())


def tables_of(problem: RosterProblem, weights: RosterWeights) -> Tables:
    """The tables of an encodable problem."""
    rules, types, hard = problem.rules, _types(problem), hard_price(weights)
    skills = sorted({skill for need in problem.demand for skill, _ in need.skills})
    new = any(has_skill(person, NEW) for person in problem.people)
    skills += [skill for skill in (NEW, PRECEPTOR) if new and skill not in skills]
    short, again = weights.short_nurse, weights.short_again
    prices = [
        hard if rules.cover_hard else short,
        0 if rules.cover_hard else again,
        weights.over_nurse,
        hard if rules.cover_hard else weights.short_skill,
        weights.contract_hour,
        weights.night,
        weights.weekend,
        hard,
        unavoidable_minutes(problem),
    ]
    return Tables(
        first=problem.all_days.index(problem.days[0]),
        days=len(problem.days),
        minutes=_ints([shift.minutes for shift in types]),
        night=_ints([shift.night for shift in types]),
        allowed=_allowed(problem),
        close=_too_close(types, rules.rest_minutes),
        far=_too_close(types, rules.rest_after_nights_minutes),
        limits=_ints(
            [
                rules.max_consecutive_days,
                rules.max_consecutive_nights,
                rules.nights_in_a_block,
                int(rules.max_hours_in_seven_days * 60),
            ]
        ),
        band=_bands(problem),
        weekend=_ints([is_weekend(day) for day in problem.days]),
        wish=_wishes(problem, weights),
        need=_needs(problem, ""),
        needed=np.stack([_needs(problem, skill) for skill in skills], axis=2)
        if skills
        else np.zeros((len(problem.days), len(problem.shifts), 0), np.int64),
        has=_ints([[has_skill(person, skill) for skill in skills] for person in problem.people]).reshape(
            len(problem.people), len(skills)
        ),
        company=_ints([skills.index(NEW), skills.index(PRECEPTOR)] if new else [-1, -1]),
        prices=_ints(prices),
    )


def rows_of(problem: RosterProblem, duties: Iterable[Duty] = ()) -> tuple[Ints, Ints]:
    """The cells of every person, with the known shifts and `duties`, and which cells the plan may not touch."""
    types, days = _types(problem), {day: number for number, day in enumerate(problem.all_days)}
    number = {(shift.unit, shift.shift): place for place, shift in enumerate(types)}
    own = {shift.shift: place for place, shift in enumerate(problem.shifts)}
    people = {person.staff: place for place, person in enumerate(problem.people)}
    cells = np.full((len(people), len(days)), OFF, np.int64)
    fixed = np.ones(cells.shape, np.int64)
    start = days[problem.days[0]]
    fixed[:, start : start + len(problem.days)] = 0
    for entry in problem.history:
        place = own[entry.shift] if entry.unit == problem.unit else number[entry.unit, entry.shift]
        cells[people[entry.staff], days[entry.day]] = place
        fixed[people[entry.staff], days[entry.day]] = 1
    for duty in duties:
        cells[people[duty.staff], days[duty.day]] = own[duty.shift]
    return cells, fixed


def duties_of(problem: RosterProblem, cells: Ints, fixed: Ints) -> set[Duty]:
    """The planned duties in the cells."""
    return {
        Duty(problem.people[person].staff, problem.all_days[day], problem.shifts[cells[person, day]].shift)
        for person, day in zip(*np.nonzero((cells != OFF) & (fixed == 0)), strict=True)
    }


def _types(problem: RosterProblem) -> list[Shift]:
    return [*problem.shifts, *problem.other_shifts]


def _ints(values: list) -> Ints:
    return np.array(values, dtype=np.int64)


def _allowed(problem: RosterProblem) -> Ints:
    """No absence, no unfit night, nothing forbidden; what is forced leaves no other choice on its day."""
    allowed = np.ones((len(problem.people), len(problem.days), len(problem.shifts)), np.int64)
    people = {person.staff: place for place, person in enumerate(problem.people)}
    days = {day: place for place, day in enumerate(problem.days)}
    shifts = {shift.shift: place for place, shift in enumerate(problem.shifts)}
    for person in problem.people:
        if not person.nights:
            allowed[people[person.staff], :, [shift.night for shift in problem.shifts]] = 0
    for absence in problem.absences:
        for day in problem.days:
            for shift in problem.shifts:
                if absence.start <= day <= absence.end or (day < absence.start and _reaches(shift, day, absence.start)):
                    allowed[people[absence.staff], days[day], shifts[shift.shift]] = 0
    for duty in problem.forbidden:
        allowed[people[duty.staff], days[duty.day], shifts[duty.shift] if duty.shift else slice(None)] = 0
    for duty in problem.forced:
        if duty.shift:
            others = [place for code, place in shifts.items() if code != duty.shift]
            allowed[people[duty.staff], days[duty.day], others] = 0
    return allowed


def _reaches(shift: Shift, day: date, start: date) -> bool:
    return runs_into(shift, day, start)


def _too_close(types: list[Shift], minutes: int) -> Ints:
    """By days between, earlier and later type: less than `minutes` from the end of one to the start of the other."""
    reach, day = 2 + minutes // 1440, date(2000, 1, 1)
    table = np.zeros((reach + 1, len(types), len(types)), np.int64)
    for step in range(1, reach + 1):
        for a, earlier in enumerate(types):
            for b, later in enumerate(types):
                table[step, a, b] = rest_minutes(earlier, day, later, day + timedelta(days=step)) < minutes
    return table


def _bands(problem: RosterProblem) -> Ints:
    shares, days = fair_shares(problem), len(problem.days)
    week = int(problem.rules.max_hours_per_week * 60 * days / 7) if days >= 7 else NO_LIMIT
    rows = []
    for person in problem.people:
        share = shares[person.staff]
        most = min(week, NO_LIMIT if share.most_minutes is None else share.most_minutes)
        fair = [NO_LIMIT if part is None else part for part in (share.nights, share.weekend_days)]
        rows.append([share.least_minutes or 0, most, share.contract_minutes, *fair, person.staff not in problem.help])
    return _ints(rows).reshape(len(rows), 6)


def _wishes(problem: RosterProblem, weights: RosterWeights) -> Ints:
    """What each choice for a cell costs in unmet wishes, in shifts of helpers, and in forced duties left out."""
    people = {person.staff: place for place, person in enumerate(problem.people)}
    days = {day: place for place, day in enumerate(problem.days)}
    choices = [*(shift.shift for shift in problem.shifts), None]
    price = np.zeros((len(people), len(days), len(choices)), np.int64)
    for wish in problem.wishes:
        if wish.day in days:
            unmet = [weights.wish * wish.weight * (not wish_met(wish, choice)) for choice in choices]
            price[people[wish.staff], days[wish.day]] += unmet
    for helper in problem.helpers:
        price[people[helper.staff], :, :-1] += helper.price
    for duty in problem.forced:
        price[people[duty.staff], days[duty.day], -1] += hard_price(weights)
    return price


def _needs(problem: RosterProblem, skill: str) -> Ints:
    days = {day: place for place, day in enumerate(problem.days)}
    shifts = {shift.shift: place for place, shift in enumerate(problem.shifts)}
    table = np.zeros((len(days), len(shifts)), np.int64)
    for need in problem.demand:
        count = sum(number for name, number in need.skills if name == skill) if skill else need.nurses
        table[days[need.day], shifts[need.shift]] = count
    return table
