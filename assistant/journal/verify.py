"""Verify the journal: every byte, every link, and that nothing is missing at the end."""

from dataclasses import dataclass

from assistant.journal.book import Journal
from assistant.journal.entry import GENESIS, read_line


@dataclass(frozen=True)
class Verification:
    """What verification found.

    Attributes:
        ok: True if every entry is as written and none is missing.
        entries: Entries that were read and hold, up to the first bad one.
        first_bad: Number of the first entry that does not hold (None if all do).
        problem: One sentence on what is wrong, empty if nothing is.
        head: Hash of the last good entry; keep it elsewhere to prove later that this journal is the same.
    """

    ok: bool
    entries: int
    first_bad: int | None
    problem: str
    head: str


def verify(journal: Journal) -> Verification:
    """Read the whole file and check each entry's bytes, hash, number and link, then the noted head."""
    seq, prev = 0, GENESIS
    hashes = {0: GENESIS}
    if journal.path.exists():
        with journal.path.open("rb") as file:
            for line in file:
                problem = _fault(line, seq + 1, prev)
                if problem:
                    return Verification(False, seq, seq + 1, f"Entry {seq + 1}: {problem}.", prev)
                seq, prev = seq + 1, read_line(line).hash
                hashes[seq] = prev
    return _check_head(journal, seq, prev, hashes)


def _fault(line: bytes, seq: int, prev: str) -> str:
    try:
        entry = read_line(line)
    except (ValueError, KeyError, TypeError) as error:
        return str(error)
    if entry.seq != seq:
        return f"the number {seq} was expected, {entry.seq} came (an entry was removed, added or moved)"
    if entry.prev != prev:
        return "the link to the entry before is broken"
    return ""


def _check_head(journal: Journal, seq: int, last: str, hashes: dict[int, str]) -> Verification:
    noted = journal.head()
    if noted is None and seq == 0:
        return Verification(True, 0, None, "", last)
    if noted is None:
        return Verification(False, seq, None, "The noted head (journal.head) is missing.", last)
    # A crash between the two writes leaves the note one behind: that is no damage as long as the chain holds it.
    if hashes.get(noted[0]) == noted[1] and 0 <= seq - noted[0] <= 1:
        return Verification(True, seq, None, "", last)
    if noted[0] > seq:
        return Verification(
            False, seq, seq + 1, f"The journal ends at entry {seq}, but {noted[0]} were written: the tail is cut.", last
        )
    return Verification(False, seq, None, "The noted head (journal.head) does not fit the journal.", last)
