"""Stores what feeds tell, batch by batch: new messages and movements only, and what cannot be read in quarantine."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, select

from assistant.records import tables as t
from assistant.records.declared_rows import store_declared
from assistant.records.findings import Finding
from assistant.records.known_again import Beside, Keyed, events_of
from assistant.records.movements import Movement
from assistant.records.patient_links import store_people
from assistant.records.quarantine import SetAside, set_aside
from assistant.records.report import FileReport
from assistant.records.store import Store
from assistant.records.told import Told
from assistant.records.unit_names import UnitBook
from assistant.records.visit_families import LEVEL, VISIT, leading_to, note_links, with_movements
from assistant.records.writing import add_findings, add_if_new, chunks, existing, move_fingerprint, writing_to

Item = TypeVar("Item")


def store_told(
    store: Store,
    told: Iterable[Told],
    units: UnitBook,
    file: FileReport,
    batch: int,
    progress: Callable[[str, int], None] | None = None,
    site: str = "main",
) -> None:
    """Store a stream in transactions of `batch` messages; stays are rebuilt afterwards by `rebuilding`.

    Args:
        store: Where to.
        told: What the messages told, lazily.
        units: Where the readers note units that nobody has declared.
        file: Counts are added to it.
        batch: Messages a transaction.
        progress: Called with the file's name and the number of messages read so far.
        site: For what goes to quarantine.
    """
    for part in _batches(told, batch):
        with writing_to(store.engine) as connection:
            store_part(connection, part, units, file, site)
        if progress:
            progress(file.file, file.read)


def store_part(
    connection: Connection,
    part: Sequence[Told],
    units: UnitBook,
    file: FileReport,
    site: str = "main",
    rebuilt_at_once: bool = False,
) -> set[str]:
    """Store some messages within the transaction of the connection.

    Returns:
        The visits whose stays must be rebuilt; they are noted in the table `touched`, too, unless the caller rebuilds
        them in the same transaction.
    """
    touched = _Batch(connection, file, site).store(part, units)
    if not rebuilt_at_once:
        add_if_new(connection, t.touched, [{"visit": visit} for visit in touched])
    return touched


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part


class _Batch:
    """One transaction's worth of messages.

    Args:
        connection: In a transaction.
        file: Counts are added to it.
        site: For what goes to quarantine.
    """

    def __init__(self, connection: Connection, file: FileReport, site: str) -> None:
        self._connection = connection
        self._file = file
        self._site = site
        self._known: set[str] = set()
        self._messages: dict[str, str] = {}
        self._events: dict[str, Movement] = {}
        self._replaced: set[str] = set()
        self._people: list[Told] = []

    def store(self, part: Sequence[Told], units: UnitBook) -> set[str]:
        """Store what is new; gives the visits that it touches."""
        self._file.read += len(part)
        keyed = [Keyed.of(told) for told in part]
        known = existing(self._connection, t.messages.c.message, {x.key for x in part if x.key}, t.messages.c.identity)
        self._known = set(known)
        events = existing(self._connection, t.movements.c.event, {event for x in keyed for event in x.events})
        self._write_units(units)
        usable = [one for one in keyed if not one.told.faults and not one.told.ignored]
        news = {id(one.told) for one in usable if self._is_new(one, known, events)}
        news |= self._declare(part) | self._add_people()
        for told in part:
            self._count(told, id(told) in news)
        self._tie(part)
        self._set_aside([x for x in part if x.faults])
        touched = self._write()
        add_findings(self._connection, [finding for x in part for finding in x.findings])
        return touched

    def _count(self, told: Told, is_new: bool) -> None:
        """Count one message: quarantined, ignored, new, or known already."""
        for finding in told.findings:
            self._file.note(finding.rule)
        if told.faults:
            outcome = "quarantined"
        elif told.ignored:
            outcome = "ignored"
            self._file.note(told.ignored)
        else:
            outcome = "new" if is_new else "duplicate"
        setattr(self._file, outcome, getattr(self._file, outcome) + 1)
        if told.kind:
            self._file.count(told.kind, outcome)

    def _is_new(self, keyed: Keyed, known: dict[str, str], events: dict[str, Any]) -> bool:
        """True if the message tells something that is not stored yet."""
        told, identity = keyed.told, keyed.identity
        before = self._messages.get(told.key, known.get(told.key)) if told.key else None
        if not told.patient and (before == identity or keyed.is_outdated(before)):
            return False
        beside = keyed.beside(before) if before is not None and not told.replaces else None
        if beside in (Beside.PART, Beside.WHOLE):
            self._find(told, "torn_copy", "fixed")
        if beside in (Beside.PART, Beside.SAME):
            return False
        if beside is Beside.WHOLE:
            self._take_back(events_of(str(before)), events)
        if before is not None and told.replaces:
            self._forget(told.replaces, events)
        fresh = {key: x for key, x in keyed.events.items() if key not in events and key not in self._events}
        if fresh and beside is Beside.OTHER:
            self._find(told, "control_id_reused", "kept")
        if told.key and (before is None or fresh or told.replaces):
            self._messages[told.key] = identity
        self._events |= fresh
        if told.patient or told.merges or told.assumed or told.replaced:
            self._people.append(told)
        return bool(fresh or (before is not None and told.replaces))

    def _find(self, told: Told, rule: str, action: str) -> None:
        told.findings.append(Finding(rule, "warning", told.place, told.key, action))

    def _take_back(self, torn: Sequence[str], events: dict[str, Any]) -> None:
        """Take out what a torn copy told; its whole message is about to be stored."""
        c = t.movements.c
        stored = self._connection.execute(select(c.event, c.visit).where(c.event.in_(torn))).fetchall()
        if stored:
            self._connection.execute(delete(t.movements).where(c.event.in_(torn)))
        self._replaced |= {visit for _, visit in stored}
        for event in torn:
            events.pop(event, None)
            self._events.pop(event, None)

    def _forget(self, source: str, events: dict[str, Any]) -> None:
        """Take out the movements that an older version of a resource told."""
        c = t.movements.c
        for event, visit in self._connection.execute(select(c.event, c.visit).where(c.source == source)).fetchall():
            events.pop(event, None)
            self._replaced.add(visit)
        self._connection.execute(delete(t.movements).where(c.source == source))
        if source.replace(":", "|", 1) in self._messages:  # the older version is in this batch, too
            self._events = {event: x for event, x in self._events.items() if x.source != source}

    def _add_people(self) -> set[int]:
        """Store patients' data and merged numbers; gives the ids of what told something new by them."""
        news, changed = store_people(self._connection, self._people) if self._people else (set(), set())
        self._touch_patients(changed)
        return news

    def _touch_patients(self, patients: set[str]) -> None:
        if not patients:
            return
        c = t.movements.c
        named = leading_to(self._connection, "patient", patients)
        for part in chunks(sorted(named), 5_000):
            query = select(c.visit).distinct().where(c.patient.in_(part))
            self._replaced |= set(self._connection.execute(query).scalars())
        self._replaced |= {x.visit for x in self._events.values() if x.patient in named}

    def _set_aside(self, faulty: Sequence[Told]) -> None:
        """Keep what cannot be used, with the reason."""
        faults = [SetAside(*fault, told.place) for told in faulty for fault in told.faults]
        for fault in faults:
            self._file.note(fault.rule)
        set_aside(self._connection, faults, self._file.kind, self._site, self._file.file)

    def _write_units(self, units: UnitBook) -> None:
        """Units that readers have made; first, since other rows refer to them."""
        if units.made:
            add_if_new(self._connection, t.units, list(units.made.values()))
            units.made.clear()

    def _declare(self, part: Sequence[Told]) -> set[int]:
        """Store declared rows; gives the ids of what told something new by them."""
        rows = [(id(told), row) for told in part for row in told.declared]
        if not rows:
            return set()
        changed, findings = store_declared(self._connection, [row for _, row in rows])
        for finding in findings:
            self._file.note(finding.rule)
        add_findings(self._connection, findings)
        if any(changed):
            move_fingerprint(self._connection, str([row for (_, row), new in zip(rows, changed, strict=True) if new]))
        return {who for (who, _), new in zip(rows, changed, strict=True) if new}

    def _tie(self, part: Sequence[Told]) -> None:
        """Tie parts of stays to the whole, also those that put nobody anywhere; their stays are rebuilt."""
        levels = {source: level for told in part for source, level in told.levels.items()}
        note_links(self._connection, LEVEL, levels)
        visits = {piece: whole for told in part for piece, whole in told.visits.items()}
        changed, former = note_links(self._connection, VISIT, visits)
        pieces = changed & visits.keys()  # what leads to them is found on the way
        if pieces:
            self._replaced |= with_movements(self._connection, pieces) | former

    def _write(self) -> set[str]:
        connection = self._connection
        for keys in chunks([key for key in self._messages if key in self._known], 5_000):
            connection.execute(delete(t.messages).where(t.messages.c.message.in_(keys)))
        rows = [{"message": key, "identity": identity} for key, identity in self._messages.items()]
        add_if_new(connection, t.messages, rows)
        add_if_new(connection, t.movements, [_row(event, x) for event, x in self._events.items()])
        touched = {x.visit for x in self._events.values()} | self._replaced
        if touched:
            move_fingerprint(connection, ",".join(sorted(self._events)) + ",".join(sorted(self._replaced)))
        return touched


def _row(event: str, movement: Movement) -> dict[str, Any]:
    return {"event": event, **movement.__dict__}
