"""What each person owes and may expect of a roster: contract hours and a fair share of nights and weekends."""

import math
from dataclasses import dataclass
from datetime import date

from assistant.plan.staffing.problem import RosterProblem
from assistant.records.staff import Person


@dataclass(frozen=True)
class Share:
    """One person's share.

    Attributes:
        contract_minutes: Owed in the window (absent days worked off).
        least_minutes, most_minutes: What the contract allows; None without a contract (hours 0, called as needed).
        nights, weekend_days: Fair share of the nights and of the Saturdays and Sundays, rounded up; None for people
            who are left out of the comparison (no contract, or no nights).
    """

    contract_minutes: int
    least_minutes: int | None
    most_minutes: int | None
    nights: int | None
    weekend_days: int | None


def is_weekend(day: date) -> bool:
    """Saturday or Sunday."""
    return day.weekday() >= 5


def fair_shares(problem: RosterProblem) -> dict[str, Share]:
    """Every person's share: needed nights and weekend duties are split in proportion to contract minutes."""
    night_shifts = {shift.shift for shift in problem.shifts if shift.night}
    nights = sum(need.nurses for need in problem.demand if need.shift in night_shifts)
    weekends = sum(need.nurses for need in problem.demand if is_weekend(need.day))
    owed = problem.contract_minutes
    everyone = sum(owed.values())
    night_workers = sum(owed[person.staff] for person in problem.people if person.nights)
    return {
        person.staff: Share(
            contract_minutes=owed[person.staff],
            least_minutes=_least(problem, person),
            most_minutes=_most(problem, person),
            nights=_part(nights, owed[person.staff], night_workers) if person.nights else None,
            weekend_days=_part(weekends, owed[person.staff], everyone),
        )
        for person in problem.people
    }


def _part(duties: int, owed: int, everyone: int) -> int | None:
    return math.ceil(duties * owed / everyone) if owed else None


def _least(problem: RosterProblem, person: Person) -> int | None:
    """The tolerance and one longest shift below the contract, never below 0."""
    if not person.hours_per_week:
        return None
    owed = problem.contract_minutes[person.staff] * (1 - problem.rules.contract_tolerance)
    return max(0, math.ceil(owed) - longest_shift(problem))


def _most(problem: RosterProblem, person: Person) -> int | None:
    if person.staff in problem.help:
        return problem.help[person.staff].most_minutes
    if not person.hours_per_week:
        return None
    owed = problem.contract_minutes[person.staff] * (1 + problem.rules.contract_tolerance)
    return math.floor(owed) + longest_shift(problem)


def unavoidable_minutes(problem: RosterProblem) -> int:
    """Half of the longest shift: hours come in whole shifts, so nobody can be promised to end nearer the contract."""
    return longest_shift(problem) // 2


def longest_shift(problem: RosterProblem) -> int:
    """Paid minutes of the unit's longest shift."""
    return max(shift.minutes for shift in problem.shifts)
