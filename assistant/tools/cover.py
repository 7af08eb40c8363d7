"""How many nurses each shift needs: the nurse-patient ratio applied to a quantile of the forecast patients."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from assistant.errors import ToolError
from assistant.forecast.demand import MOST_DAYS, forecast_demand
from assistant.forecast.result import Forecast
from assistant.records.demand import Demand
from assistant.records.staff import Shift
from assistant.records.units import Unit
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
    """

    demand: tuple[Demand, ...]
    patients: float
    forecast: Forecast | None
    day_ratio: float
    night_ratio: float


def cover_for(services: Services, unit: Unit, start: date, days: int, at: datetime) -> Cover:
    """The cover of a unit from `start`: ratio x patients, rounded up, one nurse at least while the unit is open.

    Patients are the quantile `cover_quantile` of the occupancy forecast, never more than the open beds (nobody can
    be nursed in a bed that is not there; surge beds are planned for separately).
    """
    window = [start + timedelta(days=n) for n in range(days)]
    beds = open_beds(services, unit, at)
    forecast, patients = _patients(services, unit, window, at, beds)
    shifts = services.store.shifts(unit.code)
    day_ratio = unit.patients_per_nurse_day or DEFAULT_DAY
    night_ratio = unit.patients_per_nurse_night or DEFAULT_NIGHT
    expected = {day: min(patients[day], beds) if beds else patients[day] for day in window}
    charge = any("charge" in person.skills for person in services.store.people(unit.code))
    basis = f"forecast quantile {services.tools.cover_quantile:g}" if forecast else "open beds"
    ratios = {shift.shift: night_ratio if shift.night else day_ratio for shift in shifts}
    demand = tuple(
        _one(unit, day, shift, expected[day], ratios[shift.shift], charge, basis) for day in window for shift in shifts
    )
    most = max((row.patients or 0 for row in demand), default=0)
    return Cover(demand, most, forecast, day_ratio, night_ratio)


def _one(unit: Unit, day: date, shift: Shift, patients: float, ratio: float, charge: bool, basis: str) -> Demand:
    """One shift: the ratio rounded up. A charge nurse is asked for where the unit has any."""
    nurses = max(1, math.ceil(round(patients) / ratio))
    skills = (("charge", 1),) if charge else ()
    return Demand(unit.code, day, shift.shift, nurses, round(patients), skills, f"{basis}, ratio 1:{ratio:g}")


def _patients(
    services: Services, unit: Unit, window: list[date], at: datetime, beds: int
) -> tuple[Forecast | None, dict[date, float]]:
    """Patients expected on each day; without history the open beds stand in, the safe side."""
    ahead = min(MOST_DAYS, max(1, (window[-1] - at.date()).days))
    try:
        forecast = forecast_demand(services.store, "occupancy", unit.code, ahead, at, services.forecast)
    except ToolError:
        return None, dict.fromkeys(window, float(beds))
    series = _quantile(forecast.quantiles, services.tools.cover_quantile)
    known = {pd.Timestamp(str(day)).date(): float(value) for day, value in series.items()}
    first, last = min(known), max(known)
    return forecast, {day: known[min(max(day, first), last)] for day in window}


def _quantile(quantiles: pd.DataFrame, level: float) -> pd.Series:
    """The quantile at `level`, the nearest of those the forecast has."""
    return quantiles[min(quantiles.columns, key=lambda known: abs(float(known) - level))]
