"""Cost of a roster and the hard rules it breaks, computed plainly: the judge of what the search does quickly."""

from collections.abc import Iterator
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from assistant.plan.roster.problem import FREE, SATURDAY, WEEK, Person, Roster, RosterProblem, Schedule


def counts_of(problem: RosterProblem, roster: Roster) -> NDArray[np.int64]:
    """People by day and shift."""
    counts = np.zeros((problem.days, len(problem.shifts)), dtype=np.int64)
    people, days = np.nonzero(roster != FREE)
    np.add.at(counts, (days, roster[people, days]), 1)
    return counts


def cover_cost(problem: RosterProblem, counts: NDArray[np.int64]) -> tuple[int, int]:
    """Cost of too few and of too many people."""
    places, terms = problem.cover_places, problem.cover_terms
    there = counts[places[:, 0], places[:, 1]]
    under = terms[:, 1] * np.maximum(0, terms[:, 0] - there)
    over = terms[:, 2] * np.maximum(0, there - terms[:, 0])
    return int(under.sum()), int(over.sum())


def wish_cost(problem: RosterProblem, person: int, schedule: Schedule) -> int:
    """Cost of one person's wishes under a schedule."""
    days = np.flatnonzero(schedule != FREE)
    return int(problem.wish_base[person] + problem.wish_prices[person, days, schedule[days]].sum())


def cost_of(problem: RosterProblem, roster: Roster) -> int:
    """Whole cost: cover and wishes."""
    wishes = sum(wish_cost(problem, person, roster[person]) for person in range(len(problem.people)))
    return sum(cover_cost(problem, counts_of(problem, roster))) + wishes


def broken_rules(problem: RosterProblem, roster: Roster) -> list[str]:
    """One line for each hard rule that the roster breaks, empty for a feasible one."""
    return [
        f"{person.name}: {fault}"
        for number, person in enumerate(problem.people)
        for fault in faults_of_schedule(problem, person, roster[number])
    ]


def faults_of_schedule(problem: RosterProblem, person: Person, schedule: Schedule) -> Iterator[str]:
    """The hard rules one person's schedule breaks.

    Free days are seen beyond both ends of the horizon by the rule on most days in a row; a run that touches an end
    counts as long enough for the two rules on least days.
    """
    yield from _faults_of_amounts(problem, person, schedule)
    yield from _faults_of_runs(problem, person, schedule)
    for day, (here, then) in enumerate(pairwise(schedule)):
        if FREE not in (here, then) and problem.shifts[then].name in problem.shifts[here].not_before:
            yield f"{problem.shifts[then].name} on day {day + 1} may not follow {problem.shifts[here].name}"
    yield from (f"works on day off {day}" for day in sorted(person.days_off) if schedule[day] != FREE)


def _faults_of_amounts(problem: RosterProblem, person: Person, schedule: Schedule) -> Iterator[str]:
    worked = [problem.shifts[shift] for shift in schedule if shift != FREE]
    minutes = sum(shift.minutes for shift in worked)
    if not person.least_minutes <= minutes <= person.most_minutes:
        yield f"{minutes} minutes, expected {person.least_minutes} to {person.most_minutes}"
    for name, most in person.most_shifts.items():
        number = sum(shift.name == name for shift in worked)
        if number > most:
            yield f"{number} shifts {name}, at most {most}"
    weekends = sum(bool((schedule[day : day + 2] != FREE).any()) for day in range(SATURDAY, problem.days, WEEK))
    if weekends > person.most_weekends:
        yield f"{weekends} weekends, at most {person.most_weekends}"


def _faults_of_runs(problem: RosterProblem, person: Person, schedule: Schedule) -> Iterator[str]:
    day = 0
    for working, run in groupby(schedule != FREE):
        length = len(list(run))
        inner = day > 0 and day + length < problem.days
        if working and length > person.most_in_row:
            yield f"{length} days in a row from day {day}, at most {person.most_in_row}"
        if working and inner and length < person.least_in_row:
            yield f"{length} days in a row from day {day}, at least {person.least_in_row}"
        if not working and inner and length < person.least_off:
            yield f"{length} free days from day {day}, at least {person.least_off}"
        day += length
