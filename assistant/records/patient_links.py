"""Numbers that mean one patient: references and identifiers of FHIR, merges of either format; and patients' data."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from assistant.records import tables as t
from assistant.records.told import Told
from assistant.records.visit_families import note_links
from assistant.records.writing import chunks, existing

PATIENT, REPLACES = "patient", "replaces"
_MANY = 5_000


def store_people(connection: Connection, part: Sequence[Told]) -> tuple[set[int], set[str]]:
    """Store whom messages and resources tell of, in their order.

    Args:
        connection: In a transaction.
        part: What they told; `told.replaced` are references to records that gave way to a patient. What such a
            reference itself stands for may only be told later, so the word is kept until then.

    Returns:
        The ids of those that told something new; and the pseudonyms whose visits must be rebuilt.
    """
    links = _Links(connection, part)
    news = {id(told) for told in part if links.take(told)}
    changed = links.write()
    fresh, patients = _store_patients(connection, [told for told in part if told.patient])
    return news | fresh, changed | patients


class _Links:
    """Links from numbers to patients: those stored, and what a batch changes.

    Args:
        connection: In a transaction.
        part: All whose links are looked up at once.
    """

    def __init__(self, connection: Connection, part: Sequence[Told]) -> None:
        self._connection = connection
        named = {old for told in part for old, _ in (*told.merges, *told.assumed, *told.replaced)}
        waiting = {f"{REPLACES} {old}" for old in named}
        self._held = existing(connection, t.links.c.old, named | waiting, t.links.c.new) if named else {}
        self._new: dict[str, str] = {}
        self._waiting: dict[str, str] = {}
        self._changes = 0

    def take(self, told: Told) -> bool:
        """Note the links of one message; True if any is new."""
        before = self._changes
        for old, new in told.merges:
            self._link(old, new)
            late = self._held.get(f"{REPLACES} {old}")
            if late:
                self._link(new, late)
        for old, new in told.assumed:
            if old not in self._held:
                self._link(old, new)
        for old, new in told.replaced:
            if self._held.get(f"{REPLACES} {old}") != new:
                self._waiting[f"{REPLACES} {old}"] = self._held[f"{REPLACES} {old}"] = new
                self._changes += 1
            if self._held.get(old) != new:
                self._link(self._held.get(old, old), new)
        return self._changes != before

    def _link(self, old: str, new: str) -> None:
        if old != new and self._held.get(old) != new:
            self._held[old] = self._new[old] = new
            self._changes += 1

    def write(self) -> set[str]:
        """Store what is new; gives the pseudonyms at the ends of the links, and where they led before."""
        note_links(self._connection, REPLACES, self._waiting)
        changed, former = note_links(self._connection, PATIENT, self._new)
        return changed | former


def _store_patients(connection: Connection, part: Sequence[Told]) -> tuple[set[int], set[str]]:
    """Store sex and year of birth where they are new or have changed."""
    c = t.patients.c
    held: dict[str, dict[str, object]] = {}
    for some in chunks(sorted({told.patient["patient"] for told in part if told.patient}), _MANY):
        for row in connection.execute(select(t.patients).where(c.patient.in_(some))):
            held[row.patient] = row._asdict()
    rows: dict[str, dict[str, object]] = {}
    news: set[int] = set()
    changed: set[str] = set()
    for told in part:
        said = told.patient or {}
        patient = str(said["patient"])
        if held.get(patient) != said:
            held[patient] = rows[patient] = said
            news.add(id(told))
            changed |= {patient, *(old for old, _ in told.merges)}
    for some in chunks(sorted(rows), _MANY):
        connection.execute(delete(t.patients).where(c.patient.in_(some)))
    if rows:
        connection.execute(insert(t.patients), list(rows.values()))
    return news, changed
