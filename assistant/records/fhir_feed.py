"""A FHIR file as a feed: NDJSON of resources or bundles line by line, or one JSON document."""

import io
import json
from collections.abc import Iterator
from typing import BinaryIO

from assistant.records.feeds import Told
from assistant.records.fhir import FhirReader


def read_fhir(stream: BinaryIO, reader: FhirReader, name: str) -> Iterator[Told]:
    """What the resources of a stream tell; NDJSON is read line by line, so that memory stays flat.

    Args:
        stream: Bytes of the file.
        reader: Of the site.
        name: File name, for the place of findings.
    """
    first = _text(stream.readline())
    if not _complete(first):
        yield from _read_document(first + _text(stream.read()), reader, name)
        return
    yield from _read_line(first, reader, f"{name} line 1")
    for number, line in enumerate(stream, start=2):
        yield from _read_line(_text(line), reader, f"{name} line {number}")


def _read_document(text: str, reader: FhirReader, name: str) -> Iterator[Told]:
    """One document over many lines; if it is none, its lines are read one by one."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError:
        for number, line in enumerate(io.StringIO(text), start=1):
            yield from _read_line(line, reader, f"{name} line {number}")
        return
    for number, resource in enumerate(document if isinstance(document, list) else [document], start=1):
        yield from reader.read(resource, f"{name} resource {number}")


def _read_line(line: str, reader: FhirReader, place: str) -> Iterator[Told]:
    if not line.strip():
        return
    try:
        resource = json.loads(line)
    except json.JSONDecodeError as error:
        yield Told(faults=[("unreadable_json", str(error), line.strip())], place=place)
        return
    if isinstance(resource, dict):
        yield from reader.read(resource, place)
    else:
        yield Told(faults=[("no_resource_type", "expected a JSON object", line.strip())], place=place)


def _complete(line: str) -> bool:
    """True if the line is a whole JSON object, as every line of NDJSON is."""
    try:
        return isinstance(json.loads(line), dict)
    except json.JSONDecodeError:
        return False


def _text(raw: bytes) -> str:
    return raw.decode("utf-8-sig", errors="replace")
