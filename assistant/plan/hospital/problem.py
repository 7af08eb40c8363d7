"""The integrated hospital problem: whom to admit when, into which room and theatre, and which nurse tends which room.

The problem of the Integrated Healthcare Timetabling Competition 2024 (Ceschia et al., problem specification, 2024) is
this one with its own weights. Everything is by index; names belong to the readers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from assistant.errors import RecordError

WEIGHTS = ("age_mix", "skill", "continuity", "workload", "open_theatre", "transfer", "delay", "unscheduled")
"""Soft rules, as the keys of `HospitalProblem.weights` and of the parts of a cost."""


@dataclass(frozen=True)
class Person:
    """Someone who lies in a room: an occupant from the first day on, or (`Patient`) someone to admit.

    Attributes:
        sex: 0 or 1; a room holds one sex on one day.
        age: Index of the age group, youngest first.
        days: Length of stay.
        workload: Work for the nurse, by shift of the stay.
        skill: Skill level needed, by shift of the stay.
        room: Of an occupant; -1 otherwise.
    """

    sex: int
    age: int
    days: int
    workload: tuple[int, ...]
    skill: tuple[int, ...]
    room: int = -1


@dataclass(frozen=True)
class Patient(Person):
    """Someone to admit on the day of the surgery.

    Attributes:
        mandatory: Must be admitted from `first_day` to `last_day`; others may be left out, at a cost.
        first_day, last_day: Admission window, inclusive.
        surgery_minutes, surgeon: Of the surgery, on the day of admission.
        barred_rooms: Rooms the patient may not lie in.
    """

    mandatory: bool = False
    first_day: int = 0
    last_day: int = 0
    surgery_minutes: int = 0
    surgeon: int = 0
    barred_rooms: frozenset[int] = frozenset()


@dataclass(frozen=True)
class HospitalProblem:
    """All that is given.

    Attributes:
        days, shifts: Horizon; shifts a day.
        age_groups: How many there are.
        capacity: Beds by room.
        surgeon_minutes, theatre_minutes: [surgeon][day] and [theatre][day], at most.
        nurse_skill: Skill level by nurse.
        max_load: [nurse][day * shifts + shift]: work a nurse can do without penalty; -1 where off duty.
        weights: Cost per unit of each soft rule (`WEIGHTS`).
    """

    days: int
    shifts: int
    age_groups: int
    patients: tuple[Patient, ...]
    occupants: tuple[Person, ...]
    capacity: tuple[int, ...]
    surgeon_minutes: tuple[tuple[int, ...], ...]
    theatre_minutes: tuple[tuple[int, ...], ...]
    nurse_skill: tuple[int, ...]
    max_load: np.ndarray
    weights: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        faults = [*self._faults_of_sizes(), *self._faults_of_people(), *self._faults_of_weights()]
        if faults:
            raise RecordError("The hospital problem cannot be read", faults[:20])

    @property
    def rooms(self) -> int:
        """Number of rooms."""
        return len(self.capacity)

    @property
    def theatres(self) -> int:
        """Number of theatres."""
        return len(self.theatre_minutes)

    @property
    def surgeons(self) -> int:
        """Number of surgeons."""
        return len(self.surgeon_minutes)

    def shifts_of(self, person: Person, first: int) -> range:
        """Shifts of the horizon that `person`, admitted on day `first`, lies in a room."""
        return range(first * self.shifts, min(self.days, first + person.days) * self.shifts)

    def _faults_of_sizes(self) -> list[str]:
        faults = []
        if min(self.days, self.shifts, self.age_groups) < 1:
            faults.append("days, shift types and age groups must be at least 1")
        if not self.capacity or not self.nurse_skill:
            faults.append("at least one room and one nurse are needed")
        expected = (len(self.nurse_skill), self.days * self.shifts)
        if self.max_load.shape != expected:
            faults.append(f"max_load must have shape {expected} (nurses, days * shifts), is {self.max_load.shape}")
        for name, rows in (("surgeon", self.surgeon_minutes), ("theatre", self.theatre_minutes)):
            faults += [
                f"{name} {i}: {len(row)} days, expected {self.days}"
                for i, row in enumerate(rows)
                if len(row) != self.days
            ]
        if self.patients and not (self.theatre_minutes and self.surgeon_minutes):
            faults.append("patients are given, but no theatre or no surgeon")
        return faults

    def _faults_of_people(self) -> list[str]:
        faults = []
        people: Sequence[Person] = (*self.patients, *self.occupants)
        for i, person in enumerate(people):
            who = f"patient {i}" if i < len(self.patients) else f"occupant {i - len(self.patients)}"
            shifts = person.days * self.shifts
            if person.days < 1 or len(person.workload) != shifts or len(person.skill) != shifts:
                faults.append(f"{who}: at least one day, and workload and skill with {shifts} values, are needed")
            if person.sex not in (0, 1) or not 0 <= person.age < self.age_groups:
                faults.append(f"{who}: sex or age group out of range")
            if person.room not in range(-1, len(self.capacity)):
                faults.append(f"{who}: room {person.room} is not known")
        for i, patient in enumerate(self.patients):
            if not 0 <= patient.surgeon < len(self.surgeon_minutes):
                faults.append(f"patient {i}: surgeon {patient.surgeon} is not known")
            if patient.first_day < 0 or patient.last_day >= self.days or patient.surgery_minutes < 0:
                faults.append(f"patient {i}: admission window or surgery time out of range")
        return faults

    def _faults_of_weights(self) -> list[str]:
        faults = [f"weight '{name}' is missing" for name in WEIGHTS if name not in self.weights]
        return faults + [f"weight '{name}' is negative" for name, value in self.weights.items() if value < 0]


@dataclass
class HospitalPlan:
    """Who is admitted when and where, and who tends which room.

    Attributes:
        day: [patient] day of admission, -1 not admitted.
        room, theatre: [patient], -1 not admitted.
        nurse: [room, day * shifts + shift], -1 nobody.
    """

    day: np.ndarray
    room: np.ndarray
    theatre: np.ndarray
    nurse: np.ndarray
