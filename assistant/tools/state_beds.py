"""show_state for beds: occupancy now and over a period."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from assistant.records import state
from assistant.records.units import Unit, UnitKind
from assistant.tools.page import Page
from assistant.tools.periods import period
from assistant.tools.services import Services
from assistant.tools.tables import plain_rows, rows_of, time_of
from assistant.tools.tool import Context, Outcome, Source
from assistant.tools.wording import Said, Wording, wording

if TYPE_CHECKING:  # the argument class lives with the tool that dispatches to these views
    from assistant.tools.show_state import ShowStateArguments

_DAY = timedelta(days=1)


def occupancy(services: Services, arguments: "ShowStateArguments", context: Context, at: datetime) -> Outcome:
    """How full a unit or the hospital is, now or over a period."""
    if arguments.start or arguments.end:
        return _occupancy_history(services, arguments, context)
    unit = services.unit(arguments.unit)
    page = Page(wording(context.language), census_source(services, context, at))
    table = state.occupancy(services.store, at, unit.code if unit else None)
    if table.empty:
        page.headline("occupancy.nothing", at=page.wording.moment(at))
        return page.outcome({"rows": []})
    past = at < context.at
    if unit:
        _unit_occupancy(page, services, unit, table.iloc[0], at, past)
    else:
        _house_occupancy(page, services, table, at, past)
    page.caveat("occupancy.caveat")
    return page.outcome({"rows": plain_rows(table)}, charts=[_bars(page.wording, table, services)])


def _unit_occupancy(page: Page, services: Services, unit: Unit, row: pd.Series, at: datetime, past: bool) -> None:
    say = page.wording
    common: dict[str, Any] = {
        "unit": say.unit(unit),
        "patients": say.count("patient", row.patients),
        "at": say.moment(at),
    }
    common["past"] = "past" if past else ""
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
    _mark(page, services, float(row.percent))
    if row.beds_closed:
        page.reason("occupancy.closed", closed=say.count("closed_bed", row.beds_closed))
    before = state.patients_present(services.store, at - _DAY)
    if before:  # empty where the records do not reach so far back
        page.reason("occupancy.day_before", before=say.count("patient", before.get(unit.code, 0)))
    if not past:
        _movements(page, services, at, unit)
        _next_step(page, services, float(row.percent))


def _mark(page: Page, services: Services, percent: float) -> None:
    """Where the figure stands against the hospital's own marks."""
    say, marks = page.wording, services.tools
    if percent >= marks.full_percent:
        page.reason("occupancy.over_full", mark=say.percent(marks.full_percent))
    elif percent >= marks.busy_percent:
        page.reason("occupancy.over_busy", mark=say.percent(marks.busy_percent))
    else:
        page.reason("occupancy.under_busy", mark=say.percent(marks.busy_percent))


def _next_step(page: Page, services: Services, percent: float) -> None:
    if percent >= services.tools.full_percent:
        page.next_step("occupancy.next_full")
    elif percent >= services.tools.busy_percent:
        page.next_step("occupancy.next_busy")


def _movements(page: Page, services: Services, at: datetime, unit: Unit | None) -> None:
    """What will change the count: those due to leave within a day by the records, and those who wait to come in."""
    say = page.wording
    leaving = _due(services, at, unit)
    waits = services.store.waiting(at, unit.code if unit else None)
    if unit is None:  # who waits in another ward's bed is counted already
        waits = waits[waits.from_unit.isin(emergency_units(services))]
    waiting = len(waits)
    if unit is None:
        key = "occupancy.house_leaving"
    elif leaving and waiting:
        key = "occupancy.leaving"
    else:
        key = "occupancy.leaving_only" if leaving else "occupancy.waiting_only"
        key = key if leaving or waiting else "occupancy.nobody_moves"
    page.change(
        key,
        leaving=say.count("patient", leaving),
        waiting=say.count("patient", waiting),
        until=say.short_moment(at + _DAY),
    )


def _due(services: Services, at: datetime, unit: Unit | None) -> int:
    """Patients whose expected end is past or within a day; emergency patients are not counted for the house."""
    here = services.store.stays(at, at + timedelta(seconds=1))
    here = here[here.end.isna() | (here.end > at)]
    if unit:  # noqa: SIM108
        here = here[here.unit == unit.code]
    else:
        here = here[~here.unit.isin(emergency_units(services))]
    return int((here.expected_end <= at + _DAY).sum())


def emergency_units(services: Services) -> set[str]:
    """Codes of the units whose bays are no beds that patients are admitted to."""
    return {unit.code for unit in services.store.units() if unit.kind is UnitKind.EMERGENCY}


def _house_occupancy(page: Page, services: Services, table: pd.DataFrame, at: datetime, past: bool) -> None:
    """The whole hospital; emergency departments have bays, not beds, and are listed but not counted."""
    say = page.wording
    wards = table[~table.unit.isin(emergency_units(services))]
    beds, patients = int(wards.beds_open.sum()), int(wards.patients.sum())
    common = {"patients": say.count("patient", patients), "at": say.moment(at), "past": "past" if past else ""}
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
        _full_units(page, services, wards)
    if not past:
        _movements(page, services, at, None)
    for row in rows_of(table.sort_values("percent", ascending=False, na_position="last")):
        _house_row(page, say.unit(services.unit_by_code(str(row.unit))), row)


def _full_units(page: Page, services: Services, wards: pd.DataFrame) -> None:
    """Which units are over the mark: those need somebody first."""
    say, mark = page.wording, services.tools.full_percent
    full = wards[wards.percent >= mark].sort_values("percent", ascending=False)
    if full.empty:
        page.reason("occupancy.house_none_full", mark=say.percent(mark))
        return
    names = [say.unit(services.unit_by_code(str(code))) for code in full.unit]
    page.reason(
        "occupancy.house_full", units=say.count("unit", len(full)), mark=say.percent(mark), list=say.listed(names)
    )


def _house_row(page: Page, unit: Said, row: Any) -> None:
    say = page.wording
    if row.beds_open:
        page.row(
            "occupancy.row",
            unit=unit,
            patients=say.number(row.patients, "patient"),
            beds=say.number(row.beds_open, "bed"),
            percent=say.percent(row.percent),
            free=say.number(max(0, row.free), "free_bed"),
        )
    elif row.patients:
        page.row("occupancy.row_no_beds", unit=unit, patients=say.count("patient", row.patients))


def _occupancy_history(services: Services, arguments: "ShowStateArguments", context: Context) -> Outcome:
    unit = services.unit(arguments.unit)
    span = period(arguments.start, arguments.end, context.at, services.tools.history_days)
    end = min(span.end, context.at)
    page = Page(wording(context.language), census_source(services, context, end))
    if span.start >= context.at:
        return nothing_yet(page, page.wording.day(span.start), context)
    say = page.wording
    # Four times a day, so that the daytime peak which a midnight count misses is seen.
    step = timedelta(hours=6) if span.days <= 60 else _DAY
    every = f"{step // timedelta(hours=1)}h"
    table = state.census_history(services.store, span.start, end, unit.code if unit else None, every=every)
    if unit is None:
        table = table.drop(columns=list(emergency_units(services)))
    series = table.sum(axis=1)
    name = say.unit(unit) if unit else say.word("whole_hospital")
    period_said = say.span(span.start, end - timedelta(seconds=1))
    if not series.any():
        page.headline("occupancy.history_none", unit=name, span=period_said)
        return page.outcome({"rows": []})
    key = "occupancy.history" if unit else "occupancy.history_house"
    page.headline(key, unit=name, span=period_said, mean=say.count("patient", series.mean()))
    page.reason(
        "occupancy.history_range",
        low=say.count("patient", series.min(), bare=True),
        low_at=say.short_moment(time_of(series.idxmin())),
        high=say.count("patient", series.max(), bare=True),
        high_at=say.short_moment(time_of(series.idxmax())),
    )
    page.caveat("occupancy.history_caveat", step=say.count("hour", step / timedelta(hours=1)))
    chart = line_chart(str(name), say.word("axis_time"), say.word("axis_patients"), series)
    return page.outcome({"rows": chart["points"]}, charts=[chart])


def nothing_yet(page: Page, start: Said, context: Context, forecast: bool = True) -> Outcome:
    """The answer to a question about a time that the records have not reached; `forecast`: there is one of it."""
    page.headline("occupancy.future", start=start, now=page.wording.moment(context.at))
    if forecast:
        page.next_step("occupancy.future_next")
    return page.outcome({"rows": []})


def needs_words(say: Wording, row: Any) -> str:
    """`isolation, ventilator, ` to go before the wait; empty without special needs."""
    marks = [say.word(mark) for mark in ("isolation", "ventilator") if getattr(row, mark)]
    return "".join(mark + say.word("comma") for mark in marks)


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
