"""The roster problem of the public shift-scheduling benchmark: every hard rule concerns one person alone.

Source of the rules: Curtois and Qu, Computational results on new staff scheduling benchmark instances (2014).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce

import numpy as np
from numpy.typing import NDArray

from assistant.errors import RecordError

FREE = -1
"""A day without a shift, in a roster (an array of shift numbers, a row per person, a column per day)."""
WEEK = 7
SATURDAY, SUNDAY = 5, 6

Roster = NDArray[np.int16]
Schedule = NDArray[np.int16]


@dataclass(frozen=True)
class Shift:
    """A kind of shift.

    Attributes:
        name: As printed.
        minutes: Paid length.
        not_before: Names of the shifts that may not follow on the next day.
    """

    name: str
    minutes: int
    not_before: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Person:
    """One person's contract.

    Attributes:
        most_shifts: Most shifts of a kind over the horizon, by name; a kind not named is not limited.
        most_minutes, least_minutes: Over the horizon.
        most_in_row, least_in_row: Consecutive days with a shift.
        least_off: Consecutive free days.
        most_weekends: Weekends with a shift on Saturday or Sunday.
        days_off: Days without any shift (numbers from 0).
    """

    name: str
    most_shifts: Mapping[str, int]
    most_minutes: int
    least_minutes: int
    most_in_row: int
    least_in_row: int
    least_off: int
    most_weekends: int
    days_off: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Request:
    """A wish: `weight` is paid when the shift is not given (`wanted`), or when it is given (not `wanted`)."""

    person: str
    day: int
    shift: str
    weight: int
    wanted: bool


@dataclass(frozen=True)
class Cover:
    """People needed on one shift, and the price of each one too few and too many."""

    day: int
    shift: str
    need: int
    under: int
    over: int


@dataclass(frozen=True)
class RosterProblem:
    """A horizon that begins on a Monday, its shifts, people, wishes and cover.

    Raises:
        RecordError: Contradictory or unusable data; all faults at once.
    """

    days: int
    shifts: Sequence[Shift]
    people: Sequence[Person]
    requests: Sequence[Request] = ()
    cover: Sequence[Cover] = ()
    name: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        faults = [*_faults_of_shifts(self), *_faults_of_people(self), *_faults_of_wishes(self)]
        if faults:
            raise RecordError(f"The roster problem {self.name} cannot be used; please mend:", faults[:20])

    @cached_property
    def shift_number(self) -> dict[str, int]:
        """Number of a shift by name."""
        return {shift.name: number for number, shift in enumerate(self.shifts)}

    @cached_property
    def person_number(self) -> dict[str, int]:
        """Number of a person by name."""
        return {person.name: number for number, person in enumerate(self.people)}

    @cached_property
    def unit_minutes(self) -> int:
        """Greatest common divisor of the shifts' lengths: schedules count time in this unit."""
        return max(1, reduce(math.gcd, (shift.minutes for shift in self.shifts), 0))

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Length of each shift in units."""
        return np.array([shift.minutes // self.unit_minutes for shift in self.shifts], dtype=np.int64)

    @cached_property
    def wish_prices(self) -> NDArray[np.int32]:
        """Cost of giving a shift relative to `wish_base`: people x days x shifts."""
        prices = np.zeros((len(self.people), self.days, len(self.shifts)), dtype=np.int32)
        for wish in self.requests:
            place = self.person_number[wish.person], wish.day, self.shift_number[wish.shift]
            prices[place] += -wish.weight if wish.wanted else wish.weight
        return prices

    @cached_property
    def wish_base(self) -> NDArray[np.int64]:
        """Cost of each person's wishes when no shift is given at all."""
        base = np.zeros(len(self.people), dtype=np.int64)
        for wish in self.requests:
            if wish.wanted:
                base[self.person_number[wish.person]] += wish.weight
        return base

    @cached_property
    def cover_places(self) -> NDArray[np.int64]:
        """Day and shift number of each line of `cover`."""
        pairs = [(line.day, self.shift_number[line.shift]) for line in self.cover]
        return np.array(pairs, dtype=np.int64).reshape(-1, 2)

    @cached_property
    def cover_terms(self) -> NDArray[np.int64]:
        """Need, price under and price over of each line of `cover`."""
        rows = [(line.need, line.under, line.over) for line in self.cover]
        return np.array(rows, dtype=np.int64).reshape(-1, 3)


def _faults_of_shifts(problem: RosterProblem) -> list[str]:
    names = [shift.name for shift in problem.shifts]
    faults = [] if problem.days >= 1 else [f"The horizon needs 1 day or more, got {problem.days}."]
    if not names:
        faults.append("No shift is given; at least one is needed.")
    faults += [f"Shift {name} is given twice." for name in sorted(set(names)) if names.count(name) > 1]
    for shift in problem.shifts:
        if shift.minutes < 0:
            faults.append(f"Shift {shift.name} lasts {shift.minutes} minutes; 0 or more are needed.")
        faults += [
            f"Shift {shift.name} may not come before {other}, which is not a shift."
            for other in shift.not_before
            if other not in names
        ]
    return faults


def _faults_of_people(problem: RosterProblem) -> list[str]:
    names = [person.name for person in problem.people]
    known = {shift.name for shift in problem.shifts}
    faults = [] if names else ["Nobody is given; at least one person is needed."]
    faults += [f"Person {name} is given twice." for name in sorted(set(names)) if names.count(name) > 1]
    for person in problem.people:
        faults += [f"{person.name}: {kind} is not a shift." for kind in person.most_shifts if kind not in known]
        if person.least_minutes > person.most_minutes:
            faults.append(
                f"{person.name}: at least {person.least_minutes} minutes contradict at most {person.most_minutes}."
            )
        off = [day for day in person.days_off if not 0 <= day < problem.days]
        faults += [f"{person.name}: day off {day} lies outside the horizon." for day in off]
    return faults


def _faults_of_wishes(problem: RosterProblem) -> list[str]:
    people, shifts = {person.name for person in problem.people}, {shift.name for shift in problem.shifts}
    faults = []
    for wish in problem.requests:
        if wish.person not in people or wish.shift not in shifts or not 0 <= wish.day < problem.days:
            faults.append(f"A request names person {wish.person}, day {wish.day}, shift {wish.shift}: not in the data.")
        if wish.weight < 0:
            faults.append(f"A request of {wish.person} on day {wish.day} weighs {wish.weight}; 0 or more is needed.")
    for line in problem.cover:
        if line.shift not in shifts or not 0 <= line.day < problem.days:
            faults.append(f"Cover names day {line.day}, shift {line.shift}: not in the data.")
        if min(line.need, line.under, line.over) < 0:
            faults.append(f"Cover on day {line.day}, shift {line.shift} has a negative need or weight.")
    return faults
