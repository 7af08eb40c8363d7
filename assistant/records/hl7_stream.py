"""Cuts a stream of bytes into HL7 v2 messages: files, MLLP dumps, batches, with any newline and encoding.

What lies between messages and is none (text before the first MSH, a frame without a header) is handed out too, so
that nothing vanishes.
"""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

_CHUNK = 1 << 20
_LONGEST = 1 << 24  # bytes without any message start after which a piece is handed out as it is
# A message starts at a line's or frame's start, or anywhere where the whole usual header stands (newlines get lost).
_CANDIDATE = re.compile(rb"MSH[^A-Za-z0-9\s]|\x1c[^\r\x1c \t]")
_HEADER = rb"MSH|^~\&"
_BATCH_NAMES = (b"FHS", b"BHS", b"BTS", b"FTS")
_BATCH_LINE = re.compile(rb"(?:(?<=[\r\x1c])|\A)[ \t]*(?:FHS|BHS|BTS|FTS)[^A-Za-z0-9\s\r][^\r\x1c]*")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

_CODINGS = {
    "ASCII": "ascii",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",
    "UTF8": "utf-8",
    "GB 18030-2000": "gb18030",
    "GB18030": "gb18030",
    "GBK": "gb18030",
    "GB2312": "gb18030",
    "BIG-5": "big5",
    "ISO IR87": "iso2022_jp",
    "KS X 1001": "euc_kr",
}


def split_messages(stream: BinaryIO) -> Iterator[bytes]:
    """The messages one by one, segments ended by CR, frame bytes and batch segments taken out; memory stays flat."""
    rest, cut = b"", False
    for chunk in _without_marks(stream):
        if cut and chunk.startswith(b"\n"):  # the chunk before ended within a newline
            chunk = chunk[1:]
        cut = chunk.endswith(b"\r")
        rest += chunk.replace(b"\r\n", b"\r").replace(b"\n", b"\r").replace(b"\x0b", b"\x1c")
        starts = _starts(rest)
        if len(starts) > 1:
            yield from _pieces(rest, starts)
            rest = rest[starts[-1] :]
        elif len(rest) > _LONGEST:
            yield from _pieces(rest, [len(rest)])
            rest = b""
    starts = _starts(rest)
    yield from _pieces(rest, [*starts, len(rest)])


def decode_message(raw: bytes) -> str:
    """Text of one message: as MSH-18 says, else UTF-8, GB18030 or Latin-1, whichever fits.

    Null characters, with which some senders fill fields up, are taken out: PostgreSQL cannot store them.
    """
    return decode_and_name(raw)[0]


def decode_and_name(raw: bytes) -> tuple[str, str]:
    """Text of one message, and Python's name of the encoding it was written in."""
    raw = raw.replace(b"\x00", b"")
    if raw.isascii():
        return raw.decode("ascii"), "ascii"
    encodings = [_declared(raw), "utf-8", *(["latin-1"] if _looks_western(raw) else ["gb18030", "latin-1"])]
    for encoding in encodings:
        try:
            return raw.decode(encoding), encoding
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("latin-1"), "latin-1"


def _starts(text: bytes) -> list[int]:
    """Where messages, or frames without a header, start."""
    found = []
    for match in _CANDIDATE.finditer(text):
        at = match.start()
        if text[at] == 0x1C:
            found.append(at + 1)
        elif text.startswith(_HEADER, at) or _begins_line(text, at):
            found.append(at)
    return sorted(set(found))


def _begins_line(text: bytes, at: int) -> bool:
    """True if only blanks stand between the position and the start of its line."""
    before = text[max(0, at - 20) : at].rstrip(b" \t")
    return (at <= 20 and not before) or before[-1:] in (b"\r", b"\x1c")


def _pieces(text: bytes, ends: list[int]) -> Iterator[bytes]:
    """What lies before the first end and between each two, cleaned, empty pieces left out."""
    before = 0
    for end in ends:
        piece = text[before:end]
        if any(name in piece for name in _BATCH_NAMES):
            piece = _BATCH_LINE.sub(b"", piece)
        piece = piece.replace(b"\x1c", b"\r").strip(b"\r \t\x00\x1a")
        if piece:
            yield piece
        before = end


def _without_marks(stream: BinaryIO) -> Iterator[bytes]:
    """Chunks of the stream; byte order marks are taken out and UTF-16 becomes UTF-8."""
    head = stream.read(_CHUNK)
    if head[:2] in _MARKS[1:]:
        decoder = codecs.getincrementaldecoder("utf-16")(errors="replace")
        while head:
            yield decoder.decode(head).encode()
            head = stream.read(_CHUNK)
        yield decoder.decode(b"", final=True).encode()
        return
    while head:
        yield head.replace(b"\xef\xbb\xbf", b"")  # also inside: files with marks are glued together
        head = stream.read(_CHUNK)


def _declared(raw: bytes) -> str:
    """Python's name of the encoding in MSH-18; `utf-8` where it says nothing known."""
    header = raw.split(b"\r", 1)[0].decode("latin-1")
    fields = header.split(header[3:4] or "|")
    said = fields[17].split("~")[0].strip().upper() if len(fields) > 17 else ""
    if said.startswith("8859/"):
        return f"iso8859-{said[5:]}"
    return _CODINGS.get(said, "utf-8")


def _looks_western(raw: bytes) -> bool:
    """True if the bytes above 127 are rather accented letters of Latin-1 than Chinese in GB 18030.

    Accented letters mostly stand alone; Chinese comes in pairs, and what is written in practice are the common
    characters and the punctuation of GB 2312, whose first bytes are A1 to A3 and B0 to D7. A pair of small accented
    letters (as in `Größe`) begins with E0 or above.
    """
    runs = re.findall(rb"[\x80-\xff]+", raw)
    firsts = [run[at] for run in runs for at in range(0, len(run) - 1, 2)]
    alone = sum(len(run) % 2 for run in runs)
    common = sum(1 for first in firsts if 0xA1 <= first <= 0xA3 or 0xB0 <= first <= 0xD7)
    return alone + len(firsts) - common >= common
