"""show_state for beds: occupancy, free beds, waiting patients."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from assistant.records import state
from assistant.records.units import SexRule, Unit
from assistant.tools.page import Page
from assistant.tools.periods import moment, period
from assistant.tools.services import Services
from assistant.tools.tables import plain_rows, rows_of, time_of
from assistant.tools.tool import Context, Outcome, Source
from assistant.tools.wording import Wording, wording

if TYPE_CHECKING:  # the argument class lives with the tool that dispatches to these views
    from assistant.tools.show_state import ShowStateArguments


def occupancy(services: Services, arguments: "ShowStateArguments", context: Context) -> Outcome:
    """How full a unit or the hospital is, now or over a period."""
    if arguments.start or arguments.end:
        return _occupancy_history(services, arguments, context)
    at = moment(arguments.at, context.at)
    unit = services.unit(arguments.unit)
    page = Page(wording(context.language), census_source(services, context, at))
    table = state.occupancy(services.store, at, unit.code if unit else None)
    if table.empty:
        page.headline("occupancy.nothing", at=page.wording.moment(at))
        return page.outcome({"rows": []})
    if unit:
        _unit_occupancy(page, services, unit, table.iloc[0], at)
    else:
        _house_occupancy(page, services, table, at)
    return page.outcome({"rows": plain_rows(table)}, charts=[_bars(page.wording, table, services)])


def _unit_occupancy(page: Page, services: Services, unit: Unit, row: pd.Series, at: datetime) -> None:
    say = page.wording
    common = {"unit": say.unit(unit), "patients": say.count("patient", row.patients), "at": say.moment(at)}
    if not row.beds_open:
        page.headline("occupancy.unit_no_beds", **common)
        page.caveat("occupancy.no_beds_known")
        return
    page.headline(
        "occupancy.unit",
        **common,
        beds=say.count("open_bed", row.beds_open),
        percent=say.percent(row.percent),
        free=say.count("bed", max(0, row.free)),
    )
    if row.beds_closed:
        page.reason("occupancy.closed", closed=say.count("bed", row.beds_closed), unit=say.unit(unit))
    _mark(page, services, float(row.percent))


def _mark(page: Page, services: Services, percent: float) -> None:
    """Where the figure stands against the hospital's own marks."""
    say, marks = page.wording, services.tools
    if percent >= marks.full_percent:
        page.reason("occupancy.over_full", mark=say.percent(marks.full_percent))
    elif percent >= marks.busy_percent:
        page.reason("occupancy.over_busy", mark=say.percent(marks.busy_percent))
    else:
        page.reason("occupancy.under_busy", mark=say.percent(marks.busy_percent))


def _house_occupancy(page: Page, services: Services, table: pd.DataFrame, at: datetime) -> None:
    """The whole hospital; emergency departments have bays, not beds, and are listed but not counted."""
    say = page.wording
    emergency = {unit.code for unit in services.store.units() if unit.kind == "emergency"}
    wards = table[~table.unit.isin(emergency)]
    beds, patients = int(wards.beds_open.sum()), int(wards.patients.sum())
    common = {"patients": say.count("patient", patients), "at": say.moment(at)}
    if not beds:
        page.headline("occupancy.house_no_beds", **common)
    else:
        page.headline(
            "occupancy.house",
            **common,
            beds=say.count("open_bed", beds),
            percent=say.percent(100 * patients / beds),
            free=say.count("bed", max(0, int(wards.free.clip(lower=0).sum()))),
        )
    for row in rows_of(table.sort_values("percent", ascending=False, na_position="last")):
        unit = say.unit(services.unit_by_code(str(row.unit)))
        if row.beds_open:
            page.row(
                "occupancy.row",
                unit=unit,
                patients=say.number(row.patients, "patient"),
                beds=say.number(row.beds_open, "bed"),
                percent=say.percent(row.percent),
                free=say.number(max(0, row.free), "bed"),
            )
        elif row.patients:
            page.row("occupancy.row_no_beds", unit=unit, patients=say.count("patient", row.patients))


def _occupancy_history(services: Services, arguments: "ShowStateArguments", context: Context) -> Outcome:
    unit = services.unit(arguments.unit)
    span = period(arguments.start, arguments.end, context.at, services.tools.history_days)
    end = min(span.end, context.at)
    page = Page(wording(context.language), census_source(services, context, end))
    say = page.wording
    if span.start >= context.at:
        page.headline("occupancy.future", start=say.moment(span.start), now=say.moment(context.at))
        page.next_step("occupancy.future_next")
        return page.outcome({"rows": []})
    # Four times a day, so that the daytime peak which a midnight count misses is seen.
    every = "6h" if span.days <= 60 else "1D"
    table = state.census_history(services.store, span.start, end, unit.code if unit else None, every=every)
    series = table.sum(axis=1)
    name = say.unit(unit) if unit else say.word("whole_hospital")
    page.headline(
        "occupancy.history",
        unit=name,
        start=say.day(span.start),
        end=say.day(end - timedelta(seconds=1)),
        mean=say.count("patient", series.mean()),
    )
    page.reason(
        "occupancy.history_range",
        low=say.number(series.min(), "patient"),
        low_at=say.moment(time_of(series.idxmin())),
        high=say.number(series.max(), "patient"),
        high_at=say.moment(time_of(series.idxmax())),
    )
    chart = line_chart(str(name), say.word("axis_time"), say.word("axis_patients"), series)
    return page.outcome({"rows": chart["points"]}, charts=[chart])


def free_beds(services: Services, arguments: "ShowStateArguments", context: Context) -> Outcome:
    """Which open beds are free, and what they can take."""
    at = moment(arguments.at, context.at)
    unit = services.unit(arguments.unit)
    page = Page(wording(context.language), census_source(services, context, at))
    say = page.wording
    table = state.free_beds(services.store, at, unit.code if unit else None)
    where = say.unit(unit) if unit else say.word("whole_hospital")
    if not services.store.beds(unit.code if unit else None):
        page.headline("free_beds.none_known", where=where, at=say.moment(at))
        page.next_step("free_beds.none_known_next")
        return page.outcome({"rows": []})
    page.headline("free_beds.headline", beds=say.count("free_bed", len(table)), where=where, at=say.moment(at))
    if len(table):
        page.reason(
            "free_beds.kinds",
            isolation=say.count("bed", int(table.isolation.sum())),
            ventilator=say.count("bed", int(table.ventilator.sum())),
        )
    for code, rows in table.groupby("unit"):
        name = say.unit(services.unit_by_code(str(code)))
        shown = ", ".join(_bed_words(say, row) for row in rows_of(rows.head(services.tools.max_rows)))
        page.row("free_beds.row", unit=name, beds=say.count("bed", len(rows)), list=shown)
    page.caveat("free_beds.caveat")
    return page.outcome({"rows": plain_rows(table)})


def _bed_words(say: Wording, row: Any) -> str:
    """`2-04 (isolation, female room)`."""
    marks = [say.word(mark) for mark in ("isolation", "ventilator") if getattr(row, mark)]
    if row.room_sex and row.sex_rule != SexRule.ANY:
        marks.append(say.word(f"room_{str(row.room_sex)[:1].upper()}"))
    return f"{row.bed} ({say.listed(marks)})" if marks else str(row.bed)


def waiting(services: Services, arguments: "ShowStateArguments", context: Context) -> Outcome:
    """Who waits for a bed, since when, and with what needs."""
    at = moment(arguments.at, context.at)
    unit = services.unit(arguments.unit)
    page = Page(wording(context.language), census_source(services, context, at))
    say = page.wording
    table = services.store.waiting(at, unit.code if unit else None)
    where = say.unit(unit) if unit else say.word("whole_hospital")
    page.headline(
        "waiting.headline" if len(table) else "waiting.nobody",
        patients=say.count("patient", len(table)),
        where=where,
        at=say.moment(at),
    )
    if len(table):
        hours = (at - table.since).dt.total_seconds() / 3600
        page.reason("waiting.longest", longest=say.count("hour", hours.max()), mean=say.count("hour", hours.mean()))
    for row in rows_of(table.sort_values("since").head(services.tools.max_rows)):
        page.row(
            "waiting.row",
            patient=str(row.visit),
            target=say.unit(services.unit_by_code(str(row.to_unit))),
            place=say.unit(services.unit_by_code(str(row.from_unit))),
            needs=needs_words(say, row),
            hours=say.count("hour", (at - row.since) / timedelta(hours=1)),
        )
    if len(table):
        page.next_step("waiting.next")
    else:
        page.caveat("waiting.none")
    return page.outcome({"rows": plain_rows(table)})


def needs_words(say: Wording, row: Any) -> str:
    """`isolation, ventilator` or `no special needs`."""
    marks = [say.word(mark) for mark in ("isolation", "ventilator") if getattr(row, mark)]
    return say.listed(marks) if marks else say.word("no_needs")


def census_source(services: Services, context: Context, at: datetime) -> Source:
    """The census as a source."""
    title = wording(context.language).word("source_census")
    return services.records_source("census", title, at.isoformat(timespec="minutes"))


def line_chart(title: str, x_label: str, y_label: str, series: pd.Series) -> dict[str, Any]:
    """A line chart's specification; missing values are left out."""
    points = [{"x": time_of(x).isoformat(), "y": float(y)} for x, y in series.dropna().items()]
    return {"kind": "line", "title": title, "x_label": x_label, "y_label": y_label, "points": points}


def _bars(say: Wording, table: pd.DataFrame, services: Services) -> dict[str, Any]:
    known = table[table.beds_open > 0]
    return {
        "kind": "bars",
        "title": say.word("chart_occupancy"),
        "x_label": say.word("axis_unit"),
        "y_label": say.word("axis_percent"),
        "points": [{"x": str(row.unit), "y": round(float(row.percent), 1)} for row in rows_of(known)],
        "marks": [services.tools.busy_percent, services.tools.full_percent],
        "mark_labels": [say.word("mark_busy"), say.word("mark_full")],
    }
