"""What one message or resource told, whatever format it had."""

from dataclasses import dataclass, field
from typing import Any

from assistant.records.findings import Finding
from assistant.records.movements import Movement


@dataclass
class Told:
    """What one message or resource told.

    Attributes:
        key: Makes it recognisable when it is sent again; empty: only its events do.
        replaces: Source of movements that a newer version of the same resource takes the place of.
        length: Characters of the message; tells a torn copy of it from the whole one.
        version: When that version was made, in wall-clock seconds; 0 if it does not say.
        kind: Type of the resource or row, for the counts by type.
        final: A deletion, which holds whatever version is stored.
        merges, assumed, replaced: Patient pseudonyms (given up, valid), as `patient_links` takes them.
        visits: Pseudonyms of parts of a stay, or of references to it, and of the visit they belong to.
        levels: How much a source's word on the place counts (see `periods`), as text.
        declared: Names of tables and rows for them (see `declared_rows`).
        patient: Row for the table of patients.
        faults: Rule, reason and raw text for quarantine.
        ignored: Set if it is readable but of no use here.
    """

    key: str = ""
    movements: list[Movement] = field(default_factory=list)
    replaces: str = ""
    version: int = 0
    length: int = 0
    merges: list[tuple[str, str]] = field(default_factory=list)
    patient: dict[str, Any] | None = None
    findings: list[Finding] = field(default_factory=list)
    faults: list[tuple[str, str, str]] = field(default_factory=list)
    place: str = ""
    ignored: str = ""
    kind: str = ""
    final: bool = False
    assumed: list[tuple[str, str]] = field(default_factory=list)
    replaced: list[tuple[str, str]] = field(default_factory=list)
    visits: dict[str, str] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)
    declared: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
