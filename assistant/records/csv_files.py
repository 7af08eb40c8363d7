"""Reads and checks one CSV file: recognises its kind by the header and lists every fault with its line."""

import difflib
import io
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from assistant.errors import RecordError
from assistant.records.csv_columns import KINDS, Column, CsvKind
from assistant.records.csv_feed_columns import FEED_KINDS
from assistant.records.csv_help import describe_csv
from assistant.records.csv_mapped import MappedTable
from assistant.records.csv_text import CsvRows
from assistant.records.findings import Finding
from assistant.records.mapping import TableMap
from assistant.records.quarantine import SetAside

__all__ = ["CsvContent", "describe_csv", "open_rows", "read_csv", "recognise"]

# Written by people and programs where nothing is known; -999999 and 9999-12-31 come out of older databases.
SENTINELS = frozenset({"?", "na", "n/a", "nan", "null", "none", "-", "--", "unknown", "-999999", "-9999", "9999-12-31"})
_COMMA = re.compile(r"-?\d+,\d+\Z")
_MOST_STOCK = 10_000_000  # pieces; no hospital holds more of one lot
_MOST_FAULTS = 200  # listed one by one; the rest is counted


@dataclass
class CsvContent:
    """One checked file.

    Attributes:
        rows: Database rows by key, in file order.
        read: Data rows in the file.
        duplicate: Rows that repeat another row exactly.
        set_aside: Rows that cannot be used; each has a finding.
        left_out: Rows that the mapping leaves out.
        quarantined: Faulty rows of a file that is not refused for them.
        remarks: How the file was read, where nobody said it.
    """

    kind: CsvKind
    rows: dict[tuple[Any, ...], dict[str, Any]] = field(default_factory=dict)
    read: int = 0
    duplicate: int = 0
    set_aside: int = 0
    left_out: int = 0
    quarantined: list[SetAside] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def recognise(header: Collection[str]) -> CsvKind | None:
    """The kind whose columns the header resembles most; None if it shares less than half with any.

    Tables of movements have many columns that may be left out: theirs must hold the needed ones.
    """
    names = {name.strip().lower() for name in header}

    def likeness(kind: CsvKind) -> float:
        if kind in FEED_KINDS:
            needed = {column.name for column in kind.columns if column.required}
            return len(names & set(kind.header)) / len(names) if needed <= names else 0.0
        return len(names & set(kind.header)) / len(names | set(kind.header))

    best = max((*KINDS, *FEED_KINDS), key=likeness)
    return best if likeness(best) >= 0.5 else None


def read_csv(path: Path, raw: bytes, known: Mapping[str, Collection[str]], table: TableMap | None = None) -> CsvContent:
    """Check a whole file.

    Args:
        path: For messages only.
        raw: The file's bytes.
        known: Keys already declared, by kind (`units`, `staff`); references are checked against them.
        table: How the columns are mapped; None: they are the documented ones.

    Returns:
        The rows, the findings and the counts.

    Raises:
        RecordError: With all faults of the file and their line numbers; nothing of it may be stored then.
    """
    rows = open_rows(io.BytesIO(raw), table)
    content, faults = (_read_mapped if table else _read_documented)(path, rows, known, table)
    content.remarks = [rows.shape.said(), *content.remarks] if table or not rows.shape.is_plain else content.remarks
    kind = content.kind
    if faults:
        listed = faults[:_MOST_FAULTS]
        if len(faults) > _MOST_FAULTS:
            listed.append(f"and {len(faults) - _MOST_FAULTS} more")
        example = ",".join(column.example for column in kind.columns)
        raise RecordError(
            f"{path.name} ({kind.name}): {len(faults)} faults, nothing of it was stored. "
            f"A row looks like: {','.join(kind.header)} / {example}",
            listed,
        )
    return content


def open_rows(stream: BinaryIO, table: TableMap | None) -> CsvRows:
    """The rows of a file, with what its mapping tells of how it is written."""
    if table is None:
        return CsvRows.of(stream)
    return CsvRows.of(stream, table.encoding, table.separator, table.decimal, table.header)


def _read_documented(
    path: Path, rows: CsvRows, known: Mapping[str, Collection[str]], _: TableMap | None
) -> tuple[CsvContent, list[str]]:
    """A file in the documented columns; gives its faults, too."""
    header = [name.lower() for name in rows.header]
    kind = recognise(header)
    if kind is None:
        kinds = "; ".join(f"{k.name}: {','.join(k.header)}" for k in KINDS)
        raise RecordError(
            f"{path.name}: the header {','.join(header)!r} is of no known kind. Expected one of {kinds}. "
            "For other columns write a mapping: assistant import --suggest-mapping FILE"
        )
    content = CsvContent(kind)
    faults = _check_header(header, content, path)
    lines_of: dict[tuple[Any, ...], int] = {}
    for line, cells in rows:  # also after faults in the header: all faults are reported at once
        place = _Place(path, line, content, faults, lines_of)
        _add_row(place, header, [_with_point(cell, rows.shape.decimal) for cell in cells], known)
    return content, faults


def _read_mapped(
    path: Path, rows: CsvRows, known: Mapping[str, Collection[str]], table: TableMap | None
) -> tuple[CsvContent, list[str]]:
    """A file seen through its mapping; a faulty row refuses the file, or is set aside, as the mapping says."""
    assert table is not None, "called with a mapping only"
    mapped = MappedTable(path.name, rows, table)
    content = CsvContent(table.kind, remarks=mapped.orders())
    faults: list[str] = []
    lines_of: dict[tuple[Any, ...], int] = {}
    for row in mapped:
        place = _Place(path, row.line, content, faults, lines_of)
        before = len(faults)
        if row.skipped:
            content.read += 1
            content.left_out += 1
        elif row.faults:
            content.read += 1
            for fault in row.faults:
                place.fault(fault)
        else:
            _add_row(place, table.kind.header, [row.texts.get(name, "") for name in table.kind.header], known)
        if len(faults) > before and not table.refuse:
            aside = SetAside("unreadable_row", "; ".join(faults[before:]), rows.as_text(row.cells), place.where)
            content.quarantined.append(aside)
            del faults[before:]
    return content, faults


def _with_point(cell: str, decimal: str) -> str:
    """A number with a decimal comma as one with a point; other texts as they are."""
    return cell.replace(",", ".") if decimal == "," and _COMMA.match(cell.strip()) else cell


@dataclass(frozen=True)
class _Place:
    """Where in which file a row stands, and where its faults and findings go."""

    path: Path
    line: int
    content: CsvContent
    faults: list[str]
    lines_of: dict[tuple[Any, ...], int]

    @property
    def where(self) -> str:
        """File and line."""
        return f"{self.path.name} line {self.line}"

    def fault(self, text: str) -> None:
        self.faults.append(f"line {self.line}: {text}")

    def note(self, rule: str, severity: str, value: str, action: str, where: str = "") -> None:
        self.content.findings.append(Finding(rule, severity, where or self.where, value, action))


def _check_header(header: list[str], content: CsvContent, path: Path) -> list[str]:
    """Missing and repeated columns are faults; unknown ones are noted and ignored."""
    kind = content.kind
    faults = [f"line 1: column '{name}' is missing" for name in kind.header if name not in header]
    faults += [f"line 1: column '{name}' occurs twice" for name in sorted({n for n in header if header.count(n) > 1})]
    for name in header:
        if name and name not in kind.header:
            content.findings.append(Finding("unknown_column", "note", f"{path.name} line 1", name, "kept"))
    return faults


def _add_row(place: _Place, header: list[str], cells: list[str], known: Mapping[str, Collection[str]]) -> None:
    """Read one row; keep it, note it as a duplicate, set it aside, or add its faults."""
    content, before = place.content, len(place.faults)
    content.read += 1
    if len(cells) > len(header):
        place.fault(f"{len(cells)} cells where the header has {len(header)} columns")
        return
    texts = dict(zip(header, cells, strict=False))
    columns = [column for column in content.kind.columns if column.name in header]
    row = {column.name: _read_cell(place, column, texts.get(column.name, ""), known) for column in columns}
    if len(place.faults) > before or len(columns) < len(content.kind.columns):
        return
    _check_row(place, row)
    missing = [column.name for column in content.kind.columns if column.needed and row[column.name] is None]
    if missing:
        content.set_aside += 1
        place.note("missing_value", "error", ",".join(cells), "quarantined")
    elif len(place.faults) == before:
        _keep(place, row)


def _keep(place: _Place, row: dict[str, Any]) -> None:
    """Add the row unless its key was there; the same key with other values is a fault."""
    content = place.content
    key = tuple(row[name] for name in content.kind.key)
    if key not in content.rows:
        content.rows[key] = row
        place.lines_of[key] = place.line
    elif content.rows[key] == row:
        content.duplicate += 1
        place.note("duplicate_row", "note", "/".join(map(str, key)), "fixed")
    else:
        named = ", ".join(f"{n} {v}" for n, v in zip(content.kind.key, key, strict=True) if v != "")
        place.fault(f"{named} is on line {place.lines_of[key]} already, with other values")


def _read_cell(place: _Place, column: Column, raw: str, known: Mapping[str, Collection[str]]) -> Any:
    """One value; faults and findings are noted on the way."""
    text = raw.strip()
    if text.lower() in SENTINELS and column.read is not str:
        place.note("sentinel", "warning", f"{column.name}={text}", "fixed")
        text = ""
    if not text:
        if column.required:
            place.fault(f"{column.name} is empty; expected {column.means}")
        return column.default
    try:
        value = column.read(text)
    except ValueError as error:
        place.fault(f"{column.name} is {text!r}; expected {error}")
        return None
    if column.refers and value not in known.get(column.refers, ()):
        near = difflib.get_close_matches(value, list(known.get(column.refers, ())), n=3, cutoff=0.5)
        hint = f"near: {', '.join(near)}" if near else f"import {column.refers}.csv first"
        place.fault(f"{column.name} {value!r} is in no {column.refers}.csv ({hint})")
    return value


def _check_row(place: _Place, row: dict[str, Any]) -> None:
    """Rules that look at more than one cell, and the plausibility of stock."""
    name = place.content.kind.name
    if name == "absences" and row["end"] < row["start"]:
        place.fault(f"the absence ends on {row['end']}, before it starts on {row['start']}")
    if name == "shifts" and row["minutes"] > _length(row):
        place.fault(f"minutes {row['minutes']} are more than the {_length(row)} from start to end")
    if name == "staff" and row["hours_per_week"] > 80:
        place.note("outlier", "warning", f"hours_per_week={row['hours_per_week']}", "kept", row["staff"])
    if name == "stock" and row["on_hand"] is not None:
        _check_stock(place, row)


def _check_stock(place: _Place, row: dict[str, Any]) -> None:
    """A negative count means that more was booked out than was counted in: nothing is on the shelf."""
    item = f"{row['item']} {row['lot']}".strip()
    if row["on_hand"] < 0:
        place.note("negative_stock", "error", str(row["on_hand"]), "fixed", item)
        row["on_hand"] = 0.0
    elif row["on_hand"] > _MOST_STOCK:
        place.note("absurd_stock", "error", str(row["on_hand"]), "quarantined", item)
        row["on_hand"] = None


def _length(row: dict[str, Any]) -> int:
    start, end = (moment.hour * 60 + moment.minute for moment in (row["start"], row["end"]))
    return (end - start) % 1440 or 1440
