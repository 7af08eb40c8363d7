"""Who changes between two rosters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from assistant.plan.staffing.problem import Duty


@dataclass(frozen=True, order=True)
class Change:
    """One person's day that differs; an empty shift is a free day."""

    day: date
    staff: str
    before: str
    after: str


def differences(before: Iterable[Duty], after: Iterable[Duty]) -> tuple[Change, ...]:
    """Every person's day that differs, in order of the day."""
    old = {(duty.staff, duty.day): duty.shift for duty in before}
    new = {(duty.staff, duty.day): duty.shift for duty in after}
    return tuple(
        sorted(
            Change(day, staff, old.get((staff, day), ""), new.get((staff, day), ""))
            for staff, day in old.keys() | new.keys()
            if old.get((staff, day)) != new.get((staff, day))
        )
    )
