"""One entry of the journal: canonical bytes, hash, link to the entry before.

An entry is one line of canonical JSON (RFC 8785). Its hash is SHA-256 over the canonical JSON of all its
other fields, among them the hash of the entry before, so that a change anywhere breaks every later link.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import rfc8785

from assistant.errors import JournalError

GENESIS = "0" * 64
SCHEMA_VERSION = "1"


@dataclass(frozen=True)
class Entry:
    """One record.

    Attributes:
        seq: 1, 2, 3, ... without gaps.
        time: UTC, ISO 8601 with microseconds; order comes from `seq`, never from the clock.
        kind: `call`, `answer`, `proposal`, `decision`, `import`, `read`, `notice`.
        body: What happened, JSON types only.
        prev: Hash of the entry before (64 zeros for the first).
        hash: SHA-256 of everything above, hex.
    """

    seq: int
    time: str
    kind: str
    body: dict[str, Any]
    prev: str
    hash: str

    @property
    def id(self) -> str:
        """The name people use, e.g. `J-000042`."""
        return f"J-{self.seq:06d}"

    def line(self) -> bytes:
        """The entry's bytes in the journal file, newline included."""
        return canonical({**_unhashed(self), "hash": self.hash}) + b"\n"


def canonical(value: Any) -> bytes:
    """RFC 8785 canonical JSON; raises JournalError for what JSON cannot hold (NaN, infinity, huge integers)."""
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise JournalError(
            f"The journal holds JSON values only; {error}. This is a defect of the part that made the entry."
        ) from error


def digest(value: Any) -> str:
    """SHA-256 (hex) over the canonical JSON of `value`."""
    return hashlib.sha256(canonical(value)).hexdigest()


def make_entry(seq: int, time: str, kind: str, body: dict[str, Any], prev: str) -> Entry:
    """An entry with its hash computed."""
    bare = Entry(seq, time, kind, body, prev, "")
    return Entry(seq, time, kind, body, prev, digest(_unhashed(bare)))


def read_line(line: bytes) -> Entry:
    """The entry on one line; raises ValueError with the reason if the line is not exactly what was written."""
    fields = json.loads(line)
    if not isinstance(fields, dict) or set(fields) != {"v", "seq", "time", "kind", "body", "prev", "hash"}:
        raise ValueError("the fields are not those of an entry")
    entry = Entry(fields["seq"], fields["time"], fields["kind"], fields["body"], fields["prev"], fields["hash"])
    if entry.line() != line:
        raise ValueError("the bytes are not the canonical form that was written")
    if digest(_unhashed(entry)) != entry.hash:
        raise ValueError("the content does not match its hash")
    return entry


def _unhashed(entry: Entry) -> dict[str, Any]:
    return {
        "v": SCHEMA_VERSION,
        "seq": entry.seq,
        "time": entry.time,
        "kind": entry.kind,
        "body": entry.body,
        "prev": entry.prev,
    }
