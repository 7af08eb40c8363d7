"""show_state for stock: what is on hand, how long it lasts, and whether a delivery comes in time."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from assistant.records import state
from assistant.records.names import find_item
from assistant.tools.page import Page
from assistant.tools.services import Services
from assistant.tools.tables import plain_rows, rows_of
from assistant.tools.tool import Context, Outcome
from assistant.tools.wording import wording

if TYPE_CHECKING:
    from assistant.tools.show_state import ShowStateArguments


def stock(services: Services, arguments: "ShowStateArguments", context: Context, at: datetime) -> Outcome:
    """What is on hand, how long it lasts, what is at its reorder point."""
    say = wording(context.language)
    item = find_item(services.store, arguments.item) if arguments.item else None
    source = services.records_source("stock", say.word("source_stock"), at.isoformat(timespec="minutes"))
    page = Page(say, source)
    table = state.stock(services.store, item.item if item else None, at)
    if table.empty:
        page.headline("stock.none")
        return page.outcome({"rows": []})
    table = table.rename(columns={"name": "item_name"})
    if item:
        _one_item(page, rows_of(table)[0], at)
    else:
        _all_items(page, services, table)
    return page.outcome({"rows": plain_rows(table.rename(columns={"item_name": "name"}))})


def _name(page: Page, row: Any) -> str:
    return str(row.name_zh if page.wording.language == "zh" and row.name_zh else row.item_name)


def _gap(row: Any) -> bool:
    """The stock is used up before what is ordered now would arrive."""
    return bool(pd.notna(row.days_left) and pd.notna(row.lead_time_days) and row.days_left < row.lead_time_days)


def _one_item(page: Page, row: Any, at: datetime) -> None:
    say, measure = page.wording, str(row.unit_of_measure)
    values = {"item": _name(page, row), "on_hand": say.amount(row.on_hand, measure)}
    if pd.isna(row.days_left):
        page.headline("stock.item_no_use", **values)
    else:
        page.headline(
            "stock.item" if row.days_left > 0 else "stock.item_gone",
            **values,
            days=say.count("day", row.days_left),
            used=say.amount(row.used_per_day, measure),
            until=say.day(at + timedelta(days=float(row.days_left))),
        )
        page.caveat("stock.count_caveat", day=say.day(pd.Timestamp(row.as_of)))
    if pd.notna(row.reorder_point):
        page.reason("stock.below" if row.below_reorder else "stock.above", point=say.amount(row.reorder_point, measure))
    if pd.notna(row.lead_time_days):
        page.reason("stock.lead_gap" if _gap(row) else "stock.lead", days=say.count("day", row.lead_time_days))
    if pd.notna(row.next_expiry):
        page.reason("stock.expiry", day=say.day(pd.Timestamp(row.next_expiry)))
    page.change("stock.change")
    if _gap(row):
        page.next_step("stock.order_gap_next")
    elif row.below_reorder:
        page.next_step("stock.order_next")


def _all_items(page: Page, services: Services, table: pd.DataFrame) -> None:
    """Items at their reorder point, the first to run out at the top: those need somebody today."""
    say, limit = page.wording, services.tools.max_rows
    low = table[table.below_reorder.fillna(False).astype(bool)].sort_values("days_left")
    items = say.count("item", len(table))
    if low.empty:
        page.headline("stock.headline_none", items=items)
    else:
        page.headline("stock.headline", items=items, low=say.count("item", len(low)))
    gaps = sum(_gap(row) for row in rows_of(low))
    if gaps:
        page.reason("stock.gap", gap=say.count("item", gaps))
    for row in rows_of(low.head(limit)):
        _row(page, row)
    if len(low) > limit:
        page.row("stock.more", items=say.count("item", len(low) - limit))
    page.change("stock.change")
    if len(low):
        page.next_step("stock.next")


def _row(page: Page, row: Any) -> None:
    say, measure = page.wording, str(row.unit_of_measure)
    values = {
        "item": _name(page, row),
        "on_hand": say.amount(row.on_hand, measure),
        "point": say.number(row.reorder_point, measure),
    }
    if pd.isna(row.days_left):
        page.row("stock.row_no_use", **values)
        return
    values["days"] = say.count("day", row.days_left)
    if _gap(row):
        page.row("stock.row_gap", **values, lead=say.count("day", row.lead_time_days))
    else:
        page.row("stock.row", **values)
