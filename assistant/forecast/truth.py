"""What was counted, by day: the truth that forecasts are scored with."""

from datetime import datetime

import pandas as pd

from assistant.errors import ToolError
from assistant.forecast.measures import find_measure
from assistant.forecast.outbreak.clean import weekly_counts
from assistant.forecast.reading import read_history
from assistant.forecast.settings import ForecastSettings
from assistant.forecast.supplies import use_by_day
from assistant.records.names import find_unit
from assistant.records.store import Store
from assistant.records.surveillance import read_series

_BASE = {"nurse_hours": "occupancy"}
"""Measures that are another one times a factor; the truth is that of the other one."""


def weeks_that_came(store: Store, region: str, disease: str, measure: str, at: datetime) -> pd.Series:
    """Cleaned counts of the whole weeks reported up to `at`, by their last day; empty where the records hold none."""
    reported = read_series(store, region, disease, measure, at)
    return weekly_counts(reported).weekly if len(reported) else pd.Series(dtype=float, index=pd.DatetimeIndex([]))


def what_came(
    store: Store, measure: str, unit: str | None, item: str | None, at: datetime, settings: ForecastSettings
) -> pd.Series:
    """Counts by complete day up to `at`; empty where the records hold none.

    Nurse hours are told as the patients they are made from; the caller multiplies.
    """
    if measure == "supply_use":
        return use_by_day(store, item or "", at)
    try:
        asked = find_measure(_BASE.get(measure, measure))
        found = find_unit(store, unit) if unit else None
        return read_history(store, asked, found, at, settings)
    except ToolError:  # a unit that has been closed, a measure of another kind: there is nothing to score with
        return pd.Series(dtype=float, index=pd.DatetimeIndex([]))
