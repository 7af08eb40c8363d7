"""Emergency arrivals by hour for the next two days, from the records, beside the forecast by day."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd

from assistant.forecast.hourly import LEAST_DAYS, MOST_HOURS, HourlyModel, forecast_hours, train_hours
from assistant.forecast.memory import remembered
from assistant.forecast.reading import silent_days
from assistant.forecast.result import Forecast
from assistant.forecast.settings import ForecastSettings
from assistant.records.flows import flows_by_hour
from assistant.records.store import Store

HOURLY_DAYS = 2
"""A forecast of so many days or fewer is also given by hour."""
_HOURS, _WEEK = 24, 7 * 24


def with_hours(store: Store, made: Forecast, settings: ForecastSettings) -> Forecast:
    """The forecast of emergency arrivals with its hours; as it is where the records cannot tell them.

    The expected counts of a day's hours are brought to that day's median, so that the two do not contradict.
    """
    lead, days = made.bridged_days, len(made.quantiles)
    ahead = (lead + days) * _HOURS
    if made.fallback_code or len(made.history) < LEAST_DAYS or ahead > MOST_HOURS:
        return made
    counts = _hours_of(store, made)
    expected = [np.nan] * lead + [float(value) for value in made.quantiles[0.5]]
    told = forecast_hours(_learned(counts, settings), counts, ahead, settings.levels, expected)
    return replace(made, hours=told.iloc[lead * _HOURS :], hour_history=counts)


def _learned(counts: pd.Series, settings: ForecastSettings) -> HourlyModel:
    """Trained once for a history; the next question about it does not train again."""
    key = ("hours", counts.to_numpy(dtype=float).tobytes(), str(counts.index[0]), settings.holidays)
    return remembered(key, lambda: train_hours(counts, settings.holidays))


def _hours_of(store: Store, made: Forecast) -> pd.Series:
    """Counts of every hour of the days learned from; those of a silent feed are taken from the week before."""
    first, last = made.history.index[0], made.history.index[-1]
    start, end = first.to_pydatetime(), last.to_pydatetime() + timedelta(days=1)
    counts = flows_by_hour(store, made.measure, start, end, made.unit).astype(float)
    values = counts.to_numpy(copy=True)
    for day in silent_days(store, made.made_at, first, last):
        place = (day - first).days * _HOURS
        back = _WEEK if place >= _WEEK else _HOURS
        if place >= back:
            values[place : place + _HOURS] = values[place - back : place - back + _HOURS]
    return pd.Series(values, index=counts.index)
