"""What is wrong with the records: findings of the readers, quarantine, and the rules applied to what is stored now."""

from collections.abc import Iterator
from datetime import datetime
from threading import Lock
from weakref import WeakKeyDictionary

import pandas as pd
from sqlalchemy import func, select

from assistant.records import tables as t
from assistant.records.findings import CHECK, IMPORT
from assistant.records.listening.silence import SILENT, silent_senders
from assistant.records.quality_kept import Kept, kept_checks
from assistant.records.rules.catalogue import rule_of, run
from assistant.records.rules.records import Records
from assistant.records.rules.rule import Checked
from assistant.records.settings import RecordsSettings
from assistant.records.store import Store

COLUMNS = ["rule", "severity", "count", "action", "example"]
CASE_COLUMNS = ["place", "value", "action", "at", "who"]
_ORDER = {"error": 0, "warning": 1, "note": 2}
_COUNTED_ONLY = ("test_message", "other_message", "no_records_in_file", "duplicate_message")
_FEEDS = ("hl7", "fhir")
Row = tuple[str, str, int, str, str]

_latest: WeakKeyDictionary[Store, tuple[str, list[Checked]]] = WeakKeyDictionary()  # fingerprint, what was found
_lock = Lock()


def data_quality(store: Store, settings: RecordsSettings | None = None) -> pd.DataFrame:
    """Everything noticed, a row per rule and action, errors first and frequent ones before rare ones.

    Returns:
        rule, severity (`error`, `warning`, `note`), count, action (`fixed`, `quarantined`, `kept`), example (row key
        and raw value of one case; unreadable messages are shown by their place, never by their text).
    """
    limits = settings or RecordsSettings()
    rows = [*_found_in_imports(store), *_quarantined(store), *_counted(store), *_of_checks(checks_now(store, limits))]
    rows += _silent_now(store)
    rows.sort(key=lambda row: (_ORDER.get(row[1], 3), -row[2], row[0]))
    return pd.DataFrame(rows, columns=COLUMNS)


def checks_now(store: Store, settings: RecordsSettings | None = None) -> list[Checked]:
    """What the rules say of the records: as kept by the last import or run if nothing has changed since.

    Large records that a live feed changes all the time are not checked anew for every question: what was kept holds
    until the next run (`checked_at` says when that was). Nothing is written here; a result is remembered in this
    process until the records change.
    """
    kept, _ = _standing(store, settings)
    if kept is not None:
        return kept.checks
    fingerprint = store.fingerprint()
    with _lock:
        before = _latest.get(store)
        if before and before[0] == fingerprint:
            return before[1]
        found = list(run(Records.of(store, settings)))
        _latest[store] = fingerprint, found
        return found


def checked_at(store: Store, settings: RecordsSettings | None = None) -> datetime | None:
    """When the results that `checks_now` gives were found, UTC; None if they hold for the records as they are."""
    kept, changed_since = _standing(store, settings)
    return kept.at if kept is not None and changed_since else None


def _standing(store: Store, settings: RecordsSettings | None) -> tuple[Kept | None, bool]:
    """The kept results unless a new run is due, and whether the records have changed since."""
    kept = kept_checks(store)
    if kept is None or kept.fingerprint == store.fingerprint():
        return kept, False
    too_many = kept.movements > (settings or RecordsSettings()).quality.check_live_up_to
    return (kept, True) if too_many else (None, False)


def _of_checks(checks: list[Checked]) -> Iterator[Row]:
    """A row for each rule that rows fail. How many values are missing is told by the table of checks alone."""
    by_rule: dict[str, list[Checked]] = {}
    for one in checks:
        if one.failed and one.rule.kind != "measureValueCompleteness":
            by_rule.setdefault(one.rule.name, []).append(one)
    for name, found in by_rule.items():
        rule, worst = found[0].rule, max(found, key=lambda one: one.failed)
        case = worst.cases[0] if worst.cases else None
        shown = f"{case.place}: {case.value}".removesuffix(": ") if case else worst.field
        yield name, rule.severity.value, sum(one.failed for one in found), rule.action, shown


def _found_in_imports(store: Store) -> Iterator[Row]:
    """What readers noticed and kept or set right."""
    f = t.findings.c
    example = func.min(f.place + ": " + f.value)
    query = select(f.rule, f.severity, func.count(), f.action, example).where(f.who != CHECK)
    for rule, severity, count, action, shown in store.read(query.group_by(f.rule, f.severity, f.action)):
        yield rule, severity, count, action, shown.removesuffix(": ")


def _quarantined(store: Store) -> Iterator[Row]:
    """What could not be used."""
    q = t.quarantine.c
    for rule, count, place in store.read(select(q.rule, func.count(), func.min(q.place)).group_by(q.rule)):
        yield rule, "error", count, "quarantined", place


def _counted(store: Store) -> Iterator[Row]:
    """What imports only count: test messages, other messages, copies. Of each file its latest import counts."""
    i, n = t.imports.c, t.noticed.c
    latest = select(func.max(i.number)).where(i.kind.in_(_FEEDS)).group_by(i.file, i.site)
    counted = select(n.rule, func.sum(n.count), func.min(i.file)).join(t.imports, i.number == n.number)
    counted = counted.where(i.number.in_(latest), n.rule.in_(_COUNTED_ONLY)).group_by(n.rule)
    for name, count, file in store.read(counted):
        rule = rule_of(name)
        yield name, rule.severity.value, int(count), rule.action, file


def _silent_now(store: Store) -> Iterator[Row]:
    """Senders of live messages that are late by the computer's clock."""
    found = list(silent_senders(store))
    if found:
        yield SILENT, found[0].severity, len(found), found[0].action, f"{found[0].place}: {found[0].value}"


def cases_of(store: Store, rule: str, settings: RecordsSettings | None = None, limit: int = 200) -> pd.DataFrame:
    """The single findings of one rule.

    Returns:
        place (row key: pseudonym, bed, item, file and line), value (the raw value; of what is in quarantine the
        reason, never the text), action, at (UTC, when it was found; NaT where it was not noted), who (`import` or
        `check`).
    """
    f, q = t.findings.c, t.quarantine.c
    found = select(f.place, f.value, f.action, f.at, f.who).where(f.rule == rule)
    rows = [tuple(row) for row in store.read(found.order_by(f.place, f.value).limit(limit))]
    aside = select(q.place, q.reason, q.at).where(q.rule == rule).order_by(q.place).limit(limit)
    rows += [(row.place, row.reason, "quarantined", row.at, IMPORT) for row in store.read(aside)]
    if not any(row[4] == CHECK for row in rows):  # the records have changed since checks were kept
        live = [one for one in checks_now(store, settings) if one.rule.name == rule]
        rows += [(case.place, case.value, one.rule.action, None, CHECK) for one in live for case in one.cases]
    if rule == SILENT:
        rows += [(x.place, x.value, x.action, None, x.who) for x in silent_senders(store)]
    rows += _files_with(store, rule)
    frame = pd.DataFrame(rows[:limit], columns=CASE_COLUMNS)
    frame["at"] = pd.to_datetime(frame["at"])
    return frame


def _files_with(store: Store, rule: str) -> list[tuple[object, ...]]:
    """The files in which something was only counted, the latest import of each."""
    if rule not in _COUNTED_ONLY:
        return []
    i, n = t.imports.c, t.noticed.c
    latest = select(func.max(i.number)).group_by(i.file, i.site)
    query = select(i.file, n.count, i.at).join(t.imports, i.number == n.number)
    rows = store.read(query.where(n.rule == rule, i.number.in_(latest)).order_by(i.file))
    return [(row[0], str(row[1]), rule_of(rule).action, row[2], IMPORT) for row in rows]
