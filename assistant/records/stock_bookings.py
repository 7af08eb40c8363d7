"""Brings counts of stock forward by what was booked in and out since, and finds the mean use out of the bookings."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select

from assistant.records import tables as t
from assistant.records.stock import StockLevel
from assistant.records.store import Store

_SIGNS = {"receipt": 1.0, "return": 1.0, "correction": 1.0, "issue": -1.0, "waste": -1.0}
_DAYS_OF_USE = 28  # bookings before the last one that the mean use is taken from


@dataclass(frozen=True)
class Booking:
    """One movement of stock; `quantity` in the item's unit of measure, of a correction with its sign."""

    item: str
    day: date
    kind: str
    quantity: float
    lot: str
    expiry: date | None

    @property
    def change(self) -> float:
        """What it adds to the stock."""
        return _SIGNS[self.kind] * self.quantity


def bookings(store: Store, item: str | None = None, until: date | None = None) -> list[Booking]:
    """Movements of stock up to a day, included; in order of their days."""
    c = t.stock_movements.c
    query = select(c.item, c.day, c.kind, c.quantity, c.lot, c.expiry).order_by(c.day, c.entry)
    query = query if item is None else query.where(c.item == item)
    return [Booking(*row) for row in store.read(query if until is None else query.where(c.day <= until))]


def brought_forward(levels: Sequence[StockLevel], booked: Sequence[Booking]) -> list[StockLevel]:
    """Counts, and where something was booked after an item's latest one, what there is since then, lot by lot.

    A count holds for the end of its day: bookings of that day are in it. A lot that falls below nothing counts as
    empty. The mean use is that of the bookings where the count names none.
    """
    newest: dict[str, date] = {}
    for level in levels:
        newest[level.item] = max(level.as_of, newest.get(level.item, level.as_of))
    by_item: dict[str, list[Booking]] = defaultdict(list)
    for booking in booked:
        by_item[booking.item].append(booking)
    found: list[StockLevel] = []
    for item, counted in newest.items():
        lots = [level for level in levels if level.item == item and level.as_of == counted]
        use = _mean_use(by_item[item])
        later = [booking for booking in by_item[item] if booking.day > counted]
        if later:
            found += [_with_use(level, use) for level in _after(lots, later)]
        found += [_with_use(level, use) for level in levels if level.item == item]
    return found


def _with_use(level: StockLevel, use: float | None) -> StockLevel:
    return replace(level, used_per_day=use) if level.used_per_day is None and use is not None else level


def _mean_use(booked: Sequence[Booking]) -> float | None:
    """Pieces issued a day over the four weeks up to the last booking; None without issues.

    Returns come off; a shorter history is divided by its own days.
    """
    issued = [x for x in booked if x.kind in ("issue", "return")]
    if not any(x.kind == "issue" for x in issued):
        return None
    last, first = max(x.day for x in booked), min(x.day for x in booked)
    begin = max(first, last - timedelta(days=_DAYS_OF_USE - 1))
    used = -sum(x.change for x in issued if x.day >= begin)
    return max(0.0, used / ((last - begin).days + 1))


def _after(lots: Sequence[StockLevel], booked: Sequence[Booking]) -> list[StockLevel]:
    """The lots as they are after the bookings; a lot that came in since is added."""
    as_of = max(booking.day for booking in booked)
    left = {level.lot: level for level in lots}
    for booking in booked:
        known = left.get(booking.lot)
        if known is None and not booking.lot and booking.change < 0:  # no lot said: what expires first goes first
            _take(left, -booking.change)
            continue
        known = known or replace(lots[0], lot=booking.lot, expiry=booking.expiry, on_hand=0.0)
        left[booking.lot] = replace(known, on_hand=max(0.0, known.on_hand + booking.change))
    return [replace(level, as_of=as_of) for level in left.values()]


def _take(left: dict[str, StockLevel], quantity: float) -> None:
    """Take a quantity out of the lots, those that expire first before the others."""
    for level in sorted(left.values(), key=lambda x: (x.expiry or date.max, x.lot)):
        taken = min(quantity, level.on_hand)
        left[level.lot] = replace(level, on_hand=level.on_hand - taken)
        quantity -= taken
