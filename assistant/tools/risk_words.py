"""The risk that a plan leaves open, in sentences: how likely a shift is short, or a unit has no free bed."""

from datetime import date, timedelta

from assistant.errors import ToolError
from assistant.plan.beds.occupancy import moves_of, occupants
from assistant.plan.beds.plan import BedPlan
from assistant.plan.beds.problem import BedProblem
from assistant.plan.risk.beds import NightRisk, night_risks
from assistant.plan.risk.staffing import ShiftRisk, expected_short, shift_risks
from assistant.plan.staffing.plan import RosterPlan
from assistant.plan.staffing.problem import RosterProblem
from assistant.records.units import Unit, UnitKind
from assistant.tools.cover import Cover, expected_patients
from assistant.tools.given import give_forecast
from assistant.tools.page import Page
from assistant.tools.roster_words import shift_name
from assistant.tools.services import Services

SMALL = 0.01
"""A chance below one in a hundred is told as "under 1 %": the forecast cannot tell it from none."""
NOTABLE = 0.05
"""From this chance on a shift is counted among those that somebody should have a nurse on call for."""
_UNITS = 3
"""Fullest units whose nights are looked at in a plan of the whole hospital; each costs a forecast, about a second."""


def say_roster_risk(page: Page, plan: RosterPlan, problem: RosterProblem, cover: Cover) -> tuple[ShiftRisk, ...]:
    """The shift most likely to be short, and how many are at risk; returns the risk of every shift."""
    say = page.wording
    risks = shift_risks(plan.coverage, cover.ratios, cover.expected)
    if not risks:
        page.caveat("risk.unknown")
        return risks
    worst = max(risks, key=lambda risk: risk.short)
    if worst.short < SMALL:
        page.reason("risk.shift_small", mark=say.percent(100 * SMALL))
    else:
        page.reason(
            "risk.shift_two" if worst.short_two >= SMALL else "risk.shift",
            nurses=say.count("nurse", worst.nurses),
            day=say.short_day(worst.day),
            shift=shift_name(say, worst.shift, problem),
            chance=say.percent(100 * worst.short),
            one=say.count("nurse", 1),
            further=say.percent(100 * worst.short_two),
            pair=say.count("nurse", 2),
        )
        notable = sum(risk.short >= NOTABLE for risk in risks)
        page.reason(
            "risk.shifts" if notable else "risk.shifts_none",
            shifts=say.count("shift", notable),
            all=say.count("shift", len(risks)),
            mark=say.percent(100 * NOTABLE),
            expected=say.count("shift", expected_short(risks)),
        )
    page.caveat("risk.counted")
    return risks


def say_bed_risk(page: Page, services: Services, problem: BedProblem, plan: BedPlan, unit: Unit | None) -> None:
    """How likely the unit asked about, or each of the fullest ones, has no free bed on a coming night."""
    say = page.wording
    for known in [unit] if unit else _fullest(problem, plan):
        risks = _nights(services, problem, plan, known)
        if not risks:
            continue
        worst = max(risks, key=lambda risk: risk.full)
        page.reason(
            "risk.night" if worst.full >= SMALL else "risk.night_small",
            unit=say.unit_short(known),
            chance=say.percent(100 * max(worst.full, SMALL)),
            day=say.short_day(worst.day if worst.full >= SMALL else risks[-1].day),
            beds=say.count("bed", worst.beds),
        )


def _fullest(problem: BedProblem, plan: BedPlan) -> list[Unit]:
    """Inpatient units with the fewest free beds tonight under the plan, for each bed that they have."""
    tonight = occupants(problem, moves_of(plan.assignments, plan.transfers))
    inside: dict[str, int] = {}
    for (place, night), there in tonight.items():
        if night == 0:
            inside[place.split("/")[0]] = inside.get(place.split("/")[0], 0) + len(there)
    beds = {unit.code: sum(bed.open for bed in problem.beds if bed.unit == unit.code) for unit in problem.units}
    units = [unit for unit in problem.units if beds[unit.code] and unit.kind is not UnitKind.EMERGENCY]
    return sorted(units, key=lambda unit: (-inside.get(unit.code, 0) / beds[unit.code], unit.code))[:_UNITS]


def _nights(services: Services, problem: BedProblem, plan: BedPlan, unit: Unit) -> tuple[NightRisk, ...]:
    """Each night after tonight; none where the unit cannot be forecast."""
    try:
        forecast = give_forecast(services, "occupancy", unit.code, problem.days, problem.at)
    except ToolError:
        return ()
    days: list[date] = [problem.at.date() + timedelta(days=number + 1) for number in range(problem.days)]
    return night_risks(problem, plan, unit.code, expected_patients(forecast, days, 0))
