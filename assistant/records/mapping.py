"""A mapping file: which column of a hospital's own tables is which field here, in which units and formats.

TOML or JSON. `assistant import --suggest-mapping FILE` writes one to begin with; `mappings/` holds worked examples.
"""

import codecs
import difflib
import fnmatch
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from assistant.errors import RecordError
from assistant.records.csv_columns import KINDS, CsvKind
from assistant.records.csv_dates import order_called
from assistant.records.csv_feed_columns import FEED_KINDS, TIMES, kind_called
from assistant.records.measures import measure_called

_SHIPPED = Path(__file__).with_name("mappings")
ANY = "*"  # in `values`: every other text


@dataclass(frozen=True)
class FieldMap:
    """Where one field comes from.

    Attributes:
        columns: Names of columns; several are joined, or with `first` the first that is filled is taken.
        join: Between joined texts.
        first: Take the first filled column instead of joining.
        fixed: The same for every row, without a column.
        values: Replacements of whole texts; `*` stands for any other text.
        date: Order of day, month and year (`csv_dates.order_called`); empty: found by itself.
        measure: Unit of measurement the file writes; `measure_column`: the column that says it, row by row.
        pack_size: Pieces in a pack; `pack_size_column`: the column that says it.
        full_time: Hours per week of a full-time equivalent.
        minus: Column to subtract (a birth year out of a year and the age in it).
    """

    columns: tuple[str, ...] = ()
    join: str = " "
    first: bool = False
    fixed: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    date: str = ""
    measure: str = ""
    measure_column: str = ""
    pack_size: float | None = None
    pack_size_column: str = ""
    full_time: float | None = None
    minus: str = ""

    def used(self) -> list[str]:
        """All columns it reads."""
        return [x for x in (*self.columns, self.measure_column, self.pack_size_column, self.minus) if x]


@dataclass(frozen=True)
class TableMap:
    """How the files of one table are read.

    Attributes:
        files: Patterns of file names, as `transfers*.csv`.
        kind: What its rows are, e.g. `stays`.
        fields: By the name of the field.
        skip: By column: rows with one of these texts are left out, `only`: rows without.
        encoding, separator, decimal, header: How the file is written; empty or 0: found by itself.
        zone: Time zone of its times; empty: the site's.
        refuse: A faulty row refuses the whole file; otherwise it goes to quarantine, and the others are stored.
        units: Names of units here by what the file writes.
    """

    files: tuple[str, ...]
    kind: CsvKind
    fields: Mapping[str, FieldMap]
    skip: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    encoding: str = ""
    separator: str = ""
    decimal: str = ""
    header: int = 0
    zone: str = ""
    refuse: bool = False
    units: Mapping[str, str] = field(default_factory=dict)

    def used(self) -> set[str]:
        """All columns that the table must have."""
        named = {column for told in self.fields.values() for column in told.used()}
        return named | set(self.skip) | set(self.only)


@dataclass(frozen=True)
class CsvMapping:
    """A whole mapping file."""

    tables: tuple[TableMap, ...]

    def table_for(self, name: str) -> TableMap | None:
        """The first table one of whose patterns fits a file name; None if none does."""
        lower = name.lower()
        bare = lower.removesuffix(".gz")
        for table in self.tables:
            if any(fnmatch.fnmatch(x, pattern.lower()) for pattern in table.files for x in (lower, bare)):
                return table
        return None


def shipped() -> list[str]:
    """Names of the mappings that come with the program."""
    return sorted(path.stem for path in _SHIPPED.glob("*.toml"))


def read_mapping(where: str | Path) -> CsvMapping:
    """Read a mapping file, or one that comes with the program by its name.

    Raises:
        RecordError: It cannot be read; lists every fault with its table and field, and what was expected.
    """
    path = Path(where)
    if not path.exists() and str(where) in shipped():
        path = _SHIPPED / f"{where}.toml"
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        names = ", ".join(shipped())
        raise RecordError(
            f"The mapping {where} cannot be read: {error}. Give a TOML or JSON file, or one of {names}."
        ) from error
    try:
        told = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        raise RecordError(f"The mapping {path.name} is not TOML or JSON: {error}.") from error
    return _Checker(path.name).mapping(told)


class _Checker:
    """Turns what a mapping file says into a mapping, and collects what is wrong with it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._faults: list[str] = []
        self._where = ""

    def mapping(self, told: Any) -> CsvMapping:
        """The mapping; RecordError with all faults."""
        tables = told.get("table") if isinstance(told, dict) else None
        if not isinstance(tables, list) or not tables:
            raise RecordError(
                f"The mapping {self._name} has no table; expected [[table]] with files, kind and columns."
            )
        self._unknown(told, {"table", "units", "about"}, "key")
        units = self._texts(told.get("units", {}), "units")
        read = [self._table(table, number, units) for number, table in enumerate(tables, start=1)]
        if self._faults:
            raise RecordError(f"The mapping {self._name} has {len(self._faults)} faults.", self._faults)
        return CsvMapping(tuple(table for table in read if table is not None))

    def _table(self, told: Any, number: int, units: Mapping[str, str]) -> TableMap | None:
        self._where = f"table {number}"
        if not isinstance(told, dict):
            self._fault("expected a table with files, kind and columns")
            return None
        known = {x.name for x in fields(TableMap)} - {"fields"} | {"columns", "dates", "faulty", "about"}
        self._unknown(told, known, "key")
        kind = kind_called(str(told.get("kind", "")))
        if kind is None:
            kinds = ", ".join(x.name for x in (*KINDS, *FEED_KINDS))
            self._fault(f"kind is {told.get('kind')!r}; expected one of {kinds}")
            return None
        files = self._list(told.get("files"))
        if not files:
            self._fault("files is missing; expected a list of file names or patterns such as transfers*.csv")
        dates = self._order(told.get("dates", ""))
        columns = self._named(told.get("columns", {}), "columns")
        self._unknown(columns, set(kind.header), f"field of {kind.name}")
        mapped = {n: self._field(n, x, kind, dates) for n, x in columns.items() if n in kind.header}
        for column in kind.columns:
            if column.required and column.name not in mapped:
                self._fault(f"no column for {column.name}, which {kind.name} needs: {column.means}")
        return TableMap(
            files=files,
            kind=kind,
            fields=mapped,
            skip={name: self._list(x) for name, x in self._named(told.get("skip", {}), "skip").items()},
            only={name: self._list(x) for name, x in self._named(told.get("only", {}), "only").items()},
            encoding=self._encoding(told.get("encoding", "")),
            separator={"tab": "\t"}.get(str(told.get("separator", "")), str(told.get("separator", ""))),
            decimal=self._decimal(told.get("decimal", "")),
            header=int(self._number(told.get("header"), "header") or 0),
            zone=self._zone(told.get("zone", "")),
            refuse=self._faulty(told.get("faulty", "quarantine" if kind in FEED_KINDS else "refuse")),
            units={**units, **self._texts(told.get("units", {}), "units")},
        )

    def _field(self, name: str, told: Any, kind: CsvKind, dates: str) -> FieldMap:
        """One field: a column's name, or a table that says more."""
        column = next(x for x in kind.columns if x.name == name)
        order = dates if column.read in TIMES else ""
        if isinstance(told, str):
            return FieldMap((told,), date=order)
        if not isinstance(told, dict):
            self._fault(f'{name} is {told!r}; expected the name of a column, or a table such as {{ column = "..." }}')
            return FieldMap()
        self._unknown(told, {"column", *(x.name for x in fields(FieldMap))} - {"columns"}, f"key of {name}")
        if "column" not in told and "fixed" not in told:
            self._fault(f"{name} has neither column nor fixed; expected one of them")
        measure = str(told.get("measure", ""))
        if measure:
            self._try(measure_called, measure, name)
        return FieldMap(
            columns=self._list(told.get("column", ())),
            join=str(told.get("join", " ")),
            first=bool(told.get("first", False)),
            fixed=None if told.get("fixed") is None else str(told["fixed"]),
            values=self._texts(told.get("values", {}), f"values of {name}"),
            date=self._order(told["date"]) if told.get("date") else order,
            measure=measure,
            measure_column=str(told.get("measure_column", "")),
            pack_size=self._number(told.get("pack_size"), f"pack_size of {name}"),
            pack_size_column=str(told.get("pack_size_column", "")),
            full_time=self._number(told.get("full_time"), f"full_time of {name}"),
            minus=str(told.get("minus", "")),
        )

    def _fault(self, text: str) -> None:
        self._faults.append(f"{self._where}: {text}" if self._where else text)

    def _unknown(self, told: Any, known: Iterable[str], what: str) -> None:
        """Unknown keys are faults: a misspelt one would otherwise do nothing in silence."""
        names = sorted(known)
        for name in told if isinstance(told, dict) else ():
            if name not in names:
                near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
                self._fault(f"unknown {what} {name!r}; expected one of {', '.join(near or names)}")

    def _try(self, read: Any, text: str, name: str) -> str:
        try:
            return str(read(text))
        except ValueError as error:
            self._fault(f"{name}: {error}")
            return ""

    def _list(self, told: Any) -> tuple[str, ...]:
        return tuple(str(x) for x in told) if isinstance(told, list | tuple) else (str(told),) if told else ()

    def _named(self, told: Any, what: str) -> dict[str, Any]:
        if isinstance(told, dict):
            return told
        self._fault(f"{what} is {told!r}; expected a table, as [table.{what}]")
        return {}

    def _number(self, told: Any, what: str) -> float | None:
        if told is None or (isinstance(told, int | float) and not isinstance(told, bool) and told > 0):
            return told
        self._fault(f"{what} is {told!r}; expected a number above 0")
        return None

    def _texts(self, told: Any, what: str) -> dict[str, str]:
        if not isinstance(told, dict):
            self._fault(f"{what} is {told!r}; expected a table of texts")
            return {}
        return {str(x).strip().casefold(): str(y) for x, y in told.items()}

    def _order(self, told: Any) -> str:
        return self._try(order_called, str(told), "dates") if told else ""

    def _decimal(self, told: Any) -> str:
        if told not in ("", ".", ","):
            self._fault(f"decimal is {told!r}; expected '.' or ','")
        return str(told)

    def _faulty(self, told: Any) -> bool:
        if told not in ("refuse", "quarantine"):
            self._fault(f"faulty is {told!r}; expected 'refuse' or 'quarantine'")
        return bool(told == "refuse")

    def _encoding(self, told: Any) -> str:
        try:
            return codecs.lookup(str(told)).name if told else ""
        except LookupError:
            self._fault(f"encoding {told!r} is not known; expected one such as utf-8, gb18030, big5, cp1252")
            return ""

    def _zone(self, told: Any) -> str:
        try:
            return ZoneInfo(str(told)).key if told else ""
        except (KeyError, ValueError, OSError):
            self._fault(f"zone {told!r} is not known; expected a name such as Asia/Shanghai or Europe/Berlin")
            return ""
