"""A finding: what was noticed about one row or message, and what was done with it."""

from dataclasses import dataclass, replace

IMPORT, CHECK = "import", "check"  # who finds: the readers of an import or of the listener, or the rules over the store
_MOST = 400  # characters of a place or a value; together they are a key, which a database keeps short


@dataclass(frozen=True)
class Finding:
    """One thing noticed about the data.

    Attributes:
        rule: Stable word, e.g. `negative_stock`.
        severity: `error`, `warning` or `note`.
        place: Row key: bed address, item, or file and line.
        value: The raw value.
        action: `fixed`, `quarantined` (set aside, not used) or `kept`.
        who: `import` or `check`.
    """

    rule: str
    severity: str
    place: str
    value: str
    action: str
    who: str = IMPORT

    def clipped(self) -> "Finding":
        """The finding as it can be stored."""
        return replace(self, place=_short(self.place), value=_short(self.value))


def _short(text: str) -> str:
    """Without the null character, which PostgreSQL cannot store, and not too long for a key."""
    return text.replace("\x00", "")[:_MOST]
