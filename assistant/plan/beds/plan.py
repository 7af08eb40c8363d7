"""The finished bed plan: who goes where and when, who is moved, what is opened, and who stays unplaced and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.plan.jsonable import decode, encode
from assistant.plan.result import Reason, Result


@dataclass(frozen=True)
class Placement:
    """A bed for a waiting patient.

    Attributes:
        visit, bed: Who, and the bed's address.
        start: When the bed is free for the patient at the earliest.
        night: Number of the first night there (0: the coming one).
        nights: Nights there within the window.
        wanted: Unit that the patient waits for; wrong_unit: the bed is in another one.
        surge: The bed is an extra one that must be opened.
    """

    visit: str
    bed: str
    start: datetime
    night: int
    nights: int
    wanted: str
    wrong_unit: bool = False
    surge: bool = False


@dataclass(frozen=True)
class Transfer:
    """Moving a present patient to make room.

    Attributes:
        visit: Who.
        from_bed: Where the patient lies now; the unit's code if the bed is not known.
        to_bed: The new bed's address.
        start, night, nights: As for a placement.
    """

    visit: str
    from_bed: str
    to_bed: str
    start: datetime
    night: int
    nights: int


@dataclass(frozen=True)
class BedPlan:
    """A proposed bed plan.

    Attributes:
        at, days, unit: What was planned (`unit` empty: the whole hospital).
        assignments: Beds for waiting patients, by night and visit.
        transfers: Moves of present patients.
        surge: Extra beds to open, by unit.
        unplaced: One reason for each waiting patient without a bed in the window; the kind is `no_fitting_unit`,
            `unit_full`, `no_isolation_bed`, `no_ventilator_bed`, `sex_rule`, `forbidden`, or, where a bed would be
            possible but the plan is cheaper without, `only_surge_bed` or `costs_more`. `wrong_unit` among the
            reasons of the result says in `because` the same about the wanted unit.
        result: Status, cost, bound, reasons, rules in the way.
        rule_check: Broken hard rules as the independent checker finds them; empty when clean.
    """

    at: datetime
    days: int
    unit: str
    assignments: tuple[Placement, ...]
    transfers: tuple[Transfer, ...]
    surge: tuple[tuple[str, int], ...]
    unplaced: tuple[Reason, ...]
    result: Result
    rule_check: tuple[Reason, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The plan in JSON types."""
        return encode(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "BedPlan":
        """The plan that `to_json` wrote."""
        return decode(cls, data)
