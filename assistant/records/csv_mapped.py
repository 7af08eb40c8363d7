"""Reads the rows of a hospital's own table through its mapping: each field as the documented text, faults by row."""

import csv
import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from zoneinfo import ZoneInfo

from assistant.errors import RecordError
from assistant.records.csv_columns import Column, CsvKind, not_negative, number, positive, whole
from assistant.records.csv_dates import find_order, read_date
from assistant.records.csv_feed_columns import TIMES, moment
from assistant.records.csv_text import CsvRows
from assistant.records.mapping import ANY, FieldMap, TableMap
from assistant.records.measures import Measure, converted, measure_called

_SAMPLE = 2_000  # rows in which the order of dates is looked for
_MOST_LINES = 50  # of one row; more are swallowed by a quotation mark that is not closed
_NUMBERS = frozenset({number, positive, not_negative, whole})
_KEPT = {"hours_per_week": "h/week", "minutes": "min", "lead_time_days": "day", "used_per_day": "/day"}
_EMPTY = frozenset({"", "null", "na", "n/a", "nan", "none", "-", "--", "?"})


@dataclass
class MappedRow:
    """One row.

    Attributes:
        line: In the file.
        cells: As written.
        texts: By field, as the documentation of the kind writes it.
        measured: Fields that follow from units of measurement, whatever their own columns say.
        faults: What cannot be read: the field, the text, what was expected.
        skipped: The mapping leaves the row out.
    """

    line: int
    cells: Sequence[str]
    texts: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    measured: dict[str, str] = field(default_factory=dict)
    skipped: bool = False


class MappedTable:
    """A table seen through its mapping.

    Args:
        name: Of the file, for messages.
        rows: The file's.
        table: Its mapping; for a file in documented columns, `as_documented`.

    Raises:
        RecordError: Columns are missing, or the order of day and month cannot be found out.
    """

    def __init__(self, name: str, rows: CsvRows, table: TableMap) -> None:
        self.kind: CsvKind = table.kind
        self._rows = rows
        self._table = table
        self._at = {title: place for place, title in enumerate(rows.header)}
        self._zone = ZoneInfo(table.zone) if table.zone else None
        self._measures: dict[str, Measure] = {}
        _check_columns(name, rows.header, table)
        self._broken: csv.Error | None = None
        source = iter(rows)
        head = self._head(source)
        self._orders = {column: self._order(name, column, told, head) for column, told in self._dated()}
        self._source = chain(head, source)
        self._readers = {x.name: self._reader(x) for x in table.kind.columns if x.name in table.fields}

    def __iter__(self) -> Iterator[MappedRow]:
        """The rows in their order."""
        width, before = len(self._rows.header), self._rows.shape.header
        for line, cells in self._source:
            row = MappedRow(line, cells)
            if line - before > _MOST_LINES:
                row.faults.append(f"it runs over {line - before} lines; look for a quotation mark that is not closed")
            before = line
            if len([x for x in cells[width:] if x.strip()]):
                row.faults.append(f"{len(cells)} cells where the header has {width} columns")
            row.skipped = self._is_skipped(cells)
            if not row.skipped and not row.faults:
                self._read(row)
            yield row
        if self._broken:
            raise self._broken

    def _head(self, source: Iterator[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
        """The first rows; where the file cannot be cut into cells, those before it, and the error comes after them."""
        found: list[tuple[int, list[str]]] = []
        try:
            found.extend(islice(source, _SAMPLE))
        except csv.Error as error:
            self._broken = error
        return found

    def orders(self) -> list[str]:
        """In words, which order of day and month was found."""
        told = {name for name, x in self._table.fields.items() if x.date}
        found = sorted({order for name, order in self._orders.items() if order != "ymd" and name not in told})
        return [f"dates as {', '.join({'d': 'day', 'm': 'month', 'y': 'year'}[x] for x in order)}" for order in found]

    def _cell(self, cells: Sequence[str], column: str) -> str:
        place = self._at[column]
        return cells[place].strip() if place < len(cells) else ""

    def _is_skipped(self, cells: Sequence[str]) -> bool:
        skip, only = self._table.skip.items(), self._table.only.items()
        return any(self._cell(cells, column) in texts for column, texts in skip) or any(
            self._cell(cells, column) not in texts for column, texts in only
        )

    def _read(self, row: MappedRow) -> None:
        for name, told in self._table.fields.items():
            text = self._text(row.cells, told)
            if not text:
                row.texts[name] = ""
                continue
            try:
                row.texts[name] = self._readers[name](text, row)
            except ValueError as error:
                row.faults.append(f"{name} is {text!r}; expected {error}")
        row.texts |= row.measured

    def _text(self, cells: Sequence[str], told: FieldMap) -> str:
        """The field's text: out of its columns, replaced as the mapping says."""
        if told.fixed is not None and not told.columns:
            return told.fixed
        parts = [text for column in told.columns if (text := self._cell(cells, column)).casefold() not in _EMPTY]
        text = (parts[0] if told.first else told.join.join(parts)) if parts else ""
        if not told.values:
            return text or (told.fixed or "")
        known = told.values.get(text.casefold())
        return known if known is not None else told.values.get(ANY, text) if text else ""

    def _reader(self, column: Column) -> Callable[[str, MappedRow], str]:
        """How the text of a field becomes the documented one."""
        told = self._table.fields[column.name]
        if column.name == "birth_year":
            return lambda text, row: self._birth_year(text, told, row)
        if column.read in TIMES:
            return lambda text, row: self._moment(text, column)
        if column.read in _NUMBERS or told.measure or told.measure_column:
            return lambda text, row: self._quantity(text, column, told, row)
        if column.name == "unit":
            return lambda text, row: self._table.units.get(text.casefold(), text)
        return lambda text, row: text

    def _birth_year(self, text: str, told: FieldMap, row: MappedRow) -> str:
        if told.minus:
            return str(int(self._plain(text)) - int(self._plain(self._cell(row.cells, told.minus) or "x")))
        if text.isdigit() and len(text) == 4:
            return text
        return read_date(text, self._orders.get("birth_year") or "ymd")[:4]

    def _moment(self, text: str, column: Column) -> str:
        iso = read_date(text, self._orders[column.name])
        if self._zone is None or len(iso) != 19 or column.read is not moment:
            return iso
        return datetime.fromisoformat(iso).replace(tzinfo=self._zone).isoformat()

    def _quantity(self, text: str, column: Column, told: FieldMap, row: MappedRow) -> str:
        value = float(self._plain(text))
        name = self._cell(row.cells, told.measure_column) if told.measure_column else told.measure
        if name:
            measure = self._measures.get(name) or self._measures.setdefault(name, measure_called(name))
            size = self._cell(row.cells, told.pack_size_column) if told.pack_size_column else ""
            pack = float(self._plain(size)) if size else told.pack_size
            kept = _KEPT.get(column.name, "")
            value = converted(value, measure, _kept(measure, kept), pack, told.full_time)
            if column.name == "on_hand":
                row.measured["unit_of_measure"] = measure.dimension
        return str(int(value)) if value == int(value) else repr(round(value, 6))

    def _plain(self, text: str) -> str:
        """A number without groups of thousands and with a decimal point."""
        bare = text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace("'", "")
        plain = bare.replace(".", "").replace(",", ".") if self._rows.shape.decimal == "," else bare.replace(",", "")
        try:
            float(plain)
        except ValueError:
            raise ValueError(f"a number with the decimal sign {self._rows.shape.decimal}") from None
        return plain

    def _dated(self) -> list[tuple[str, FieldMap]]:
        """Fields that hold dates."""
        kept = {x.name: x.read for x in self.kind.columns}
        dated = [n for n in self._table.fields if kept.get(n) in TIMES or n == "birth_year"]
        return [(name, self._table.fields[name]) for name in dated if not self._table.fields[name].minus]

    def _order(self, name: str, column: str, told: FieldMap, head: Sequence[tuple[int, list[str]]]) -> str:
        """Order of day, month and year: as told, else the only one that fits the beginning of the file."""
        if told.date:
            return told.date
        texts = [text for _, cells in head if not self._is_skipped(cells) and (text := self._text(cells, told))]
        if column == "birth_year":
            texts = [text for text in texts if not (text.isdigit() and len(text) == 4)]
        readable = [text for text in texts if _could_be(text)]
        order = find_order(readable)
        if order or not readable:
            return order or "ymd"
        raise RecordError(
            f"{name}: in {', '.join(told.columns)} day and month cannot be told apart ({readable[0]!r} may be either, "
            'or no order fits all rows). Say it in the mapping: dates = "DD/MM/YYYY" or dates = "MM/DD/YYYY".'
        )


def as_documented(kind: CsvKind, header: Sequence[str]) -> TableMap:
    """The mapping of a file that has the documented columns."""
    return TableMap(("*",), kind, {name: FieldMap((name,), date="ymd") for name in kind.header if name in header})


def _could_be(text: str) -> bool:
    """True for what is a date in some order; other texts are faults of their rows, not of the order."""
    return any(_reads(text, order) for order in ("ymd", "dmy", "mdy"))


def _reads(text: str, order: str) -> bool:
    try:
        read_date(text, order)
    except ValueError:
        return False
    return True


def _kept(measure: Measure, kept: str) -> Measure:
    """What a quantity is kept in: as the field says, else the unit of its own dimension."""
    if kept == "/day":
        return measure_called(f"{measure.dimension}/day")
    if kept:
        return measure_called(kept)
    return measure_called(measure.dimension)


def _check_columns(name: str, header: Sequence[str], table: TableMap) -> None:
    """Columns that the mapping names and the file lacks are faults, with what is near."""
    repeated = {title for title in header if title and list(header).count(title) > 1} & table.used()
    faults = [f"column {title!r} occurs twice" for title in sorted(repeated)]
    for column in sorted(table.used() - set(header)):
        near = difflib.get_close_matches(column, header, n=3, cutoff=0.5)
        hint = f"near: {', '.join(near)}" if near else f"the header is {', '.join(header)}"
        faults.append(f"column {column!r} of the mapping is not in the file ({hint})")
    if faults:
        raise RecordError(f"{name} does not fit the mapping for {table.kind.name}, nothing of it was stored.", faults)


def quarantined_reason(row: MappedRow) -> str:
    """Why a row cannot be used, in one sentence."""
    return f"line {row.line}: " + "; ".join(row.faults)
