"""Frames come out whole however the bytes arrive, and nothing makes memory grow."""

import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.records.listening.frames import Frame, FrameReader, Item, Refused, Room, Skipped, framed

A, B = b"MSH|^~\\&|ADT\rPID|1\r", "MSH|^~\\&|住院\rPID|李".encode("gb18030")


def read(*pieces: bytes, longest: int = 10_000) -> list[Item]:
    reader = FrameReader(longest)
    return [item for piece in pieces for item in reader.feed(piece)] + reader.finish()


def test_two_joined_frames_are_two_messages() -> None:
    assert read(framed(A) + framed(B)) == [Frame(A), Frame(B)]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_pieces_of_any_size_give_the_same(data: st.DataObject) -> None:
    parts = [framed(A), framed(B), b"noise", b"\r\n", b"\x0b" + A, framed(b"MSH|" + b"x" * 300), A + b"\x1c\r", b"\x1c"]
    stream = b"".join(data.draw(st.lists(st.sampled_from(parts), max_size=8)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert [_told(x) for x in read(*pieces, longest=200)] == [_told(x) for x in read(stream, longest=200)]


def _told(item: Item) -> Item:
    """How much of a refused message is kept depends on the pieces."""
    return replace(item, head=item.head[:100]) if isinstance(item, Refused) else item


@pytest.mark.parametrize("end", [b"\x1c\r", b"\x1c\n", b"\x1c\r\n", b"\x1c"])
def test_a_frame_may_lack_its_last_byte_or_end_in_a_line_feed(end: bytes) -> None:
    assert read(b"\x0b" + A + end + framed(B)) == [Frame(A), Frame(B)]


def test_an_end_byte_within_the_content_ends_nothing() -> None:
    assert read(b"\x0bMSH|a\x1cb\x1c\r") == [Frame(b"MSH|a\x1cb")]


def test_a_message_without_its_start_byte_is_taken_and_marked() -> None:
    assert read(A + b"\x1c\r") == [Frame(A, bare=True)]


def test_noise_between_frames_is_skipped_and_counted() -> None:
    found = read(framed(A) + b"hello\r\nworld" + framed(B))
    assert found == [Frame(A), Skipped("bytes_between_frames", 12), Frame(B)]


def test_a_message_cut_by_the_next_one_is_skipped_with_the_reason() -> None:
    assert read(b"\x0bMSH|cut" + framed(A)) == [Skipped("frame_cut", 7), Frame(A)]


def test_a_message_that_does_not_end_is_refused_with_its_header() -> None:
    assert read(b"\x0bMSH|half") == [Refused("frame_not_ended", b"MSH|half", 8)]


def test_an_empty_frame_is_a_frame() -> None:
    assert read(framed(b"")) == [Frame(b"")]


def test_a_message_that_is_too_long_keeps_its_header_and_the_next_one_is_read() -> None:
    long = b"MSH|^~\\&|BIG" + b"x" * 50_000
    pieces = [framed(long)[i : i + 700] for i in range(0, len(long) + 3, 700)]
    first, second = read(*pieces, framed(A), longest=2_000)
    assert isinstance(first, Refused) and (first.rule, first.size) == ("message_too_long", len(long))
    assert first.head.startswith(b"MSH|^~\\&|BIG") and len(first.head) <= 4_096
    assert second == Frame(A)


@pytest.mark.parametrize("begin", [b"\x0bMSH|", b"", b"\x0b"])
def test_memory_stays_flat_under_an_endless_stream(begin: bytes) -> None:
    reader, piece = FrameReader(100_000), b"y" * 65_536
    tracemalloc.start()
    reader.feed(begin)
    for _ in range(200):  # 13 MB
        reader.feed(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


def test_all_connections_together_hold_no_more_than_they_may() -> None:
    room = Room(300_000)
    readers = [FrameReader(1_000_000, room) for _ in range(10)]
    for _ in range(10):
        for reader in readers:
            reader.feed(b"\x0bMSH|" if not reader.unfinished else b"z" * 30_000)
    assert room.used <= 300_000 + 10 * 30_000
    ends = [reader.feed(b"\x1c\r")[0] for reader in readers]
    assert any(isinstance(end, Refused) and end.rule == "too_much_at_once" for end in ends)
    assert room.used == 0
    assert readers[0].feed(framed(A)) == [Frame(A)]
