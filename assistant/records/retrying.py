"""Reads what is in quarantine once more, after a fix: a newer program, another mapping, a unit that is declared now."""

import io
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO, cast

from sqlalchemy import Connection

from assistant.records import tables as t
from assistant.records.clock_reading import home_offset
from assistant.records.feeds import store_part
from assistant.records.fhir_feed import read_fhir
from assistant.records.hl7_feed import message_key, read_message
from assistant.records.quarantine import Quarantined, in_quarantine, note_tries, release
from assistant.records.readers import fhir_reader, hl7_reader, unit_book
from assistant.records.rebuilding import rebuild_touched
from assistant.records.report import FileReport
from assistant.records.settings import RecordsSettings
from assistant.records.store import Store
from assistant.records.told import Told
from assistant.records.writing import existing, writing_to

_PAGE = 500
_CUT = "only its first 100,000 characters were kept; import its file again"


@dataclass
class RetryReport:
    """What reading quarantine again came to.

    Attributes:
        read: Texts that were read again.
        released: How many have left quarantine, by outcome: `new`, `duplicate` (what it tells was known already),
            `ignored` (readable, of no use here), `whole_copy` (still broken, and the same message came in complete).
        left: How many are still there, by rule.
    """

    read: int = 0
    released: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    visits: int = 0

    def to_json(self) -> dict[str, Any]:
        """JSON types only."""
        return asdict(self)


def retry(
    store: Store,
    settings: RecordsSettings | None = None,
    rule: str | None = None,
    progress: Callable[[str, int], None] | None = None,
) -> RetryReport:
    """Read quarantine again, in transactions; what can be used now is stored and leaves it with a trace.

    Args:
        store: The records.
        settings: The site's clock and limits, as for an import.
        rule: Only what broke this rule.
        progress: Called with the word `quarantine` and the number of texts read so far.
    """
    report, after = RetryReport(), ""
    while page := in_quarantine(store, rule, _PAGE, after):
        after = page[-1].digest
        with writing_to(store.engine) as connection:
            _Page(connection, store, settings or RecordsSettings(), report).retry(page)
        if progress:
            progress("quarantine", report.read)
    report.visits = rebuild_touched(store)
    return report


class _Page:
    """Some texts, in one transaction.

    Args:
        connection: In a transaction.
        store: Whose units and pseudonyms are used.
        settings: The site's clock.
        report: Counts are added to it.
    """

    def __init__(self, connection: Connection, store: Store, settings: RecordsSettings, report: RetryReport) -> None:
        self._connection = connection
        self._store = store
        self._settings = settings
        self._units = {kind: unit_book(store, settings, kind) for kind in ("hl7", "fhir")}
        self._report = report

    def retry(self, page: Sequence[Quarantined]) -> None:
        """Read each again; it is stored only if nothing of it is faulty any more."""
        out: dict[str, tuple[Quarantined, str]] = {}
        again: list[tuple[Quarantined, str, str]] = []
        for item in page:
            told = self._read(item)
            fault = next((fault for one in told for fault in one.faults), None)
            if fault is None:
                out[item.digest] = item, self._store_again(item, told)
            elif self._whole_copy(item):
                out[item.digest] = item, "whole_copy"
            else:
                again.append((item, *fault[:2]))
        release(self._connection, out)
        note_tries(self._connection, again)
        self._report.read += len(page)
        for _, outcome in out.values():
            self._report.released[outcome] = self._report.released.get(outcome, 0) + 1
        for _, rule, _ in again:
            self._report.left[rule] = self._report.left.get(rule, 0) + 1

    def _read(self, item: Quarantined) -> list[Told]:
        if item.cut:
            return [Told(faults=[(item.rule, _CUT, item.raw)], place=item.place)]
        raw = item.raw.encode(errors="replace")
        if item.kind in self._units:
            parts = self._store, item.site, self._settings, home_offset(raw), self._units[item.kind]
            if item.kind == "fhir":
                return list(read_fhir(cast(BinaryIO, io.BytesIO(raw)), fhir_reader(*parts), item.place))
            return list(read_message(raw, hl7_reader(*parts), item.place))
        reason = f"rows of {item.kind or 'this kind'} are not read one by one; import the corrected file"
        return [Told(faults=[(item.rule, reason, item.raw)], place=item.place)]

    def _store_again(self, item: Quarantined, told: Sequence[Told]) -> str:
        """Store what the text tells; gives what became of it."""
        file = FileReport(item.source, item.kind)
        store_part(self._connection, told, self._units[item.kind], file, item.site)
        return "new" if file.new else "duplicate" if file.duplicate else "ignored"

    def _whole_copy(self, item: Quarantined) -> bool:
        """True if a message with the same sender and control id was read whole: this one is a torn copy of it."""
        key = message_key(item.raw, item.site) if item.kind == "hl7" else ""
        return bool(key and existing(self._connection, t.messages.c.message, [key]))
