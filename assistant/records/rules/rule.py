"""A rule of data quality, and what came of checking one field by it."""

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """What is doubted: the form of a value, that it is there, or that it can be true (Kahn and others, 2016)."""

    CONFORMANCE = "conformance"
    COMPLETENESS = "completeness"
    PLAUSIBILITY = "plausibility"


class Severity(StrEnum):
    """How much a finding matters: answers may be wrong, should be looked at, good to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        name: Stable word under which its findings are kept, e.g. `end_before_start`.
        kind: Kind of check in the OHDSI catalogue that it belongs to (see `kinds`), or `hospital` for the list of a
            hospital's own troubles that the catalogue does not know.
        category: As the catalogue has it for the kind.
        severity: Of its findings.
        action: What is done with what it finds: `fixed`, `quarantined` (set aside, not used) or `kept` (and marked).
        threshold: Percent of rows that may fail before the check counts as failed; a site can set another.
    """

    name: str
    kind: str
    category: Category
    severity: Severity
    action: str = "kept"
    threshold: float = 0.0


@dataclass(frozen=True)
class Case:
    """One row that fails: its key, and the raw value. Patients and visits appear by pseudonym only."""

    place: str
    value: str = ""


@dataclass(frozen=True)
class Checked:
    """What came of checking one field by one rule.

    Attributes:
        field: Table, or `table.column`.
        rows: Rows that the rule concerns.
        failed: How many of them fail.
        cases: Some of these, the worst first where there is a worst.
        reason: Why it could not be checked; empty: it was.
    """

    rule: Rule
    field: str
    rows: int = 0
    failed: int = 0
    cases: tuple[Case, ...] = ()
    reason: str = ""

    @property
    def percent(self) -> float:
        """Failed rows per 100; 0 without rows."""
        return 100.0 * self.failed / self.rows if self.rows else 0.0

    def passed(self, threshold: float | None = None) -> bool:
        """True if no more rows fail than may (by the rule, or by the threshold given, in percent)."""
        return self.percent <= (self.rule.threshold if threshold is None else threshold)
