"""The journal's file: append durably, read, find.

`journal.ndjson` holds one entry a line. `journal.head` repeats the last number and hash, so that a cut tail is
noticed. An append takes a file lock (several processes may write), is flushed to the disk (fsync), and only then
returns: no answer leaves before its record is durable.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.errors import JournalError
from assistant.journal.entry import GENESIS, Entry, make_entry, read_line

_BLOCK = 65536


def utc_now() -> str:
    """The UTC time now, ISO 8601 with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


class Journal:
    """The append-only record in one folder.

    Args:
        folder: Created if missing.
        clock: Gives the time of an entry; handed in so that tests can fix it.
    """

    def __init__(self, folder: Path, clock: Callable[[], str] = utc_now) -> None:
        self.folder = folder
        self.path = folder / "journal.ndjson"
        self.head_path = folder / "journal.head"
        self._clock = clock

    def append(self, kind: str, body: dict[str, Any]) -> Entry:
        """Write one entry and return it once it is on the disk.

        Raises:
            JournalError: The disk is full or not writable; nothing was recorded and nothing may be shown.
        """
        try:
            with self._locked():
                last = self._recovered_tail()
                seq, prev = (last.seq + 1, last.hash) if last else (1, GENESIS)
                entry = make_entry(seq, self._clock(), kind, body, prev)
                self._write(entry)
                return entry
        except OSError as error:
            raise JournalError(
                f"The journal at {self.path} could not be written ({error.strerror}). Nothing was shown or decided; "
                "make room or mend the permissions and ask again."
            ) from error

    def entries(self) -> Iterator[Entry]:
        """All readable entries, oldest first; stops at the first damaged line (`verify` names it)."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for line in file:
                try:
                    yield read_line(line)
                except (ValueError, KeyError, TypeError):
                    return

    def latest(self, limit: int, holding: bytes = b"") -> list[Entry]:
        """The last `limit` entries, newest first, read from the end of the file.

        Args:
            limit: How many at most; of these, all that
            holding: have these bytes in their line. The others are passed over before they are held against their
                hash, which for the record of a plan takes some milliseconds.
        """
        found: list[Entry] = []
        if limit < 1 or not self.path.exists():
            return found
        passed = 0
        for line in _lines_backwards(self.path):
            try:
                found += [read_line(line)] if holding in line else []
            except (ValueError, KeyError, TypeError):
                continue
            passed += 1
            if passed == limit:
                break
        return found

    def get(self, entry_id: str) -> Entry:
        """The entry called `J-000042` (`42` will do).

        Raises:
            JournalError: There is no such entry.
        """
        text = entry_id.strip().upper().removeprefix("J-")
        wanted = int(text) if text.isdigit() else -1
        for entry in self.entries():
            if entry.seq == wanted:
                return entry
        raise JournalError(f"No journal entry '{entry_id}'. `assistant journal list` shows the entries there are.")

    def head(self) -> tuple[int, str] | None:
        """Number and hash of the last entry as noted beside the journal; None before the first."""
        if not self.head_path.exists():
            return None
        try:
            noted = json.loads(self.head_path.read_text())
            return int(noted["seq"]), str(noted["hash"])
        except (ValueError, KeyError, TypeError):
            return (-1, "")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "journal.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _recovered_tail(self) -> Entry | None:
        """The last entry; a torn last line (a crash during a write, never acknowledged) is set aside first."""
        if not self.path.exists() or self.path.stat().st_size == 0:
            return None
        last = next(_lines_backwards(self.path))
        if not last.endswith(b"\n"):
            self._set_aside(last)
            return self._recovered_tail()
        try:
            return read_line(last)
        except (ValueError, KeyError, TypeError) as error:
            raise JournalError(
                f"The last line of {self.path} is damaged ({error}); nothing is added to a damaged journal. "
                "Run `assistant journal verify`, restore the file from a backup, then ask again."
            ) from error

    def _set_aside(self, torn: bytes) -> None:
        with (self.folder / "journal.torn").open("ab") as file:
            file.write(torn + b"\n")
        with self.path.open("r+b") as file:
            file.truncate(self.path.stat().st_size - len(torn))
            os.fsync(file.fileno())

    def _write(self, entry: Entry) -> None:
        with self.path.open("ab") as file:
            file.write(entry.line())
            file.flush()
            os.fsync(file.fileno())
        beside = self.head_path.with_name("journal.head.new")
        beside.write_text(json.dumps({"seq": entry.seq, "hash": entry.hash}))
        beside.replace(self.head_path)


def _lines_backwards(path: Path) -> Iterator[bytes]:
    """Lines of a file from the last to the first, newline kept; reads blocks, so a long file costs nothing."""
    with path.open("rb") as file:
        position = file.seek(0, os.SEEK_END)
        rest = b""
        while position > 0:
            size = min(_BLOCK, position)
            position -= size
            file.seek(position)
            rest = file.read(size) + rest
            lines = rest.splitlines(keepends=True)
            rest = lines[0]
            yield from reversed(lines[1:])
        if rest:
            yield rest
