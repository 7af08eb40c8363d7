"""show_state for flow: admissions, discharges, transfers, lengths of stay."""

from datetime import timedelta
from typing import TYPE_CHECKING

from assistant.records import state
from assistant.tools.page import Page
from assistant.tools.periods import period
from assistant.tools.services import Services
from assistant.tools.state_beds import census_source, line_chart
from assistant.tools.tables import plain_rows, rows_of, time_of
from assistant.tools.tool import Context, Outcome
from assistant.tools.wording import wording

if TYPE_CHECKING:
    from assistant.tools.show_state import ShowStateArguments


def flow(services: Services, arguments: "ShowStateArguments", context: Context) -> Outcome:
    """Admissions, discharges or transfers a day over a period."""
    unit = services.unit(arguments.unit)
    span = period(arguments.start or arguments.at, arguments.end, context.at, services.tools.history_days)
    page = Page(wording(context.language), census_source(services, context, min(span.end, context.at)))
    say = page.wording
    if span.start >= context.at:
        page.headline("occupancy.future", start=say.moment(span.start), now=say.moment(context.at))
        page.next_step("occupancy.future_next")
        return page.outcome({"rows": []})
    end = min(span.end, context.at)
    series = state.flows(services.store, arguments.measure, span.start, end, unit.code if unit else None)
    where = say.unit(unit) if unit else say.word("whole_hospital")
    total = int(series.sum())
    page.headline(
        f"flow.{arguments.measure}",
        where=where,
        total=say.number(total, arguments.measure),
        start=say.day(span.start),
        end=say.day(end - timedelta(seconds=1)),
    )
    if len(series) > 1:
        page.reason(
            "flow.range",
            mean=say.number(series.mean(), "per day"),
            low=say.number(series.min(), "per day"),
            low_day=say.day(time_of(series.idxmin())),
            high=say.number(series.max(), "per day"),
            high_day=say.day(time_of(series.idxmax())),
        )
    if end == context.at:
        page.caveat("flow.today_incomplete", at=say.moment(context.at))
    chart = line_chart(
        f"{where}: {say.word(arguments.measure)}", say.word("axis_day"), say.word("axis_per_day"), series
    )
    return page.outcome({"rows": chart["points"], "total": total}, charts=[chart])


def length_of_stay(services: Services, arguments: "ShowStateArguments", context: Context) -> Outcome:
    """How long stays that ended in the period lasted."""
    unit = services.unit(arguments.unit)
    span = period(arguments.start, arguments.end, context.at, services.tools.history_days)
    page = Page(wording(context.language), census_source(services, context, min(span.end, context.at)))
    say = page.wording
    table = state.length_of_stay(services.store, span.start, span.end, unit.code if unit else None)
    if table.empty or not table.stays.sum():
        page.headline("length_of_stay.none", start=say.day(span.start), end=say.day(span.end - timedelta(seconds=1)))
        return page.outcome({"rows": []})
    page.headline(
        "length_of_stay.headline",
        stays=say.count("stay", table.stays.sum()),
        start=say.day(span.start),
        end=say.day(span.end - timedelta(seconds=1)),
    )
    for row in rows_of(table.sort_values("mean_days", ascending=False)):
        page.row(
            "length_of_stay.row",
            unit=say.unit(services.unit_by_code(str(row.unit))),
            stays=say.count("stay", row.stays),
            mean=say.count("day", row.mean_days),
            median=say.count("day", row.median_days),
            p90=say.count("day", row.p90_days),
        )
    page.caveat("length_of_stay.caveat")
    return page.outcome({"rows": plain_rows(table)})
