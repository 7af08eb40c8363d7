"""Encounters that belong together: parts of a stay, as FHIR's `partOf` tells them, are replayed as one visit.

Kept in the table of links: kind `visit` leads from a part (or from an encounter's reference) towards the whole,
kind `level` says how much a record's word on the place counts (see `periods`).
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, insert, select

from assistant.records import tables as t
from assistant.records.writing import chunks, existing

VISIT, LEVEL = "visit", "level"
_DEEPEST = 10  # links followed; encounters have three levels
_MANY = 5_000


def note_links(connection: Connection, kind: str, links: Mapping[str, str]) -> tuple[set[str], set[str]]:
    """Store links; one that leads elsewhere than before is replaced.

    Args:
        connection: In a transaction.
        kind: `visit`, `level` or `patient`.
        links: From what to what.

    Returns:
        Both ends of the links that have changed, and where these led before: what they tie together must be rebuilt.
    """
    held = existing(connection, t.links.c.old, links, t.links.c.new)
    changed = {old: new for old, new in links.items() if held.get(old) != new and old != new}
    if not changed:
        return set(), set()
    for part in chunks([old for old in changed if old in held], _MANY):
        connection.execute(delete(t.links).where(t.links.c.kind == kind, t.links.c.old.in_(part)))
    connection.execute(insert(t.links), [{"kind": kind, "old": a, "new": b} for a, b in changed.items()])
    return set(changed) | set(changed.values()), {held[old] for old in changed if old in held}


def leading_to(connection: Connection, kind: str, ends: Iterable[str]) -> set[str]:
    """These, and everything from which links of the kind lead to them."""
    found = set(ends)
    below, c = found, t.links.c
    for _ in range(_DEEPEST):
        nearer: set[str] = set()
        for part in chunks(sorted(below), _MANY):
            nearer |= set(connection.execute(select(c.old).where(c.kind == kind, c.new.in_(part))).scalars())
        below = nearer - found
        if not below:
            break
        found = found | below
    return found


def with_movements(connection: Connection, visits: Iterable[str]) -> set[str]:
    """Which of the visits and their parts have movements: a reference that nothing uses moves no stay."""
    m = t.movements.c
    found: set[str] = set()
    for part in chunks(sorted(leading_to(connection, VISIT, visits)), _MANY):
        found |= set(connection.execute(select(m.visit).distinct().where(m.visit.in_(part))).scalars())
    return found


def families(connection: Connection, visits: Iterable[str]) -> dict[str, str]:
    """The whole that each visit belongs to.

    Returns:
        By visit, for those asked for and for all others of their families: the visit under which the stays are kept.
    """
    asked = set(visits)
    if connection.execute(select(t.links.c.old).where(t.links.c.kind == VISIT).limit(1)).first() is None:
        return {visit: visit for visit in asked}
    top = {visit: visit for visit in asked}
    upward = asked
    for _ in range(_DEEPEST):
        found = existing(connection, t.links.c.old, upward, t.links.c.new)
        if not found:
            break
        top = {visit: found.get(now, now) for visit, now in top.items()}
        upward = set(found.values())
    return _downward(connection, top)


def _downward(connection: Connection, top: dict[str, str]) -> dict[str, str]:
    """The visits asked for and all parts of what they belong to."""
    whole = {now: now for now in top.values()}
    below = set(whole)
    c = t.links.c
    for _ in range(_DEEPEST):
        found: dict[str, str] = {}
        for part in chunks(sorted(below), _MANY):
            rows = connection.execute(select(c.old, c.new).where(c.kind == VISIT, c.new.in_(part)))
            found |= {old: whole[new] for old, new in rows if old not in whole}
        if not found:
            break
        whole |= found
        below = set(found)
    return {visit: whole.get(visit, now) for visit, now in {**whole, **top}.items()}


def levels_of(connection: Connection, sources: Iterable[str]) -> dict[str, int]:
    """Level of each source that has one noted."""
    return {source: int(level) for source, level in existing(connection, t.links.c.old, sources, t.links.c.new).items()}
