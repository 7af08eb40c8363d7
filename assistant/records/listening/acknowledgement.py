"""Writes the acknowledgement (ACK) of a message in the sender's own separators, version and encoding.

HL7 v2 chapter 2, original acknowledgement mode: MSA-1 is AA, AE or AR, MSA-2 the control id of the message that is
answered. From version 2.5 on a refusal also has an ERR segment with a code of table HL70357.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from assistant.records.hl7 import Hl7Error, Separators, separators
from assistant.records.hl7_stream import decode_and_name
from assistant.records.listening.frames import END, START

_NO_HEADER = r"MSH|^~\&"
_OURS = "ASSISTANT"  # MSH-3 where the sender did not say whom it writes to
_ERRORS = {
    "missing_evn": "100^Segment sequence error",
    "missing_pid": "100^Segment sequence error",
    "missing_pv1": "100^Segment sequence error",
    "two_patients": "100^Segment sequence error",
    "missing_merge": "101^Required field missing",
    "no_location": "101^Required field missing",
    "no_message_type": "101^Required field missing",
    "no_patient_number": "101^Required field missing",
    "future_time": "102^Data type error",
    "unreadable_time": "102^Data type error",
    "unknown_trigger": "201^Unsupported event code",
}
_OTHER_ERROR = "207^Application internal error"
_VERSION = "2.5"  # where MSH-12 is empty
_LONGEST_TEXT = 200  # characters; systems keep MSA-3 in short fields


@dataclass(frozen=True)
class Answer:
    """What is to be said about one message.

    Attributes:
        code: AA, AE or AR.
        rule: Why it was not taken, a stable word; empty where it was.
        reason: A sentence for MSA-3; may be empty.
    """

    code: str
    rule: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Header:
    """What an acknowledgement needs of the message it answers.

    Attributes:
        fields: As sent; MSH-n is at n - 1, MSH-1 is missing.
        encoding: Python's name of the one that the message was written in.
    """

    marks: Separators
    fields: tuple[str, ...]
    encoding: str

    @classmethod
    def of(cls, raw: bytes) -> "Header":
        """The header of a message, or of the beginning of one; a usual one where there is none."""
        whole, encoding = decode_and_name(raw)
        text = whole.lstrip("\ufeff\r\n \t").split("\r", 1)[0].split("\n", 1)[0]
        try:
            marks = separators(text) if text.startswith("MSH") else separators(_NO_HEADER)
        except Hl7Error:
            return cls(separators(_NO_HEADER), ("MSH",), encoding)
        return cls(marks, tuple(text.split(marks.field)) if text.startswith("MSH") else ("MSH",), encoding)

    def field(self, number: int) -> str:
        """MSH-`number` as sent, from 2 on; empty if the header ends before it."""
        return self.fields[number - 1] if number <= len(self.fields) else ""

    @property
    def control_id(self) -> str:
        """MSH-10 as sent."""
        return self.field(10)

    @property
    def sender(self) -> str:
        """MSH-3 and MSH-4 with `|` between, as it names itself."""
        return f"{self.field(3)}|{self.field(4)}"


class Acknowledger:
    """Writes acknowledgements with control ids of its own."""

    def __init__(self) -> None:
        self._began = f"{datetime.now():%y%m%d%H%M%S}"
        self._numbers = count(1)

    def acknowledge(self, header: Header, answer: Answer) -> bytes:
        """One ACK message, segments ended by CR, not yet framed."""
        marks, version = header.marks, header.field(12) or _VERSION
        text = escaped(answer.reason[:_LONGEST_TEXT], marks)
        lines = [self._head(header, version), ["MSA", answer.code, header.control_id, *([text] if text else [])]]
        if answer.code != "AA" and _number(version, marks) >= 2.5:
            code = f"{_ERRORS.get(answer.rule, _OTHER_ERROR)}^HL70357".replace("^", marks.component)
            lines.append(["ERR", "", "", code, "E", "", "", "", text])
        return _encoded(lines, header)

    def batch(self, header: Header, answers: Sequence[bytes]) -> bytes:
        """The acknowledgements of a batch, as a batch."""
        begin, end = [["BHS", _signs(header)]], [["BTS", str(len(answers))]]
        return _encoded(begin, header) + b"".join(answers) + _encoded(end, header)

    def _head(self, header: Header, version: str) -> list[str]:
        """MSH with sender and receiver changed over."""
        marks = header.marks
        event = header.field(9).split(marks.repetition)[0].split(marks.component)
        kind = ["ACK", event[1]] if len(event) > 1 and event[1] else ["ACK"]
        if len(kind) > 1 and _number(version, marks) >= 2.4:
            kind.append("ACK")
        said = {
            2: _signs(header),
            3: header.field(5) or _OURS,
            4: header.field(6),
            5: header.field(3),
            6: header.field(4),
            7: f"{datetime.now().astimezone():%Y%m%d%H%M%S%z}",
            9: marks.component.join(kind),
            10: f"{self._began}{next(self._numbers):06d}",
            11: header.field(11) or "P",
            12: version,
            18: header.field(18),
        }
        last = 18 if said[18] else 12
        return ["MSH", *(said.get(number, "") for number in range(2, last + 1))]


def escaped(text: str, marks: Separators) -> str:
    r"""Plain text as the content of a field: separators become `\F\`, `\S\` ..., line ends blanks."""
    meant = {
        marks.escape: "E",
        marks.field: "F",
        marks.component: "S",
        marks.subcomponent: "T",
        marks.repetition: "R",
    }
    said = (f"{marks.escape}{meant[sign]}{marks.escape}" if sign in meant else sign for sign in text)
    return " ".join("".join(said).split())


def _signs(header: Header) -> str:
    """MSH-2 as the sender wrote it."""
    marks = header.marks
    return header.field(2) or marks.component + marks.repetition + marks.escape + marks.subcomponent


def _encoded(lines: Sequence[Sequence[str]], header: Header) -> bytes:
    """Segments as bytes; frame bytes that a broken header may hold are left out."""
    text = "".join(header.marks.field.join(line) + "\r" for line in lines)
    return text.encode(header.encoding, errors="replace").translate(None, START + END)


def _number(version: str, marks: Separators) -> float:
    """`2.5` of MSH-12 `2.5.1^USA`; 0 if it is none."""
    parts = version.split(marks.component)[0].split(".")
    text = ".".join(parts[:2])
    return float(text) if text.replace(".", "", 1).isdecimal() and text.isascii() else 0.0
