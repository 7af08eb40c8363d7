"""What is in stock, for how long it lasts, and what expires next."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

import pandas as pd

from assistant.records.stock import StockLevel
from assistant.records.stock_bookings import bookings, brought_forward
from assistant.records.store import Store

COLUMNS = [
    "item", "name", "name_zh", "unit_of_measure", "on_hand", "used_per_day", "days_left",
    "reorder_point", "lead_time_days", "next_expiry", "below_reorder", "as_of",
]  # fmt: skip


def stock(store: Store, item: str | None = None, at: datetime | None = None) -> pd.DataFrame:
    """What there is of each item at `at` (default: the records' clock, or the latest count).

    The latest count, brought forward by what was booked in and out since (`stock_bookings`).

    Returns:
        A row per item. `on_hand` adds up the lots that have not expired, as of `as_of`; `days_left` is how long that
        lasts from `at` on with the mean use (NaN where the use is not known or nothing is used); `below_reorder` is
        true at or below the reorder point.
    """
    levels = store.stock(item)
    clock = store.clock()
    moment = at or clock
    counted = [x for x in levels if moment is None or x.as_of <= moment.date()] or levels
    by_item: dict[str, list[StockLevel]] = defaultdict(list)
    for level in brought_forward(counted, bookings(store, item, moment.date() if moment else None)):
        by_item[level.item].append(level)
    rows = [_row(lots, moment.date() if moment else None) for lots in by_item.values()]
    return pd.DataFrame(rows, columns=COLUMNS)


def latest_lots(levels: list[StockLevel]) -> list[StockLevel]:
    """The lots of one item as of its latest count."""
    newest = max(level.as_of for level in levels)
    return [level for level in levels if level.as_of == newest]


def _row(levels: list[StockLevel], today: date | None) -> tuple[object, ...]:
    lots = latest_lots(levels)
    as_of = lots[0].as_of
    day = max(today or as_of, as_of)
    usable = [lot for lot in lots if lot.expiry is None or lot.expiry >= day]
    on_hand = sum(lot.on_hand for lot in usable)
    used = _largest(lot.used_per_day for lot in lots)
    reorder = _largest(lot.reorder_point for lot in lots)
    days_left = max(0.0, on_hand / used - (day - as_of).days) if used else float("nan")
    expiries = [lot.expiry for lot in usable if lot.expiry and lot.on_hand > 0]
    return (
        lots[0].item,
        lots[0].name,
        lots[0].name_zh,
        lots[0].unit_of_measure,
        on_hand,
        _or_nan(used),
        days_left,
        _or_nan(reorder),
        _or_nan(_largest(lot.lead_time_days for lot in lots)),
        min(expiries) if expiries else None,
        reorder is not None and on_hand <= reorder,
        as_of,
    )


def _largest(values: Iterable[float | None]) -> float | None:
    """The largest known value; the figures of an item are repeated on each of its lots."""
    known = [value for value in values if value is not None]
    return max(known) if known else None


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
