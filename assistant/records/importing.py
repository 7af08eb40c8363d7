"""Imports files and folders into the store: CSV first, then feeds; importing twice changes nothing."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, insert

from assistant.errors import RecordError
from assistant.records import tables as t
from assistant.records.csv_files import CsvContent, read_csv
from assistant.records.report import FileReport, ImportReport
from assistant.records.settings import RecordsSettings
from assistant.records.sources import SourceFile, find_files, in_order, open_source, recognise_file
from assistant.records.store import Store
from assistant.records.writing import add_findings, move_fingerprint, upsert

Progress = Callable[[str, int], None]


def import_paths(
    store: Store,
    paths: Iterable[Path],
    site: str = "main",
    progress: Progress | None = None,
    settings: RecordsSettings | None = None,
) -> ImportReport:
    """Import files and the files in folders.

    Args:
        store: Where to.
        paths: HL7 v2, FHIR R4 and CSV files, or folders of them; their order does not matter.
        site: Keeps equal visit and patient numbers of several sites apart.
        progress: Called with the file's name and the number of messages or rows read so far.
        settings: The site's clock and limits.

    Returns:
        What was done. A file that cannot be stored has its faults there; the others are stored all the same.

    Raises:
        RecordError: If a path does not exist.
    """
    began = time.perf_counter()
    report = ImportReport()
    recognised: list[SourceFile] = []
    for path in find_files(Path(p) for p in paths):
        try:
            recognised.append(recognise_file(path))
        except RecordError as error:
            report.files.append(FileReport(path.name))
            report.files[-1].fail(error)
    for source in in_order(recognised):
        report.files.append(_import_file(store, source, site))
    report.seconds = time.perf_counter() - began
    return report


def _import_file(store: Store, source: SourceFile, site: str) -> FileReport:
    """Import one file and log it."""
    file, began = FileReport(source.path.name, source.kind), time.perf_counter()
    try:
        _import_csv(store, source, file)
    except RecordError as error:
        file.fail(error)
    file.seconds = time.perf_counter() - began
    with store.engine.begin() as connection:
        _log(connection, file, site)
    return file


def _import_csv(store: Store, source: SourceFile, file: FileReport) -> None:
    """Check the whole file, then store it in one transaction."""
    with open_source(source.path) as opened:
        raw = opened.read()
    known = {"units": {unit.code for unit in store.units()}, "staff": {person.staff for person in store.people()}}
    content = read_csv(source.path, raw, known)
    with store.engine.begin() as connection:
        file.new, file.changed = upsert(connection, content.kind.table, content.kind.key, _rows(content))
        add_findings(connection, content.findings)
        if file.new or file.changed:
            move_fingerprint(connection, f"{content.kind.name}{sorted(map(str, content.rows.values()))}")
    file.read, file.duplicate, file.quarantined = content.read, content.duplicate, content.set_aside
    file.duplicate += len(content.rows) - file.new - file.changed
    for finding in content.findings:
        file.note(finding.rule)


def _rows(content: CsvContent) -> dict[tuple[object, ...], dict[str, object]]:
    """Rows as stored; a unit that a feed named first is declared from now on."""
    if content.kind.name == "units":
        return {key: {**row, "declared": True} for key, row in content.rows.items()}
    return content.rows


def _log(connection: Connection, file: FileReport, site: str) -> None:
    """One line in the list of imports, whatever came of it."""
    counts = {"read": file.read, "new": file.new, "duplicate": file.duplicate, "quarantined": file.quarantined}
    row = {"at": datetime.now(UTC).replace(tzinfo=None), "file": file.file, "kind": file.kind, "site": site, **counts}
    connection.execute(insert(t.imports), row)
