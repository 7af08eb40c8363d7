"""Numbers that mean one patient: references and identifiers of FHIR, merges of either format."""

from collections.abc import Sequence

from sqlalchemy import Connection

from assistant.records import tables as t
from assistant.records.visit_families import note_links
from assistant.records.writing import existing

PATIENT, REPLACES = "patient", "replaces"
Pairs = Sequence[tuple[str, str]]


def link_patients(connection: Connection, merges: Pairs, assumed: Pairs = (), replaced: Pairs = ()) -> set[str]:
    """Store what leads to which patient.

    Args:
        connection: In a transaction.
        merges: Pseudonyms (given up, valid).
        assumed: The same, holding only where nothing else is known of the first.
        replaced: References to records that gave way to a patient. What such a reference itself stands for may only
            be told later, so the word is kept until then.

    Returns:
        Pseudonyms whose visits must be rebuilt.
    """
    changed: set[str] = set()
    if merges:
        changed |= _note(connection, dict(merges))
        waiting = existing(connection, t.links.c.old, {f"{REPLACES} {old}" for old, _ in merges}, t.links.c.new)
        late = {now: waiting[f"{REPLACES} {old}"] for old, now in merges if f"{REPLACES} {old}" in waiting}
        changed |= _note(connection, late)
    if assumed:
        held = existing(connection, t.links.c.old, {old for old, _ in assumed}, t.links.c.new)
        changed |= _note(connection, {old: new for old, new in assumed if old not in held})
    if replaced:
        note_links(connection, REPLACES, {f"{REPLACES} {old}": new for old, new in replaced})
        held = existing(connection, t.links.c.old, {old for old, _ in replaced}, t.links.c.new)
        changed |= _note(connection, {held.get(old, old): new for old, new in replaced if held.get(old) != new})
    return changed


def _note(connection: Connection, links: dict[str, str]) -> set[str]:
    changed, former = note_links(connection, PATIENT, links)
    return changed | former
