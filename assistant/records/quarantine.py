"""Quarantine: what could not be used, with the rule, the reason and the raw text, until it can be.

The raw text holds patients' names and numbers as they were sent; it stays in the store, is shown only to whoever asks
for it, and is dropped when the message leaves quarantine. What has left keeps a line in the table `released`.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from assistant.records import tables as t
from assistant.records.store import Store
from assistant.records.writing import add_if_new

MOST_RAW = 100_000  # characters of a text that are kept
_NAMES = ("digest", "rule", "reason", "place", "raw", "kind", "site", "source", "at", "tries", "tried_at")
_COLUMNS = [t.quarantine.c[name] for name in _NAMES]


@dataclass(frozen=True)
class SetAside:
    """One text that could not be used: the broken rule, why in a sentence, the text, and where it was."""

    rule: str
    reason: str
    raw: str
    place: str


@dataclass(frozen=True)
class Quarantined:
    """One text in quarantine.

    Attributes:
        digest: Of the text; names it on the command line (its first eight characters are enough).
        place: File and message in it; source: the file or sender.
        kind: How it is read again: `hl7`, `fhir`, or a CSV kind.
        at: UTC, when it was set aside; None for those from before this was noted.
        tries: How often it was read again, in vain; the last time at `tried_at`.
    """

    digest: str
    rule: str
    reason: str
    place: str
    raw: str
    kind: str
    site: str
    source: str
    at: datetime | None
    tries: int
    tried_at: datetime | None

    @property
    def cut(self) -> bool:
        """True if the text was too long to be kept whole, so that only its file can bring it in."""
        return len(self.raw) >= MOST_RAW

    def to_json(self) -> dict[str, Any]:
        """JSON types only."""
        moments = {name: moment.isoformat() + "Z" if moment else None for name, moment in self._moments().items()}
        return {**asdict(self), **moments}

    def _moments(self) -> dict[str, datetime | None]:
        return {"at": self.at, "tried_at": self.tried_at}


def utc_now() -> datetime:
    """Now, as the tables keep it: UTC without a zone, whole seconds."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def set_aside(connection: Connection, faults: Sequence[SetAside], kind: str, site: str, source: str) -> None:
    """Keep texts with their reasons; the same text is kept once, with the reason that was found first."""
    rows: dict[str, dict[str, Any]] = {}
    known = {"kind": kind, "site": site, "source": source, "at": utc_now(), "tries": 0}
    for fault in faults:
        digest = hashlib.sha256(fault.raw.encode(errors="replace")).hexdigest()
        kept = fault.raw[:MOST_RAW].replace("\x00", "")  # PostgreSQL holds no zero bytes in text
        told = {"rule": fault.rule, "reason": fault.reason, "place": fault.place, "raw": kept}
        rows.setdefault(digest, {"digest": digest, **told, **known})
    add_if_new(connection, t.quarantine, list(rows.values()))


def in_quarantine(
    store: Store, rule: str | None = None, most: int | None = None, after: str = "", digest: str = ""
) -> list[Quarantined]:
    """What is in quarantine, in the order of the digests.

    Args:
        store: The records.
        rule: Only what broke this rule.
        most: At most so many.
        after: Only those whose digest follows this one, to read page by page.
        digest: Only those whose digest begins so.
    """
    q = t.quarantine.c
    query = select(*_COLUMNS).where(q.digest > after).order_by(q.digest)
    if rule is not None:
        query = query.where(q.rule == rule)
    if digest:
        query = query.where(q.digest.startswith(digest, autoescape=True))
    return [Quarantined(*row) for row in store.read(query.limit(most) if most is not None else query)]


def counts_by_rule(store: Store) -> dict[str, int]:
    """How many texts are in quarantine under each rule, most first."""
    q = t.quarantine.c
    rows = store.read(select(q.rule, func.count()).group_by(q.rule).order_by(func.count().desc(), q.rule))
    return {rule: int(count) for rule, count in rows}


def count_released(store: Store) -> dict[str, int]:
    """How many texts have left quarantine, by outcome."""
    r = t.released.c
    return {row[0]: int(row[1]) for row in store.read(select(r.outcome, func.count()).group_by(r.outcome))}


def release(connection: Connection, items: Mapping[str, tuple[Quarantined, str]]) -> None:
    """Take texts out of quarantine and leave a line for each.

    Args:
        connection: In a transaction, the one that stores what the texts told.
        items: By digest: the text, and what became of it.
    """
    if not items:
        return
    now = utc_now()
    kept = ("digest", "rule", "reason", "place", "kind", "site", "source", "at")
    rows = [
        {
            **{name: getattr(item, name) for name in kept},
            "tries": item.tries + 1,
            "released_at": now,
            "outcome": outcome,
        }
        for item, outcome in items.values()
    ]
    for table in (t.released, t.quarantine):
        connection.execute(delete(table).where(table.c.digest.in_(list(items))))
    connection.execute(insert(t.released), rows)


def note_tries(connection: Connection, faults: Iterable[tuple[Quarantined, str, str]]) -> None:
    """Note that texts were read again in vain, with the rule and the reason of this time."""
    q, now = t.quarantine, utc_now()
    for item, rule, reason in faults:
        values = {"rule": rule, "reason": reason, "tries": item.tries + 1, "tried_at": now}
        connection.execute(update(q).where(q.c.digest == item.digest).values(**values))
