"""Checked forecasts in sentences."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from assistant.errors import ToolError
from assistant.forecast.demand import forecast_demand
from assistant.forecast.scoring import Score
from assistant.records.surveillance import disease_called
from assistant.records.units import Unit
from assistant.tools.page import Page
from assistant.tools.plan_alerts import PlanAlert
from assistant.tools.services import Services
from assistant.tools.tool import Value
from assistant.tools.wording import Said

NOUNS = {
    "occupancy": "patient",
    "admissions": "admission",
    "discharges": "discharge",
    "ed_arrivals": "arrival",
    "nurse_hours": "nursing_hour",
    "supply_use": "used",
    "cases": "case",
    "recovered": "recovery",
    "deaths": "death",
    "hospital_admissions": "hospital_admission",
}
FEW_DAYS = 10
"""Below this number of days (or weeks) a share says little; it is told with that warning and no judgement."""
_CLEAR = 2.0
"""Standard errors by which a coverage must be off before it is called too narrow or too wide."""
_BACKTEST_DAYS = 7


def say_one(page: Page, services: Services, one: Score, span: Said) -> None:
    """One series: error, coverage by interval, which way it was off, drift."""
    say, noun = page.wording, NOUNS[one.measure]
    page.headline(
        "check.headline" if one.step == "day" else "check.headline_week",
        where=where_of(page, services, one),
        what=_what(page, one),
        span=span,
        forecasts=say.count("forecast", one.forecasts),
        days=say.count(one.step, one.rows["day"].nunique()),
        mae=say.count(noun, one.mae, bare=True),
        inside=say.percent(100 * one.coverage.get(80, 0.0)),
        level=say.percent(80),
    )
    low, high = one.coverage.get(50), one.coverage.get(95)
    if low is not None and high is not None:
        page.reason(
            "check.coverage",
            inner=say.percent(100 * low),
            inner_level=say.percent(50),
            outer=say.percent(100 * high),
            outer_level=say.percent(95),
        )
    page.reason("check.wis", wis=say.count(noun, one.wis, bare=True))
    if round(one.bias, 1):
        page.reason(f"check.bias_{'up' if one.bias > 0 else 'down'}", bias=say.count(noun, abs(one.bias), bare=True))
    _verdict(page, one)
    _drift(page, one)


def say_many(page: Page, services: Services, scores: Sequence[Score], span: Said) -> None:
    """Several series: all together, then each, those furthest from their promise first."""
    say = page.wording
    scored = sum(one.days for one in scores)
    page.headline(
        "check.headline_many",
        span=span,
        series=say.count("series", len(scores)),
        forecasts=say.count("forecast", sum(one.forecasts for one in scores)),
        inside=say.percent(100 * sum(one.coverage.get(80, 0.0) * one.days for one in scores) / scored),
        level=say.percent(80),
    )
    for one in scores[: services.tools.max_rows]:
        drift = "check.row_drift" if one.drift and one.drift.still else "check.row"
        page.row(
            drift if one.step == "day" else f"{drift}_week",
            where=where_of(page, services, one),
            what=_what(page, one),
            days=say.count(one.step, one.rows["day"].nunique()),
            mae=say.count(NOUNS[one.measure], one.mae, bare=True),
            inside=say.percent(100 * one.coverage.get(80, 0.0)),
            level=say.percent(80),
        )
    if len(scores) > services.tools.max_rows:
        page.row("check.more", series=say.count("series", len(scores) - services.tools.max_rows))


def say_nothing_yet(page: Page, span: Said, waiting: int) -> None:
    """No forecast was given whose days have come."""
    if waiting:
        page.headline("check.waiting", span=span, forecasts=page.wording.count("forecast", waiting))
    else:
        page.headline("check.none", span=span)


def say_backtest(page: Page, services: Services, measure: str, unit: Unit | None, at: datetime) -> dict[str, Any]:
    """What the method would have said before, where nobody has asked it yet."""
    say = page.wording
    try:
        code = unit.code if unit else None
        forecast = forecast_demand(services.store, measure, code, _BACKTEST_DAYS, at, services.forecast)
    except ToolError:
        return {}
    accuracy = forecast.accuracy
    if accuracy.mae is None or accuracy.coverage_80 is None:
        return {}
    page.reason(
        "check.backtest",
        where=say.unit(unit) if unit else say.word("whole_hospital"),
        what=say.word(measure),
        folds=say.count("forecast", accuracy.folds),
        mae=say.count(NOUNS[measure], accuracy.mae, bare=True),
        inside=say.percent(100 * accuracy.coverage_80),
        level=say.percent(80),
    )
    return asdict(accuracy)


def say_plans(page: Page, services: Services, alerts: Sequence[PlanAlert]) -> None:
    """Plans to be made anew."""
    say = page.wording
    for alert in alerts[: services.tools.max_rows]:
        page.row(
            "check.plan",
            plan=Said(alert.proposal),
            unit=say.unit_short(services.unit_by_code(alert.unit or "")),
            day=say.short_day(alert.day),
            actual=say.count("patient", alert.actual),
            likely=say.between(alert.low, alert.high, "patient", bare=True),
            percent=say.percent(alert.percent),
        )
    if alerts:
        page.next_step("check.plan_next")


def _verdict(page: Page, one: Score) -> None:
    """Whether the intervals kept their promise, as far as so many days can tell."""
    say, inside = page.wording, one.coverage.get(80)
    days = one.rows["day"].nunique()
    if inside is None:
        return
    if days < FEW_DAYS:
        page.caveat("check.few", days=say.count(one.step, days))
        return
    error = (0.8 * 0.2 / days) ** 0.5
    if inside < 0.8 - _CLEAR * error:
        page.caveat("check.too_narrow")
    elif inside > 0.8 + _CLEAR * error:
        page.caveat("check.too_wide")
    else:
        page.caveat("check.as_promised")


def _drift(page: Page, one: Score) -> None:
    say, drift = page.wording, one.drift
    if drift is None:
        return
    key = f"check.drift_{'up' if drift.upward else 'down'}" if drift.still else "check.drift_over"
    page.reason(key, began=say.short_day(drift.began), day=say.short_day(drift.day))
    if drift.still:
        page.next_step("check.drift_next")


def where_of(page: Page, services: Services, one: Score) -> str:
    """Whose counts were forecast: a unit, the hospital, an item, a disease in a region."""
    say = page.wording
    if one.region is not None and one.disease is not None:
        named = Value("region", one.region, "region"), Value("disease", one.disease, "disease")
        return Said(f"{one.region}{say.word('comma')}{disease_called(one.disease, say.language)}", *named)
    if one.item:
        return Said(one.item)
    return say.unit(services.unit_by_code(one.unit)) if one.unit else say.word("whole_hospital")


def _what(page: Page, one: Score) -> str:
    return page.wording.word(one.measure if one.step == "day" else f"measure_{one.measure}")
