"""Each kind of damage seen in feeds: what still is read from it, and what the user is told where nothing is."""

import io
from collections.abc import Callable

import pytest

from assistant.records.adt import AdtReader
from assistant.records.clock_reading import SiteClock, home_offset
from assistant.records.hl7_feed import read_hl7
from assistant.records.hl7_stream import decode_message, split_messages
from assistant.records.movements import LEAVE, LEAVE_KEEPING_BED
from assistant.records.pseudonyms import Pseudonyms
from assistant.records.told import Told
from assistant.records.unit_names import UnitBook
from assistant.records.wall import to_datetime

Adt = Callable[..., str]


def read(raw: bytes | str, **more: object) -> list[Told]:
    data = raw.encode() if isinstance(raw, str) else raw
    clock = SiteClock("", home_offset(data))
    reader = AdtReader("main", clock, Pseudonyms(b"k" * 32), UnitBook([]), **more)  # type: ignore[arg-type]
    return list(read_hl7(io.BytesIO(data), reader, "feed.hl7"))  # type: ignore[arg-type]


def without(segment: str, message: str) -> str:
    return "\r".join(line for line in message.split("\r") if not line.startswith(segment))


REFUSED: dict[str, tuple[Callable[[str], str], str, str]] = {
    "header lost": (
        lambda m: "\x0b" + without("MSH", m) + "\x1c",
        "no_header",
        "expected a message that starts with MSH",
    ),
    "header without separator": (
        lambda m: "\x0bMSH 1\x1c",
        "no_header",
        "expected a field separator after MSH, found ' '",
    ),
    "no type": (
        lambda m: m.replace("ADT^A01", ""),
        "no_message_type",
        "MSH-9 is empty; expected a message type such as ADT^A01",
    ),
    "unknown trigger": (lambda m: m.replace("A01", "Z99"), "unknown_trigger", "MSH-9 says 'Z99'; expected A01 to A62"),
    "no PID": (lambda m: without("PID", m), "missing_pid", "the message has no PID segment"),
    "no PV1": (lambda m: without("PV1", m), "missing_pv1", "the message has no PV1 segment"),
    "no patient number": (lambda m: m.replace("p1^^^HOSP^MR", ""), "no_patient_number", "PID-3 is empty"),
    "no place": (lambda m: m.replace("|I|ICU", "|I|"), "no_location", "A01 without a unit in PV1-3"),
    "place deleted": (lambda m: m.replace("|I|ICU", '|I|""'), "no_location", "A01 without a unit in PV1-3"),
    "wait for nowhere": (lambda m: m.replace("A01", "A15"), "no_location", "A15 without the awaited unit in PV1-42"),
    "no such day": (
        lambda m: m.replace("20260301080000", "20260231080000"),
        "unreadable_time",
        "day is out of range for month",
    ),
    "no such hour": (
        lambda m: m.replace("20260301080000", "20260301250000"),
        "unreadable_time",
        "25:00:00 is no time of day",
    ),
    "no time at all": (
        lambda m: m.replace("20260301080000", ""),
        "unreadable_time",
        "EVN-6, EVN-2 and MSH-7 are empty",
    ),
    "words for a time": (
        lambda m: m.replace("20260301080000", "today"),
        "unreadable_time",
        "'today' is no time such as 20260302031700 or 2026-03-02T03:17:00",
    ),
    "before anybody": (
        lambda m: m.replace("20260301080000", "00010101000000"),
        "unreadable_time",
        "'00010101000000' lies before 1900",
    ),
    "from the future": (
        lambda m: m.replace("||||20260301080000", "||||20620301080000"),
        "future_time",
        "it happened at 20620301080000, more than a day after it was sent (20260301080000)",
    ),
    "two patients": (
        lambda m: m + "PID|2||p2\r",
        "two_patients",
        "two PID segments; the header of the second message is lost",
    ),
    "merge of nothing": (lambda m: m.replace("A01", "A40"), "missing_merge", "a merge needs PID-3 and MRG-1"),
    "visit of nobody": (
        lambda m: m.replace("A01", "A45"),
        "missing_merge",
        "a visit moved to another patient needs PID and MRG",
    ),
    "visits merged into themselves": (
        lambda m: m.replace("A01", "A42") + "MRG|||||1\r",
        "missing_merge",
        "A42 needs two visit numbers, in MRG-5 and PV1-19",
    ),
}


@pytest.mark.parametrize("damage", REFUSED)
def test_what_cannot_be_used_says_what_was_expected_and_keeps_the_text(damage: str, adt: Adt) -> None:
    change, rule, reason = REFUSED[damage]
    bad = change(adt("A01", 0, "ICU"))
    told = read(bad + adt("A01", 1, "3B", visit="2"))
    (fault,) = [fault for one in told for fault in one.faults]
    assert fault[:2] == (rule, reason)
    assert fault[2].strip("\r") == bad.strip("\r\x0b\x1c")
    assert [x.unit for one in told for x in one.movements] == ["3B"]  # the next message is not disturbed


READ: dict[str, Callable[[str], bytes | str]] = {
    "newlines instead of carriage returns": lambda m: m.replace("\r", "\n"),
    "both": lambda m: m.replace("\r", "\r\n"),
    "empty lines between segments": lambda m: m.replace("\r", "\r\r\n"),
    "byte order mark": lambda m: b"\xef\xbb\xbf" + m.encode(),
    "utf-16, little endian": lambda m: b"\xff\xfe" + m.encode("utf-16-le"),
    "utf-16, big endian": lambda m: b"\xfe\xff" + m.encode("utf-16-be"),
    "frame": lambda m: f"\x0b{m}\x1c\r",
    "frame in a frame": lambda m: f"\x0b\x0b{m}\x1c\r\x1c\r",
    "frame without its end": lambda m: f"\x0b{m}",
    "noise before": lambda m: f"\r\n\r\n   {m}",
    "end of file mark of DOS": lambda m: m + "\x1a",
    "zero bytes after": lambda m: m + "\x00\x00",
    "batch": lambda m: f"BHS|^~\\&|A\r{m}BTS|1\r",
    "batch in a batch in a file": lambda m: f"FHS|^~\\&|A\rBHS|^~\\&|B\rBHS|^~\\&|C\r{m}BTS|1\rBTS|1\rFTS|1\r",
    "line break in a field": lambda m: m.replace("NAME^OF", "NAME\rOF SOMEBODY^X"),
    "short segments": lambda m: m.replace("PV1|", "DG1\rPV1|"),
    "unknown segments": lambda m: m + "ZBE|1|20260301\rNTE|1||MSH is a header\r",
    "escape in a name": lambda m: m.replace("NAME^OF", "N\\T\\M\\X41\\^\\H\\O\\N\\"),
    "escape without end": lambda m: m.replace("NAME^OF", "50\\ per cent"),
    "more fields than the standard has": lambda m: m.replace("PV1|", "PV1|", 1).rstrip("\r") + "|" * 300 + "\r",
    "trigger only in EVN": lambda m: m.replace("ADT^A01", "ADT"),
    "structure in MSH-9": lambda m: m.replace("ADT^A01", "ADT^A01^ADT_A01"),
    "time only in EVN-2": lambda m: m.replace("||||20260301080000", ""),
    "time only in MSH-7": lambda m: m.replace("EVN|A01|20260301080000||||20260301080000", "EVN|A01"),
    "fractions of a second": lambda m: m.replace("20260301080000", "20260301080000.1234"),
    "no seconds": lambda m: m.replace("20260301080000", "202603010800"),
    "blanks and dashes in the time": lambda m: m.replace("20260301080000", "2026-03-01 08:00"),
    "a zone that is none": lambda m: m.replace("20260301080000", "20260301080000+0115"),
    "other separators": lambda m: m.replace("|", "!").replace("^", "*"),
    "patient number in PID-2": lambda m: m.replace("1||p1^^^HOSP^MR", "1|p1^^^HOSP^MR|"),
}


@pytest.mark.parametrize("damage", READ)
def test_what_can_be_read_all_the_same_tells_the_same(damage: str, adt: Adt) -> None:
    clean = adt("A01", 0, "ICU^1^A", control="A1")
    told = [one for one in read(READ[damage](clean))]
    assert [one.faults for one in told] == [[]]
    (whole,) = [x for one in read(clean) for x in one.movements]
    (found,) = [x for one in told for x in one.movements]
    assert found == whole
    assert to_datetime(found.time).isoformat() == "2026-03-01T08:00:00"


def test_the_header_names_the_trigger_where_the_event_segment_disagrees(adt: Adt) -> None:
    (told,) = read(adt("A02", 0, "ICU").replace("EVN|A02", "EVN|A01"))
    assert [x.trigger for x in told.movements] == ["A02"]
    assert [(f.rule, f.value) for f in told.findings] == [("trigger_mismatch", "EVN A01 MSH A02")]


@pytest.mark.parametrize("told", ["", "UNICODE UTF-8", "GB 18030-2000", "8859/1", "~UNICODE UTF-8", "NONSENSE"])
@pytest.mark.parametrize("text", ["重症监护室", "心内科三楼 珺", "Chirurgie générale", "Größe Müßig", "Señor Åse"])
def test_an_encoding_that_is_not_the_declared_one_is_found(text: str, told: str, adt: Adt) -> None:
    chinese = not text.isascii() and any(ord(letter) > 0x3000 for letter in text)
    message = adt("A01", 0, text, coding=told).rstrip("\r")
    for written in ("utf-8", "gb18030" if chinese else "latin-1"):
        if told in ("8859/1", "GB 18030-2000") and written != {"8859/1": "latin-1"}.get(told, "gb18030"):
            continue  # nearly all bytes can be read so: a false declaration of these cannot be found out
        (raw,) = split_messages(io.BytesIO(message.encode(written)))
        assert text in decode_message(raw), (written, told)


def test_utf_16_is_read_piece_by_piece(adt: Adt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.records.hl7_stream._CHUNK", 33)
    text = adt("A01", 0, "重症监护室", control="A1") * 3
    assert [decode_message(raw) for raw in split_messages(io.BytesIO(text.encode("utf-16")))] == [
        text[: len(text) // 3].rstrip("\r")
    ] * 3


@pytest.mark.parametrize("size", [1, 2, 7, 64, 1000])
def test_chunks_may_end_anywhere(size: int, adt: Adt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.records.hl7_stream._CHUNK", size)
    texts = [adt("A01", n, "ICU", visit=str(n)) for n in range(4)]
    framed = b"".join(b"\x0b" + text.encode() + b"\x1c\r" for text in texts)
    batch = ("FHS|^~\\&|A\r\n" + "".join(texts).replace("\r", "\r\n") + "FTS|4\r\n").encode()
    for raw in (framed, batch):
        assert [one.decode() for one in split_messages(io.BytesIO(raw))] == [text.rstrip("\r") for text in texts]


def test_leave_of_absence_keeps_the_bed_unless_the_site_says_otherwise(adt: Adt) -> None:
    text = adt("A21", 5, "ICU")
    assert [x.trigger for one in read(text) for x in one.movements] == [LEAVE_KEEPING_BED]
    assert [x.trigger for one in read(text, leave_frees_bed=True) for x in one.movements] == [LEAVE]


def test_a_visit_booked_on_the_wrong_patient_names_both(adt: Adt) -> None:
    (told,) = read(adt("A45", 5, visit="7", patient="right") + "MRG|wrong^^^HOSP^MR||||7\r")
    (admitted,) = read(adt("A01", 0, "ICU", visit="7", patient="wrong"))
    move, before = told.movements[0], admitted.movements[0]
    assert (move.visit, move.pending, move.trigger) == (before.visit, before.patient, "A45")
    assert move.patient != before.patient


def test_merged_visits_lead_to_the_valid_one(adt: Adt) -> None:
    (told,) = read(adt("A42", 5, visit="8") + "MRG|p1||||7\r")
    (old,), (new,) = read(adt("A01", 0, "ICU", visit="7")), read(adt("A01", 0, "ICU", visit="8"))
    assert told.visits == {old.movements[0].visit: new.movements[0].visit}


def test_other_messages_are_named_and_not_used(adt: Adt) -> None:
    for text, why in ((adt("A01", 0, "ICU").replace("ADT^A01", "ORU^R01"), "other_message"),
                      (adt("A05", 0, "ICU"), "other_message"),
                      (adt("A01", 0, "ICU", processing="T"), "test_message")):  # fmt: skip
        (told,) = read(text)
        assert (told.ignored, told.movements, told.faults) == (why, [], [])
