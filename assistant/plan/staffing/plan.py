"""The finished roster: who works when, how well the shifts are covered, and how fair it is."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.plan.jsonable import decode, encode
from assistant.plan.result import Reason, Result
from assistant.plan.staffing.problem import Duty


@dataclass(frozen=True)
class CoverRow:
    """One shift of one day.

    Attributes:
        need, planned: Nurses.
        short: Nurses missing, 0 or more.
        short_skills: Missing people by skill, only where any are missing.
    """

    day: date
    shift: str
    need: int
    planned: int
    short: int
    short_skills: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class FairnessRow:
    """One person's part of the roster, in the window.

    Attributes:
        hours: Planned and promised elsewhere.
        contract_hours: Owed in the window, absent days worked off.
        nights, weekend_days: Worked; fair_nights, fair_weekend_days: the share in proportion to the contract (None
            for people left out of the comparison).
        wishes, wishes_met: Number of wishes for days of the window.
    """

    staff: str
    name: str
    hours: float
    contract_hours: float
    shifts: int
    nights: int
    fair_nights: int | None
    weekend_days: int
    fair_weekend_days: int | None
    wishes: int
    wishes_met: int


@dataclass(frozen=True)
class RosterPlan:
    """A proposed roster.

    Attributes:
        unit, days: What was planned.
        assignments: Planned duties, sorted; empty without a plan.
        result: Status, cost, bound, reasons, rules in the way.
        coverage: Every shift with need or planned nurses.
        rule_check: Broken hard rules as the independent checker finds them; empty when clean.
        fairness: One row a person.
    """

    unit: str
    days: tuple[date, ...]
    assignments: tuple[Duty, ...]
    result: Result
    coverage: tuple[CoverRow, ...] = ()
    rule_check: tuple[Reason, ...] = ()
    fairness: tuple[FairnessRow, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The plan in JSON types."""
        return encode(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "RosterPlan":
        """The plan that `to_json` wrote."""
        return decode(cls, data)
