"""The journal: durable, chained, and any changed byte is found."""

import json
import multiprocessing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import JournalError
from assistant.journal.book import Journal
from assistant.journal.verify import verify


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A journal with five entries."""
    book = Journal(tmp_path / "journal", clock=lambda: "2026-03-10T20:00:00.000000+00:00")
    for number in range(5):
        book.append("call", {"tool": "show_state", "number": number, "问题": "床位？"})
    return book


def test_entries_come_back_as_written(journal: Journal) -> None:
    assert [entry.body["number"] for entry in journal.entries()] == [0, 1, 2, 3, 4]
    assert [entry.id for entry in journal.latest(2)] == ["J-000005", "J-000004"]
    assert journal.get("J-000003").body["number"] == 2


def test_of_the_latest_those_that_hold_some_bytes(journal: Journal) -> None:
    assert [entry.seq for entry in journal.latest(4, b'"number":3')] == [4]
    assert journal.latest(4, b'"number":0') == []  # it is the fifth from the end


def test_an_untouched_journal_verifies(journal: Journal) -> None:
    found = verify(journal)
    assert found.ok
    assert found.entries == 5
    assert found.head == journal.latest(1)[0].hash


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(min_value=0), change=st.integers(min_value=1, max_value=255))
def test_any_changed_byte_is_found(journal: Journal, position: int, change: int) -> None:
    good = journal.path.read_bytes()
    bad = bytearray(good)
    bad[position % len(bad)] ^= change
    journal.path.write_bytes(bytes(bad))
    try:
        assert not verify(journal).ok
    finally:
        journal.path.write_bytes(good)


@pytest.mark.parametrize(
    ("damage", "first_bad"),
    [
        (lambda lines: lines[:1] + lines[2:], 2),  # one removed
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], 2),  # two swapped
        (lambda lines: lines[:3] + lines[2:], 4),  # one doubled
        (lambda lines: lines[:-1], 5),  # the tail cut
        (lambda lines: [], 1),  # all gone
    ],
)
def test_removed_moved_and_cut_entries_are_named(journal: Journal, damage, first_bad: int) -> None:
    lines = journal.path.read_bytes().splitlines(keepends=True)
    journal.path.write_bytes(b"".join(damage(lines)))
    found = verify(journal)
    assert not found.ok
    assert found.first_bad == first_bad


def test_a_rewritten_entry_with_a_fresh_hash_breaks_the_next_link(journal: Journal) -> None:
    """Whoever edits an entry and recomputes its hash still has to rewrite every later one and the noted head."""
    from assistant.journal.entry import make_entry

    lines = journal.path.read_bytes().splitlines(keepends=True)
    second = json.loads(lines[1])
    forged = make_entry(2, second["time"], "call", {"tool": "forged"}, second["prev"])
    lines[1] = forged.line()
    journal.path.write_bytes(b"".join(lines))
    assert verify(journal).first_bad == 3


def test_a_torn_tail_is_set_aside_and_the_journal_goes_on(journal: Journal) -> None:
    with journal.path.open("ab") as file:
        file.write(b'{"body":{"half":')
    entry = journal.append("call", {"after": "crash"})
    assert entry.seq == 6
    assert verify(journal).ok
    assert (journal.folder / "journal.torn").read_bytes().startswith(b'{"body":{"half":')


def test_nothing_is_added_to_a_damaged_journal(journal: Journal) -> None:
    lines = journal.path.read_bytes().splitlines(keepends=True)
    journal.path.write_bytes(b"".join(lines[:-1]) + lines[-1].replace(b"show", b"shew"))
    with pytest.raises(JournalError, match="verify"):
        journal.append("call", {})


def test_what_json_cannot_hold_is_refused_before_writing(journal: Journal) -> None:
    before = journal.path.read_bytes()
    with pytest.raises(JournalError):
        journal.append("call", {"number": float("nan")})
    assert journal.path.read_bytes() == before


def test_an_unwritable_journal_says_so(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("a file where the folder should be")
    with pytest.raises(JournalError, match="could not be written"):
        Journal(tmp_path / "journal").append("call", {})


def _write_many(folder: str) -> None:
    book = Journal(Path(folder))
    for number in range(40):
        book.append("call", {"number": number})


def test_two_processes_write_one_chain(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write_many, args=(str(tmp_path),)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    found = verify(Journal(tmp_path))
    assert found.ok
    assert found.entries == 80
