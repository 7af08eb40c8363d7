"""Forecasts of daily demand from the records: one measure of one unit, or of the whole hospital."""

from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd

from assistant.errors import ToolError
from assistant.forecast.arrivals import HOURLY_DAYS, with_hours
from assistant.forecast.daily import DEFAULTS, SeriesForecast, forecast_series
from assistant.forecast.drivers import find_drivers
from assistant.forecast.house import ADDS_UP, reconciled
from assistant.forecast.measures import MEASURES, Measure, find_measure
from assistant.forecast.members import Member
from assistant.forecast.nursing import nursing_hours
from assistant.forecast.reading import read_history
from assistant.forecast.result import Forecast
from assistant.forecast.sequence.member import sequence_member
from assistant.forecast.series import DailyHistory, clean
from assistant.forecast.settings import ForecastSettings
from assistant.forecast.stays import census_member
from assistant.forecast.supplies import forecast_use, stated_use
from assistant.records.names import find_item, find_unit
from assistant.records.store import Store
from assistant.records.units import Unit, UnitKind

MOST_DAYS = 60


def forecast_demand(
    store: Store,
    measure: str,
    unit: str | None,
    days: int,
    at: datetime,
    settings: ForecastSettings = DEFAULTS,
    item: str | None = None,
) -> Forecast:
    """Forecast a measure for the `days` days after the day of `at`, from records up to `at`.

    Args:
        store: The records.
        measure: One of `MEASURES`.
        unit: Any name of a unit; None for the whole hospital.
        days: 1 to 60.
        at: Time of the question, site wall clock. Today is incomplete and therefore bridged, not learned from; only
            the census forecast of patients present starts from now.
        settings: See `ForecastSettings`.
        item: Any name of a stock item; needed by, and only used for, `supply_use`.

    Raises:
        ToolError: `unknown_measure`, `not_available`, `unknown_unit`, `unknown_item`, `bad_arguments`, `no_history`,
            `stale_records`.
    """
    asked = find_measure(measure)
    if not 1 <= days <= MOST_DAYS:
        raise ToolError(
            f"A forecast reaches 1 to {MOST_DAYS} days ahead, got {days}. Ask for fewer days.", "bad_arguments"
        )
    found = find_unit(store, unit) if unit else None
    if asked.name == "supply_use":
        return _supply_use(store, asked, item, days, at, settings)
    if asked.name == "nurse_hours":
        return _nurse_hours(store, asked, found, days, at, settings)
    made = _counted(store, asked, found, days, at, settings)
    if found is None and asked.name in ADDS_UP:
        return reconciled(made, _units(store, asked, days, at, settings))
    return with_hours(store, made, settings) if asked.name == "ed_arrivals" and days <= HOURLY_DAYS else made


def _units(store: Store, asked: Measure, days: int, at: datetime, settings: ForecastSettings) -> list[Forecast]:
    """Forecasts of all inpatient units; none at all if one of them cannot be forecast."""
    inpatient = [unit for unit in store.units() if unit.kind is not UnitKind.EMERGENCY]
    try:
        return [_counted(store, asked, unit, days, at, settings) for unit in inpatient]
    except ToolError:
        return []


def _counted(
    store: Store, asked: Measure, unit: Unit | None, days: int, at: datetime, settings: ForecastSettings
) -> Forecast:
    """A measure that the records count themselves."""
    history = clean(read_history(store, asked, unit, at, settings), settings)
    lead = _bridge(history, at, settings)
    members = _members(store, asked, unit, at, settings)
    series = forecast_series(history, days, settings, asked.is_level, lead, members)
    return _result(asked, unit, at, series, lead)


def _members(store: Store, asked: Measure, unit: Unit | None, at: datetime, settings: ForecastSettings) -> list[Member]:
    """The methods beside the smoothed week: who is present (occupancy of a unit), and the trained sequence model."""
    members: list[Member] = []
    if asked.name == "occupancy" and unit is not None:
        members.append(census_member(store, unit.code, at))
    learned = sequence_member(store.home, settings)
    return [*members, learned] if learned else members


def _nurse_hours(
    store: Store, asked: Measure, unit: Unit | None, days: int, at: datetime, settings: ForecastSettings
) -> Forecast:
    """Patients forecast, times the hours that each needs."""
    patients = _counted(store, MEASURES["occupancy"], unit, days, at, settings)
    scale = nursing_hours(store, unit, at).per_patient
    history = patients.history * scale
    return replace(
        patients,
        measure=asked.name,
        counts=asked.counts,
        quantiles=(patients.quantiles * scale).round(2),
        history=history,
        accuracy=patients.accuracy.scaled(scale),
        drivers=find_drivers(history),
        holiday_effect=patients.holiday_effect * scale,
        school_effect=patients.school_effect * scale,
        scale=scale,
    )


def _supply_use(
    store: Store, asked: Measure, item: str | None, days: int, at: datetime, settings: ForecastSettings
) -> Forecast:
    """The use of one item."""
    if not item:
        raise ToolError("The use of supplies is forecast by item. Name the item.", code="bad_arguments")
    stated = stated_use(store, find_item(store, item).item, at)
    series = forecast_use(store, stated, days, at, _crowding(store, days, at, settings), settings)
    made = _result(asked, None, at, series, 1)
    return replace(made, item=stated.item, counts=stated.measure)


def _crowding(store: Store, days: int, at: datetime, settings: ForecastSettings) -> float:
    """Patients expected in the house over the days asked, relative to the four weeks before; 1 where not known."""
    try:
        house = _counted(store, MEASURES["occupancy"], None, days, at, settings)
    except ToolError:
        return 1.0
    usual = float(house.history.iloc[-28:].mean())
    return float(house.quantiles[0.5].mean()) / usual if usual > 0 else 1.0


def _result(asked: Measure, unit: Unit | None, at: datetime, series: SeriesForecast, lead: int) -> Forecast:
    history = series.history.values
    return Forecast(
        measure=asked.name,
        unit=unit.code if unit else None,
        counts=asked.counts,
        made_at=at,
        quantiles=series.quantiles,
        history=history,
        method=series.method,
        fallback=series.fallback.reason if series.fallback else "",
        fallback_code=series.fallback.code if series.fallback else "",
        accuracy=series.accuracy,
        drivers=find_drivers(history),
        cleaning=series.history.cleaning,
        bridged_days=lead,
        shares=series.shares,
        holiday_effect=series.holiday_effect,
        school_effect=series.school_effect,
    )


def _bridge(history: DailyHistory, at: datetime, settings: ForecastSettings) -> int:
    """Days from the last complete day up to and including the day of `at`."""
    if history.values.empty:
        return 0
    last = history.values.index[-1]
    lead = (pd.Timestamp(at).normalize() - last) // timedelta(days=1)
    if lead > settings.stale_days:
        raise ToolError(
            f"The records are complete up to {last:%Y-%m-%d}, {lead} days before {at:%Y-%m-%d}; a forecast bridges at "
            f"most {settings.stale_days}. Import newer records, or ask for a time closer to them.",
            code="stale_records",
        )
    return int(lead)
