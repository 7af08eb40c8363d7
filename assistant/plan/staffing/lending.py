"""Whom other units could lend: on a day off, or instead of a shift that can be spared at home."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.help import Help, agency, comes_from, may_help, usual_skills
from assistant.plan.staffing.plan import CoverRow, RosterPlan
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.staffing.score import coverage_of
from assistant.plan.staffing.shares import fair_shares
from assistant.plan.staffing.skills import PRECEPTOR
from assistant.records.staff import Person


@dataclass(frozen=True)
class UnitRoster:
    """One unit's part.

    Attributes:
        base: Its problem before any help; problem: with the help that came and that it gives.
        help: What was added to `base`.
        plan: The roster of `problem`, checked.
    """

    base: RosterProblem
    problem: RosterProblem
    help: Help
    plan: RosterPlan


def offers(
    units: Mapping[str, UnitRoster], unit: UnitRoster, settings: PlanSettings, left_out: set[str]
) -> tuple[Help, dict[tuple[str, date], str]]:
    """Who could come, and the shifts at home (by person and day) that each could be spared from."""
    prices = settings.help
    gaps = [row for row in unit.plan.coverage if row.short or row.short_skills]
    days = sorted({row.day for row in gaps})
    needed = usual_skills(unit.base.people)
    ranked: list[tuple[tuple[int, float, str], Help, dict[tuple[str, date], str]]] = []
    for home in units.values():
        if home.problem.unit == unit.problem.unit or home.plan.result.objective is None:
            continue
        spared = _spared(home, days)
        for person in home.base.people:
            if not may_help(person, needed) or person.staff in left_out:
                continue
            offer = _offer(
                home, unit, person, {key: s for key, s in spared.items() if key[0] == person.staff}, prices.lent_shift
            )
            if offer is not None:
                ranked.append(offer)
    ranked.sort(key=lambda offer: offer[0])
    chosen = ranked[: prices.candidates]
    most = max((max(row.short, *(n for _, n in row.short_skills), 0) for row in gaps), default=0)
    help = sum((offer[1] for offer in chosen), agency(unit.base, min(prices.agency_most, most), prices.agency_shift))
    return help, {key: shift for offer in chosen for key, shift in offer[2].items()}


def _offer(
    home: UnitRoster, unit: UnitRoster, person: Person, spared: dict[tuple[str, date], str], price: int
) -> tuple[tuple[int, float, str], Help, dict[tuple[str, date], str]] | None:
    """One nurse as a helper, with a rank: those first who can be spared, then those who owe hours; None if neither."""
    row = next(row for row in home.plan.fairness if row.staff == person.staff)
    most = fair_shares(home.problem)[person.staff].most_minutes
    shortest = min(shift.minutes for shift in unit.problem.shifts)
    if not spared and most is not None and row.hours * 60 + shortest > most:
        return None
    stays = {
        duty.day: duty.shift
        for duty in home.plan.assignments
        if duty.staff == person.staff and (duty.staff, duty.day) not in spared
    }
    help = comes_from(home.problem, unit.problem, person, stays, most, price)
    return (-len(spared), row.hours - row.contract_hours, person.staff), help, spared


def _spared(home: UnitRoster, days: Sequence[date]) -> dict[tuple[str, date], str]:
    """Shifts at home on these days that could be given up, all at once, without a nurse or a skill missing."""
    people = {person.staff: person for person in home.problem.people}
    duties = list(home.plan.assignments)
    spared: dict[tuple[str, date], str] = {}
    rows = {(row.day, row.shift): row for row in home.plan.coverage if row.day in set(days)}
    for (day, shift), row in sorted(rows.items()):
        for duty in [d for d in home.plan.assignments if (d.day, d.shift) == (day, shift)]:
            if row.planned <= row.need or duty.staff in home.problem.help or PRECEPTOR in people[duty.staff].skills:
                continue
            rest = [other for other in duties if other != duty]
            after = _row(home.problem, rest, day, shift)
            if after is not None and not after.short and len(after.short_skills) <= len(row.short_skills):
                duties, row = rest, after
                spared[duty.staff, day] = shift
    return spared


def _row(problem: RosterProblem, duties: Sequence[Duty], day: date, shift: str) -> CoverRow | None:
    small = replace(problem, demand=tuple(need for need in problem.demand if (need.day, need.shift) == (day, shift)))
    there = [duty for duty in duties if (duty.day, duty.shift) == (day, shift)]
    return next((row for row in coverage_of(small, there) if (row.day, row.shift) == (day, shift)), None)
