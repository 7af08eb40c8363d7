"""Keeps what came of checking the records: results by rule and field, and the rows that fail as findings.

A finding of a check stays until the check does not find it any more; when it was first found is kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, tuple_

from assistant.records import tables as t
from assistant.records.findings import CHECK, Finding
from assistant.records.rules.catalogue import Progress, rule_of, run
from assistant.records.rules.records import Records
from assistant.records.rules.rule import Case, Checked
from assistant.records.settings import RecordsSettings
from assistant.records.store import Store
from assistant.records.writing import add_findings, chunks, writing_to

_UNLISTED = "measureValueCompleteness"  # told as a share; the rows that lack a value are not listed one by one


def check_and_keep(
    store: Store, settings: RecordsSettings | None = None, progress: Progress | None = None
) -> list[Checked]:
    """Check the records by every rule and keep the results.

    Args:
        store: The records.
        settings: Limits of the rules.
        progress: Called with the name of each group of rules before its turn.
    """
    fingerprint, at = store.fingerprint(), datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    found = list(run(Records.of(store, settings), progress))
    rows = [
        {"rule": x.rule.name, "field": x.field, "rows": x.rows, "failed": x.failed, "reason": x.reason,
         "at": at, "fingerprint": fingerprint}
        for x in found
    ]  # fmt: skip
    with writing_to(store.engine) as connection:
        connection.execute(delete(t.checks))
        connection.execute(insert(t.checks), rows)
        _keep_findings(connection, found)
    return found


@dataclass(frozen=True)
class Kept:
    """Results that were kept.

    Attributes:
        fingerprint: Of the records that were checked.
        at: UTC, when.
    """

    checks: list[Checked]
    fingerprint: str
    at: datetime

    @property
    def movements(self) -> int:
        """How many movements there were."""
        return max((one.rows for one in self.checks if one.field == "movements.time"), default=0)


def kept_checks(store: Store) -> Kept | None:
    """The results kept last, with the rows that fail; None if there are none."""
    c, f = t.checks.c, t.findings.c
    rows = store.read(select(t.checks).order_by(c.rule, c.field))
    if not rows:
        return None
    cases: dict[str, list[Case]] = defaultdict(list)
    for row in store.read(select(f.rule, f.place, f.value).where(f.who == CHECK).order_by(f.place, f.value)):
        cases[row.rule].append(Case(row.place, row.value))
    found = [Checked(rule_of(row.rule), row.field, row.rows, row.failed, (), row.reason) for row in rows]
    return Kept(_with_cases(found, cases), rows[0].fingerprint, rows[0].at)


def _with_cases(found: Sequence[Checked], cases: dict[str, list[Case]]) -> list[Checked]:
    """The cases of a rule go to the field of which most rows fail."""
    most: dict[str, int] = {}
    for number, one in enumerate(found):
        if one.failed and (one.rule.name not in most or one.failed > found[most[one.rule.name]].failed):
            most[one.rule.name] = number
    shown = list(found)
    for name, number in most.items():
        shown[number] = replace(shown[number], cases=tuple(cases[name]))
    return shown


def _keep_findings(connection: Connection, found: Iterable[Checked]) -> None:
    """Add the findings that are new, take out those that no check finds any more."""
    listed = [one for one in found if one.rule.kind != _UNLISTED]
    now = {
        (rule.name, finding.place, finding.value): finding
        for rule, case in ((one.rule, case) for one in listed for case in one.cases)
        for finding in [Finding(rule.name, rule.severity.value, case.place, case.value, rule.action, CHECK).clipped()]
    }
    f = t.findings.c
    key: tuple[Any, ...] = (f.rule, f.place, f.value)
    before = {tuple(row) for row in connection.execute(select(*key).where(f.who == CHECK))}
    for part in chunks(sorted(before - set(now)), 300):
        connection.execute(delete(t.findings).where(f.who == CHECK, tuple_(*key).in_(list(part))))
    add_findings(connection, [finding for at, finding in now.items() if at not in before])
