"""The arrays that the compiled search works on: `Tables` (given, never changed) and `State` (the plan and its sums).

Indices, used throughout: stay e (patients first, then occupants), patient p, room r, day d, shift of the horizon
k = day * shifts a day + shift, nurse n, surgeon s, theatre t. Whole numbers only.
"""

from typing import NamedTuple

import numpy as np

from assistant.plan.hospital.problem import HospitalProblem


class Tables(NamedTuple):
    """A hospital problem as arrays; see the module's head for the indices."""

    days: int
    shifts: int
    horizon: int  # days * shifts
    patients: int
    rooms: int
    theatres: int
    beds: int  # most stays that a room can hold on paper, the length of a row of `State.member`
    nurses: int
    age_groups: int
    w_age: int
    w_skill: int
    w_continuity: int
    w_load: int
    w_open: int
    w_transfer: int
    w_delay: int
    mandatory: np.ndarray  # [p] 0 or 1
    out_cost: np.ndarray  # [p] cost of not admitting; of a mandatory patient a penalty that the search raises
    first_day: np.ndarray  # [p]
    last_day: np.ndarray  # [p]
    minutes: np.ndarray  # [p] surgery
    surgeon: np.ndarray  # [p]
    room_list: np.ndarray  # [p, i] compatible rooms
    room_count: np.ndarray  # [p]
    room_ok: np.ndarray  # [p, r] 0 or 1
    stay: np.ndarray  # [e] days
    sex: np.ndarray  # [e] 0 or 1
    age: np.ndarray  # [e] index of the age group
    offset: np.ndarray  # [e] place of the stay's first shift in `work` and `needed`
    work: np.ndarray  # workload by shift of stay
    needed: np.ndarray  # skill by shift of stay
    capacity: np.ndarray  # [r, d]; 0 on days that no nurse can cover
    surgeon_minutes: np.ndarray  # [s, d]
    theatre_minutes: np.ndarray  # [t, d]
    skill: np.ndarray  # [n]
    max_load: np.ndarray  # [n, k]; -1 off duty
    duty: np.ndarray  # [k, i] nurses on duty
    duty_count: np.ndarray  # [k]
    same_surgeon: np.ndarray  # [s, i] patients
    same_surgeon_count: np.ndarray  # [s]


class State(NamedTuple):
    """A plan, and the sums from which the change in cost of a move is computed."""

    day: np.ndarray  # [e] admission, -1 not admitted
    room: np.ndarray  # [e]
    theatre: np.ndarray  # [p]
    nurse: np.ndarray  # [r, k]
    member: np.ndarray  # [r, d, i] stays in the room
    members: np.ndarray  # [r, d]
    sexes: np.ndarray  # [r, d, 2]
    ages: np.ndarray  # [r, d, age group]
    excess: np.ndarray  # [n, k] work minus what the nurse can do without penalty; negative where there is room
    tended: np.ndarray  # [e, n] shifts of the stay in which the nurse tends it
    surgeon_used: np.ndarray  # [s, d] minutes
    theatre_used: np.ndarray  # [t, d] minutes
    surgeries: np.ndarray  # [t, d]
    surgeon_in: np.ndarray  # [s, d, t] surgeries
    surgeon_theatres: np.ndarray  # [s, d] distinct theatres
    marks: np.ndarray  # [n] scratch: nurses already counted
    mark: int  # scratch
    cost: int  # with the penalties of mandatory patients who are not in
    missing: int  # mandatory patients who are not in


def tables_of(problem: HospitalProblem) -> Tables:
    """The arrays of `problem`. Occupants and a room list per patient are put in the form the search reads."""
    people = len(problem.patients)
    stays = [*problem.patients, *problem.occupants]
    lengths = [len(person.workload) for person in stays]
    max_load = np.asarray(problem.max_load, dtype=np.int32)
    on_duty = max_load >= 0
    covered = on_duty.any(axis=0).reshape(problem.days, problem.shifts).all(axis=1)
    room_ok = np.asarray([[r not in p.barred_rooms for r in range(problem.rooms)] for p in problem.patients])
    room_ok = room_ok.reshape(people, problem.rooms)
    surgeon = _ints([patient.surgeon for patient in problem.patients])
    by_surgeon = np.arange(problem.surgeons)[:, None] == surgeon[None, :]
    weights = problem.weights
    penalty = mandatory_penalty(problem)
    return Tables(
        days=problem.days,
        shifts=problem.shifts,
        horizon=problem.days * problem.shifts,
        patients=people,
        rooms=problem.rooms,
        theatres=problem.theatres,
        beds=_most_beds(problem),
        nurses=len(problem.nurse_skill),
        age_groups=problem.age_groups,
        w_age=weights["age_mix"],
        w_skill=weights["skill"],
        w_continuity=weights["continuity"],
        w_load=weights["workload"],
        w_open=weights["open_theatre"],
        w_transfer=weights["transfer"],
        w_delay=weights["delay"],
        mandatory=_ints([patient.mandatory for patient in problem.patients]),
        out_cost=np.array([penalty if p.mandatory else weights["unscheduled"] for p in problem.patients], np.int32),
        first_day=_ints([patient.first_day for patient in problem.patients]),
        last_day=_ints([patient.last_day for patient in problem.patients]),
        minutes=_ints([patient.surgery_minutes for patient in problem.patients]),
        surgeon=surgeon,
        room_list=_lists(room_ok),
        room_count=room_ok.sum(axis=1).astype(np.int32),
        room_ok=room_ok.astype(np.int32),
        stay=_ints([person.days for person in stays]),
        sex=_ints([person.sex for person in stays]),
        age=_ints([person.age for person in stays]),
        offset=_ints(np.cumsum([0, *lengths])[: len(stays)]),
        work=_ints([load for person in stays for load in person.workload]),
        needed=_ints([skill for person in stays for skill in person.skill]),
        capacity=_ints(np.outer(problem.capacity, covered)),
        surgeon_minutes=_ints(problem.surgeon_minutes).reshape(problem.surgeons, problem.days),
        theatre_minutes=_ints(problem.theatre_minutes).reshape(problem.theatres, problem.days),
        skill=_ints(problem.nurse_skill),
        max_load=np.ascontiguousarray(max_load),
        duty=_lists(on_duty.T),
        duty_count=on_duty.sum(axis=0).astype(np.int32),
        same_surgeon=_lists(by_surgeon),
        same_surgeon_count=by_surgeon.sum(axis=1).astype(np.int32),
    )


def mandatory_penalty(problem: HospitalProblem) -> int:
    """What leaving a mandatory patient out costs in the search; above all else that one patient can cost."""
    return 3 * max(1, *problem.weights.values()) + 100


def empty_state(problem: HospitalProblem) -> State:
    """Zeros of the right shapes; nothing admitted, occupants not yet in."""
    people, stays, slots = len(problem.patients), len(problem.patients) + len(problem.occupants), problem.rooms
    nurses, days = len(problem.nurse_skill), problem.days
    return State(
        day=np.full(stays, -1, np.int32),
        room=np.full(stays, -1, np.int32),
        theatre=np.full(people, -1, np.int32),
        nurse=_zeros(slots, days * problem.shifts),
        member=np.full((slots, days, _most_beds(problem)), -1, np.int32),
        members=_zeros(slots, days),
        sexes=_zeros(slots, days, 2),
        ages=_zeros(slots, days, problem.age_groups),
        excess=-np.asarray(problem.max_load, np.int32),
        tended=_zeros(stays, nurses),
        surgeon_used=_zeros(problem.surgeons, days),
        theatre_used=_zeros(problem.theatres, days),
        surgeries=_zeros(problem.theatres, days),
        surgeon_in=_zeros(problem.surgeons, days, problem.theatres),
        surgeon_theatres=_zeros(problem.surgeons, days),
        marks=_zeros(nurses),
        mark=0,
        cost=0,
        missing=0,
    )


def _most_beds(problem: HospitalProblem) -> int:
    return max(1, *problem.capacity, len(problem.occupants))


def _zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.int32)


def _ints(values: object) -> np.ndarray:
    return np.ascontiguousarray(np.asarray(values, dtype=np.int32))


def _lists(chosen: np.ndarray) -> np.ndarray:
    """[row, i]: the columns that are true in each row, padded with -1."""
    rows, columns = chosen.shape
    lists = np.full((rows, columns), -1, np.int32)
    for row in range(rows):
        picked = np.flatnonzero(chosen[row])
        lists[row, : len(picked)] = picked
    return lists
