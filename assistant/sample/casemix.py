"""Who comes to the sample hospital: the routes patients take, how often, how long, and how ill they are."""

import math
from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Source(StrEnum):
    """How a patient comes in."""

    EMERGENCY = "emergency"  # through the emergency department
    ELECTIVE = "elective"  # booked, on working days
    DIRECT = "direct"  # at any hour, straight to the ward (births)


@dataclass(frozen=True)
class Stage:
    """Part of a stay in one unit: mean days and their coefficient of variation."""

    unit: str
    mean_days: float
    variation: float = 0.75

    def draw_days(self, random: Random) -> float:
        """One length of stay in days, log-normal."""
        sigma_squared = math.log(1 + self.variation**2)
        return random.lognormvariate(math.log(self.mean_days) - sigma_squared / 2, math.sqrt(sigma_squared))


@dataclass(frozen=True)
class Route:
    """A kind of patient.

    Attributes:
        service: Clinical service that looks after the patient.
        source: How the patient comes in.
        per_day: Mean number a day in a year without a wave.
        stages: Units in order.
        winter: Growth at the peak of the winter wave, as a share of `per_day`.
        acuity: Chances of acuity 1 (most urgent) to 4.
        isolation: Chance of needing an isolation room.
        ventilator: Chance of needing a ventilator while in critical care or step-down.
        ages: Youngest and oldest age in years.
        returning: Chance that the patient has been here before.
    """

    service: str
    source: Source
    per_day: float
    stages: tuple[Stage, ...]
    winter: float = 0.05
    acuity: tuple[float, float, float, float] = (0.05, 0.30, 0.50, 0.15)
    isolation: float = 0.05
    ventilator: float = 0.0
    ages: tuple[int, int] = (18, 94)
    returning: float = 0.18


_E, _P, _D = Source.EMERGENCY, Source.ELECTIVE, Source.DIRECT
_ILL, _VERY_ILL, _CALM = (0.12, 0.48, 0.35, 0.05), (0.75, 0.25, 0.0, 0.0), (0.0, 0.05, 0.45, 0.50)
_OLD, _CHILD, _MOTHER = (50, 96), (0, 15), (18, 44)


def _acute(per_day: float, *stages: Stage, winter: float = 0.08, isolation: float = 0.06) -> Route:
    """A medical patient who starts in the acute medical unit."""
    return Route("medicine", _E, per_day, stages, winter, _ILL, isolation, ages=_OLD)


def _critical(per_day: float, *stages: Stage, service: str = "critical care", ventilator: float = 0.55) -> Route:
    """A patient who starts in intensive care or step-down."""
    return Route(service, _E, per_day, stages, 0.10, _VERY_ILL, 0.12, ventilator, (30, 92), 0.10)


# Daily numbers were set by running a year (seed 20) and adjusting until the mean occupancy of wards came to 85-92 % and
# of critical care to 75-88 %; lengths of stay are of the order that acute hospitals publish for these specialties.
ROUTES: tuple[Route, ...] = (
    _acute(9.0, Stage("AMU", 1.55)),
    _acute(2.9, Stage("AMU", 1.0, 0.5), Stage("3A", 6.0)),
    _acute(1.75, Stage("AMU", 1.0, 0.5), Stage("3B", 6.0), winter=0.30, isolation=0.15),
    _acute(1.3, Stage("AMU", 1.0, 0.5), Stage("4A", 4.5)),
    _acute(1.7, Stage("AMU", 1.0, 0.5), Stage("4B", 4.5)),
    Route("respiratory", _E, 1.5, (Stage("3B", 6.2),), 0.40, _ILL, 0.22, ages=(35, 95), returning=0.30),
    Route("cardiology", _E, 1.4, (Stage("4A", 4.0),), 0.06, _ILL, 0.02, ages=_OLD),
    Route("cardiology", _E, 3.05, (Stage("CCU", 2.0), Stage("4A", 3.0)), 0.08, _VERY_ILL, 0.03, 0.12, _OLD),
    Route("cardiology", _P, 2.3, (Stage("4A", 1.8, 0.5),), 0.0, _CALM, 0.01, ages=_OLD),
    Route("gastroenterology", _E, 2.0, (Stage("4B", 4.2),), 0.02, _ILL, 0.10),
    Route("gastroenterology", _P, 2.0, (Stage("4B", 1.9, 0.5),), 0.0, _CALM, 0.02),
    Route("surgery", _E, 2.6, (Stage("5A", 4.2),), 0.0, _ILL, 0.04),
    Route("surgery", _P, 2.4, (Stage("5A", 3.4, 0.6),), 0.0, _CALM, 0.02),
    Route("surgery", _P, 0.5, (Stage("HDU", 1.5, 0.5), Stage("5A", 4.0, 0.5)), 0.0, _CALM, 0.02, 0.05),
    Route("surgery", _P, 0.4, (Stage("ICU", 1.6, 0.6), Stage("HDU", 1.6), Stage("5A", 4.5)), 0.0, _CALM, 0.02, 0.4),
    Route("orthopaedics", _E, 2.2, (Stage("5B", 6.8),), 0.10, (0.04, 0.36, 0.50, 0.10), 0.02, ages=(20, 97)),
    Route("orthopaedics", _P, 2.4, (Stage("5B", 4.2, 0.5),), 0.0, _CALM, 0.01, ages=(35, 88)),
    Route("oncology", _E, 1.05, (Stage("6A", 5.8),), 0.0, _ILL, 0.25, ages=(30, 88), returning=0.75),
    Route("oncology", _P, 4.1, (Stage("6A", 3.4, 0.6),), 0.0, _CALM, 0.08, ages=(30, 86), returning=0.70),
    Route("maternity", _D, 7.2, (Stage("MAT", 2.6, 0.5),), 0.0, (0.05, 0.35, 0.55, 0.05), 0.01, ages=_MOTHER),
    Route("paediatrics", _E, 4.1, (Stage("PAED", 2.4, 0.8),), 0.45, _ILL, 0.16, ages=_CHILD),
    Route("paediatrics", _P, 1.3, (Stage("PAED", 1.6, 0.6),), 0.0, _CALM, 0.03, ages=_CHILD),
    _critical(0.60, Stage("ICU", 4.0, 0.9), Stage("HDU", 2.2), Stage("3B", 5.0)),
    _critical(0.40, Stage("ICU", 4.0, 0.9), Stage("HDU", 2.2), Stage("3A", 5.0)),
    _critical(0.25, Stage("ICU", 4.0, 0.9), Stage("HDU", 2.2), Stage("5A", 5.0), service="surgery"),
    _critical(0.40, Stage("ICU", 3.6, 0.9), Stage("3A", 5.0)),
    _critical(0.42, Stage("ICU", 3.2, 1.0)),  # dies in intensive care
    _critical(0.45, Stage("HDU", 2.2), Stage("3B", 4.0), service="respiratory", ventilator=0.15),
    _critical(0.30, Stage("HDU", 2.0), Stage("4B", 4.0), service="gastroenterology", ventilator=0.0),
    _critical(0.30, Stage("HDU", 2.0), Stage("5A", 4.0), service="surgery", ventilator=0.05),
)

# Seen and sent home from the emergency department; the largest group of all.
HOME = Route("emergency", _E, 62.0, (), 0.06, (0.01, 0.12, 0.52, 0.35), 0.02, ages=(0, 92), returning=0.22)

# Critical-care units: a ventilator is needed only here.
CRITICAL_UNITS = ("ICU", "CCU", "HDU")

# Share of ward stays that worsen and pass through intensive care; round numbers near the 1-2 % that wards report.
WORSENING = 0.012


def draw_stages(route: Route, random: Random) -> list[tuple[str, float]]:
    """The units of one patient in order, with days in each; now and then a ward patient worsens and needs the ICU."""
    stages = [(stage.unit, stage.draw_days(random)) for stage in route.stages]
    unit, days = stages[-1] if stages else ("", 0.0)
    worsens = stages and unit not in (*CRITICAL_UNITS, "MAT", "PAED") and random.random() < WORSENING
    if worsens:
        stages[-1:] = [
            (unit, 0.4 * days),
            ("ICU", random.uniform(0.8, 4.0)),
            ("HDU", random.uniform(0.8, 2.5)),
            (unit, 0.8 * days),
        ]
    return stages
