"""A FHIR file as a feed: NDJSON of resources or bundles line by line, or one JSON document."""

import codecs
import io
import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO

from assistant.records.encodings import decode_unknown
from assistant.records.feeds import Told
from assistant.records.fhir import FhirReader
from assistant.records.fhir_directory import Directory
from assistant.records.findings import Finding

_ODD = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_DESCRIBES = re.compile(rb'"resourceType"\s*:\s*"(?:Location|Organization|Practitioner|PractitionerRole)"')


def read_fhir(stream: BinaryIO, reader: FhirReader, name: str) -> Iterator[Told]:
    """What the resources of a stream tell; NDJSON is read line by line, so that memory stays flat.

    Args:
        stream: Bytes of the file.
        reader: Of the site.
        name: File name, for the place of findings.
    """
    for place, value, text, encoding in _values(stream, name, None):
        first = True
        for told in _told(place, value, text, reader):
            if first and encoding != "utf-8":
                told.findings.append(Finding("encoding_not_utf8", "warning", place, encoding, "kept"))
            first = False
            yield told


def scan_fhir(stream: BinaryIO, directory: Directory) -> None:
    """Note what other resources refer to, wherever in the file it stands; nothing else of it is decoded."""
    for _, value, _, _ in _values(stream, "", _DESCRIBES):
        for resource in value if isinstance(value, list) else [value]:
            if isinstance(resource, dict):
                directory.note(resource)


def _told(place: str, value: Any, text: str, reader: FhirReader) -> Iterator[Told]:
    """What one value of the file tells: a resource, a list of them, or the reason why it is neither."""
    if isinstance(value, dict):
        yield from reader.read(value, place)
    elif isinstance(value, list) and all(isinstance(x, dict) for x in value):
        for number, resource in enumerate(value, start=1):
            yield from reader.read(resource, f"{place} resource {number}")
    elif isinstance(value, Exception):
        reason = f"expected a whole JSON object, found: {value}; send the line again whole"
        yield Told(faults=[("unreadable_json", reason, text)], place=place, kind="no type")
    else:
        yield Told(faults=[("no_resource_type", "expected a JSON object", text)], place=place, kind="no type")


def _values(stream: BinaryIO, name: str, only: re.Pattern[bytes] | None) -> Iterator[tuple[str, Any, str, str]]:
    """Each JSON value of the file: its place, the value (or the error), its text and encoding.

    With `only`, values in whose bytes it is not found are passed over without being decoded.
    """
    lines = iter(_as_utf8(stream))
    head = _first_lines(lines)
    if head and not _is_ndjson(head):
        whole = b"".join(chain(head, lines))
        value, text, encoding = _parsed(whole)
        if not isinstance(value, Exception):
            yield f"{name} resource 1" if isinstance(value, dict) else name, value, text, encoding
            return
        head, lines = [], iter(io.BytesIO(whole))  # no document: its lines are read one by one
    for number, line in enumerate(chain(head, lines), start=1):
        if line.strip() and (only is None or only.search(line)):
            yield f"{name} line {number}", *_parsed(line)


def _as_utf8(stream: BinaryIO) -> Iterator[bytes]:
    """Lines of the stream; UTF-16, which its mark tells, is turned into UTF-8."""
    first = stream.readline()
    if first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        text = io.TextIOWrapper(io.BytesIO(first + stream.read()), encoding="utf-16")
        yield from (line.encode() for line in text)
        return
    yield first
    yield from stream


def _first_lines(lines: Iterator[bytes]) -> list[bytes]:
    """The lines up to the second that is not empty: enough to tell NDJSON from a document."""
    found: list[bytes] = []
    for line in lines:
        found.append(line)
        if sum(bool(x.strip()) for x in found) == 2:
            break
    return found


def _is_ndjson(head: list[bytes]) -> bool:
    """True if one of the first two lines is a whole JSON object, as every line of NDJSON is."""
    return any(isinstance(_parsed(line)[0], dict) for line in head if line.strip())


def _storable(value: Any) -> Any:
    """The value without halves of characters and without zeros, which JSON can write and databases cannot hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
    if isinstance(value, list):
        return [_storable(x) for x in value]
    return {_storable(k): _storable(x) for k, x in value.items()} if isinstance(value, dict) else value


def _parsed(raw: bytes) -> tuple[Any, str, str]:
    """The JSON value, or the error; the text, and the encoding it was in (JSON asks for UTF-8)."""
    text, encoding = decode_unknown(raw)
    try:
        value = json.loads(text)
        return (_storable(value) if _ODD.search(text) else value), text.strip(), encoding
    except (ValueError, RecursionError) as error:
        return error, text.strip(), encoding
