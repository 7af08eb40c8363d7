"""An HL7 v2 file as a feed: every message read, or named with the reason why not."""

from collections.abc import Iterator
from typing import BinaryIO

from assistant.records.adt import AdtContent, AdtReader
from assistant.records.adt_fields import key_of
from assistant.records.hl7 import Hl7Error, parse_message
from assistant.records.hl7_stream import decode_message, split_messages
from assistant.records.told import Told


def read_hl7(stream: BinaryIO, reader: AdtReader, name: str) -> Iterator[Told]:
    """What the messages of a stream tell, in their order; memory does not grow with the file.

    Args:
        stream: Bytes of a file, an MLLP dump or a batch.
        reader: Of the site.
        name: File name, for the place of findings.
    """
    for number, raw in enumerate(split_messages(stream), start=1):
        yield from read_message(raw, reader, f"{name} message {number}")


def read_message(raw: bytes, reader: AdtReader, place: str) -> Iterator[Told]:
    """What one message tells, and as a second item a part of another message that hung on to it."""
    text = decode_message(raw)
    try:
        content = reader.read(text, place)
    except Hl7Error as fault:
        yield Told(faults=[(fault.rule, fault.reason, text)], place=place)
        return
    except (ValueError, IndexError) as error:  # a shape nobody has thought of: kept, named, and the import goes on
        yield Told(faults=[("unreadable_message", str(error), text)], place=place)
        return
    yield _told(content, place, len(text) - len(content.rest))
    if content.rest:
        reason = "a second EVN segment without a header before it"
        yield Told(faults=[("no_header", reason, content.rest)], place=f"{place}, its end")


def message_key(text: str, site: str) -> str:
    """Sender and control id by which a message is known again, as far as its header can be read; else empty."""
    try:
        message, _ = parse_message(text)
    except Hl7Error:
        return ""
    whole = len(message.header.fields) > 11  # else the number itself may be torn
    return key_of(message.header, site) if whole else ""


def _told(content: AdtContent, place: str, length: int) -> Told:
    return Told(
        key=content.key,
        movements=content.movements,
        merges=content.merges,
        visits=content.visits,
        findings=content.findings,
        place=place,
        length=length,
        ignored=content.ignored,
    )
