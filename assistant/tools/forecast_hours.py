"""Emergency arrivals by hour in sentences and as a chart."""

from typing import Any

import pandas as pd

from assistant.forecast.hourly import LEAST_DAYS
from assistant.forecast.result import Forecast
from assistant.tools.check_words import NOUNS
from assistant.tools.forecast_words import median_and_range
from assistant.tools.page import Page
from assistant.tools.tables import time_of

LISTED_HOURS = 24
"""Hours listed in the text; the chart has all of them."""


def say_hours(page: Page, forecast: Forecast) -> None:
    """The busiest and the quietest hour of each day, and each hour of the first one."""
    say, noun = page.wording, NOUNS[forecast.measure]
    if forecast.hours.empty:
        page.caveat("forecast.no_hours", days=say.count("day", LEAST_DAYS))
        return
    index = pd.DatetimeIndex(forecast.hours.index)
    for day in index.normalize().unique():
        hours = forecast.hours[index.normalize() == day]
        # By the 90 % quantile first: medians of small counts are often equal.
        busy = (hours[0.9] + hours[0.5] / 1000).to_numpy()
        most, least = hours.iloc[int(busy.argmax())], hours.iloc[int(busy.argmin())]
        page.reason(
            "forecast.hours",
            day=say.short_day(time_of(day)),
            high_hour=say.short_moment(time_of(most.name)),
            high=say.between(most[0.1], most[0.9], noun),
            low_hour=say.short_moment(time_of(least.name)),
            low=say.between(least[0.1], least[0.9], noun),
        )
    for hour, row in forecast.hours.head(LISTED_HOURS).iterrows():
        page.row(
            "forecast.row_hour",
            hour=say.short_moment(time_of(hour)),
            **median_and_range(say, row, noun),
        )
    if len(forecast.hours) > LISTED_HOURS:
        page.row("forecast.more_hours", hours=say.count("hour", len(forecast.hours) - LISTED_HOURS))


def hours_chart(page: Page, forecast: Forecast, where: str) -> dict[str, Any]:
    """A fan of the hours after the last two days."""
    say = page.wording
    return {
        **forecast.hour_chart(),
        "title": f"{where}: {say.word('choice_ed_arrivals')}, {say.word('by_hour')}",
        "x_label": say.word("axis_hour"),
        "y_label": say.word("axis_arrivals"),
        "marks": [],
    }
