"""The acknowledgement is in the sender's separators, version and encoding, and names its control id."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.records.hl7 import parse_message
from assistant.records.listening.acknowledgement import Acknowledger, Answer, Header

CHINESE = "MSH|^~\\&|住院|总院|集成|平台|20260301||ADT^A01|C1|P|2.4||||||{}\rPID|1||1||李雷\r"


def answer(raw: bytes, told: Answer) -> bytes:
    return Acknowledger().acknowledge(Header.of(raw), told)


def test_sender_and_receiver_change_over_and_the_control_id_is_repeated() -> None:
    raw = b"MSH|^~\\&|PAS|MAIN|HUB|ROOM|20260301||ADT^A01^ADT_A01|C 1|P|2.5.1^CHN\rPID|1\r"
    head, said = answer(raw, Answer("AA")).decode().split("\r")[:2]
    fields = head.split("|")
    assert fields[:6] == ["MSH", "^~\\&", "HUB", "ROOM", "PAS", "MAIN"]
    assert (fields[8], fields[10], fields[11]) == ("ACK^A01^ACK", "P", "2.5.1^CHN")
    assert fields[9] and said == "MSA|AA|C 1"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_it_is_written_in_the_encoding_of_the_message(encoding: str) -> None:
    raw = CHINESE.format("GB18030" if encoding == "gb18030" else "UNICODE UTF-8").encode(encoding)
    said = answer(raw, Answer("AE", "no_location", "床位 empty")).decode(encoding)
    assert said.split("|")[2:6] == ["集成", "平台", "住院", "总院"]
    assert "MSA|AE|C1|床位 empty\r" in said


def test_it_uses_the_separators_of_the_message() -> None:
    raw = b"MSH#*~\\&#PAS#MAIN#HUB#X#20260301##ADT*A02#77#P#2.5\rPID#1\r"
    said = answer(raw, Answer("AE", "missing_pv1", "a # and * and \\")).decode()
    assert said.startswith("MSH#*~\\&#HUB#X#PAS#MAIN#") and "\rMSA#AE#77#a \\F\\ and \\S\\ and \\E\\\r" in said
    assert "\rERR###100*Segment sequence error*HL70357#E####" in said
    parsed, rest = parse_message(said)
    assert parsed.header.text(9) == "ACK" and not rest


@pytest.mark.parametrize(("version", "kind"), [("2.2", "ACK^A01"), ("2.3.1", "ACK^A01"), ("2.4", "ACK^A01^ACK")])
def test_old_versions_get_no_error_segment(version: str, kind: str) -> None:
    raw = f"MSH|^~\\&|A|B|C|D|20260301||ADT^A01|1|P|{version}\r".encode()
    said = answer(raw, Answer("AE", "missing_pid", "no PID")).decode()
    assert said.split("|")[8] == kind and f"|{version}\r" in said
    assert "ERR" not in said and "MSA|AE|1|no PID" in said


@pytest.mark.parametrize("raw", [b"", b"hello", b"MSH", b"\xff\xfe\x00", b"MSH|", b"PID|1||2"])
def test_what_has_no_header_is_answered_all_the_same(raw: bytes) -> None:
    said = answer(raw, Answer("AR", "no_header", "no MSH")).decode()
    assert said.startswith("MSH|^~\\&|ASSISTANT|") and "\rMSA|AR||no MSH\r" in said


def test_frame_bytes_and_line_ends_never_reach_the_answer() -> None:
    raw = b"MSH|^~\\&|A\x1cB|C\x0b|||20260301||ADT^A01|1\n2|P|2.5\r"
    said = answer(raw, Answer("AE", "unreadable_time", "a\rb\nc"))
    assert b"\x1c" not in said and b"\x0b" not in said and b"a b c" in said


def test_control_ids_are_never_repeated() -> None:
    writer = Acknowledger()
    raw = b"MSH|^~\\&|A|B|C|D|20260301||ADT^A01|1|P|2.5\r"
    ids = {writer.acknowledge(Header.of(raw), Answer("AA")).split(b"|")[9] for _ in range(1000)}
    assert len(ids) == 1000


HEADERS = st.builds(
    lambda fields, mark, tail: b"MSH" + mark + mark.join(fields) + tail,
    st.lists(
        st.one_of(st.binary(max_size=8), st.sampled_from([b"^~\\&", b"ADT^A01", b"2.5", b"\xb9", b"GB18030"])),
        max_size=20,
    ),
    st.sampled_from([b"|", b"#", b"^", b"\xff", b"\\", b""]),
    st.binary(max_size=20),
)


@settings(max_examples=150, deadline=None)
@given(
    raw=st.one_of(st.binary(max_size=60), HEADERS),
    code=st.sampled_from(["AA", "AE", "AR"]),
    reason=st.text(max_size=30),
)
def test_whatever_was_sent_there_is_an_answer_that_fits_a_frame(raw: bytes, code: str, reason: str) -> None:
    said = answer(raw, Answer(code, "unreadable_time", reason))
    assert (
        said.startswith(b"MSH")
        and f"MSA{Header.of(raw).marks.field}{code}".encode(Header.of(raw).encoding, "replace") in said
    )
    assert b"\x1c" not in said and b"\x0b" not in said and said.endswith(b"\r")
