"""What stands behind a forecast, in plain numbers that an explanation can quote."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

_WEEK = 7
_PATTERN_WEEKS = 8
_TREND_WEEKS = 4
_CLEAR_F = 3.0  # 5 % level of F with 6 and 12 degrees of freedom (three weeks); stricter than needed for eight


@dataclass(frozen=True)
class WeekdayEffect:
    """How a weekday differs from the mean day.

    Attributes:
        weekday: 0 is Monday.
        effect: Counts above (or, negative, below) the mean day.
    """

    weekday: int
    effect: float


@dataclass(frozen=True)
class Drivers:
    """Level, change, rhythm and trend of the recent history; None where it is too short to say.

    Attributes:
        level: Mean of the last seven days.
        change: `level` minus the mean of the seven days before.
        highest, lowest: Weekdays with the highest and the lowest mean over the last eight weeks.
        weekday_clear: The weekdays differ by more than chance (F test, about 5 %); if False, do not speak of them.
        trend_per_week: Slope of a straight line through the last four weeks, in counts per week.
    """

    level: float
    change: float | None = None
    highest: WeekdayEffect | None = None
    lowest: WeekdayEffect | None = None
    weekday_clear: bool = False
    trend_per_week: float | None = None


def find_drivers(values: pd.Series) -> Drivers:
    """Describe a daily history without holes; of none, level 0 and nothing else."""
    counts = values.to_numpy(dtype=float)
    if not len(counts):
        return Drivers(level=0.0)
    level = float(counts[-_WEEK:].mean())
    change = level - float(counts[-2 * _WEEK : -_WEEK].mean()) if len(counts) >= 2 * _WEEK else None
    highest, lowest, clear = _weekdays(values)
    return Drivers(
        level=round(level, 2),
        change=None if change is None else round(change, 2),
        highest=highest,
        lowest=lowest,
        weekday_clear=clear,
        trend_per_week=_trend(counts),
    )


def _weekdays(values: pd.Series) -> tuple[WeekdayEffect | None, WeekdayEffect | None, bool]:
    weeks = min(_PATTERN_WEEKS, len(values) // _WEEK)
    if weeks < 3:
        return None, None, False
    table = values.to_numpy(dtype=float)[-_WEEK * weeks :].reshape(weeks, _WEEK)
    off_week = table - table.mean(axis=1, keepdims=True)
    effects = off_week.mean(axis=0)
    first = pd.DatetimeIndex(values.index)[-_WEEK].dayofweek
    highest, lowest = (
        WeekdayEffect((first + int(place)) % _WEEK, round(float(effects[place]), 2))
        for place in (effects.argmax(), effects.argmin())
    )
    between = weeks * float(np.sum(effects**2)) / (_WEEK - 1)
    within = float(np.sum((off_week - effects) ** 2)) / ((_WEEK - 1) * (weeks - 1))
    return highest, lowest, bool(between > _CLEAR_F * within)


def _trend(counts: np.ndarray) -> float | None:
    if len(counts) < _TREND_WEEKS * _WEEK:
        return None
    recent = counts[-_TREND_WEEKS * _WEEK :]
    slope = np.polyfit(np.arange(len(recent)), recent, 1)[0]
    return round(float(slope) * _WEEK, 2)
