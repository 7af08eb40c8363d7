"""How likely each shift of a roster is to be short of nurses, by the nurse-patient ratio and the forecast."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.plan.risk.counts import Counts
from assistant.plan.staffing.plan import CoverRow


def nurses_for(patients: float, ratio: float) -> int:
    """Nurses that so many patients need at `ratio` patients to a nurse; one at least while the unit is open."""
    return max(1, math.ceil(patients / ratio - 1e-9))


@dataclass(frozen=True)
class ShiftRisk:
    """One shift.

    Attributes:
        nurses: Planned.
        short: Chance (0 to 1) of needing more than that; short_two: of needing two more at least.
    """

    day: date
    shift: str
    nurses: int
    short: float
    short_two: float


def shift_risks(
    coverage: Sequence[CoverRow], ratios: Mapping[str, float], patients: Mapping[date, Counts]
) -> tuple[ShiftRisk, ...]:
    """The risk of every shift in `coverage` whose day has a forecast, in the same order.

    Args:
        coverage: Of the finished roster.
        ratios: Patients to a nurse, by shift.
        patients: Forecast of each day.
    """
    return tuple(
        ShiftRisk(
            row.day,
            row.shift,
            row.planned,
            _short(patients[row.day], row.planned, ratios[row.shift]),
            _short(patients[row.day], row.planned + 1, ratios[row.shift]),
        )
        for row in coverage
        if row.day in patients
    )


def _short(patients: Counts, nurses: int, ratio: float) -> float:
    """Chance that the patients need more than `nurses`; nobody on duty is short for certain."""
    if nurses < 1:
        return 1.0
    return 1.0 - patients.at_most(math.floor(nurses * ratio + 1e-9))


def expected_short(risks: Sequence[ShiftRisk]) -> float:
    """Number of shifts that will be short on average."""
    return sum(risk.short for risk in risks)
