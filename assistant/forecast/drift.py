"""Drift alarm: a two-sided CUSUM on the scaled errors of forecasts, in the order of the days they were for.

Page, "Continuous inspection schemes" (Biometrika 1954). With an allowance of half a standard deviation and a threshold
of five, errors of a calibrated forecast raise a false alarm about once in 465 days, and a shift of one standard
deviation is found in about ten. Errors of neighbouring days must not overlap: one error a day, that of the latest
forecast for the day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

ALLOWANCE, THRESHOLD = 0.5, 5.0
_MOST = 4.0  # one absurd day (a wrong count) must not raise the alarm by itself


@dataclass(frozen=True)
class Drift:
    """An alarm.

    Attributes:
        day: When the sum passed the threshold.
        began: The day after which the sum never was zero again: where the drift is likely to have begun.
        upward: More came than was forecast; else fewer.
        still: No later day has brought the sum back to zero.
    """

    day: date
    began: date
    upward: bool
    still: bool


def find_drift(days: Sequence[date], errors: Sequence[float]) -> Drift | None:
    """The latest alarm in a run of scaled errors (actual minus median, in standard deviations); None without one."""
    alarms = [alarm for sign in (1.0, -1.0) if (alarm := _one_side(days, errors, sign)) is not None]
    return max(alarms, key=lambda alarm: (alarm.still, alarm.day), default=None)


def _one_side(days: Sequence[date], errors: Sequence[float], sign: float) -> Drift | None:
    total, began, found = 0.0, None, None
    for day, error in zip(days, errors, strict=True):
        total = max(0.0, total + min(max(sign * error, -_MOST), _MOST) - ALLOWANCE)
        if total == 0.0:
            began = None
            if found:
                found = Drift(found.day, found.began, found.upward, False)
            continue
        began = began or day
        if total > THRESHOLD and (found is None or not found.still):
            found = Drift(day, began, sign > 0, True)
    return found
