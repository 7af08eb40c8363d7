"""All rules by name, and the run of those that look at the store."""

from collections.abc import Callable, Iterator

from assistant.records.rules import (
    completeness,
    declared,
    feed,
    frames,
    places,
    readers,
    series,
    staffing,
    stock,
    structure,
    text,
    times,
)
from assistant.records.rules.kinds import KINDS, own
from assistant.records.rules.records import Records
from assistant.records.rules.rule import Category, Checked, Rule, Severity

_GROUPS = (structure, declared, completeness, text, times, places, feed, series, staffing, stock, frames)
_STORE_RULES: tuple[Rule, ...] = tuple(rule for group in _GROUPS for rule in group.RULES)
# A rule that readers and the store share (a negative count) is the store's: its kind says more.
RULES: dict[str, Rule] = {rule.name: rule for rule in (*readers.RULES, *_STORE_RULES)}
Progress = Callable[[str], None]


def rule_of(name: str) -> Rule:
    """The rule called so; one that nobody has listed is a warning about form."""
    return RULES.get(name) or own(name, Category.CONFORMANCE, Severity.WARNING)


def run(records: Records, progress: Progress | None = None) -> Iterator[Checked]:
    """Check the store by every rule, group by group."""
    for group in _GROUPS:
        if progress:
            progress(group.__name__.rpartition(".")[2])
        yield from group.check(records)


def not_applicable() -> list[Checked]:
    """The kinds of the catalogue that cannot be asked of these records, each with the reason."""
    return [
        Checked(Rule(kind.name, kind.name, kind.category, Severity.NOTE), "", reason=kind.absent)
        for kind in KINDS
        if kind.absent
    ]
