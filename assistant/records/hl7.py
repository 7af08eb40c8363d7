"""Decodes the HL7 v2 segments and fields that movements need, with the separators and escapes of the message."""

import re
from dataclasses import dataclass, field

# MRG names the patient number that a merge does away with; ZBE and other site segments are not used.
_WANTED = frozenset({"EVN", "PID", "PV1", "PV2", "MRG"})
_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}\Z")


class Hl7Error(Exception):
    """Why a message cannot be used; becomes the rule and the reason in quarantine."""

    def __init__(self, rule: str, reason: str) -> None:
        self.rule = rule
        self.reason = reason
        super().__init__(f"{rule}: {reason}")


@dataclass(frozen=True, slots=True)
class Separators:
    """The characters that MSH-1 and MSH-2 declare."""

    field: str
    component: str
    repetition: str
    escape: str
    subcomponent: str


@dataclass(slots=True)
class Segment:
    """One segment; fields count from 1 as in the standard."""

    fields: list[str]
    separators: Separators

    def raw(self, number: int) -> str:
        """The field as written, empty if the segment ends before it."""
        return self.fields[number] if number < len(self.fields) else ""

    def text(self, number: int, component: int = 1) -> str:
        """One component of the field's first repetition, escapes resolved, blanks trimmed."""
        value = self.fields[number] if number < len(self.fields) else ""
        if not value:
            return ""
        marks = self.separators
        if component == 1:
            value = value.split(marks.component, 1)[0].split(marks.repetition, 1)[0]
        else:
            parts = value.split(marks.repetition, 1)[0].split(marks.component, component)
            value = parts[component - 1] if component <= len(parts) else ""
        return (unescape(value, marks) if marks.escape in value else value).strip()

    def repetitions(self, number: int) -> list[str]:
        """First component of each repetition."""
        marks = self.separators
        found = (part.split(marks.component, 1)[0] for part in self.raw(number).split(marks.repetition))
        return [unescape(part, marks).strip() for part in found]


@dataclass(slots=True)
class Message:
    """The header and the wanted segments of one message, in the order they came."""

    header: Segment
    segments: list[tuple[str, Segment]] = field(default_factory=list)

    def first(self, name: str) -> Segment | None:
        """The first segment of that name."""
        for found, segment in self.segments:
            if found == name:
                return segment
        return None

    def all(self, name: str) -> list[Segment]:
        """All segments of that name."""
        return [segment for found, segment in self.segments if found == name]


def parse_message(text: str) -> tuple[Message, str]:
    """Decode one message.

    Returns:
        The message, and what follows it but cannot be part of it (a second EVN: the header of the next message is
        lost); usually empty.

    Raises:
        Hl7Error: If it has no readable header.
    """
    lines = [line for line in text.split("\r") if line.strip()]
    if not lines or not lines[0].lstrip().startswith("MSH"):
        raise Hl7Error("no_header", "expected a message that starts with MSH")
    head = lines[0].lstrip()
    marks = separators(head)
    message = Message(Segment(["MSH", marks.field, *head.split(marks.field)[1:]], marks))
    seen_event, last = False, message.header
    for number, line in enumerate(lines[1:], start=1):
        name = line[:3]
        if line[3:4] != marks.field or not (name in _WANTED or _SEGMENT.match(name)):
            if len(line.strip()) != 3 or not _SEGMENT.match(line.strip()):
                broken, *following = line.split(marks.field)  # a line break inside a field
                last.fields[-1] += "\n" + broken
                last.fields += following
            continue
        if name == "EVN" and seen_event:
            return message, "\r".join(lines[number:])
        seen_event = seen_event or name == "EVN"
        if name in _WANTED:
            last = Segment(line.split(marks.field), marks)
            message.segments.append((name, last))
        else:
            last = Segment([line[:3], ""], marks)  # takes up its own continuation lines, is not looked at
    return message, ""


def separators(header: str) -> Separators:
    r"""The separators of a header line; the usual `^~\&` where MSH-2 leaves one out."""
    mark = header[3:4]
    if not mark or mark.isalnum() or mark.isspace():
        raise Hl7Error("no_header", f"expected a field separator after MSH, found {mark!r}")
    said = header[4:].split(mark, 1)[0]
    usual = "^~\\&"
    return Separators(mark, *list(said + usual[len(said) :])[:4])


def unescape(text: str, marks: Separators) -> str:
    r"""Resolve `\F\`, `\S\`, `\T\`, `\R\`, `\E\` and hexadecimal escapes; formatting commands are dropped."""
    meant = {
        "F": marks.field,
        "S": marks.component,
        "T": marks.subcomponent,
        "R": marks.repetition,
        "E": marks.escape,
    }
    sign = re.escape(marks.escape)

    def resolve(match: re.Match[str]) -> str:
        word = match.group(1)
        if word in meant:
            return meant[word]
        if word.startswith("X"):
            return bytes.fromhex(word[1:]).decode("utf-8", errors="replace")
        return " "

    pattern = rf"{sign}([FSTRE]|X(?:[0-9A-Fa-f]{{2}})+|H|N|\.[a-z]{{2}}[+-]?\d*){sign}"
    return re.sub(pattern, resolve, text)
