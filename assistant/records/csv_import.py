"""Imports one CSV file: what people declare as a whole or not at all, tables of movements row by row."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assistant.errors import RecordError
from assistant.records.clock_reading import home_offset
from assistant.records.csv_feed_columns import FEED_KINDS, kind_called
from assistant.records.csv_feeds import TableReader
from assistant.records.csv_files import CsvContent, open_rows, read_csv
from assistant.records.csv_mapped import MappedTable, as_documented
from assistant.records.csv_text import CsvRows
from assistant.records.feeds import store_told
from assistant.records.mapping import TableMap
from assistant.records.quarantine import set_aside
from assistant.records.readers import site_clock, unit_book
from assistant.records.report import FileReport
from assistant.records.settings import RecordsSettings
from assistant.records.sources import SourceFile, open_source
from assistant.records.store import Store
from assistant.records.writing import add_findings, move_fingerprint, upsert, writing_to

_SAMPLE = 4 << 20  # bytes in which the file's usual offset from UTC is looked for
Progress = Callable[[str, int], None]


def import_csv(
    store: Store,
    source: SourceFile,
    file: FileReport,
    site: str,
    settings: RecordsSettings,
    progress: Progress | None = None,
) -> None:
    """Store a CSV file; after tables of movements `rebuild_touched` must follow.

    Raises:
        RecordError: Nothing of the file can be stored; names every fault.
    """
    if source.table is not None and source.table.zone and not settings.zone:
        raise RecordError(
            f"The mapping says that the times of {source.path.name} are in {source.table.zone}, but the site's own "
            "time zone is not set. Set zone under [records] in settings.toml, or leave zone out where it is the site's."
        )
    try:
        if any(kind.name == source.kind for kind in FEED_KINDS):
            _import_table(store, source, file, site, settings, progress)
        else:
            _import_declared(store, source, file, site)
    except csv.Error as error:
        reason = "cannot be cut into cells; look for a quotation mark that is not closed"
        raise RecordError(f"{source.path.name} {reason}: {error}.") from error


def _import_table(
    store: Store,
    source: SourceFile,
    file: FileReport,
    site: str,
    settings: RecordsSettings,
    progress: Progress | None,
) -> None:
    """Row by row; memory does not grow with the file."""
    with open_source(source.path) as opened:
        home = home_offset(opened.read(_SAMPLE))
    units = unit_book(store, settings, source.kind)
    reader = TableReader(site, site_clock(settings, home), store.pseudonyms, units)
    with open_source(source.path) as stream:
        rows = open_rows(stream, source.table)
        mapped = MappedTable(source.path.name, rows, _table_of(source, rows))
        if source.table is not None or not rows.shape.is_plain:
            file.remarks += [rows.shape.said(), *mapped.orders()]
        store_told(store, reader.read(rows, mapped, file.file), units, file, settings.batch, progress, site)


def _table_of(source: SourceFile, rows: CsvRows) -> TableMap:
    """The file's mapping, or one for the documented columns."""
    if source.table is not None:
        return source.table
    rows.header = [name.lower() for name in rows.header]
    kind = kind_called(source.kind)
    assert kind is not None, "recognised as a known kind"
    missing = [x.name for x in kind.columns if x.required and x.name not in rows.header]
    if missing:
        raise RecordError(f"{source.path.name} ({kind.name}) lacks the columns {', '.join(missing)}, which it needs.")
    return as_documented(kind, rows.header)


def _import_declared(store: Store, source: SourceFile, file: FileReport, site: str) -> None:
    """Check the whole file, then store it in one transaction."""
    with open_source(source.path) as opened:
        raw = opened.read()
    units = store.units()
    known = {"units": {unit.code for unit in units}, "staff": {person.staff for person in store.people()}}
    table = source.table
    if table is not None:  # a file may call units by any of their names
        book = unit_book(store, RecordsSettings(), source.kind)
        names = {name.casefold(): book.known(name) for unit in units for name in _names(unit)}
        table = replace(table, units={**names, **table.units})
    content = read_csv(Path(source.path), raw, known, table)
    with writing_to(store.engine) as connection:
        file.new, file.changed = upsert(connection, content.kind.table, content.kind.key, _rows(content))
        add_findings(connection, content.findings)
        if content.quarantined:
            set_aside(connection, content.quarantined, content.kind.name, site, file.file)
        if file.new or file.changed:
            move_fingerprint(connection, f"{content.kind.name}{sorted(map(str, content.rows.values()))}")
    _count(content, file)


def _names(unit: object) -> list[str]:
    """All that a unit is called."""
    said = [getattr(unit, "name", ""), getattr(unit, "name_zh", ""), *getattr(unit, "aliases", ())]
    return [name for name in said if name]


def _count(content: CsvContent, file: FileReport) -> None:
    """Add what became of the rows to the report; every row is in one of the counts."""
    file.read, file.ignored = content.read, content.left_out
    file.quarantined = content.set_aside + len(content.quarantined)
    file.duplicate = content.duplicate + len(content.rows) - file.new - file.changed
    file.remarks += content.remarks
    for finding in content.findings:
        file.note(finding.rule)
    if content.quarantined:
        file.note("unreadable_row", len(content.quarantined))
    if content.left_out:
        file.note("row_left_out_by_mapping", content.left_out)


def _rows(content: CsvContent) -> dict[tuple[object, ...], dict[str, object]]:
    """Rows as stored; a unit that a feed named first is declared from now on."""
    if content.kind.name == "units":
        return {key: {**row, "declared": True} for key, row in content.rows.items()}
    return content.rows
