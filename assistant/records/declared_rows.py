"""Stores what feeds declare beside movements: places, and beds, staff and stock movements that no CSV has declared.

What a person has handed in as CSV is worth more than what a feed says in passing: staff that is known stays as it is,
and a unit whose beds are declared gets no more beds, only word of which are open.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, tuple_

from assistant.records import tables as t
from assistant.records.findings import Finding
from assistant.records.writing import add_if_new, chunks, upsert

Row = dict[str, Any]
_FROM_FEED = "beds declared by feed: "  # mark of a unit whose beds a feed has declared


def store_declared(connection: Connection, rows: Sequence[tuple[str, Row]]) -> tuple[list[bool], list[Finding]]:
    """Store rows in their tables.

    Args:
        connection: In a transaction; the units that rows name are stored already.
        rows: Name of the table, and the row.

    Returns:
        For each row, whether it changed anything; and findings about rows that were not taken over.
    """
    changed = [False] * len(rows)
    by_table: dict[str, list[int]] = defaultdict(list)
    for number, (table, _) in enumerate(rows):
        by_table[table].append(number)
    findings: list[Finding] = []
    for name, numbers in by_table.items():
        told = [rows[number][1] for number in numbers]
        if name == "beds":
            flags, findings = _beds(connection, told)
        elif name == "places":
            flags = _upserted(connection, name, told)
        else:
            flags = _added(connection, name, told)
        for number, flag in zip(numbers, flags, strict=True):
            changed[number] = flag
    return changed, findings


def _keys(table: str) -> list[str]:
    return [column.name for column in t.metadata.tables[table].primary_key.columns]


def _held(connection: Connection, name: str, keys: Iterable[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    """Which of the keys the table holds."""
    table = t.metadata.tables[name]
    columns = [table.c[key] for key in _keys(name)]
    found: set[tuple[Any, ...]] = set()
    for part in chunks(list(dict.fromkeys(keys)), 300):
        found |= {tuple(row) for row in connection.execute(select(*columns).where(tuple_(*columns).in_(list(part))))}
    return found


def _added(connection: Connection, name: str, rows: Sequence[Row]) -> list[bool]:
    """Insert the rows whose key is not there."""
    keys = [tuple(row[key] for key in _keys(name)) for row in rows]
    held = _held(connection, name, keys)
    flags = []
    fresh: dict[tuple[Any, ...], Row] = {}
    for key, row in zip(keys, rows, strict=True):
        flags.append(key not in held and key not in fresh)
        fresh.setdefault(key, row)
    add_if_new(connection, t.metadata.tables[name], [row for key, row in fresh.items() if key not in held])
    return flags


def _upserted(connection: Connection, name: str, rows: Sequence[Row]) -> list[bool]:
    """Insert or replace the rows; the last of the same key holds."""
    by_key = {tuple(row[key] for key in _keys(name)): row for row in rows}
    flags = []
    for key, row in by_key.items():
        flags.append(sum(upsert(connection, t.metadata.tables[name], _keys(name), {key: row})) > 0)
    of_key = dict(zip(by_key, flags, strict=True))
    return [of_key[tuple(row[key] for key in _keys(name))] for row in rows]


def _beds(connection: Connection, rows: Sequence[Row]) -> tuple[list[bool], list[Finding]]:
    """Beds of units without declared beds are added; of others only whether they are open is taken over."""
    units = {row["unit"] for row in rows}
    b = t.beds.c
    held = {
        tuple(r[:3]): r[3] for r in connection.execute(select(b.unit, b.room, b.bed, b.open).where(b.unit.in_(units)))
    }
    marked = select(t.marks.c.name).where(t.marks.c.name.in_([_FROM_FEED + unit for unit in units]))
    by_feed = {name.removeprefix(_FROM_FEED) for name in connection.execute(marked).scalars()}
    declared = {unit for unit, _, _ in held} - by_feed
    flags, findings, fresh = [], [], {}
    for row in rows:
        address = row["unit"], row["room"], row["bed"]
        if address in held:
            flags.append(held[address] != row["open"])
            if flags[-1]:
                match = (b.unit == address[0]) & (b.room == address[1]) & (b.bed == address[2])
                connection.execute(t.beds.update().where(match).values(open=row["open"]))
                held[address] = row["open"]
        elif row["unit"] in declared:
            flags.append(False)
            findings.append(Finding("bed_not_declared", "warning", "/".join(address), "", "kept"))
        else:
            flags.append(address not in fresh)
            fresh[address] = row
    if fresh:
        add_if_new(connection, t.beds, [_whole(row) for row in fresh.values()])
        new = [
            {"name": _FROM_FEED + unit, "value": "yes"} for unit in {row["unit"] for row in fresh.values()} - by_feed
        ]
        if new:
            connection.execute(insert(t.marks), new)
    return flags, findings


def _whole(row: Mapping[str, Any]) -> Row:
    return {"isolation": False, "ventilator": False, "sex_rule": "same", **row}
