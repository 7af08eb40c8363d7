"""Texts that stand for nothing, texts in a broken encoding, and codes that lost their leading zeros."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Table, func, or_, select

from assistant.records import tables as t
from assistant.records.csv_files import SENTINELS
from assistant.records.rules.kinds import own
from assistant.records.rules.records import Records, RowTest
from assistant.records.rules.rule import Case, Category, Checked, Severity

PLACEHOLDER = own("placeholder_kept", Category.CONFORMANCE, Severity.WARNING)
BROKEN_TEXT = own("broken_text", Category.CONFORMANCE, Severity.WARNING)
LEADING_ZERO = own("leading_zero", Category.CONFORMANCE, Severity.WARNING)
PLACEHOLDER_NUMBER = own("placeholder_number", Category.CONFORMANCE, Severity.ERROR)
RULES = (PLACEHOLDER, BROKEN_TEXT, LEADING_ZERO, PLACEHOLDER_NUMBER)

# UTF-8 read as Latin-1 ("Ã©", "ä¸­"), and the sign that decoders put where they gave up.
_BROKEN = ("\ufffd", "Ã\u00a9", "Ã¼", "Ã¤", "Ã¶", "Ã\u0178", "Â\u00a0", "ä¸", "å\u008c", "ç\u0097", "é\u0099", "锟斤拷")
_TEXTS: dict[Table, tuple[str, ...]] = {
    t.units: ("unit", "name", "name_zh"),
    t.beds: ("room", "bed"),
    t.staff: ("staff", "name", "name_zh"),
    t.stock: ("item", "name", "name_zh", "lot"),
    t.stays: ("unit", "room", "bed"),
}
_NUMBERS = (t.stock.c.on_hand, t.stock.c.used_per_day, t.stock.c.lead_time_days, t.staff.c.hours_per_week)
_NO_NUMBERS = (-999999, -99999, -9999, -999, 999999, 9999999)


def check(records: Records) -> Iterator[Checked]:
    """All of it, a scan for each table."""
    for table, names in _TEXTS.items():
        columns = [table.c[name] for name in names]
        yield from records.scan(
            table, [test for column in columns for test in (_stands_for_nothing(column), _broken(column))]
        )
    for number in _NUMBERS:
        test = RowTest(PLACEHOLDER_NUMBER, number, number.in_(_NO_NUMBERS), number.is_not(None))
        yield from records.scan(number.table, [test])
    yield _leading_zeros(records)


def _stands_for_nothing(column: Column[Any]) -> RowTest:
    """`?`, `NA`, `-999999` and the like in place of a name or number."""
    return RowTest(PLACEHOLDER, column, func.lower(column).in_(sorted(SENTINELS)), column != "")


def _broken(column: Column[Any]) -> RowTest:
    return RowTest(BROKEN_TEXT, column, or_(*(column.contains(sign) for sign in _BROKEN)), column != "")


def _leading_zeros(records: Records) -> Checked:
    """Beds that a feed writes without the zeros with which they are declared (spreadsheets take them away)."""
    s, b = t.stays.c, t.beds.c
    declared = {tuple(row) for row in records.read(select(b.unit, b.room, b.bed))}
    bare = {(unit, room.lstrip("0"), bed.lstrip("0")): (room, bed) for unit, room, bed in declared}
    told = records.read(select(s.unit, s.room, s.bed).where(s.bed != "").distinct())
    lost = []
    for unit, room, bed in sorted(map(tuple, told)):
        meant = bare.get((unit, room.lstrip("0"), bed.lstrip("0")))
        if (unit, room, bed) not in declared and meant:
            lost.append(Case(f"beds {unit}/{meant[0]}/{meant[1]}", f"told as {unit}/{room}/{bed}"))
    return Checked(LEADING_ZERO, "stays (room, bed)", len(told), len(lost), tuple(lost))
