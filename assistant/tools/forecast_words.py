"""What stands behind a forecast of demand, in sentences: level, trend, weekday, holiday, turnover, episode, methods."""

import pandas as pd

from assistant.forecast.calendar import holiday_names
from assistant.forecast.episodes import similar_episode, turnover
from assistant.forecast.nursing import nursing_hours
from assistant.forecast.result import Forecast
from assistant.forecast.schools import no_school
from assistant.forecast.stays import census_member
from assistant.records.units import Unit
from assistant.tools.check_words import NOUNS
from assistant.tools.page import Page
from assistant.tools.services import Services
from assistant.tools.tables import time_of
from assistant.tools.wording import Wording

STEADY = 0.05
"""A change below this share of the level is told as "much as before": such changes come and go by themselves."""
_WORTH_TELLING = 0.1  # share of a further method
_WIDER = 1.1


def median_and_range(say: Wording, row: pd.Series, noun: str) -> dict[str, str]:
    """The words `median` and `likely` (8 in 10) of a row of quantiles, without the noun."""
    return {
        "median": say.count(noun, round(row[0.5]), bare=True),
        "likely": say.between(row[0.1], row[0.9], noun, bare=True),
    }


def say_why(page: Page, services: Services, forecast: Forecast, unit: Unit | None) -> None:
    """The reasons, the most telling first."""
    _level(page, forecast)
    if unit is not None and forecast.measure == "occupancy" and not forecast.history.empty:
        _turnover(page, services, forecast, unit)
    _weekday(page, forecast)
    _holidays(page, services, forecast)
    _schools(page, services, forecast)
    _episode(page, forecast)
    if forecast.measure == "nurse_hours":
        _nursing(page, services, forecast, unit)
    _methods(page, forecast)


def _level(page: Page, forecast: Forecast) -> None:
    say, noun, drivers = page.wording, NOUNS[forecast.measure], forecast.drivers
    if drivers.change is not None:
        small = abs(drivers.change) < STEADY * drivers.level or round(drivers.change, 1) == 0
        key = "forecast.level_same" if small else f"forecast.level_{'up' if drivers.change > 0 else 'down'}"
        page.reason(key, mean=say.count(noun, drivers.level), change=say.count(noun, abs(drivers.change), bare=True))
    slope = drivers.trend_per_week
    if slope is not None and abs(slope) >= max(STEADY * drivers.level, 0.1):
        key = f"forecast.trend_{'up' if slope > 0 else 'down'}"
        page.reason(key, slope=say.count(noun, abs(slope), bare=True))


def _turnover(page: Page, services: Services, forecast: Forecast, unit: Unit) -> None:
    """What moved the census since last week: who came, who left."""
    last = time_of(forecast.history.index[-1]).date()
    moved = turnover(census_member(services.store, unit.code, forecast.made_at), last)
    if moved.came + moved.left == 0:
        return
    say = page.wording
    page.reason(
        "forecast.turnover",
        came=say.count("patient", moved.came),
        left=say.count("patient", moved.left, bare=True),
        came_before=say.count("patient", moved.came_before, bare=True),
        left_before=say.count("patient", moved.left_before, bare=True),
    )


def _weekday(page: Page, forecast: Forecast) -> None:
    say, noun, drivers = page.wording, NOUNS[forecast.measure], forecast.drivers
    if drivers.weekday_clear and drivers.highest and drivers.lowest:
        weekdays = say.word("weekdays").split("|")
        page.reason(
            "forecast.weekday",
            high=weekdays[drivers.highest.weekday],
            high_by=say.count(noun, drivers.highest.effect, bare=True),
            low=weekdays[drivers.lowest.weekday],
            low_by=say.count(noun, abs(drivers.lowest.effect), bare=True),
        )


def _holidays(page: Page, services: Services, forecast: Forecast) -> None:
    """The first public holiday among the days forecast."""
    place = services.forecast.holidays
    if not place or not round(forecast.holiday_effect, 1):
        return
    days = pd.DatetimeIndex(forecast.quantiles.index)
    names = holiday_names(place, days[0].year, days[-1].year)
    found = next((day for day in days if day.date() in names), None)
    if found is not None:
        effect = page.wording.count(NOUNS[forecast.measure], forecast.holiday_effect, bare=True)
        day = page.wording.short_day(found.to_pydatetime())
        page.reason("forecast.holiday", day=day, name=str(names[found.date()]), effect=effect)


def _schools(page: Page, services: Services, forecast: Forecast) -> None:
    """The first day without school among the days forecast."""
    terms = services.forecast.school_terms
    if not terms or not round(forecast.school_effect, 1):
        return
    days = pd.DatetimeIndex(forecast.quantiles.index)
    free = days[no_school(days[0], len(days), terms)]
    if len(free):
        effect = page.wording.count(NOUNS[forecast.measure], forecast.school_effect, bare=True)
        page.reason("forecast.school", day=page.wording.short_day(time_of(free[0])), effect=effect)


def _episode(page: Page, forecast: Forecast) -> None:
    episode = similar_episode(forecast.history) if not forecast.fallback_code else None
    if episode is None:
        return
    say = page.wording
    page.reason(
        "forecast.episode",
        day=say.day(episode.end),
        change=say.count(NOUNS[forecast.measure], abs(episode.change), bare=True),
        way=say.word("higher" if episode.change >= 0 else "lower"),
    )


def _nursing(page: Page, services: Services, forecast: Forecast, unit: Unit | None) -> None:
    hours = nursing_hours(services.store, unit, forecast.made_at)
    key = "forecast.nursing" if hours.acuity_known else "forecast.nursing_no_acuity"
    page.reason(key, hours=page.wording.count("nursing_hour", hours.per_patient))
    if hours.assumed:
        page.caveat("forecast.nursing_assumed")


def _methods(page: Page, forecast: Forecast) -> None:
    for name, share in forecast.shares.items():
        if share >= _WORTH_TELLING:
            page.reason(f"forecast.{name}", share=page.wording.percent(100 * share))
    if forecast.accuracy.widened >= _WIDER:
        page.caveat("forecast.widened", factor=page.wording.number(forecast.accuracy.widened))
