"""Forecasts that are given to people or plans: made, and kept before anybody sees them."""

from dataclasses import asdict, replace
from datetime import datetime
from functools import lru_cache

from assistant.forecast.demand import forecast_demand
from assistant.forecast.outbreak.kept import outbreak_content
from assistant.forecast.outbreak.region import OutbreakForecast, forecast_region
from assistant.forecast.result import Forecast
from assistant.forecast.settings import ForecastSettings
from assistant.journal.entry import digest
from assistant.records.surveillance import SeriesName
from assistant.tools.forecasts_used import note_used
from assistant.tools.services import Services


def give_forecast(
    services: Services, measure: str, unit: str | None, days: int, at: datetime, item: str | None = None
) -> Forecast:
    """The forecast of a measure, kept with its as-of state; arguments and errors as `forecast_demand`."""
    forecast = forecast_demand(services.store, measure, unit, days, at, services.forecast, item)
    if services.forecasts is None:
        return forecast
    name = services.forecasts.keep(forecast, services.store.fingerprint(), _settings_digest(services.forecast))
    note_used(name)
    return replace(forecast, id=name)


def give_outbreak(
    services: Services, name: SeriesName, weeks: int, at: datetime, others: tuple[SeriesName, ...]
) -> OutbreakForecast:
    """The forecast of an outbreak, kept with its as-of state; arguments and errors as `forecast_region`."""
    forecast = forecast_region(services.store, name, weeks, at, others)
    if services.forecasts is None:
        return forecast
    return replace(forecast, id=services.forecasts.put(outbreak_content(forecast, services.store.fingerprint())))


@lru_cache
def _settings_digest(settings: ForecastSettings) -> str:
    # Through a list: canonical JSON knows no tuples.
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(settings).items()}
    return digest(plain)[:16]
