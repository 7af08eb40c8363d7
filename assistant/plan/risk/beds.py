"""How likely a unit is to have no free bed left on a night, under a bed plan and by the forecast of its patients."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.plan.beds.plan import BedPlan
from assistant.plan.beds.problem import BedProblem
from assistant.plan.risk.counts import Counts


@dataclass(frozen=True)
class NightRisk:
    """One unit on one night.

    Attributes:
        day: The day that ends with the night's midnight.
        beds: Open beds and surge beds that the plan opens.
        guests: Patients whom the plan puts here though they want another unit, less those who want this one and lie
            elsewhere; the forecast cannot know of them.
        full: Chance (0 to 1) that no bed is free at midnight.
    """

    unit: str
    day: date
    beds: int
    guests: int
    full: float


def night_risks(
    problem: BedProblem, plan: BedPlan, unit: str, patients: Mapping[date, Counts]
) -> tuple[NightRisk, ...]:
    """The risk of each night that has a forecast, in order.

    Args:
        problem: What was planned.
        plan: The finished plan.
        unit: Code of the unit.
        patients: Forecast of the unit's patients at the end of each day.
    """
    surge = dict(plan.surge).get(unit, 0)
    beds = sum(bed.open for bed in problem.beds if bed.unit == unit) + surge
    risks = []
    for day in sorted(patients):
        guests = _guests(problem, plan, unit, (day - problem.at.date()) // timedelta(days=1))
        risks.append(NightRisk(unit, day, beds, guests, patients[day].at_least(beds - guests)))
    return tuple(risks)


def _guests(problem: BedProblem, plan: BedPlan, unit: str, night: int) -> int:
    """Patients more (or fewer) than usual in the unit, by the plan's own moves."""
    count = 0
    for placed in plan.assignments:
        if placed.wrong_unit and placed.night <= night < placed.night + placed.nights:
            count += (placed.bed.split("/")[0] == unit) - (placed.wanted == unit)
    for moved in plan.transfers:
        if moved.night <= night < moved.night + moved.nights:
            count += (moved.to_bed.split("/")[0] == unit) - (moved.from_bed.split("/")[0] == unit)
    return count
