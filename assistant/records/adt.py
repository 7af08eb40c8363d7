"""Turns ADT messages into movements, or says why a message is of no use."""

import re
from dataclasses import dataclass, field

from assistant.records import movements as m
from assistant.records.adt_fields import DELETED, SEX, acuity_of, key_of, needs_of, offset_of, year_of
from assistant.records.clock_reading import SiteClock
from assistant.records.findings import Finding
from assistant.records.hl7 import Hl7Error, Message, Segment, parse_message
from assistant.records.movements import Movement
from assistant.records.pseudonyms import Pseudonyms
from assistant.records.unit_names import UnitBook, UnknownUnitError
from assistant.records.wall import DAY

USED = m.PLACES_PATIENT | set(m.CANCELS) | {m.DISCHARGE, m.UPDATE, m.PENDING_TRANSFER, m.CANCEL_PENDING_TRANSFER}
USED |= {m.DELETE_VISIT, m.RETURN, "A16", "A17", "A21", "A25"}
MOVES_OF_VISITS = frozenset({"A44", "A45"})  # PID is the right patient, MRG the one who had the account or visit
MERGES = frozenset({"A18", "A30", "A34", "A36", "A39", "A40", "A47"})  # MRG-1: the patient number that is given up
MERGES_OF_VISITS = frozenset({"A42", "A50"})  # MRG-5: the visit number that is given up, PV1-19 the valid one
_TRIGGER = re.compile(r"A(\d{2})")
_LAST_TRIGGER = 62  # A62, the last of HL7 2.5 to 2.9


@dataclass
class AdtContent:
    """What one message comes to.

    Attributes:
        key: Sender and control id; the same in a message sent again. Empty: the sender gave no control id.
        movements: Usually one; two for a swap (A17); none if the message is ignored.
        merges: Patient pseudonyms (given up, valid).
        visits: Visit pseudonyms: what is given up, and what it leads to.
        ignored: Why a readable message is not used: `test_message` or `other_message`.
        rest: Text that follows but belongs to no message.
    """

    key: str = ""
    movements: list[Movement] = field(default_factory=list)
    merges: list[tuple[str, str]] = field(default_factory=list)
    visits: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    ignored: str = ""
    rest: str = ""


class AdtReader:
    """Reads ADT messages of one site.

    Args:
        site: Keeps equal numbers of several sites apart.
        clock: The site's wall clock.
        pseudonyms: Hides patient and visit numbers.
        units: Finds the code of a unit's name and notes new units.
        leave_frees_bed: Whether a patient on leave of absence is not counted; otherwise his bed stays his.
    """

    def __init__(
        self,
        site: str,
        clock: SiteClock,
        pseudonyms: Pseudonyms,
        units: UnitBook,
        leave_frees_bed: bool = False,
    ) -> None:
        self._site = site
        self._clock = clock
        self._pseudonyms = pseudonyms
        self._units = units
        self._leave = m.LEAVE if leave_frees_bed else m.LEAVE_KEEPING_BED

    def read(self, text: str, place: str) -> AdtContent:
        """Read one message.

        Raises:
            Hl7Error: If it cannot be used; the caller quarantines it.
        """
        message, rest = parse_message(text)
        head = message.header
        content = AdtContent(rest=rest)
        content.key = key_of(head, self._site)
        trigger = self._trigger(message, content, place)
        if head.text(11) not in ("P", ""):
            content.ignored = "test_message"
        elif trigger in MERGES:
            self._merge(message, content)
        elif trigger in MOVES_OF_VISITS:
            self._move_visits(message, content, place)
        elif trigger in MERGES_OF_VISITS:
            self._merge_visits(message, trigger, content, place)
        elif trigger not in USED:
            content.ignored = "other_message"
        else:
            self._move(message, trigger, content, place)
        return content

    def _trigger(self, message: Message, content: AdtContent, place: str) -> str:
        """Trigger of MSH-9, else EVN-1; empty for other message types."""
        kind, trigger = message.header.text(9), message.header.text(9, 2)
        event = message.first("EVN")
        if not kind:
            raise Hl7Error("no_message_type", "MSH-9 is empty; expected a message type such as ADT^A01")
        if kind != "ADT":
            return ""
        told = event.text(1) if event else ""
        trigger = trigger or told
        match = _TRIGGER.fullmatch(trigger)
        if match is None or not 1 <= int(match.group(1)) <= _LAST_TRIGGER:
            raise Hl7Error("unknown_trigger", f"MSH-9 says {trigger!r}; expected A01 to A{_LAST_TRIGGER}")
        if told and told != trigger:
            content.findings.append(Finding("trigger_mismatch", "warning", place, f"EVN {told} MSH {trigger}", "kept"))
        return trigger

    def _move(self, message: Message, trigger: str, content: AdtContent, place: str) -> None:
        """One movement per PID and PV1; a swap (A17) has two of each."""
        people, visits = message.all("PID"), message.all("PV1")
        for name, found in (("PID", people), ("PV1", visits)):
            if not found:
                raise Hl7Error(f"missing_{name.lower()}", f"the message has no {name} segment")
        if len(people) > 1 and trigger != "A17":
            raise Hl7Error("two_patients", "two PID segments; the header of the second message is lost")
        time, recorded = self._times(message, content, place)
        for person, visit in zip(people, visits, strict=False):
            more = message.first("PV2") if len(people) == 1 else None
            content.movements.append(self._movement(trigger, time, recorded, person, visit, more, content, place))

    def _movement(
        self,
        trigger: str,
        time: int,
        recorded: int,
        person: Segment,
        visit: Segment,
        more: Segment | None,
        content: AdtContent,
        place: str,
    ) -> Movement:
        """The movement of one patient."""
        number = person.text(3) or person.text(2)
        if not number:
            raise Hl7Error("no_patient_number", "PID-3 is empty")
        code = self._unit(visit, 3)
        if not code and trigger in (m.ADMIT, m.TRANSFER, m.REGISTER, "A17"):
            raise Hl7Error("no_location", f"{trigger} without a unit in PV1-3")
        waits = trigger == m.PENDING_TRANSFER
        pending = self._unit(visit, 42) if waits else ""
        if waits and not pending:
            raise Hl7Error("no_location", "A15 without the awaited unit in PV1-42")
        return Movement(
            visit=self._visit(person, visit, number, content, place),
            patient=self._pseudonyms.patient(self._site, number),
            source="hl7",
            trigger={"A17": m.TRANSFER, "A21": self._leave}.get(trigger, trigger),
            time=time,
            recorded=recorded,
            unit=code,
            room=visit.text(3, 2),
            bed=visit.text(3, 3),
            pending=pending,
            visit_class=visit.text(2).upper(),
            sex=SEX.get(person.text(8).upper(), ""),
            birth_year=year_of(person.text(7)),
            expected_end=self._expected(more, trigger, content, place),
            needs=needs_of(more),
            acuity=acuity_of(more),
        )

    def _unit(self, visit: Segment, number: int) -> str:
        """Code of the unit in a location field; empty if it names none."""
        try:
            return self._units.code(visit.text(number))
        except UnknownUnitError as error:
            raise Hl7Error("unknown_unit", f"PV1-{number}: {error}") from None

    def _visit(self, person: Segment, visit: Segment, patient: str, content: AdtContent, place: str) -> str:
        """Visit number, else account number; else all visits of the patient are taken as one."""
        number = visit.text(19) or person.text(18) or visit.text(50)
        if not number:
            content.findings.append(Finding("no_visit_number", "warning", place, "", "kept"))
            number = f"patient {patient}"
        return self._pseudonyms.visit(self._site, number)

    def _times(self, message: Message, content: AdtContent, place: str) -> tuple[int, int]:
        """When it happened (EVN-6, else EVN-2, else MSH-7) and when it was entered (EVN-2, else MSH-7)."""
        event, sent_text = message.first("EVN"), message.header.text(7)
        offset = offset_of(sent_text)
        told = [event.text(6), event.text(2)] if event else []
        texts = [text for text in (*told, sent_text) if text and text != DELETED]
        if not texts:
            raise Hl7Error("unreadable_time", "EVN-6, EVN-2 and MSH-7 are empty")
        try:
            time = self._clock.read(texts[0], offset)
        except ValueError as error:
            raise Hl7Error("unreadable_time", str(error)) from None
        if time.only_day:
            content.findings.append(Finding("time_without_hour", "warning", place, texts[0], "kept"))
        sent = self._readable(sent_text, offset, time.seconds)
        if time.seconds > sent + DAY:
            raise Hl7Error("future_time", f"it happened at {texts[0]}, more than a day after it was sent ({sent_text})")
        return time.seconds, self._readable(event.text(2) if event else "", offset, sent)

    def _readable(self, text: str, offset: str, otherwise: int) -> int:
        """A time that is good to have but not needed."""
        try:
            return self._clock.read(text, offset).seconds
        except ValueError:
            return otherwise

    def _expected(self, more: Segment | None, trigger: str, content: AdtContent, place: str) -> int | None:
        """Expected discharge (PV2-9); 0 if it is taken back."""
        text = more.text(9) if more else ""
        if text == DELETED or trigger == "A25":
            return 0
        if not text:
            return None
        try:
            return self._clock.read(text).seconds
        except ValueError:
            content.findings.append(Finding("unreadable_expected_end", "warning", place, text, "fixed"))
            return None

    def _move_visits(self, message: Message, content: AdtContent, place: str) -> None:
        """Each visit goes from the patient in MRG-1 (if he is named) to the one in PID-3 before it."""
        time, recorded = self._times(message, content, place)
        people, merges, visits = message.all("PID"), message.all("MRG"), message.all("PV1")
        for at, (person, merge) in enumerate(zip(people, merges, strict=False)):
            visit = visits[at] if at < len(visits) else Segment([], person.separators)
            number = merge.text(5) or visit.text(19) or person.text(18) or merge.text(3)
            patient = person.text(3) or person.text(2)
            if not number or not patient:
                raise Hl7Error(
                    "missing_merge", "a visit moved to another patient needs PID-3 and MRG-5, PV1-19 or PID-18"
                )
            moved = Movement(
                visit=self._pseudonyms.visit(self._site, number),
                patient=self._pseudonyms.patient(self._site, patient),
                source="hl7",
                trigger=m.MOVE_VISIT,
                time=time,
                recorded=recorded,
                pending=self._pseudonyms.patient(self._site, merge.text(1)),
                sex=SEX.get(person.text(8).upper(), ""),
                birth_year=year_of(person.text(7)),
            )
            content.movements.append(moved)
        if not content.movements:
            raise Hl7Error("missing_merge", "a visit moved to another patient needs PID and MRG")

    def _merge_visits(self, message: Message, trigger: str, content: AdtContent, place: str) -> None:
        """The visit number in MRG-5 gives way to the one in PV1-19; what both tell is replayed as one visit."""
        time, recorded = self._times(message, content, place)
        parts = zip(message.all("PID"), message.all("MRG"), message.all("PV1"), strict=False)
        for person, merge, visit in parts:
            old, new = merge.text(5), visit.text(19)
            if old and new and old != new:
                given_up, valid = (self._pseudonyms.visit(self._site, number) for number in (old, new))
                patient = self._pseudonyms.patient(self._site, person.text(3))
                content.visits[given_up] = valid
                content.movements.append(Movement(valid, patient, "hl7", trigger, time, recorded, pending=given_up))
        if not content.visits:
            raise Hl7Error("missing_merge", f"{trigger} needs two visit numbers, in MRG-5 and PV1-19")

    def _merge(self, message: Message, content: AdtContent) -> None:
        """The patient number in MRG-1 gives way to the one in PID-3."""
        for person, merge in zip(message.all("PID"), message.all("MRG"), strict=False):
            old, new = merge.text(1), person.text(3)
            if old and new and old != new:
                pair = self._pseudonyms.patient(self._site, old), self._pseudonyms.patient(self._site, new)
                content.merges.append(pair)
        if not content.merges:
            raise Hl7Error("missing_merge", "a merge needs PID-3 and MRG-1")
