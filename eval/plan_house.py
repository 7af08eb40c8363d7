"""Rosters of 12 units at once while two of them are short of staff: how soon, how many are lent or hired, how clean."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.house import HouseRoster, plan_house
from assistant.plan.staffing.problem import RosterProblem
from assistant.plan.watch import Watch
from assistant.records.staff import Absence
from eval.house import roster_problems

_ILL = (("3A", 9), ("HDU", 4))
"""Unit, and how many of its nurses are ill for the first week; 4B has the skill of the one, ICU of the other."""
_PATIENCE = 30.0


def measure(seconds: float) -> dict[str, Any]:
    """Plan twice with the same settings; prints a line and returns the report."""
    problems = _short_of_staff(roster_problems())
    settings = PlanSettings(seconds=seconds, patience=_PATIENCE)
    first: list[float] = []
    began = time.monotonic()
    house = plan_house(problems, settings, Watch(lambda *_: first.append(time.monotonic() - began)))
    took = time.monotonic() - began
    report = {
        "seconds": seconds,
        "first_seconds": first[0] if first else None,
        "took_seconds": took,
        "nurses": sum(len(problem.people) for problem in problems),
        "short_before": _short(plan_house(problems, _without_help(settings))),
        "short": _short(house),
        "lent": len(house.loans),
        "instead_of_a_spare_shift": sum(bool(loan.instead) for loan in house.loans),
        "agency": len(house.agency),
        "broken_rules": len(house.check) + sum(len(unit.plan.rule_check) for unit in house.units.values()),
        "repeated": _same(plan_house(problems, settings), house) if seconds <= _SHORT else None,
    }
    print("| " + " | ".join(report) + " |\n" + "|---" * len(report) + "|")
    print(
        "| "
        + " | ".join(f"{value:.1f}" if isinstance(value, float) else str(value) for value in report.values())
        + " |"
    )
    return report


_SHORT = 15.0
"""Up to this limit the whole is planned once more, to see that the same rosters come again."""


def _same(one: HouseRoster, other: HouseRoster) -> bool:
    """Whether everybody has the same duties."""
    duties = [{code: unit.plan.assignments for code, unit in house.units.items()} for house in (one, other)]
    return duties[0] == duties[1] and (one.loans, one.agency) == (other.loans, other.agency)


def _short_of_staff(problems: list[RosterProblem]) -> list[RosterProblem]:
    """The problems with the first nurses of two units ill for a week."""
    ill = dict(_ILL)
    found = []
    for problem in problems:
        names = [person.staff for person in problem.people][: ill.get(problem.unit, 0)]
        away = tuple(Absence(staff, problem.days[0], problem.days[0] + timedelta(days=6), "sick") for staff in names)
        found.append(replace(problem, absences=(*problem.absences, *away)))
    return found


def _without_help(settings: PlanSettings) -> PlanSettings:
    return replace(settings, help=replace(settings.help, agency_most=0, candidates=0))


def _short(house: HouseRoster) -> int:
    """Nurses and skills missing, over all shifts of all units."""
    rows = [row for unit in house.units.values() for row in unit.plan.coverage]
    return sum(row.short + sum(count for _, count in row.short_skills) for row in rows)
