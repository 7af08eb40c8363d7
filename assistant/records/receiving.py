"""Receives HL7 v2 messages one by one: each is durable and in the census before the answer is known.

The caller (a listener) only frames the answer. Nothing is raised for a bad message: it goes to quarantine.
"""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from assistant.records import tables as t
from assistant.records.adt import AdtReader
from assistant.records.clock_reading import home_offset
from assistant.records.feeds import store_part
from assistant.records.hl7 import Hl7Error, separators
from assistant.records.hl7_feed import read_message
from assistant.records.hl7_stream import decode_message, split_messages
from assistant.records.readers import hl7_reader, unit_book
from assistant.records.rebuilding import rebuild
from assistant.records.report import FileReport
from assistant.records.settings import RecordsSettings
from assistant.records.store import Store
from assistant.records.told import Told
from assistant.records.unit_names import UnitBook
from assistant.records.writing import writing_to

# Rules of quarantine that the sender can only cure in its settings, not by correcting the content of this message.
_REJECTED = frozenset({"no_header", "no_message_type", "unknown_trigger", "unreadable_message"})

_u = t.units.c
_UNITS = select(_u.unit, _u.name, _u.name_zh, _u.aliases, _u.declared).order_by(_u.unit)


@dataclass(frozen=True)
class Received:
    """What became of one message.

    Attributes:
        code: For MSA-1: `AA` stored, known already or not needed; `AE` its content cannot be used; `AR` it is no
            message that can be read at all, or it could not be stored now and should be sent again.
        control_id: MSH-10 as sent, for MSA-2; empty if it cannot be read.
        outcome: `new`, `duplicate`, `ignored` (test message, other message type), `quarantined` or `not_stored`.
        rule: Of quarantine, or why it was ignored; empty otherwise.
        reason: A sentence for the sender, for MSA-3 or ERR; empty for `new` and `duplicate`.
        sender: MSH-3 and MSH-4 with `|` between, as it names itself.
    """

    code: str
    control_id: str = ""
    outcome: str = "new"
    rule: str = ""
    reason: str = ""
    sender: str = ""


class Receiver:
    """Takes in messages of one site; safe to call from several threads.

    Args:
        store: Where to.
        site: Keeps equal visit and patient numbers of several sites apart.
        settings: The site's clock.
    """

    def __init__(self, store: Store, site: str = "main", settings: RecordsSettings | None = None) -> None:
        self._store = store
        self._site = site
        self._settings = settings or RecordsSettings()
        self._lock = threading.Lock()
        self._offsets: Counter[int] = Counter()
        self._reader: tuple[AdtReader, UnitBook] | None = None
        self._reader_for: tuple[int, int | None] = (0, None)

    def receive(self, raw: bytes, place: str = "received") -> Received:
        """Store one message, frame bytes taken off or not; when this returns, it is on the disk and in the census."""
        return self.receive_all([raw], place)[0]

    def receive_all(self, raws: Sequence[bytes], place: str = "received") -> list[Received]:
        """Store several messages in one transaction, for one wait on the disk; the answers are in their order.

        Args:
            raws: One message each, with any newlines.
            place: Where they came from, for quarantine and findings, e.g. `mllp 10.0.0.7`.
        """
        frames = [list(split_messages(BytesIO(raw))) for raw in raws]  # a frame may hold a batch
        heads = [_head(frame[0]) if frame else ("", "") for frame in frames]
        with self._lock:
            try:
                return self._store_all(frames, heads, place)
            except SQLAlchemyError as error:
                self._reader = None  # it may have noted units that were rolled back
                reason = f"could not be stored now, send it again: {str(error).splitlines()[0][:200]}"
                return [Received("AR", control, "not_stored", "not_stored", reason, who) for who, control in heads]

    def _store_all(
        self, frames: Sequence[Sequence[bytes]], heads: Sequence[tuple[str, str]], place: str
    ) -> list[Received]:
        """All in one transaction, the stays of the visits included."""
        answers, touched = [], set()
        with writing_to(self._store.engine, durable=True) as connection:
            for frame, head in zip(frames, heads, strict=True):
                reader, units = self._parts(connection, frame)
                where = f"{place} {head[1]}".strip()
                told = [one for message in frame for one in read_message(message, reader, where)] or [_nothing(place)]
                file = FileReport(place, "hl7")
                touched |= store_part(connection, told, units, file, self._site, rebuilt_at_once=True)
                answers.append(_answer(file, told, head))
            rebuild(connection, sorted(touched))
        return answers

    def _parts(self, connection: Connection, frame: Sequence[bytes]) -> tuple[AdtReader, UnitBook]:
        """Reader and units; made anew when somebody has changed the units or another offset is the usual one."""
        for message in frame:
            offset = home_offset(message)
            if offset is not None:
                self._offsets[offset] += 1
        home = self._offsets.most_common(1)[0][0] if self._offsets else None
        known = connection.execute(_UNITS).all()
        state = (hash(tuple(map(tuple, known))), home)
        if self._reader is None or state != self._reader_for:
            units = unit_book(self._store, self._settings, "hl7")
            self._reader = hl7_reader(self._store, self._site, self._settings, home, units), units
            self._reader_for = state
        return self._reader


def receive(store: Store, raw: bytes, site: str = "main", settings: RecordsSettings | None = None) -> Received:
    """Store one message; for many use one `Receiver`, which keeps what it has looked up."""
    return Receiver(store, site, settings).receive(raw)


def _nothing(place: str) -> Told:
    return Told(faults=[("no_header", "an empty frame; expected a message that starts with MSH", "")], place=place)


def _head(raw: bytes) -> tuple[str, str]:
    """Sender and control id as far as the header can be read."""
    text = decode_message(raw.split(b"\r", 1)[0])
    try:
        marks = separators(text)
    except Hl7Error:
        return "", ""
    fields = text.split(marks.field) if text.startswith("MSH") else []
    if len(fields) < 4:
        return "", ""
    return "|".join(fields[2:4]), fields[9].strip() if len(fields) > 9 else ""


def _answer(file: FileReport, told: Sequence[Told], head: tuple[str, str]) -> Received:
    """The answer to one message, from what was counted while it was stored."""
    sender, control = head
    faults = [fault for one in told for fault in one.faults]
    if faults:
        rule, reason, _ = faults[0]
        return Received("AR" if rule in _REJECTED else "AE", control, "quarantined", rule, reason, sender)
    ignored = next((one.ignored for one in told if one.ignored), "")
    if ignored:
        return Received("AA", control, "ignored", ignored, f"not used here: {ignored.replace('_', ' ')}", sender)
    return Received("AA", control, "new" if file.new else "duplicate", sender=sender)
