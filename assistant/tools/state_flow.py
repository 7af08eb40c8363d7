"""show_state for flow: admissions, discharges, transfers, lengths of stay."""

import math
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from assistant.records import state
from assistant.records.times import resolve
from assistant.tools.page import Page
from assistant.tools.periods import Period, period
from assistant.tools.services import Services
from assistant.tools.state_beds import census_source, emergency_units, line_chart, nothing_yet
from assistant.tools.tables import plain_rows, rows_of, time_of
from assistant.tools.tool import Context, Outcome
from assistant.tools.wording import Said, wording

if TYPE_CHECKING:
    from assistant.tools.show_state import ShowStateArguments

_NOUN = {"admissions": "admission", "discharges": "discharge", "transfers": "transfer"}
_SECOND = timedelta(seconds=1)


def flow(services: Services, arguments: "ShowStateArguments", context: Context) -> Outcome:
    """Admissions, discharges or transfers a day over a period."""
    unit = services.unit(arguments.unit)
    span = period(arguments.start or arguments.at, arguments.end, context.at, services.tools.history_days)
    page = Page(wording(context.language), census_source(services, context, min(span.end, context.at)))
    say = page.wording
    if span.start >= context.at:
        return nothing_yet(page, say.day(span.start), context)
    span = Period(span.start, min(span.end, context.at))
    code = unit.code if unit else None
    series = state.flows(services.store, arguments.measure, span.start, span.end, code)
    where = say.unit(unit) if unit else say.word("whole_hospital")
    total = int(series.sum())
    _headline(page, arguments, where, series, span, context)
    _range(page, series, span, _NOUN[arguments.measure])
    _before(page, services, arguments.measure, span, code)
    if span.end == context.at:
        page.caveat("flow.today_incomplete", at=say.moment(context.at))
    chart = line_chart(
        f"{where}: {say.word(arguments.measure)}", say.word("axis_day"), say.word("axis_per_day"), series
    )
    return page.outcome({"rows": chart["points"], "total": total}, charts=[chart])


def _headline(
    page: Page, arguments: "ShowStateArguments", where: str, series: pd.Series, span: Period, context: Context
) -> None:
    """The total; where only a past day was named, that day's, and then what has been added since."""
    say, noun = page.wording, _NOUN[arguments.measure]
    whole = say.span(span.start, span.end - _SECOND)
    total = say.count(noun, int(series.sum()))
    first = resolve(arguments.start or arguments.at or "now", context.at)
    # "Yesterday" may mean yesterday or since yesterday; both are told.
    if not arguments.end and not first.exact and first.end - first.start <= _DAY and len(series) > 1:
        day = say.count(noun, int(series.iloc[0]))
        page.headline(f"flow.{arguments.measure}", where=where, total=day, span=say.span(span.start, span.start))
        page.reason("flow.since", total=total, span=whole)
    else:
        page.headline(f"flow.{arguments.measure}", where=where, total=total, span=whole)


def _range(page: Page, series: pd.Series, span: Period, noun: str) -> None:
    """Mean, lowest and highest day, of days that lie in the period from midnight to midnight."""
    say, midnight = page.wording, time()
    first = span.start if span.start.time() == midnight else datetime.combine(span.start.date(), midnight) + _DAY
    whole = series[(series.index >= first) & (series.index <= span.end - _DAY)]
    if len(whole) < 2:
        return
    page.reason(
        "flow.range" if len(whole) == len(series) else "flow.range_complete",
        days=say.count("day", len(whole)),
        mean=say.count(noun, whole.mean(), bare=True),
        low=say.count(noun, whole.min(), bare=True),
        low_day=say.short_day(time_of(whole.idxmin())),
        high=say.count(noun, whole.max(), bare=True),
        high_day=say.short_day(time_of(whole.idxmax())),
    )


def _before(page: Page, services: Services, measure: str, span: Period, unit: str | None) -> None:
    """The same period as many whole days earlier as it is long, hour by hour alike."""
    days = math.ceil(span.days)
    shift = timedelta(days=days)
    before = int(state.flows(services.store, measure, span.start - shift, span.end - shift, unit).sum())
    if before:  # zero also where the records do not reach so far back
        say = page.wording
        page.reason("flow.before", days=say.count("day", days), before=say.count(_NOUN[measure], before))


_DAY = timedelta(days=1)


def length_of_stay(services: Services, arguments: "ShowStateArguments", context: Context) -> Outcome:
    """How long stays that ended in the period lasted: the unit's, or all units' with the longest and the shortest."""
    unit = services.unit(arguments.unit)
    span = period(arguments.start or arguments.at, arguments.end, context.at, services.tools.history_days)
    end = min(span.end, context.at)
    page = Page(wording(context.language), census_source(services, context, end))
    say = page.wording
    if span.start >= context.at:
        return nothing_yet(page, say.day(span.start), context, forecast=False)
    table = state.length_of_stay(services.store, span.start, end, unit.code if unit else None)
    period_said = say.span(span.start, end - _SECOND)
    if table.empty or not table.stays.sum():
        where = say.unit(unit) if unit else say.word("whole_hospital")
        page.headline("length_of_stay.none", where=where, span=period_said)
        return page.outcome({"rows": []})
    table = table.sort_values("mean_days", ascending=False)
    if unit:
        row = rows_of(table)[0]
        values = {"unit": say.unit(unit), "stays": say.count("stay", row.stays), "mean": say.stay(row.mean_days)}
        page.headline("length_of_stay.unit", **values, span=period_said)
        page.reason("length_of_stay.spread", median=say.stay(row.median_days), p90=say.stay(row.p90_days))
    else:
        _all_stays(page, services, table, period_said)
    page.caveat("length_of_stay.caveat")
    return page.outcome({"rows": plain_rows(table)})


def _all_stays(page: Page, services: Services, table: pd.DataFrame, span: Said) -> None:
    """Longest and shortest of the units with beds, then every unit; emergency stays take hours and would win always."""
    say = page.wording
    wards = table[~table.unit.isin(emergency_units(services))]
    wards = wards if len(wards) else table

    def named(row: Any) -> Said:
        return say.unit(services.unit_by_code(str(row.unit)))

    longest, shortest = rows_of(wards)[0], rows_of(wards)[-1]
    page.headline(
        "length_of_stay.house" if len(wards) > 1 else "length_of_stay.house_one",
        longest=named(longest),
        most=say.stay(longest.mean_days),
        shortest=named(shortest),
        least=say.stay(shortest.mean_days),
        stays=say.count("stay", wards.stays.sum()),
        span=span,
    )
    for row in rows_of(table):
        page.row(
            "length_of_stay.row",
            unit=named(row),
            stays=say.count("stay", row.stays),
            mean=say.stay(row.mean_days),
            median=say.stay(row.median_days),
            p90=say.stay(row.p90_days),
        )
    page.caveat("length_of_stay.transit")
