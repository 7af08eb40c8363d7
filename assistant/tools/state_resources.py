"""show_state for what care rests on: staff on duty, and how good the data are."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from assistant.records import state
from assistant.records.units import Unit
from assistant.tools.page import Page
from assistant.tools.periods import moment
from assistant.tools.services import Services
from assistant.tools.tables import plain_rows, rows_of
from assistant.tools.tool import Context, Outcome
from assistant.tools.wording import Wording, wording

if TYPE_CHECKING:
    from assistant.tools.show_state import ShowStateArguments


def staffing(services: Services, arguments: "ShowStateArguments", context: Context) -> Outcome:
    """Nurses rostered on each shift of a day, beside what the ratios ask for."""
    unit = services.unit(arguments.unit)
    day = moment(arguments.at or arguments.start, context.at).date()
    say = wording(context.language)
    source = services.records_source("roster", say.word("source_roster"), context.at.isoformat(timespec="minutes"))
    page = Page(say, source)
    table = state.staffing(services.store, day, unit.code if unit else None)
    where = say.unit(unit) if unit else say.word("whole_hospital")
    if table.empty or not table.nurses.sum():
        page.headline("staffing.none", where=where, day=say.day(day))
        page.next_step("staffing.none_next")
        return page.outcome({"rows": plain_rows(table)})
    short = table[table.nurses < table.needed.fillna(0)]
    key = "staffing.headline_short" if len(short) else "staffing.headline"
    page.headline(
        key if table.needed.notna().any() else "staffing.headline_no_ratio",
        where=where,
        day=say.day(day),
        nurses=say.count("nurse_shift", table.nurses.sum()),
        short=say.count("shift", len(short)),
    )
    _shifts(page, services, table if unit else short, unit)
    page.caveat("staffing.caveat")
    if len(short):
        page.next_step("staffing.short_next")
    return page.outcome({"rows": plain_rows(table)})


def _shifts(page: Page, services: Services, table: pd.DataFrame, unit: Unit | None) -> None:
    """One row a shift; of the hospital only those that are short, with their unit."""
    say, limit = page.wording, services.tools.max_rows
    for row in rows_of(table.head(limit)):
        key = "staffing.row_unit" if unit else "staffing.row"
        page.row(key if pd.notna(row.needed) else f"{key}_no_ratio", **_staffing_values(say, services, row))
    if len(table) > limit:
        page.row("staffing.more", shifts=say.count("shift", len(table) - limit))


def _staffing_values(say: Wording, services: Services, row: Any) -> dict[str, str]:
    values = {
        "unit": say.unit(services.unit_by_code(str(row.unit))),
        "shift": _shift_name(say, services, row),
        "nurses": say.count("nurse", row.nurses),
        "patients": say.count("patient", row.patients),
    }
    if pd.notna(row.needed):
        values |= {"needed": say.count("nurse", row.needed, bare=True), "limit": say.count("patient", row.limit)}
    return values


def _shift_name(say: Wording, services: Services, row: Any) -> str:
    for shift in services.store.shifts(str(row.unit)):
        if shift.shift == row.shift:
            return (say.language == "zh" and shift.name_zh) or shift.name or shift.shift
    return str(row.shift_name or row.shift)
