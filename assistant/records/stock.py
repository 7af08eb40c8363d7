"""Stock of consumables: what is there, what a day uses, when it expires."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class StockLevel:
    """One lot of one item as counted on a day.

    Attributes:
        item: Unique code, e.g. `MASK-N95`.
        on_hand: Counted pieces in `unit_of_measure`.
        used_per_day: Mean use a day over the weeks before the count.
        reorder_point: Order when the item's total falls to this (None: not set).
        lead_time_days: Days from order to delivery (None: not known).
        lot, expiry: Empty / None where the item does not expire.
    """

    item: str
    name: str
    as_of: date
    on_hand: float
    unit_of_measure: str = "piece"
    used_per_day: float | None = None
    reorder_point: float | None = None
    lead_time_days: float | None = None
    category: str = ""
    lot: str = ""
    expiry: date | None = None
    name_zh: str = ""
