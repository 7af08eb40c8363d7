"""show_state for what care needs: staff on duty, stock, and how good the data are."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from assistant.records import state
from assistant.records.names import find_item
from assistant.tools.page import Page
from assistant.tools.periods import moment
from assistant.tools.services import Services
from assistant.tools.tables import plain_rows, rows_of
from assistant.tools.tool import Context, Outcome
from assistant.tools.wording import wording

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
    page.headline(
        "staffing.headline_short" if len(short) else "staffing.headline",
        where=where,
        day=say.day(day),
        nurses=say.count("nurse_shift", table.nurses.sum()),
        short=say.count("shift", len(short)),
    )
    shown = table if unit else short
    for row in rows_of(shown.head(services.tools.max_rows)):
        page.row(
            "staffing.row" if pd.notna(row.needed) else "staffing.row_no_ratio", **_staffing_values(say, services, row)
        )
    page.caveat("staffing.caveat")
    return page.outcome({"rows": plain_rows(table)})


def _staffing_values(say: Any, services: Services, row: Any) -> dict[str, str]:
    values = {
        "unit": say.unit(services.unit_by_code(str(row.unit))),
        "shift": str(row.shift_name or row.shift),
        "nurses": say.count("nurse", row.nurses),
        "patients": say.count("patient", row.patients),
    }
    if pd.notna(row.needed):
        values |= {"needed": say.number(row.needed, "nurse"), "limit": say.number(row.limit, "patients per nurse")}
    return values


def stock(services: Services, arguments: "ShowStateArguments", context: Context) -> Outcome:
    """What is on hand, how long it lasts, what is at its reorder point."""
    say = wording(context.language)
    item = find_item(services.store, arguments.item) if arguments.item else None
    at = moment(arguments.at, context.at)
    source = services.records_source("stock", say.word("source_stock"), at.isoformat(timespec="minutes"))
    page = Page(say, source)
    table = state.stock(services.store, item.item if item else None, at)
    if table.empty:
        page.headline("stock.none")
        return page.outcome({"rows": []})
    if item:
        _one_item(page, table.iloc[0])
    else:
        _all_items(page, services, table)
    return page.outcome({"rows": plain_rows(table)})


def _item_name(say: Any, row: Any) -> str:
    name = row.name_zh if say.language == "zh" and row.name_zh else row.item_name
    return str(name)


def _one_item(page: Page, row: Any) -> None:
    say = page.wording
    name = row["name_zh"] if say.language == "zh" and row["name_zh"] else row["name"]
    values = {
        "item": str(name),
        "on_hand": say.number(row.on_hand, str(row.unit_of_measure)),
        "measure": str(row.unit_of_measure),
    }
    if pd.notna(row.days_left):
        page.headline(
            "stock.item", **values, days=say.count("day", row.days_left), used=say.number(row.used_per_day, "per day")
        )
    else:
        page.headline("stock.item_no_use", **values)
    if pd.notna(row.reorder_point):
        page.reason(
            "stock.below" if row.below_reorder else "stock.above",
            point=say.number(row.reorder_point, str(row.unit_of_measure)),
        )
    if pd.notna(row.lead_time_days):
        page.reason("stock.lead", days=say.count("day", row.lead_time_days))
    if pd.notna(row.next_expiry):
        page.caveat("stock.expiry", day=say.day(pd.Timestamp(row.next_expiry)))


def _all_items(page: Page, services: Services, table: pd.DataFrame) -> None:
    """Items at their reorder point first: those need somebody today."""
    say = page.wording
    table = table.rename(columns={"name": "item_name"})
    low = table[table.below_reorder.fillna(False).astype(bool)].sort_values("days_left")
    page.headline("stock.headline", items=say.count("item", len(table)), low=say.number(len(low), "item"))
    for row in rows_of(low.head(services.tools.max_rows)):
        page.row(
            "stock.row",
            item=_item_name(say, row),
            on_hand=say.number(row.on_hand, str(row.unit_of_measure)),
            point=say.number(row.reorder_point, str(row.unit_of_measure)),
            days=say.count("day", row.days_left if pd.notna(row.days_left) else 0),
        )
    if len(low):
        page.next_step("stock.next")


def data_quality(services: Services, arguments: "ShowStateArguments", context: Context) -> Outcome:
    """What the import found and did: by rule, most frequent first."""
    say = wording(context.language)
    source = services.records_source("quality", say.word("source_quality"), context.at.isoformat(timespec="minutes"))
    page = Page(say, source)
    table = state.data_quality(services.store)
    if table.empty:
        page.headline("data_quality.clean")
        return page.outcome({"rows": []})
    quarantined = table[table.action == "quarantined"]["count"].sum()
    page.headline(
        "data_quality.headline",
        findings=say.count("finding", table["count"].sum()),
        rules=say.count("rule", table.rule.nunique()),
        quarantined=say.number(int(quarantined), "finding"),
    )
    by_rule = table.rename(columns={"count": "found"}).sort_values("found", ascending=False)
    for row in rows_of(by_rule.head(services.tools.max_rows)):
        key = f"quality_{row.rule}"
        page.row(
            "data_quality.row",
            rule=say.words.get(key, str(row.rule).replace("_", " ")),
            count=say.number(row.found, "finding"),
            action=say.words.get(f"action_{row.action}", str(row.action)),
        )
    page.next_step("data_quality.next")
    return page.outcome({"rows": plain_rows(table)})
