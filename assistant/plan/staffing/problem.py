"""The roster problem: days, shifts, people, demand, and the hospital's working-time rules."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from assistant.errors import RecordError
from assistant.plan.jsonable import decode, encode
from assistant.plan.staffing.faults import problem_faults
from assistant.plan.staffing.working_time import RosterRules
from assistant.records.demand import Demand
from assistant.records.staff import Absence, Person, RosterEntry, Shift, Wish


@dataclass(frozen=True, order=True)
class Duty:
    """One shift of one person. In `forced` and `forbidden` an empty shift means any shift of that day."""

    staff: str
    day: date
    shift: str = ""


@dataclass(frozen=True)
class Helper:
    """Somebody among the people who only helps out here: lent by another unit, or hired for single shifts.

    Attributes:
        staff: Who; without contract hours here, since the home unit answers for those.
        price: Of each shift here, in the units of `RosterWeights`.
        home: Unit that lends; empty for an agency nurse.
        most_minutes: Paid minutes that the person may work in all within the window, shifts in `history` counted;
            None for no such limit.
    """

    staff: str
    price: int
    home: str = ""
    most_minutes: int | None = None


@dataclass(frozen=True)
class Company:
    """Who is on a shift beside the people of the problem and cannot change.

    Attributes:
        nurses: How many in all; new, preceptors, agency: of them.
    """

    day: date
    shift: str
    new: int = 0
    preceptors: int = 0
    nurses: int = 0
    agency: int = 0


@dataclass(frozen=True)
class RosterProblem:
    """All that a roster is computed from.

    Attributes:
        unit: Code of the unit.
        days: The days to plan, one after the other without gaps.
        shifts: Shift types of the unit.
        people: Nurses who may be planned; every one of them counts for cover.
        demand: Nurses needed, at most one entry a day and shift; a shift without an entry needs nobody.
        absences, wishes: Of these people; days outside the window are ignored.
        history: Shifts fixed outside this plan: the days before (and, if known, after) the window, and shifts
            promised to other units within it.
        other_shifts: Shift types of other units that `history` mentions, each with its unit.
        forced, forbidden: Duties that the roster must, or must not, contain.
        helpers: Those among the people who only help out here, with their price.
        company: Others on the shifts, where this is a part of a larger problem; see `Company`.
    """

    unit: str
    days: tuple[date, ...]
    shifts: tuple[Shift, ...]
    people: tuple[Person, ...]
    demand: tuple[Demand, ...]
    absences: tuple[Absence, ...] = ()
    wishes: tuple[Wish, ...] = ()
    history: tuple[RosterEntry, ...] = ()
    rules: RosterRules = field(default_factory=RosterRules)
    other_shifts: tuple[Shift, ...] = ()
    forced: tuple[Duty, ...] = ()
    forbidden: tuple[Duty, ...] = ()
    helpers: tuple[Helper, ...] = ()
    company: tuple[Company, ...] = ()

    def __post_init__(self) -> None:
        faults = problem_faults(self)
        if faults:
            raise RecordError(f"The roster problem of unit {self.unit!r} cannot be used; please mend:", faults)

    @cached_property
    def shift_types(self) -> dict[str, Shift]:
        """Shift types of the unit by code."""
        return {shift.shift: shift for shift in self.shifts}

    @cached_property
    def known(self) -> dict[tuple[str, date], tuple[Shift, ...]]:
        """Shifts fixed outside this plan, by person and day."""
        found: dict[tuple[str, date], tuple[Shift, ...]] = {}
        for entry in self.history:
            key = (entry.staff, entry.day)
            found[key] = (*found.get(key, ()), self.known_shift(entry))
        return found

    def known_shift(self, entry: RosterEntry) -> Shift:
        """The shift type that an entry of `history` means."""
        if entry.unit == self.unit:
            return self.shift_types[entry.shift]
        return next(shift for shift in self.other_shifts if (shift.unit, shift.shift) == (entry.unit, entry.shift))

    @cached_property
    def help(self) -> dict[str, Helper]:
        """Helpers by staff id."""
        return {helper.staff: helper for helper in self.helpers}

    @cached_property
    def agency_staff(self) -> frozenset[str]:
        """Staff ids of agency nurses."""
        return frozenset(helper.staff for helper in self.helpers if not helper.home)

    @cached_property
    def beside(self) -> dict[tuple[date, str], Company]:
        """Company by day and shift."""
        return {(item.day, item.shift): item for item in self.company}

    @cached_property
    def all_days(self) -> tuple[date, ...]:
        """From the first to the last day that has a planned or known shift."""
        seen = [*self.days, *(entry.day for entry in self.history)]
        first, last = min(seen), max(seen)
        return tuple(first + timedelta(days=step) for step in range((last - first).days + 1))

    @cached_property
    def absent_days(self) -> frozenset[tuple[str, date]]:
        """Person and day of every absence within the window."""
        return frozenset(
            (absence.staff, day)
            for absence in self.absences
            for day in self.days
            if absence.start <= day <= absence.end
        )

    @cached_property
    def contract_minutes(self) -> dict[str, int]:
        """Contract minutes of each person in the window; an absent day counts as a seventh of a week worked off."""
        return {person.staff: self._contract_minutes(person) for person in self.people}

    def _contract_minutes(self, person: Person) -> int:
        present = sum(1 for day in self.days if (person.staff, day) not in self.absent_days)
        return round(person.hours_per_week * 60 * present / 7)

    def to_json(self) -> dict[str, Any]:
        """The problem in JSON types; without what is only about helpers where there are none, as in older ones."""
        data: dict[str, Any] = encode(self)
        if not self.agency_staff and self.rules.agency_share == RosterRules().agency_share:
            del data["rules"]["agency_share"]
        return {name: value for name, value in data.items() if value or name not in ("helpers", "company")}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "RosterProblem":
        """The problem that `to_json` wrote."""
        return decode(cls, data)
