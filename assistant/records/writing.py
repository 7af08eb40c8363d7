"""Writing to the store: rows only if they are new, changed rows in place, and the fingerprint that follows."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Select, Table, bindparam, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine

from assistant.records import tables as t
from assistant.records.findings import Finding

_MOST_VALUES = 5_000  # values in one IN list; SQLite's limit is 32,766 and PostgreSQL's 65,535
_WRITERS_LOCK = 4_207_001  # any number that all writers of a PostgreSQL store share
_FINGERPRINT = select(t.marks.c.value).where(t.marks.c.name == "fingerprint")
_NEW_FINGERPRINT = update(t.marks).where(t.marks.c.name == "fingerprint")
Item = TypeVar("Item")


def chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items, `size` at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


@contextmanager
def writing_to(engine: Engine, durable: bool = False) -> Iterator[Connection]:
    """A transaction of the only writer: what it looks up stays true until it commits.

    Args:
        engine: Of the store.
        durable: The commit waits until the disk has it, for what is acknowledged to a sender. Without it, SQLite may
            lose the last commits when the power fails, never part of one.
    """
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS_LOCK})")
        yield connection
        connection.commit()


def add_if_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; those whose key is there already are left as they are (another process may have been first)."""
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), list(rows))


def existing(
    connection: Connection, column: Column[Any], values: Iterable[str], *others: Column[Any]
) -> dict[Any, Any]:
    """Which of the values the column holds, each with the other column named (or True)."""
    found: dict[Any, Any] = {}
    query = _lookup(column, others)
    for part in chunks(list(values), _MOST_VALUES):
        for row in connection.execute(query, {"values": part}):
            found[row[0]] = row[1] if others else True
    return found


@lru_cache(maxsize=64)
def _lookup(column: Column[Any], others: tuple[Column[Any], ...]) -> Select[Any]:
    """Built once: for a single message, building a query takes longer than running it."""
    return select(column, *others).where(column.in_(bindparam("values", expanding=True)))


def upsert(
    connection: Connection, table: Table, key: Sequence[str], rows: Mapping[tuple[Any, ...], dict[str, Any]]
) -> tuple[int, int]:
    """Store rows under their keys.

    Returns:
        How many were new and how many replaced other values.
    """
    columns = [table.c[name] for name in key]
    names = [column.name for column in table.columns]
    held: dict[tuple[Any, ...], dict[str, Any]] = {}
    for part in chunks(list(rows), 300):
        for found in connection.execute(select(table).where(tuple_(*columns).in_(list(part)))):
            values = dict(zip(names, found, strict=True))
            held[tuple(values[name] for name in key)] = values
    new = [row for at, row in rows.items() if at not in held]
    changed = [(at, row) for at, row in rows.items() if at in held and not row.items() <= held[at].items()]
    if new:
        connection.execute(insert(table), new)
    for at, row in changed:
        matches = [column == value for column, value in zip(columns, at, strict=True)]
        connection.execute(table.update().where(*matches).values(**row))
    return len(new), len(changed)


def add_findings(connection: Connection, findings: Iterable[Finding]) -> None:
    """Keep findings; the same one is kept once, however often the file is imported."""
    at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    unique = {(f.rule, f.place, f.value): f for f in (finding.clipped() for finding in findings)}
    rows = [{**vars(finding), "at": at} for finding in unique.values()]
    add_if_new(connection, t.findings, rows)


def move_fingerprint(connection: Connection, what: str) -> None:
    """Fold what was just stored into the fingerprint of the records."""
    before = connection.execute(_FINGERPRINT).scalar() or ""
    after = hashlib.sha256(f"{before}{what}".encode()).hexdigest()
    if before:
        connection.execute(_NEW_FINGERPRINT, {"value": after})
    else:
        connection.execute(insert(t.marks), {"name": "fingerprint", "value": after})
