"""forecast_demand: quantiles for the coming days, with accuracy so far."""

import math
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from assistant.forecast.arrivals import HOURLY_DAYS
from assistant.forecast.result import Forecast
from assistant.records.names import find_item
from assistant.records.units import Unit
from assistant.tools.arguments import Arguments, copied
from assistant.tools.check_words import NOUNS
from assistant.tools.forecast_hours import hours_chart, say_hours
from assistant.tools.forecast_words import median_and_range, say_why
from assistant.tools.given import give_forecast
from assistant.tools.open_beds import open_beds
from assistant.tools.page import Page
from assistant.tools.services import Services
from assistant.tools.tables import time_of
from assistant.tools.tool import Context, Outcome, Source, Tool
from assistant.tools.wording import wording

Measure = Literal["admissions", "discharges", "occupancy", "ed_arrivals", "nurse_hours", "supply_use"]
# From this chance (in percent) of more patients than beds on, a person should prepare, although it is not expected.
WORTH_A_STEP = 10
# Days listed in the text; the chart has all of them.
LISTED = 14


class ForecastDemandArguments(Arguments):
    """Arguments of forecast_demand."""

    measure: Measure = Field(description="What to forecast.")
    unit: str | None = copied("Unit by code or name; empty for the whole hospital.")
    item: str | None = copied("Stock item (measure supply_use).")
    days: int = Field(default=7, ge=1, le=60, description="Days ahead.")


def forecast_demand(services: Services, arguments: ForecastDemandArguments, context: Context) -> Outcome:
    """The forecast as facts: the level, the peak with its interval, the risk of being over the beds, the accuracy."""
    unit = services.unit(arguments.unit)
    forecast = give_forecast(
        services, arguments.measure, unit.code if unit else None, arguments.days, context.at, arguments.item
    )
    say = wording(context.language)
    about = forecast.item or (unit.code if unit else "all")
    source = Source(
        f"forecast:{arguments.measure}:{about}",
        "forecast",
        say.word("source_forecast"),
        version=say.word("method_simple" if forecast.fallback_code else "method_seasonal"),
        as_of=context.at.isoformat(timespec="minutes"),
    )
    page = Page(say, source)
    where = _where(page, services, forecast, unit)
    _headline(page, forecast, where)
    beds = open_beds(services, unit, context.at) if arguments.measure == "occupancy" else 0
    if beds:
        _against_beds(page, services, forecast, beds)
    _days(page, forecast)
    if arguments.measure == "ed_arrivals" and arguments.days <= HOURLY_DAYS:
        say_hours(page, forecast)
    _units(page, services, forecast)
    say_why(page, services, forecast, unit)
    _accuracy(page, forecast)
    charts = [_chart(page, forecast, where, beds)]
    if not forecast.hours.empty:
        charts.append(hours_chart(page, forecast, where))
    data = {"forecast": forecast.to_json(), "beds_open": beds}
    return page.outcome(data, charts=charts)


def _where(page: Page, services: Services, forecast: Forecast, unit: Unit | None) -> str:
    """The unit, the whole hospital, or the item whose use is forecast."""
    say = page.wording
    if forecast.item:
        level = find_item(services.store, forecast.item)
        return level.name_zh if say.language == "zh" and level.name_zh else level.name
    return say.unit(unit) if unit else say.word("whole_hospital")


def _headline(page: Page, forecast: Forecast, where: str) -> None:
    """One day; several that read the same once rounded; or the span of the expected counts with the fullest day."""
    say, median = page.wording, forecast.quantiles[0.5]
    peak = time_of(median.idxmax())
    noun, low, high = NOUNS[forecast.measure], forecast.quantiles[0.1], forecast.quantiles[0.9]
    common = {
        "item" if forecast.item else "where": where,
        "span": say.span(median.index[0], median.index[-1]),
        "low": say.number(median.min(), noun, 0),
        "high": _amount(page, forecast, round(median.max())),
    }
    if len(median) == 1:
        page.headline(
            f"forecast.{forecast.measure}_day", **common, peak=say.between(low[peak], high[peak], noun, bare=True)
        )
    elif round(median.min()) == round(median.max()):
        # The widest range holds on each day with the chance of its own range or more.
        page.headline(
            f"forecast.{forecast.measure}_flat", **common, peak=say.between(low.min(), high.max(), noun, bare=True)
        )
    else:
        page.headline(
            f"forecast.{forecast.measure}",
            **common,
            peak_day=say.short_day(peak),
            peak=say.between(low[peak], high[peak], noun, bare=True),
        )


def _amount(page: Page, forecast: Forecast, number: float) -> str:
    """A count with its noun, or an amount of an item in its unit of measure."""
    say = page.wording
    return say.amount(number, forecast.counts) if forecast.item else say.count(NOUNS[forecast.measure], number)


def chance_above(quantiles: pd.Series, limit: float) -> float:
    """Chance in percent that the quantity exceeds `limit`, from its quantiles (levels as index), interpolated.

    Beyond the outer quantiles nothing is known, so the result stays between the outer levels.
    """
    levels = [float(level) for level in quantiles.index]
    values = quantiles.to_numpy(float)
    if limit < values[0]:
        return 100 * (1 - levels[0])
    if limit >= values[-1]:
        return 100 * (1 - levels[-1])
    return 100 * (1 - float(np.interp(limit, values, levels)))


def _against_beds(page: Page, services: Services, forecast: Forecast, beds: int) -> None:
    """The risk that counts: more patients than open beds, and the day it is highest."""
    say = page.wording
    risks = forecast.quantiles.apply(lambda row: chance_above(row, beds), axis=1)
    worst = time_of(risks.idxmax())
    risk, outer = float(risks[worst]), 100 * float(min(forecast.quantiles.columns))
    key = "forecast.risk" if risk > WORTH_A_STEP else "forecast.risk_small"
    # Beyond the outer quantile nothing is known but that the chance is higher still.
    key = "forecast.risk_most" if risk >= 100 - outer else key
    # Never told as more certain than the outer quantiles are: 97.5 is "97 or more", 2.5 is "3 at most".
    shown = math.floor(risk) if risk >= 100 - outer else math.ceil(risk)
    page.reason(key, beds=say.count("open_bed", beds), risk=say.percent(shown), day=say.short_day(worst))
    full = services.tools.full_percent
    # Of whole patients, as the days are listed: a reader who divides must come to the same.
    over = int((100 * forecast.quantiles[0.5].round() / beds >= full).sum())
    if over:
        page.next_step("forecast.over_full_next", mark=say.percent(full), days=say.count("day", over))
    elif risk > WORTH_A_STEP:
        page.next_step("forecast.risk_next", day=say.short_day(worst))
    else:
        page.next_step("forecast.under_full_next", mark=say.percent(full))


def _days(page: Page, forecast: Forecast) -> None:
    """Each day, up to a fortnight; a single day stands in the headline."""
    say, noun, days = page.wording, NOUNS[forecast.measure], len(forecast.quantiles)
    if days == 1:
        return
    for day, row in forecast.quantiles.head(LISTED).iterrows():
        page.row(
            "forecast.row",
            day=say.short_day(time_of(day)),
            **median_and_range(say, row, noun),
        )
    if days > LISTED:
        page.row("forecast.more", days=say.count("day", days - LISTED))


def _units(page: Page, services: Services, forecast: Forecast) -> None:
    """Of the whole hospital: the units that it adds up from, on the first day, the largest first."""
    if not forecast.parts:
        return
    say, noun, first = page.wording, NOUNS[forecast.measure], forecast.quantiles.index[0]
    page.reason("forecast.adds_up", units=say.count("unit", len(forecast.parts)), day=say.short_day(time_of(first)))
    rows = {code: table.loc[first] for code, table in forecast.parts.items()}
    for code, row in sorted(rows.items(), key=lambda one: -one[1][0.5])[: services.tools.max_rows]:
        page.row(
            "forecast.row_unit",
            unit=say.unit_short(services.unit_by_code(code)),
            **median_and_range(say, row, noun),
        )


def _accuracy(page: Page, forecast: Forecast) -> None:
    say, noun, accuracy = page.wording, NOUNS[forecast.measure], forecast.accuracy
    if not forecast.history.empty:
        page.change("forecast.change", day=say.short_day(time_of(forecast.history.index[-1])))
    if forecast.measure == "occupancy":
        page.caveat("forecast.midnight")
    if accuracy.mae is not None and accuracy.coverage_80 is not None:
        page.caveat(
            "forecast.accuracy",
            folds=say.number(accuracy.folds, "forecast"),
            mae=say.count(noun, accuracy.mae, bare=True),
            coverage=say.percent(100 * accuracy.coverage_80),
        )
    if forecast.fallback:
        reason = say.words.get(f"fallback_{forecast.fallback_code}", forecast.fallback)
        page.caveat("forecast.fallback", reason=reason)


def _chart(page: Page, forecast: Forecast, where: str, beds: int) -> dict[str, Any]:
    say = page.wording
    return {
        **forecast.chart(),
        "title": f"{where}: {say.word(forecast.measure)}",
        "x_label": say.word("axis_day"),
        "y_label": say.word(f"axis_{NOUNS[forecast.measure]}s"),
        "marks": [beds] if beds else [],
        "mark_label": say.word("open_beds"),
    }


def make_tool(services: Services) -> Tool:
    """The tool with its records bound in."""
    return Tool(
        "forecast_demand",
        "Forecast the coming days: admissions, discharges, occupancy, emergency arrivals, with intervals.",
        ForecastDemandArguments,
        partial(forecast_demand, services),
    )
