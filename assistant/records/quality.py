"""What is wrong with the records: findings of the readers, quarantine, and the rules applied to what is stored now."""

from collections.abc import Iterator
from threading import Lock

import pandas as pd
from sqlalchemy import func, select

from assistant.records import tables as t
from assistant.records.findings import CHECK
from assistant.records.listening.silence import SILENT, silent_senders
from assistant.records.quality_kept import kept_checks
from assistant.records.rules.catalogue import rule_of, run
from assistant.records.rules.records import Records
from assistant.records.rules.rule import Checked
from assistant.records.settings import RecordsSettings
from assistant.records.store import Store

COLUMNS = ["rule", "severity", "count", "action", "example"]
_ORDER = {"error": 0, "warning": 1, "note": 2}
_COUNTED_ONLY = ("test_message", "other_message", "no_records_in_file", "duplicate_message")
_FEEDS = ("hl7", "fhir")
Row = tuple[str, str, int, str, str]

_latest: dict[str, tuple[str, list[Checked]]] = {}  # by database: fingerprint, and what came of the checks
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
    """What the rules say of the records as they are: as kept by the last import or run if nothing has changed since.

    Nothing is written here; a result is remembered in this process until the records change.
    """
    fingerprint = store.fingerprint()
    kept = kept_checks(store, fingerprint)
    if kept is not None:
        return kept
    with _lock:
        before = _latest.get(store.url)
        if before and before[0] == fingerprint:
            return before[1]
        found = list(run(Records.of(store, settings)))
        _latest[store.url] = fingerprint, found
        return found


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
