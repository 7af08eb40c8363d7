"""A forecast as it is handed on: quantiles by day, the history behind it, and how far it may be trusted."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from assistant.forecast.backtest import Accuracy
from assistant.forecast.drivers import Drivers
from assistant.forecast.series import Cleaning


@dataclass(frozen=True, eq=False)
class Forecast:
    """Quantiles of one measure of one unit (or of the house) for the days to come.

    Attributes:
        measure, unit: What; `unit` is None for the whole hospital.
        counts: Unit of measurement, e.g. `patients`.
        made_at: Time of the question; nothing later was used.
        quantiles: Index day (the first is the day after `made_at`), a column per level (float), rising, never
            negative. Occupancy is demand: it may exceed the beds.
        history: The daily values that the forecast has learned from, complete days only.
        method: Name of the method.
        fallback: Why a simple method was taken, one sentence; empty if it was not.
        fallback_code: The same as a stable word: `short_history`, `long_gap`, `all_zero`, `flat`, or empty.
        accuracy: Rolling-origin backtest on this very history.
        drivers: Level, change, weekday rhythm, trend.
        cleaning: What had to be mended in the history.
        bridged_days: Days between the last complete day and the first day forecast; 1 is only today.
        item: Stock item, where its use is forecast.
        scale: Factor from patients to the measure (nurse hours for a patient and day); 1 otherwise.
        shares: Mean share of each further method in the days forecast, by its name.
        parts: Of the whole hospital: reconciled quantiles of each unit, whose medians add up to it; else empty.
        holiday_effect: What a public holiday adds to a day at the present level; 0 where no place is set.
        school_effect: What a day without school adds, as `holiday_effect`; 0 where no terms are set.
        hours: Of emergency arrivals, up to two days ahead: quantiles by hour, as `quantiles` but indexed by the hour's
            beginning; else empty.
        hour_history: The hourly counts that `hours` was learned from; else empty.
        id: Under which the forecast is kept; empty if it is not.
    """

    measure: str
    unit: str | None
    counts: str
    made_at: datetime
    quantiles: pd.DataFrame
    history: pd.Series
    method: str
    fallback: str
    fallback_code: str
    accuracy: Accuracy
    drivers: Drivers
    cleaning: Cleaning
    bridged_days: int
    item: str | None = None
    scale: float = 1.0
    shares: dict[str, float] = field(default_factory=dict)
    holiday_effect: float = 0.0
    school_effect: float = 0.0
    parts: dict[str, pd.DataFrame] = field(default_factory=dict)
    hours: pd.DataFrame = field(default_factory=pd.DataFrame)
    hour_history: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))
    id: str = ""

    def to_json(self) -> dict[str, Any]:
        """The whole forecast in JSON types, for screen and journal."""
        gap_end = self.cleaning.gap_end
        return {
            "measure": self.measure,
            "unit": self.unit,
            "counts": self.counts,
            "made_at": self.made_at.isoformat(),
            "days": _days(self.quantiles.index),
            "quantiles": _by_level(self.quantiles),
            "hours": {"begin": _hours(self.hours.index), "quantiles": _by_level(self.hours)},
            "units": {code: _by_level(table) for code, table in self.parts.items()},
            "history": {"days": _days(self.history.index), "values": _numbers(self.history)},
            "method": self.method,
            "fallback": self.fallback,
            "fallback_code": self.fallback_code,
            "accuracy": asdict(self.accuracy),
            "drivers": asdict(self.drivers),
            "cleaning": asdict(self.cleaning) | {"gap_end": None if gap_end is None else f"{gap_end:%Y-%m-%d}"},
            "bridged_days": self.bridged_days,
            "item": self.item,
            "scale": self.scale,
            "shares": self.shares,
            "holiday_effect": self.holiday_effect,
            "school_effect": self.school_effect,
            "id": self.id,
        }

    def chart(self, history_days: int = 42) -> dict[str, Any]:
        """A fan chart of the forecast after its recent history; the caller adds title and axis labels."""
        return self._fan(self.quantiles, self.history.iloc[-history_days:], _days)

    def hour_chart(self, history_days: int = 2) -> dict[str, Any]:
        """As `chart`, by hour; only where `hours` is not empty."""
        return self._fan(self.hours, self.hour_history.iloc[-24 * history_days :], _hours)

    def _fan(
        self, quantiles: pd.DataFrame, recent: pd.Series, times: Callable[[pd.Index], list[str]]
    ) -> dict[str, Any]:
        return {
            "kind": "fan",
            "x": times(quantiles.index),
            "history": {"x": times(recent.index), "y": _numbers(recent)},
            "quantiles": _by_level(quantiles),
            "y_unit": self.counts,
        }


def _by_level(quantiles: pd.DataFrame) -> dict[str, list[float]]:
    return {f"{level:g}": _numbers(quantiles[level]) for level in quantiles.columns}


def _days(index: pd.Index) -> list[str]:
    return [f"{day:%Y-%m-%d}" for day in pd.DatetimeIndex(index)]


def _hours(index: pd.Index) -> list[str]:
    return [f"{hour:%Y-%m-%dT%H:%M}" for hour in pd.DatetimeIndex(index)]


def _numbers(values: pd.Series) -> list[float]:
    return [round(float(value), 2) for value in values]
