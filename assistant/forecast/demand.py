"""Forecasts of daily demand from the records: one measure of one unit, or of the whole hospital."""

from datetime import datetime

import pandas as pd

from assistant.errors import ToolError
from assistant.forecast.daily import DEFAULTS, forecast_series
from assistant.forecast.drivers import find_drivers
from assistant.forecast.measures import find_measure
from assistant.forecast.reading import read_history
from assistant.forecast.result import Forecast
from assistant.forecast.series import DailyHistory, clean
from assistant.forecast.settings import ForecastSettings
from assistant.records.names import find_unit
from assistant.records.store import Store

MOST_DAYS = 60


def forecast_demand(
    store: Store,
    measure: str,
    unit: str | None,
    days: int,
    at: datetime,
    settings: ForecastSettings = DEFAULTS,
) -> Forecast:
    """Forecast a measure for the `days` days after the day of `at`, from records up to `at`.

    Args:
        store: The records.
        measure: `admissions`, `discharges`, `occupancy` or `ed_arrivals`.
        unit: Any name of a unit; None for the whole hospital.
        days: 1 to 60.
        at: Time of the question, site wall clock. Today is incomplete and therefore bridged, not learned from.
        settings: See `ForecastSettings`.

    Raises:
        ToolError: `unknown_measure`, `not_available`, `unknown_unit`, `bad_arguments`, `no_history`, `stale_records`.
    """
    asked = find_measure(measure)
    if not 1 <= days <= MOST_DAYS:
        raise ToolError(
            f"A forecast reaches 1 to {MOST_DAYS} days ahead, got {days}. Ask for fewer days.", "bad_arguments"
        )
    found = find_unit(store, unit) if unit else None
    raw = read_history(store, asked, found, at, settings)
    history = clean(raw, settings)
    lead = _bridge(history, at, settings)
    series = forecast_series(history, days, settings, is_level=asked.is_level, lead=lead)
    return Forecast(
        measure=asked.name,
        unit=found.code if found else None,
        counts=asked.counts,
        made_at=at,
        quantiles=series.quantiles,
        history=history.values,
        method=series.method,
        fallback=series.fallback.reason if series.fallback else "",
        fallback_code=series.fallback.code if series.fallback else "",
        accuracy=series.accuracy,
        drivers=find_drivers(history.values),
        cleaning=history.cleaning,
        bridged_days=lead,
    )


def _bridge(history: DailyHistory, at: datetime, settings: ForecastSettings) -> int:
    """Days from the last complete day up to and including the day of `at`."""
    if history.values.empty:
        return 0
    last = history.values.index[-1]
    lead = (pd.Timestamp(at).normalize() - last).days
    if lead > settings.stale_days:
        raise ToolError(
            f"The records are complete up to {last:%Y-%m-%d}, {lead} days before {at:%Y-%m-%d}; a forecast bridges at "
            f"most {settings.stale_days}. Import newer records, or ask for a time closer to them.",
            code="stale_records",
        )
    return int(lead)
