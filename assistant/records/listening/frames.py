"""Cuts a connection's bytes into MLLP frames, however they arrive: in pieces, joined, with anything between them.

A frame is 0x0B, a message, 0x1C 0x0D. Taken as well: a line feed or nothing after 0x1C (the next frame begins), and a
message without its 0x0B. What is no frame is skipped and named. Memory is bounded: of a message that is too long only
the beginning is kept, for the answer.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

START, END, RETURN = b"\x0b", b"\x1c", b"\r"
_MARKS = re.compile(rb"[\x0b\x1c]")
_AFTER_END = b"\r\n\x0b\x1c"  # what may follow the 0x1C that ends a frame; before anything else it is content
_FILLER = b"\r\n \t\x00\x1a\x1c"
_HEAD = 4_096  # bytes kept of a message that is too long
_SMALL = 65_536  # a message up to this size is never refused because others hold too much


@dataclass(frozen=True)
class Frame:
    """A whole message; `bare` if the byte that starts a frame was missing."""

    body: bytes
    bare: bool = False


@dataclass(frozen=True)
class Refused:
    """A message that was not taken.

    Attributes:
        rule: `message_too_long`; `too_much_at_once`: within the limit of one message, but all connections together
            held too much; `frame_not_ended`: no more bytes came.
        head: Its beginning, with the header.
        size: Bytes that came.
    """

    rule: str
    head: bytes
    size: int


@dataclass(frozen=True)
class Skipped:
    """Bytes that are no message: `bytes_between_frames`, or `frame_cut` where the next frame began before the end."""

    rule: str
    size: int


Item = Frame | Refused | Skipped


@dataclass
class Room:
    """What all connections together may hold, in bytes."""

    most: int
    used: int = 0

    @property
    def full(self) -> bool:
        """True if more is held than may be."""
        return self.used > self.most


def framed(message: bytes) -> bytes:
    """The message as one MLLP frame."""
    return START + message + END + RETURN


class FrameReader:
    """Turns pieces of a byte stream into frames.

    Args:
        longest: Bytes of the longest message that is taken.
        room: Shared with the other connections; None: this one stands alone.
    """

    def __init__(self, longest: int, room: Room | None = None) -> None:
        self._longest = longest
        self._room = room or Room(2 * longest + _SMALL)
        self._held = bytearray()
        self._open = False  # within a frame, or within what has no start byte
        self._bare = False
        self._scanned = 0
        self._head = b""
        self._shed_bytes = 0
        self._crowded = False

    @property
    def unfinished(self) -> bool:
        """True while a message has begun and has not ended."""
        return self._open

    @property
    def at_end_byte(self) -> bool:
        """True if the last byte was 0x1C, so that only the 0x0D after it is missing."""
        return self._open and self._held.endswith(END)

    def feed(self, data: bytes) -> list[Item]:
        """The frames that are whole now, and what was skipped, in their order."""
        before = len(self._held)
        self._held += data
        self._room.used += len(data)
        found = list(self._whole())
        self._room.used += len(self._held) - before - len(data)
        return found

    def finish(self) -> list[Item]:
        """No more bytes come, or none in time: what is left ends here."""
        if not self._open:
            return []
        held, head = len(self._held), self._head or bytes(self._held[:_HEAD])
        ended = self._held.endswith(END)
        item = self._cut(held - 1 if ended else held, whole=ended)
        self._held.clear()
        self._room.used -= held
        if isinstance(item, Skipped) and item.rule == "frame_cut":
            item = Refused("frame_not_ended", head, item.size)
        return [item] if item else []

    def _whole(self) -> Iterable[Item]:
        while self._open or self._begin():
            end = self._end()
            if end is None:
                self._shed()
                return
            item = self._cut(end, whole=self._held[end] == END[0])
            if item:
                yield item

    def _begin(self) -> bool:
        """Step over what lies between frames; True if something begins."""
        filler = len(self._held) - len(self._held.lstrip(_FILLER))
        del self._held[:filler]
        if not self._held:
            return False
        self._open, self._scanned = True, 0
        self._bare = self._held[:1] != START
        if not self._bare:
            del self._held[:1]
        return True

    def _end(self) -> int | None:
        """Where the frame ends: at its 0x1C, or where the next frame begins; None: not here yet."""
        while match := _MARKS.search(self._held, self._scanned):
            at = self._scanned = match.start()
            if self._held[at] == START[0]:
                return at
            if at + 1 == len(self._held):
                return None  # what follows the 0x1C decides
            if self._held[at + 1] in _AFTER_END:
                return at
            self._scanned = at + 1
        self._scanned = len(self._held)
        return None

    def _shed(self) -> None:
        """Keep only the beginning of what is too long, or is no message."""
        size = self._shed_bytes + len(self._held)
        noise = self._bare and size >= 3 and not (self._head or self._held).startswith(b"MSH")
        crowded = self._room.full and size > _SMALL
        if not (noise or crowded or self._shed_bytes or size > self._longest):
            return
        if not self._shed_bytes:
            self._head = bytes(self._held[:_HEAD])
            self._crowded = crowded and size <= self._longest
        keep = 1 if self._held.endswith(END) else 0
        self._shed_bytes += len(self._held) - keep
        del self._held[: len(self._held) - keep]
        self._scanned = 0

    def _cut(self, end: int, whole: bool) -> Item | None:
        """Take the frame that ends here out of what is held; None if it is empty and was cut."""
        body, size = bytes(self._held[:end]), self._shed_bytes + end
        head, shed, bare, crowded = self._head, self._shed_bytes, self._bare, self._crowded
        del self._held[: end + (1 if whole else 0)]
        self._open, self._scanned, self._head, self._shed_bytes, self._crowded = False, 0, b"", 0, False
        if bare and not (head or body).startswith(b"MSH"):
            return Skipped("bytes_between_frames", size)
        if not whole:
            return Skipped("frame_cut", size) if size else None
        if shed or size > self._longest:
            return Refused("too_much_at_once" if crowded else "message_too_long", head or body[:_HEAD], size)
        return Frame(body, bare)
