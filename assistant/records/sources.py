"""Finds the files to import, opens them (gzip too) and recognises what is in them."""

import csv
import gzip
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from assistant.errors import RecordError
from assistant.records.csv_columns import KINDS
from assistant.records.csv_feed_columns import FEED_KINDS
from assistant.records.csv_files import recognise
from assistant.records.csv_text import CsvRows
from assistant.records.encodings import decode_unknown
from assistant.records.mapping import TableMap

_HEAD = 262_144  # bytes looked at to recognise a file
_HL7 = re.compile(rb"(?:^|[\r\n\x0b])[ \t]*(?:MSH|FHS|BHS)[^A-Za-z0-9\s]|(?:^|[\r\n\x0b])(?:EVN|PID|PV1)\|")
_TYPE = re.compile(rb'"resourceType"\s*:\s*"([A-Za-z]+)"')
_EARLY = ("Location", "Organization", "Practitioner", "Patient")
_XML = re.compile(rb"""xmlns\s*=\s*["']http://hl7\.org/fhir""")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class SourceFile:
    """A file and what is in it.

    Attributes:
        kind: `hl7`, `fhir`, or a CSV kind such as `units`.
        holds: First type of a FHIR file.
        table: Mapping of a CSV file.
    """

    path: Path
    kind: str
    holds: str = ""
    table: TableMap | None = None


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files named and those in the folders named, hidden ones left out, each once."""
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise RecordError(f"{path} does not exist. Give files or folders with HL7, FHIR or CSV records.")
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        found |= dict.fromkeys(p for p in inside if not p.name.startswith("."))
    return list(found)


def open_source(path: Path) -> BinaryIO:
    """Open for reading bytes; gzip is unpacked on the way."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]


def recognise_file(path: Path, table: TableMap | None = None) -> SourceFile:
    """What the file holds, judged by its content, never by its name; with a mapping for it, it is that table.

    Raises:
        RecordError: If it is neither HL7 v2 nor FHIR nor a documented CSV; names what was expected.
    """
    try:
        with open_source(path) as file:
            head = file.read(_HEAD)
    except (OSError, EOFError) as error:
        raise RecordError(f"{path.name} cannot be read: {error}.") from error
    if head[:2] in _UTF16:
        head = head.decode("utf-16", errors="ignore").encode()
    head = head.removeprefix(b"\xef\xbb\xbf")
    if head.lstrip()[:1] in (b"{", b"[") and b'"resourceType"' in head:
        return SourceFile(path, "fhir", _first_type(head))
    if _XML.search(head):
        raise RecordError(f"{path.name} is FHIR as XML; expected FHIR as JSON. Export it as JSON or NDJSON.")
    if _HL7.search(head):
        return SourceFile(path, "hl7")
    if table is not None:
        return SourceFile(path, table.kind.name, table=table)
    kind = recognise(header_of(head))
    if kind is not None:
        return SourceFile(path, kind.name)
    raise RecordError(
        f"{path.name} holds none of what can be imported: HL7 v2 messages (starting with MSH), FHIR R4 as NDJSON or "
        f"Bundle, or CSV with a documented header ({', '.join(k.name for k in KINDS)}); for a CSV with other columns "
        f"write a mapping (assistant import --suggest-mapping FILE). It starts with {decode_unknown(head[:60])[0]!r}."
    )


def in_order(files: Sequence[SourceFile]) -> list[SourceFile]:
    """CSV first, each kind before those that refer to it, then the feeds; FHIR's places and patients before the rest.

    Order decides nothing but the work: visits are rebuilt again when their patients come after them.
    """
    rank = {kind.name: place for place, kind in enumerate((*KINDS, *FEED_KINDS))}
    early = {kind: place for place, kind in enumerate(_EARLY)}
    return sorted(files, key=lambda file: (rank.get(file.kind, len(rank)), early.get(file.holds, len(early))))


def _first_type(head: bytes) -> str:
    """Type of the first FHIR resource that is no Bundle."""
    found = (match.decode() for match in _TYPE.findall(head))
    return next((kind for kind in found if kind != "Bundle"), "")


def header_of(head: bytes) -> list[str]:
    """Column names of what may be a CSV file, in lower case."""
    try:
        return [name.lower() for name in CsvRows.of(io.BytesIO(head)).header]
    except csv.Error:  # no table at all
        return []
