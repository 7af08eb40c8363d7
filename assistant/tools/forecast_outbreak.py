"""forecast_outbreak: quantiles for the coming weeks of a disease in a region, from surveillance series."""

from functools import partial
from typing import Any, Literal

from pydantic import Field

from assistant.forecast.outbreak.region import OutbreakForecast
from assistant.records.surveillance import (
    SeriesName,
    disease_called,
    find_disease,
    find_region,
    needed_series,
    series_names,
)
from assistant.tools.arguments import Arguments, copied
from assistant.tools.given import give_outbreak
from assistant.tools.page import Page
from assistant.tools.services import Services
from assistant.tools.tables import time_of
from assistant.tools.tool import Context, Outcome, Source, Tool, Value
from assistant.tools.wording import Said, Wording, wording

_NOUN = {"cases": "case", "recovered": "recovery", "deaths": "death", "hospital_admissions": "hospital_admission"}
_STEADY = 0.05  # a weekly growth below this share is told as steady: reports vary that much by themselves


class ForecastOutbreakArguments(Arguments):
    """Arguments of forecast_outbreak."""

    measure: Literal["cases", "recovered", "deaths", "hospital_admissions"] = Field(description="What to forecast.")
    disease: str | None = copied("Disease, e.g. influenza, COVID-19.")
    region: str | None = copied("Region or country.")
    weeks: int = Field(default=4, ge=1, le=12, description="Weeks ahead.")


def forecast_outbreak(services: Services, arguments: ForecastOutbreakArguments, context: Context) -> Outcome:
    """The forecast as facts: what to expect, level and trend, season, what goes before it, accuracy, limits."""
    names = tuple(series_names(services.store))
    chosen, left = _chosen(names, arguments)
    forecast = give_outbreak(services, chosen, arguments.weeks, context.at, names)
    say = wording(context.language)
    source = Source(
        f"surveillance:{chosen.region}:{chosen.disease}:{chosen.measure}",
        "forecast",
        say.word("source_surveillance"),
        section=f"{chosen.region}, {disease_called(chosen.disease, context.language)}",
        version=say.word("method_outbreak"),
        as_of=f"{forecast.history.index[-1]:%Y-%m-%d}",
    )
    page = Page(say, source)
    _headline(page, forecast)
    _course(page, forecast)
    _rows(page, forecast)
    _limits(page, forecast)
    if left:
        page.next_step("outbreak.others", names=_listed(say, left))
    else:
        page.next_step("outbreak.next")
    return page.outcome({"forecast": forecast.to_json()}, charts=[_chart(say, forecast)])


def _chosen(names: tuple[SeriesName, ...], asked: ForecastOutbreakArguments) -> tuple[SeriesName, list[str]]:
    """The series meant, and the diseases or regions that it was chosen from where the question names none.

    Not named: the longest series, of equals the one with the highest counts.
    """
    wanted: dict[str, str] = {"measure": asked.measure}
    if asked.disease:
        known = sorted({name.disease for name in names})
        wanted["disease"] = find_disease(known, asked.disease) if known else asked.disease
    if asked.region:
        known = sorted({name.region for name in names})
        wanted["region"] = find_region(known, asked.region) if known else asked.region
    found = needed_series(names, wanted)
    first = found[0]
    left = sorted({name.disease for name in found} - {first.disease}) if not asked.disease else []
    if not asked.region:
        left += sorted({name.region for name in found if name.disease == first.disease} - {first.region})
    return first, left


def _headline(page: Page, forecast: OutbreakForecast) -> None:
    say, last = page.wording, forecast.quantiles.iloc[-1]
    noun = _NOUN[forecast.name.measure]
    page.headline(
        "outbreak.headline",
        disease=_disease(say, forecast.name),
        region=_region(forecast.name),
        median=say.count(noun, round(last[0.5])),
        day=say.day(time_of(forecast.quantiles.index[-1])),
        range=say.between(last[0.1], last[0.9], noun, bare=True),
    )


def _course(page: Page, forecast: OutbreakForecast) -> None:
    """Level and trend; the season; what goes before it."""
    say, history = page.wording, forecast.history.dropna()
    noun = _NOUN[forecast.name.measure]
    common = {"last": say.count(noun, round(history.iloc[-1])), "day": say.short_day(time_of(history.index[-1]))}
    if forecast.growth is None:
        page.reason("outbreak.level", **common)
    else:
        steady = abs(forecast.growth) < _STEADY
        key = "steady" if steady else "rising" if forecast.growth > 0 else "falling"
        page.reason(f"outbreak.level_{key}", **common, growth=say.percent(100 * abs(forecast.growth)))
    up = sum(change > 0 for change in forecast.season)
    if len(forecast.season) == 1:
        page.reason(f"outbreak.season_{'rose' if up else 'fell'}")
    elif forecast.season:
        page.reason("outbreak.season", years=say.count("year", len(forecast.season)), up=say.number(up, "year", 0))
    if forecast.leads:
        page.reason(
            "outbreak.leads",
            measure=say.word(f"measure_{forecast.leads.measure}"),
            weeks=say.count("week", forecast.leads.weeks),
        )


def _rows(page: Page, forecast: OutbreakForecast) -> None:
    """Each week; a single one stands in the headline."""
    say, noun = page.wording, _NOUN[forecast.name.measure]
    if len(forecast.quantiles) == 1:
        return
    for week, row in forecast.quantiles.iterrows():
        page.row(
            "outbreak.row",
            day=say.short_day(time_of(week)),
            median=say.count(noun, round(row[0.5]), bare=True),
            likely=say.between(row[0.1], row[0.9], noun, bare=True),
        )


def _limits(page: Page, forecast: OutbreakForecast) -> None:
    """What would make it wrong, how good it was, what was mended."""
    say, noun, mended = page.wording, _NOUN[forecast.name.measure], forecast.mended
    page.change("outbreak.change", day=say.short_day(time_of(forecast.history.index[-1])))
    if forecast.error is not None and forecast.coverage is not None:
        page.caveat(
            "outbreak.accuracy",
            folds=say.number(forecast.origins, "forecast", 0),
            mae=say.count(noun, forecast.error, bare=True),
            coverage=say.percent(100 * forecast.coverage),
        )
    else:
        page.caveat("outbreak.no_accuracy")
    if forecast.bridged:
        page.caveat("outbreak.bridged", weeks=say.count("week", forecast.bridged))
    if mended.mended:
        page.caveat("outbreak.mended", days=say.count("report", mended.mended))
    if mended.missing_weeks:
        page.caveat("outbreak.missing", weeks=say.count("week", mended.missing_weeks))


def _chart(say: Wording, forecast: OutbreakForecast) -> dict[str, Any]:
    name = forecast.name
    return {
        **forecast.chart(),
        "title": f"{name.region}: {disease_called(name.disease, say.language)}, {say.word(f'measure_{name.measure}')}",
        "x_label": say.word("axis_week"),
        "y_label": say.word("axis_a_week"),
        "y_unit": _NOUN[name.measure],
        "marks": [],
    }


def _disease(say: Wording, name: SeriesName) -> Said:
    return Said(disease_called(name.disease, say.language), Value("", name.disease, "disease"))


def _region(name: SeriesName) -> Said:
    return Said(name.region, Value("", name.region, "region"))


def _listed(say: Wording, names: list[str]) -> str:
    words = [disease_called(name, say.language) for name in names]
    return say.word("comma").join(words)


def make_tool(services: Services) -> Tool:
    """The tool with its records bound in."""
    return Tool(
        "forecast_outbreak",
        "Forecast an outbreak by week and region.",
        ForecastOutbreakArguments,
        partial(forecast_outbreak, services),
    )
