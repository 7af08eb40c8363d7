"""A finding: what was noticed about one row or message, and what was done with it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing noticed about the data.

    Attributes:
        rule: Stable word, e.g. `negative_stock`.
        severity: `error`, `warning` or `note`.
        place: Row key: bed address, item, or file and line.
        value: The raw value.
        action: `fixed`, `quarantined` (set aside, not used) or `kept`.
    """

    rule: str
    severity: str
    place: str
    value: str
    action: str
