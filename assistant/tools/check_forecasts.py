"""check_forecasts: the forecasts that were given, against what happened since."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import Any, Literal

import pandas as pd
from pydantic import Field

from assistant.forecast.kept import KeptForecast
from assistant.forecast.scoring import COVERS, Score, level_columns, score
from assistant.forecast.truth import weeks_that_came, what_came
from assistant.records.units import Unit
from assistant.tools.arguments import Arguments, copied
from assistant.tools.check_words import NOUNS, say_backtest, say_many, say_nothing_yet, say_one, say_plans, where_of
from assistant.tools.page import Page
from assistant.tools.plan_alerts import PlanAlert, plan_alerts
from assistant.tools.services import Services
from assistant.tools.tool import Context, Outcome, Source, Tool
from assistant.tools.wording import wording

DEFAULT_DAYS = 28
_NAMED = ("measure", "unit", "item", "region", "disease", "counts", "forecasts", "days")
_LONGEST = 98  # days ahead that a forecast may reach: how long before a day it may have been made


class CheckForecastsArguments(Arguments):
    """Arguments of check_forecasts."""

    measure: (
        Literal[
            "admissions", "discharges", "occupancy", "ed_arrivals", "nurse_hours", "supply_use",
            "cases", "recovered", "deaths", "hospital_admissions",
        ]
        | None
    ) = Field(default=None, description="Measure that was forecast.")  # fmt: skip
    unit: str | None = copied("Unit by code or name.")
    days: int | None = Field(default=None, ge=1, le=365, description="Days to look back.")


def check_forecasts(services: Services, arguments: CheckForecastsArguments, context: Context) -> Outcome:
    """Error, coverage and drift of the forecasts given, and the plans that rest on one that was wrong."""
    unit = services.unit(arguments.unit)
    say = wording(context.language)
    page = Page(
        say,
        Source(
            "forecast:check",
            "forecast",
            say.word("source_check"),
            as_of=context.at.isoformat(timespec="minutes"),
        ),
    )
    days = arguments.days or DEFAULT_DAYS
    since = context.at - timedelta(days=days)
    scores, waiting = _scores(services, arguments, unit, context, since)
    alerts = plan_alerts(services, context.at)
    span = say.span(since.date(), context.at.date() - timedelta(days=1))
    data: dict[str, Any] = {"scores": [_as_json(one) for one in scores], "plans": [_alert_json(a) for a in alerts]}
    charts: list[dict[str, Any]] = []
    if not scores:
        say_nothing_yet(page, span, waiting)
        data["backtest"] = say_backtest(page, services, arguments.measure or "occupancy", unit, context.at)
    elif len(scores) == 1:
        say_one(page, services, scores[0], span)
        charts = [_against_truth(page, services, scores[0]), _calibration(page, scores[0])]
    else:
        say_many(page, services, scores, span)
        charts = [_calibration(page, *scores)]
    say_plans(page, services, alerts)
    return page.outcome(data, charts=charts)


def _scores(
    services: Services, arguments: CheckForecastsArguments, unit: Unit | None, context: Context, since: Any
) -> tuple[list[Score], int]:
    """The scores of every series asked for, the worst covered first; and the forecasts whose days are still to come."""
    kept = [] if services.forecasts is None else services.forecasts.made(
        since.date() - timedelta(days=_LONGEST), context.at.date()
    )  # fmt: skip
    series: dict[tuple[str | None, ...], list[KeptForecast]] = defaultdict(list)
    for one in kept:
        asked = arguments.measure in (None, one.measure) and (unit is None or one.unit == unit.code)
        if asked and one.made_at <= context.at:
            series[one.series].append(one)
    found, waiting = [], 0
    for given in series.values():
        scored = score(given, _truth(services, given[0], context), since.date())
        found += [scored] if scored else []
        waiting += 0 if scored else len(given)
    return sorted(found, key=lambda one: (one.coverage.get(80, 1.0), -one.days)), waiting


def _truth(services: Services, one: KeptForecast, context: Context) -> pd.Series:
    """What was counted or reported by now of what one forecast told."""
    if one.region is not None and one.disease is not None:
        return weeks_that_came(services.store, one.region, one.disease, one.measure, context.at)
    return what_came(services.store, one.measure, one.unit, one.item, context.at, services.forecast)


def _against_truth(page: Page, services: Services, one: Score) -> dict[str, Any]:
    """What was forecast for each day by the forecast that knew most, and what came."""
    say = page.wording
    latest = one.rows.drop_duplicates("day", keep="first")
    days = [f"{day:%Y-%m-%d}" for day in latest["day"]]
    levels = level_columns(latest)
    weekly = one.step == "week"
    return {
        "kind": "fan",
        "title": f"{where_of(page, services, one)}: {say.word('chart_checked')}",
        "x_label": say.word("axis_week" if weekly else "axis_day"),
        "y_label": say.word("axis_a_week" if weekly else f"axis_{NOUNS[one.measure]}s"),
        "x": days,
        "quantiles": {f"{level:g}": [round(float(v), 2) for v in latest[level]] for level in levels},
        "history": {"x": days, "y": [round(float(v), 2) for v in latest["actual"]]},
        "y_unit": one.counts,
    }


def _calibration(page: Page, *scores: Score) -> dict[str, Any]:
    """How many days fell inside each interval, beside how many should have."""
    say = page.wording
    total = sum(one.days for one in scores)
    points = []
    for percent in COVERS:
        given = [one for one in scores if percent in one.coverage]
        days = sum(one.days for one in given)
        if days:
            inside = sum(one.coverage[percent] * one.days for one in given) / days
            points.append({"x": f"{percent} %", "y": round(100 * inside)})
    return {
        "kind": "bars",
        "title": f"{say.word('chart_calibration')} ({total})",
        "x_label": say.word("axis_promised"),
        "y_label": say.word("axis_inside"),
        "points": points,
        "marks": [float(percent) for percent in COVERS],
        "mark_labels": [say.word("mark_promised").replace("#", str(percent)) for percent in COVERS],
    }


def _as_json(one: Score) -> dict[str, Any]:
    rows = one.rows.assign(
        day=one.rows["day"].map(lambda day: f"{day:%Y-%m-%d}"),
        made_at=one.rows["made_at"].map(lambda at: pd.Timestamp(at).isoformat()),
    )
    names = {column: f"{column:g}" if isinstance(column, float) else column for column in rows.columns}
    drift = one.drift
    return {
        **{
            name: getattr(one, name)
            for name in ("measure", "unit", "item", "region", "disease", "counts", "forecasts", "days")
        },
        **{name: round(getattr(one, name), 3) for name in ("mae", "bias", "wis")},
        "coverage": {str(percent): round(share, 3) for percent, share in one.coverage.items()},
        "drift": None
        if drift is None
        else asdict(drift) | {"day": drift.day.isoformat(), "began": drift.began.isoformat()},
        "rows": rows.rename(columns=names).round(2).to_dict("records"),
    }


def _alert_json(alert: PlanAlert) -> dict[str, Any]:
    return asdict(alert) | {"day": alert.day.isoformat()}


def plan_words(alerts: Sequence[PlanAlert]) -> dict[str, str]:
    """One short line for each flagged plan, for the command line's list."""
    return {
        alert.proposal: f"plan again: on {alert.day} {alert.unit or 'the hospital'} had {alert.actual:.0f} patients, "
        f"forecast {alert.low:.0f} to {alert.high:.0f} ({alert.percent} %)"
        for alert in reversed(alerts)
    }


def make_tool(services: Services) -> Tool:
    """The tool with its records bound in."""
    return Tool(
        "check_forecasts",
        "Compare forecasts made with what happened.",
        CheckForecastsArguments,
        partial(check_forecasts, services),
    )
