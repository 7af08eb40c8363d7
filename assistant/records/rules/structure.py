"""Conformance of the database itself: tables, columns, keys and types are those of the program."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, false, func, inspect, select

from assistant.records import tables as t
from assistant.records.rules.kinds import ohdsi
from assistant.records.rules.records import Records, RowTest
from assistant.records.rules.rule import Case, Checked, Severity

MISSING_TABLE = ohdsi("missing_table", "cdmTable", Severity.ERROR)
MISSING_COLUMN = ohdsi("missing_column", "cdmField", Severity.ERROR)
WRONG_TYPE = ohdsi("wrong_type", "cdmDatatype", Severity.ERROR)
DUPLICATE_KEY = ohdsi("duplicate_key", "isPrimaryKey", Severity.ERROR)
RULES = (MISSING_TABLE, MISSING_COLUMN, WRONG_TYPE, DUPLICATE_KEY)

CHECKED = (
    t.units, t.beds, t.staff, t.shifts, t.absences, t.wishes, t.roster, t.stock,
    t.movements, t.patients, t.stays, t.waits, t.links,
)  # fmt: skip
_STORED_AS = {
    "Integer": ("integer",),
    "BigInteger": ("integer",),
    "Boolean": ("integer",),
    "Float": ("real", "integer"),
}


def check(records: Records) -> Iterator[Checked]:
    """Tables and columns that should be there, keys that are unique, numbers that are numbers."""
    seen = inspect(records.store.engine)
    there = set(seen.get_table_names())
    missing = tuple(Case(table.name) for table in CHECKED if table.name not in there)
    yield Checked(MISSING_TABLE, "database", len(CHECKED), len(missing), missing)
    for table in CHECKED:
        if table.name not in there:
            continue
        columns = {column["name"] for column in seen.get_columns(table.name)}
        lacking = tuple(Case(f"{table.name}.{c.name}") for c in table.columns if c.name not in columns)
        yield Checked(MISSING_COLUMN, table.name, len(table.columns), len(lacking), lacking)
        if not lacking:
            yield from _rows(records, table, bool(seen.get_pk_constraint(table.name)["constrained_columns"]))


def _rows(records: Records, table: Table, keyed: bool) -> Iterator[Checked]:
    yield from records.scan(table, _typed(records.store.engine.dialect.name, table))
    yield _keys(records, table, records.count(table), keyed)


def _typed(dialect: str, table: Table) -> list[RowTest]:
    """Whether numbers are stored as numbers. PostgreSQL sees to it; SQLite stores whatever it is given."""
    columns = [(column, _STORED_AS.get(type(column.type).__name__, ())) for column in table.columns]

    def wrong(column: Column[Any], kinds: tuple[str, ...]) -> ColumnElement[bool]:
        return func.typeof(column).not_in(kinds) if dialect == "sqlite" else false()

    return [RowTest(WRONG_TYPE, c, wrong(c, kinds), c.is_not(None)) for c, kinds in columns if kinds]


def _keys(records: Records, table: Table, rows: int, keyed: bool) -> Checked:
    """Rows that share their key with another; where the database itself forbids it there is nothing to count."""
    key = list(table.primary_key.columns)
    field = f"{table.name} ({', '.join(column.name for column in key)})"
    if keyed:
        return Checked(DUPLICATE_KEY, field, rows)
    query = select(*key, func.count()).group_by(*key).having(func.count() > 1)
    double = records.read(query)
    cases = tuple(Case(f"{table.name} " + "/".join(map(str, row[:-1])), str(row[-1])) for row in double)
    return Checked(DUPLICATE_KEY, field, rows, sum(row[-1] for row in double), cases)
