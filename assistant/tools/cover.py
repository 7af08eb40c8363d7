"""How many nurses each shift needs: the nurse-patient ratio applied to a quantile of the forecast patients."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pandas as pd

from assistant.errors import ToolError
from assistant.forecast.demand import MOST_DAYS
from assistant.forecast.result import Forecast
from assistant.plan.risk.counts import Counts
from assistant.plan.risk.staffing import nurses_for
from assistant.records.demand import Demand
from assistant.records.staff import Shift
from assistant.records.units import Unit
from assistant.tools.given import give_forecast
from assistant.tools.open_beds import open_beds
from assistant.tools.services import Services

# A unit without a ratio of its own is planned with these (handbook, nurse-patient ratios: general wards).
DEFAULT_DAY, DEFAULT_NIGHT = 6.0, 8.0


@dataclass(frozen=True)
class Cover:
    """Demand for each shift with what it rests on.

    Attributes:
        demand: One row a shift and day.
        patients: Highest number of patients planned for.
        forecast: None where there was no history and the beds were taken instead.
        day_ratio, night_ratio: Patients to a nurse.
        ratios: The same by shift.
        expected: The forecast patients of each day, at most the open beds; empty without a forecast.
    """

    demand: tuple[Demand, ...]
    patients: float
    forecast: Forecast | None
    day_ratio: float
    night_ratio: float
    ratios: Mapping[str, float] = field(default_factory=dict)
    expected: Mapping[date, Counts] = field(default_factory=dict)


def cover_for(services: Services, unit: Unit, start: date, days: int, at: datetime) -> Cover:
    """The cover of a unit from `start`: ratio x patients, rounded up, one nurse at least while the unit is open.

    Patients are the number that is not exceeded on the share `cover_quantile` of days by the occupancy forecast, never
    more than the open beds (nobody can be nursed in a bed that is not there; surge beds are planned for separately).
    """
    window = [start + timedelta(days=n) for n in range(days)]
    beds = open_beds(services, unit, at)
    forecast = _forecast(services, unit, window, at)
    expected = expected_patients(forecast, window, beds) if forecast else {}
    level = services.tools.cover_quantile
    planned_for = {day: expected[day].enough_for(level) if expected else beds for day in window}
    day_ratio = unit.patients_per_nurse_day or DEFAULT_DAY
    night_ratio = unit.patients_per_nurse_night or DEFAULT_NIGHT
    shifts = services.store.shifts(unit.code)
    charge = any("charge" in person.skills for person in services.store.people(unit.code))
    basis = f"forecast quantile {level:g}" if forecast else "open beds"
    ratios = {shift.shift: night_ratio if shift.night else day_ratio for shift in shifts}
    demand = tuple(
        _one(unit, day, shift, planned_for[day], ratios[shift.shift], charge, basis)
        for day in window
        for shift in shifts
    )
    most = max((row.patients or 0 for row in demand), default=0)
    return Cover(demand, most, forecast, day_ratio, night_ratio, ratios, expected)


def expected_patients(forecast: Forecast, days: list[date], beds: int) -> dict[date, Counts]:
    """Each day as a distribution, of the forecast and of what is usual; days beyond are like its first or last day.

    Args:
        forecast: Of the unit's patients.
        days: Which days.
        beds: There cannot be more patients than this; 0 for no limit.
    """
    levels = [float(level) for level in forecast.quantiles.columns]
    past = forecast.history.to_numpy(float).tolist()
    known = {
        pd.Timestamp(str(day)).date(): Counts.of(dict(zip(levels, row, strict=True)), beds or None, past)
        for day, row in zip(forecast.quantiles.index, forecast.quantiles.to_numpy(float), strict=True)
    }
    first, last = min(known), max(known)
    return {day: known[min(max(day, first), last)] for day in days}


def _one(unit: Unit, day: date, shift: Shift, patients: int, ratio: float, charge: bool, basis: str) -> Demand:
    """One shift: the ratio rounded up. A charge nurse is asked for where the unit has any."""
    skills = (("charge", 1),) if charge else ()
    nurses = nurses_for(patients, ratio)
    return Demand(unit.code, day, shift.shift, nurses, patients, skills, f"{basis}, ratio 1:{ratio:g}")


def _forecast(services: Services, unit: Unit, window: list[date], at: datetime) -> Forecast | None:
    """The unit's patients on each day; None without history: then the open beds stand in, the safe side."""
    ahead = min(MOST_DAYS, max(1, (window[-1] - at.date()).days))
    try:
        return give_forecast(services, "occupancy", unit.code, ahead, at)
    except ToolError:
        return None
