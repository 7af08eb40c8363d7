"""Imports files and folders into the store: CSV first, then feeds; importing twice changes nothing."""

import gc
import io
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from sqlalchemy import Connection, insert

from assistant.errors import RecordError
from assistant.records import tables as t
from assistant.records.clock_reading import home_offset
from assistant.records.csv_import import import_csv
from assistant.records.feeds import store_told
from assistant.records.fhir_directory import Directory, read_directory
from assistant.records.fhir_feed import read_fhir, scan_fhir
from assistant.records.hl7_feed import read_hl7
from assistant.records.mapping import CsvMapping
from assistant.records.readers import fhir_reader, hl7_reader, unit_book
from assistant.records.rebuilding import rebuild_touched
from assistant.records.report import FileReport, ImportReport
from assistant.records.settings import RecordsSettings
from assistant.records.sources import SourceFile, find_files, in_order, open_source, recognise_file
from assistant.records.store import Store

_SAMPLE = 4 << 20  # bytes in which the file's usual offset from UTC is looked for
Progress = Callable[[str, int], None]


def import_paths(
    store: Store,
    paths: Iterable[Path],
    site: str = "main",
    progress: Progress | None = None,
    settings: RecordsSettings | None = None,
    mapping: CsvMapping | None = None,
) -> ImportReport:
    """Import files and the files in folders.

    Args:
        store: Where to.
        paths: HL7 v2, FHIR R4 and CSV files, or folders of them; their order does not matter.
        site: Keeps equal visit and patient numbers of several sites apart.
        progress: Called with the file's name and the number of messages or rows read so far.
        settings: The site's clock and limits.
        mapping: For CSV files in columns of the hospital's own; files that it does not name are recognised.

    Returns:
        What was done. A file that cannot be stored has its faults there; the others are stored all the same.

    Raises:
        RecordError: If a path does not exist.
    """
    began = time.perf_counter()
    report = ImportReport()
    recognised: list[SourceFile] = []
    named = [Path(path) for path in paths]
    for path in find_files(named):
        try:
            recognised.append(recognise_file(path, mapping.table_for(path.name) if mapping else None))
        except RecordError as error:
            report.files.append(_unrecognised(path, error, path in named))
    directory = read_directory(store, site)
    job = _Job(store, site, settings or RecordsSettings(), progress, directory)
    with _quiet_collector():
        _scan(recognised, directory)
        for source in in_order(recognised):
            report.files.append(_import_file(job, source))
            report.visits += rebuild_touched(store)
    report.seconds = time.perf_counter() - began
    return report


@contextmanager
def _quiet_collector() -> Iterator[None]:
    """Spare the garbage collector what was there before: walking it again and again took a fifth of the time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _unrecognised(path: Path, error: RecordError, named: bool) -> FileReport:
    """A file without records is a fault where it was named, and passed over where it lies in a folder."""
    file = FileReport(path.name)
    if named:
        file.fail(error)
    else:
        file.ignored = 1
        file.note("no_records_in_file")
    return file


@dataclass(frozen=True)
class _Job:
    """What all files of one import share."""

    store: Store
    site: str
    settings: RecordsSettings
    progress: Progress | None
    directory: Directory


def _scan(files: Iterable[SourceFile], directory: Directory) -> None:
    """Note what FHIR resources of any file refer to; a file that cannot be read says so when its turn comes."""
    for source in files:
        if source.kind == "fhir":
            with suppress(OSError, EOFError, zlib.error), open_source(source.path) as stream:
                scan_fhir(stream, directory)


def _import_file(job: _Job, source: SourceFile) -> FileReport:
    """Import one file and log it."""
    file, began = FileReport(source.path.name, source.kind), time.perf_counter()
    try:
        if source.kind in ("hl7", "fhir"):
            with open_source(source.path) as stream:
                import_stream(job.store, stream, file, job.site, job.settings, job.progress, job.directory)
        else:
            import_csv(job.store, source, file, job.site, job.settings, job.progress)
    except RecordError as error:
        file.fail(error)
    except (OSError, EOFError, zlib.error) as error:
        file.fail(RecordError(f"{source.path.name} broke off after {file.read} messages: {error}."))
    file.seconds = time.perf_counter() - began
    with job.store.engine.begin() as connection:
        _log(connection, file, job.site)
    return file


def import_stream(
    store: Store,
    stream: BinaryIO,
    file: FileReport,
    site: str,
    settings: RecordsSettings,
    progress: Progress | None = None,
    directory: Directory | None = None,
) -> None:
    """Store the messages of one stream of HL7 v2 or FHIR; `rebuild_touched` must follow.

    Args:
        store: Where to.
        stream: Bytes; `file.kind` says of what.
        file: Named and of a kind; counts are added to it.
        site: Keeps equal numbers of several sites apart.
        settings: The site's clock and batch size.
        progress: As for `import_paths`.
        directory: What FHIR resources refer to; default: what the store knows.
    """
    sample = stream.read(_SAMPLE)
    whole = cast(BinaryIO, io.BufferedReader(_Rejoined(sample, stream)))
    units = unit_book(store, settings, file.kind)
    parts = store, site, settings, home_offset(sample), units
    if file.kind == "hl7":
        told = read_hl7(whole, hl7_reader(*parts), file.file)
    else:
        told = read_fhir(whole, fhir_reader(*parts, directory), file.file)
    store_told(store, told, units, file, settings.batch, progress, site)


class _Rejoined(io.RawIOBase):
    """A stream whose beginning was read already (a pipe or gzip file cannot go back cheaply)."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._parts = [io.BytesIO(head), rest]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while self._parts:
            chunk = self._parts[0].read(len(buffer))
            if chunk:
                buffer[: len(chunk)] = chunk
                return len(chunk)
            self._parts.pop(0)
        return 0


def _log(connection: Connection, file: FileReport, site: str) -> None:
    """One line in the list of imports, whatever came of it."""
    counts = {"read": file.read, "new": file.new, "duplicate": file.duplicate, "quarantined": file.quarantined}
    row = {"at": datetime.now(UTC).replace(tzinfo=None), "file": file.file, "kind": file.kind, "site": site, **counts}
    number = connection.execute(insert(t.imports).returning(t.imports.c.number), row).scalar_one()
    noticed = {**file.findings, **({"duplicate_message": file.duplicate} if file.kind in ("hl7", "fhir") else {})}
    rows = [{"number": number, "rule": rule, "count": count} for rule, count in noticed.items() if count]
    if rows:
        connection.execute(insert(t.noticed), rows)
