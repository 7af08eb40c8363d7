"""The sample hospital's stock on one day: lots, expiry, use, and a few items near or below their reorder point."""

import math
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from assistant.records.stock import StockLevel
from assistant.sample.stock_items import ITEMS, Item

# Items that are short at the count, as a share of the reorder point.
SHORT_ITEMS = {
    "MASK-N95": 0.72,
    "GOWN-ISO": 1.04,
    "PIPTAZ": 0.93,
    "RBC-O": 0.85,
    "NORADR": 1.02,
    "PLT": 1.00,
    "CANN-20G": 0.98,
}
_NEARLY_EXPIRED = ("CEFTRIAX", "INSULIN", "GLUC5-500")  # their oldest lot runs out before it is used up
_DAILY_SCATTER = 0.25  # standard deviation of a day's use, relative to its mean
_SAFETY = 1.64  # normal quantile for 95 % of lead times without a gap
SENTINEL = -999999.0  # what some systems send for "not counted"


def make_stock(today: date, patients: float, random: Random) -> list[StockLevel]:
    """Every lot of every item on `today`, for a hospital with this many patients on a usual day."""
    levels: list[StockLevel] = []
    for item in ITEMS:
        per_day = item.use * patients / 100 * random.uniform(0.92, 1.08)
        reorder = _reorder_point(per_day, item.lead_days)
        days_above = random.uniform(0.3, 1.2) if item.shelf_days and item.shelf_days < 10 else random.uniform(3, 24)
        total = SHORT_ITEMS[item.code] * reorder if item.code in SHORT_ITEMS else reorder + days_above * per_day
        levels += _lots(item, per_day, reorder, max(1.0, float(round(total))), today, random)
    return levels


def _reorder_point(per_day: float, lead_days: int) -> float:
    """Use during the lead time plus a safety stock (one day's review added), in whole pieces."""
    days = lead_days + 1
    return float(math.ceil(per_day * days + _SAFETY * _DAILY_SCATTER * per_day * math.sqrt(days) + 1))


def _lots(item: Item, per_day: float, reorder: float, total: float, today: date, random: Random) -> list[StockLevel]:
    """The item's lots, oldest first; the oldest is part used."""
    weights = [random.uniform(0.3, 0.8), *(random.uniform(0.8, 1.2) for _ in range(item.lots - 1))]
    counts = [round(total * weight / sum(weights)) for weight in weights]
    counts[-1] += int(total) - sum(counts)
    levels = []
    for position, count in enumerate(counts):
        lot, expiry = "", None
        if item.shelf_days:
            lot = f"{item.code[:3]}{today.year % 100}{random.randrange(10_000):04d}{'ABCD'[position]}"
            share = (position + random.uniform(0.4, 0.9)) / item.lots
            left = 4 if position == 0 and item.code in _NEARLY_EXPIRED else max(1, int(share * item.shelf_days))
            expiry = today + timedelta(days=left)
        levels.append(
            StockLevel(
                item=item.code,
                name=item.name,
                as_of=today,
                on_hand=float(count),
                unit_of_measure=item.measure,
                used_per_day=round(per_day, 1),
                reorder_point=reorder,
                lead_time_days=float(item.lead_days),
                category=item.category,
                lot=lot,
                expiry=expiry,
                name_zh=item.name_zh,
            )
        )
    return levels


def spoil_stock(
    levels: list[StockLevel], dirt: float, random: Random, planted: Counter[str]
) -> list[tuple[StockLevel, float]]:
    """Rows as they go into the file, with the count that is written; wrong rows come before the right ones.

    A wrong count is dated the day before, so that the newest count of the lot is always the right one.

    Args:
        levels: The right rows.
        dirt: Share of spoilt messages; stock rows are spoilt ten times as often, so that a year's files have some.
        random: Decides which rows.
        planted: Counts what was done.
    """
    rows: list[tuple[StockLevel, float]] = []
    for level in levels:
        draw = random.random() / min(1.0, 10 * dirt) if dirt > 0 else math.inf
        yesterday = replace(level, as_of=level.as_of - timedelta(days=1))
        if draw < 0.4:
            planted["repeated stock row"] += 1
            rows.append((level, level.on_hand))
        elif draw < 0.7:
            planted["negative stock count"] += 1
            rows.append((yesterday, -float(random.randint(1, 40))))
        elif draw < 1.0:
            planted["sentinel stock count"] += 1
            rows.append((yesterday, SENTINEL))
        rows.append((level, level.on_hand))
    return rows
