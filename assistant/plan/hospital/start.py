"""A first plan without compiled code, in a second or two: mandatory patients first, then the others, then nurses.

It is what remains when there is no time for the search, and where the search begins.
"""

import time

import numpy as np

from assistant.plan.hospital.problem import HospitalPlan, HospitalProblem, Person

ROUNDS = 30
"""Tries to place all mandatory patients; who stayed out in one try goes first in the next."""


class _Wards:
    """Beds, sexes, surgeons' and theatres' time that are still free while patients are placed one by one."""

    def __init__(self, problem: HospitalProblem) -> None:
        self.problem = problem
        covered = (problem.max_load >= 0).any(axis=0).reshape(problem.days, problem.shifts).all(axis=1)
        self.free = np.outer(problem.capacity, covered).astype(np.int64)
        self.lying = np.zeros((2, problem.rooms, problem.days), np.int64)
        self.oldest = np.full((problem.rooms, problem.days), -1)
        self.surgeon = np.array(problem.surgeon_minutes, np.int64).reshape(problem.surgeons, problem.days)
        self.theatre = np.array(problem.theatre_minutes, np.int64).reshape(problem.theatres, problem.days)
        self.open = np.zeros((problem.theatres, problem.days), bool)
        for person in problem.occupants:
            self.lay(person, 0, person.room)

    def lay(self, person: Person, day: int, room: int) -> None:
        """Takes a bed."""
        days = slice(day, day + person.days)
        self.free[room, days] -= 1
        self.lying[person.sex, room, days] += 1
        self.oldest[room, days] = person.age

    def place(self, p: int) -> tuple[int, int, int] | None:
        """Cheapest day, room and theatre for patient p, taken; None if none is left."""
        patient = self.problem.patients[p]
        usable = (self.free > 0) & (self.lying[1 - patient.sex] == 0)
        usable[list(patient.barred_rooms)] = False
        best: tuple[float, int, int, int] | None = None
        for day in range(patient.first_day, patient.last_day + 1):
            if self.surgeon[patient.surgeon, day] < patient.surgery_minutes:
                continue
            theatres = np.flatnonzero(self.theatre[:, day] >= patient.surgery_minutes)
            rooms = np.flatnonzero(usable[:, day : day + patient.days].all(axis=1))
            if not len(theatres) or not len(rooms):
                continue
            price, room = self._room(patient, day, rooms)
            opened = theatres[self.open[theatres, day]]
            theatre = (opened if len(opened) else theatres)[0]
            price += self.problem.weights["delay"] * (day - patient.first_day)
            price += 0 if len(opened) else self.problem.weights["open_theatre"]
            if best is None or price < best[0]:
                best = price, day, room, int(theatre)
        if best is None:
            return None
        _, day, room, theatre = best
        self.lay(patient, day, room)
        self.surgeon[patient.surgeon, day] -= patient.surgery_minutes
        self.theatre[theatre, day] -= patient.surgery_minutes
        self.open[theatre, day] = True
        return day, room, theatre

    def _room(self, patient: Person, day: int, rooms: np.ndarray) -> tuple[float, int]:
        """Room with the least mix of ages; among equals the fullest, so that empty rooms stay free for either sex."""
        days = slice(day, day + patient.days)
        ages = self.oldest[rooms, days]
        mix = np.where(ages >= 0, np.abs(ages - patient.age), 0).sum(axis=1) * self.problem.weights["age_mix"]
        empty = (self.lying[:, rooms, days].sum(axis=0) == 0).mean(axis=1)
        prices = mix + empty + 0.01 * self.free[rooms, days].mean(axis=1)
        i = int(prices.argmin())
        return float(prices[i]), int(rooms[i])


def first_plan(problem: HospitalProblem, seed: int, deadline: float) -> HospitalPlan:
    """A plan that keeps the hard rules, but for mandatory patients for whom no place was found.

    Args:
        problem: What is given.
        seed: Of the order among equals.
        deadline: `time.monotonic()` after which no further try is begun.
    """
    rng = np.random.default_rng(seed)
    mandatory = [p for p, patient in enumerate(problem.patients) if patient.mandatory]
    others = [p for p, patient in enumerate(problem.patients) if not patient.mandatory]
    urgency = {p: _urgency(problem, p) + rng.random() for p in mandatory}
    best: tuple[int, dict[int, tuple[int, int, int]], _Wards] | None = None
    for _ in range(ROUNDS):
        wards = _Wards(problem)
        places = {p: wards.place(p) for p in sorted(mandatory, key=lambda p: urgency[p])}
        left = [p for p, place in places.items() if place is None]
        if best is None or len(left) < best[0]:
            best = len(left), {p: place for p, place in places.items() if place}, wards
        if not left or time.monotonic() > deadline:
            break
        for p in left:
            urgency[p] = min(urgency.values()) - 1 - rng.random()
    assert best is not None
    _, chosen, wards = best
    for p in sorted(others, key=lambda p: problem.patients[p].days * problem.patients[p].surgery_minutes):
        if place := wards.place(p):
            chosen[p] = place
    return _with_nurses(problem, chosen)


def _urgency(problem: HospitalProblem, p: int) -> float:
    """Small for patients with few days, few rooms and long stays: they go first."""
    patient = problem.patients[p]
    rooms = problem.rooms - len(patient.barred_rooms)
    return 5 * (patient.last_day - patient.first_day) + rooms - 3 * patient.days - patient.surgery_minutes / 30


def _with_nurses(problem: HospitalProblem, places: dict[int, tuple[int, int, int]]) -> HospitalPlan:
    """Adds nurses, shift by shift: the room with most work chooses first, the nurse with the least price is taken."""
    nobody = np.full((problem.rooms, problem.days * problem.shifts), -1, np.int32)
    day, room, theatre = (np.full(len(problem.patients), -1, np.int32) for _ in range(3))
    plan = HospitalPlan(day, room, theatre, nobody)
    for p, place in places.items():
        plan.day[p], plan.room[p], plan.theatre[p] = place
    stays: list[tuple[Person, int, int]] = [(person, 0, person.room) for person in problem.occupants]
    stays += [(problem.patients[p], *place[:2]) for p, place in places.items()]
    seen = np.zeros((len(stays), len(problem.nurse_skill)), bool)
    members: dict[tuple[int, int], list[int]] = {}
    for e, (person, first, r) in enumerate(stays):
        for d in range(first, min(problem.days, first + person.days)):
            members.setdefault((r, d), []).append(e)
    for k in range(problem.days * problem.shifts):
        duty = np.flatnonzero(problem.max_load[:, k] >= 0)
        if len(duty):
            _staff_shift(problem, plan, k, duty, stays, members, seen)
    return plan


def _staff_shift(
    problem: HospitalProblem,
    plan: HospitalPlan,
    k: int,
    duty: np.ndarray,
    stays: list[tuple[Person, int, int]],
    members: dict[tuple[int, int], list[int]],
    seen: np.ndarray,
) -> None:
    """Gives each room a nurse in shift k; `seen` [stay, nurse] is kept up to date."""
    weights, skills = problem.weights, np.array(problem.nurse_skill)[duty]
    spare = problem.max_load[duty, k].astype(np.int64)
    lying = [members.get((room, k // problem.shifts), []) for room in range(problem.rooms)]
    place = [[k - stays[e][1] * problem.shifts for e in room] for room in lying]
    work = [sum(stays[e][0].workload[i] for e, i in zip(*pair, strict=True)) for pair in zip(lying, place, strict=True)]
    for room in sorted(range(problem.rooms), key=lambda room: -work[room]):
        price = weights["workload"] * (np.maximum(0, work[room] - spare) - np.maximum(0, -spare))
        for e, i in zip(lying[room], place[room], strict=True):
            price = price + weights["skill"] * np.maximum(0, stays[e][0].skill[i] - skills)
            price = price + weights["continuity"] * ~seen[e, duty]
        i = int(price.argmin())
        spare[i] -= work[room]
        plan.nurse[room, k] = duty[i]
        seen[lying[room], duty[i]] = True
