"""The bed problem: who waits, who lies where and until when, and which beds there are."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any

from assistant.plan.beds.faults import check_problem
from assistant.plan.jsonable import decode, encode
from assistant.records.units import Bed, SexRule, Unit


@dataclass(frozen=True)
class Patient:
    """One patient, waiting for a bed or lying in one.

    Attributes:
        visit: Visit number.
        sex: `F`, `M`; anything else is not known.
        age: In years; None if not known.
        unit, bed: Where the patient is; `bed` is an address `unit/room/bed`, empty if in no particular bed.
        wants: Unit the patient waits for; empty for those who wait for nothing.
        since: Waiting since; None for those who wait for nothing.
        leaves: When the patient is expected to leave the hospital's beds: for those who lie in the bed they need,
            the expected end of the stay; for those who wait, as if they were placed at once.
        isolation, ventilator: Needs.
        acuity: 1 (most urgent) to 4; None if not known.
    """

    visit: str
    leaves: datetime
    sex: str = ""
    age: int | None = None
    unit: str = ""
    bed: str = ""
    wants: str = ""
    since: datetime | None = None
    isolation: bool = False
    ventilator: bool = False
    acuity: int | None = None


@dataclass(frozen=True, order=True)
class Choice:
    """A patient and a place (bed address, room `unit/room`, unit, or empty for any), for `forced` and `forbidden`."""

    visit: str
    place: str = ""

    def means(self, address: str) -> bool:
        """Whether the bed at `address` lies in this place."""
        return not self.place or address == self.place or address.startswith(self.place + "/")


@dataclass(frozen=True)
class BedProblem:
    """All that a bed plan is computed from.

    Nights are the steps of the plan: night 0 is the midnight after `at`. A patient uses a bed in a night if he is in
    it at that midnight; a bed that is left in the evening can be given to somebody else for the same night.

    Attributes:
        at: Now.
        days: Nights to plan.
        units, beds: All of them; closed beds and beds of emergency units are never given.
        waiting: Patients who wait for a bed, some of them in another unit's bed.
        present: Patients who lie in a bed and wait for nothing.
        surge: Extra beds that may be opened, by unit.
        unit: Unit the question is about; empty for the whole hospital. The plan always sees everybody, since
            patients compete for beds across units.
        forced: Waiting patients must get a bed in the place within the window, present ones must be moved there.
        forbidden: Places that patients must not get or be moved to.
    """

    at: datetime
    days: int
    units: tuple[Unit, ...]
    beds: tuple[Bed, ...]
    waiting: tuple[Patient, ...] = ()
    present: tuple[Patient, ...] = ()
    surge: tuple[tuple[str, int], ...] = ()
    unit: str = ""
    forced: tuple[Choice, ...] = ()
    forbidden: tuple[Choice, ...] = ()

    def __post_init__(self) -> None:
        check_problem(self)

    @cached_property
    def unit_by_code(self) -> dict[str, Unit]:
        """Units by code."""
        return {unit.code: unit for unit in self.units}

    @cached_property
    def bed_by_address(self) -> dict[str, Bed]:
        """Beds by address, without surge beds."""
        return {bed.address: bed for bed in self.beds}

    @cached_property
    def patient_by_visit(self) -> dict[str, Patient]:
        """Everybody."""
        return {patient.visit: patient for patient in (*self.waiting, *self.present)}

    @cached_property
    def surge_beds(self) -> tuple[Bed, ...]:
        """The extra beds that may be opened: a bay of their own, without isolation and ventilator."""
        return tuple(
            Bed(unit, SURGE_ROOM, str(number + 1), sex_rule=SexRule.ANY)
            for unit, count in self.surge
            for number in range(count)
        )

    def midnight(self, night: int) -> datetime:
        """The midnight that night number `night` is counted at."""
        return datetime.combine(self.at.date() + timedelta(days=night + 1), time())

    def nights_until(self, moment: datetime) -> int:
        """Number of nights from now on that somebody who leaves at `moment` still uses, at most the whole window."""
        return max(0, min(self.days, -((self.midnight(0) - moment) // timedelta(days=1))))

    def leaves_after(self, patient: Patient, start: int) -> int:
        """First night without the patient who gets a bed for night `start`, at most the end of the window.

        The stay of a waiting patient begins when a bed is found; a present one who is moved leaves as expected.
        """
        if patient.wants:
            return min(self.days, start + max(1, (patient.leaves.date() - self.at.date()).days))
        return self.nights_until(patient.leaves)

    def stays_until(self, patient: Patient) -> int:
        """First night in which the bed where the patient lies now is free, if the plan leaves the patient there."""
        return self.days if patient.wants else self.nights_until(patient.leaves)

    def to_json(self) -> dict[str, Any]:
        """The problem in JSON types."""
        return encode(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "BedProblem":
        """The problem that `to_json` wrote."""
        return decode(cls, data)


SURGE_ROOM = "surge"
"""Room name of extra beds."""
