"""What the checks look at: the store, the limits, and the counting of rows that fail, one scan for each table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Table, and_, func, select, true

from assistant.records.rules.rule import Case, Checked, Rule
from assistant.records.settings import RecordsSettings
from assistant.records.store import Store
from assistant.records.wall import to_datetime

_TIMES = frozenset({"time", "recorded", "start", "end", "since", "until", "expected_end"})
MOST_CASES = 200  # kept of one check; the count is exact


@dataclass(frozen=True)
class RowTest:
    """Which rows of a table fail a rule.

    Attributes:
        field: Column the rule looks at; its raw value is shown.
        failing: True for a row that fails.
        among: Rows that the rule concerns; None: all.
    """

    rule: Rule
    field: Column[Any]
    failing: ColumnElement[bool]
    among: ColumnElement[bool] | None = None

    @property
    def both(self) -> ColumnElement[bool]:
        """Concerned, and failing."""
        return self.failing if self.among is None else and_(self.among, self.failing)


@dataclass(frozen=True)
class Records:
    """The store under check.

    Attributes:
        now: Wall-clock time of the check, UTC; the site's own clock is at most 14 hours ahead of it.
    """

    store: Store
    limits: RecordsSettings
    now: datetime

    @classmethod
    def of(cls, store: Store, limits: RecordsSettings | None = None, now: datetime | None = None) -> "Records":
        """The records as they are now."""
        return cls(store, limits or RecordsSettings(), now or datetime.now(UTC).replace(tzinfo=None))

    @cached_property
    def clock(self) -> datetime | None:
        """The records' clock; None without a feed."""
        return self.store.clock()

    def read(self, statement: Any) -> Sequence[Any]:
        """All rows of a query."""
        return self.store.read(statement)

    def count(self, table: Table, *where: ColumnElement[bool]) -> int:
        """Rows of a table."""
        return int(self.read(select(func.count()).select_from(table).where(*where))[0][0])

    def scan(self, table: Table, tests: Sequence[RowTest]) -> list[Checked]:
        """Check a table by many tests in one scan; cases are looked up only where rows fail."""
        if not tests:
            return []
        counts: list[Any] = []
        for test in tests:
            among = true() if test.among is None else test.among
            counts += [func.count().filter(among), func.count().filter(test.both)]
        found = [int(value) for value in self.read(select(*counts).select_from(table))[0]]
        pairs = zip(found[::2], found[1::2], strict=True)
        return [
            Checked(test.rule, f"{table.name}.{test.field.name}", rows, failed, self._cases(table, test, failed))
            for test, (rows, failed) in zip(tests, pairs, strict=True)
        ]

    def _cases(self, table: Table, test: RowTest, failed: int) -> tuple[Case, ...]:
        if not failed:
            return ()
        key = list(table.primary_key.columns)
        query = select(*key, test.field.label("raw_value")).where(test.both).order_by(*key).limit(MOST_CASES)
        return tuple(Case(place_of(table, row[:-1]), raw(test.field, row[-1])) for row in self.read(query))


def place_of(table: Table, key: Sequence[Any]) -> str:
    """The row's key as one text: the values of the primary key with `/` between."""
    return f"{table.name} " + "/".join("" if part is None else str(part) for part in key)


def raw(column: Column[Any], value: Any) -> str:
    """A stored value as people read it; seconds of the wall clock as a time."""
    if value is None:
        return ""
    if column.name in _TIMES and isinstance(column.type, BigInteger):
        return shown_time(int(value))
    return str(value)


def shown_time(seconds: int) -> str:
    """A wall-clock second as a time; as a number where no calendar reaches."""
    try:
        return to_datetime(seconds).isoformat(sep=" ")
    except OverflowError:
        return str(seconds)
