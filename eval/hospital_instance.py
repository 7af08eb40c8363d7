"""Reads instances and writes solutions in the format of the integrated healthcare timetabling competition (2024)."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import RecordError
from assistant.plan.hospital.problem import HospitalPlan, HospitalProblem, Patient, Person

WEIGHT_KEYS = {
    "age_mix": "room_mixed_age",
    "skill": "room_nurse_skill",
    "continuity": "continuity_of_care",
    "workload": "nurse_eccessive_workload",  # spelled so in the published files
    "open_theatre": "open_operating_theater",
    "transfer": "surgeon_transfer",
    "delay": "patient_delay",
    "unscheduled": "unscheduled_optional",
}


@dataclass(frozen=True)
class Instance:
    """A problem with the names of the file it came from.

    Attributes:
        names: `patients`, `rooms`, `theatres`, `nurses`, `shifts`: ids in the order of the problem's indices.
    """

    problem: HospitalProblem
    names: dict[str, list[str]]


def read_instance(path: Path) -> Instance:
    """Reads one file.

    Raises:
        RecordError: The file cannot be read, or a field is missing or out of range.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return _instance(data)
    except OSError as error:
        raise RecordError(f"Cannot read {path}: {error.strerror}. Give the path of an instance (JSON)") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise RecordError(f"{path} is not JSON: {error}") from error
    except KeyError as error:
        raise RecordError(f"{path} is not an instance of the competition: {error} is missing or unknown") from error
    except (TypeError, AttributeError, ValueError, IndexError) as error:
        raise RecordError(f"{path} is not an instance of the 2024 competition: {error}") from error


def _instance(data: dict[str, Any]) -> Instance:
    names = {
        "patients": [row["id"] for row in data["patients"]],
        "rooms": [row["id"] for row in data["rooms"]],
        "theatres": [row["id"] for row in data["operating_theaters"]],
        "nurses": [row["id"] for row in data["nurses"]],
        "shifts": list(data["shift_types"]),
    }
    rooms = {name: i for i, name in enumerate(names["rooms"])}
    surgeons = {row["id"]: i for i, row in enumerate(data["surgeons"])}
    ages = {name: i for i, name in enumerate(data["age_groups"])}
    problem = HospitalProblem(
        days=data["days"],
        shifts=len(names["shifts"]),
        age_groups=len(ages),
        patients=tuple(_patient(row, ages, rooms, surgeons, data["days"]) for row in data["patients"]),
        occupants=tuple(Person(**_person(row, ages), room=rooms[row["room_id"]]) for row in data["occupants"]),
        capacity=tuple(row["capacity"] for row in data["rooms"]),
        surgeon_minutes=tuple(tuple(row["max_surgery_time"]) for row in data["surgeons"]),
        theatre_minutes=tuple(tuple(row["availability"]) for row in data["operating_theaters"]),
        nurse_skill=tuple(row["skill_level"] for row in data["nurses"]),
        max_load=_max_load(data, names["shifts"]),
        weights={name: data["weights"][key] for name, key in WEIGHT_KEYS.items()},
    )
    return Instance(problem, names)


def _person(row: dict[str, Any], ages: dict[str, int]) -> dict[str, Any]:
    return {
        "sex": {"A": 0, "B": 1}[row["gender"]],
        "age": ages[row["age_group"]],
        "days": row["length_of_stay"],
        "workload": tuple(row["workload_produced"]),
        "skill": tuple(row["skill_level_required"]),
    }


def _patient(
    row: dict[str, Any], ages: dict[str, int], rooms: dict[str, int], surgeons: dict[str, int], days: int
) -> Patient:
    return Patient(
        **_person(row, ages),
        mandatory=bool(row["mandatory"]),
        first_day=row["surgery_release_day"],
        last_day=min(row["surgery_due_day"], days - 1) if row["mandatory"] else days - 1,
        surgery_minutes=row["surgery_duration"],
        surgeon=surgeons[row["surgeon_id"]],
        barred_rooms=frozenset(rooms[name] for name in row.get("incompatible_room_ids") or ()),
    )


def _max_load(data: dict[str, Any], shifts: list[str]) -> np.ndarray:
    limits = np.full((len(data["nurses"]), data["days"] * len(shifts)), -1, np.int32)
    for n, row in enumerate(data["nurses"]):
        for shift in row["working_shifts"]:
            limits[n, shift["day"] * len(shifts) + shifts.index(shift["shift"])] = shift["max_load"]
    return limits


def solution_of(instance: Instance, plan: HospitalPlan) -> dict[str, Any]:
    """The plan in the competition's solution format; nurses of empty rooms are kept, which the format allows."""
    names, shifts = instance.names, instance.problem.shifts
    patients: list[dict[str, Any]] = []
    for p, name in enumerate(names["patients"]):
        if plan.day[p] < 0:
            patients.append({"id": name, "admission_day": "none"})
            continue
        place = {"room": names["rooms"][plan.room[p]], "operating_theater": names["theatres"][plan.theatre[p]]}
        patients.append({"id": name, "admission_day": int(plan.day[p]), **place})
    nurses = []
    for n, name in enumerate(names["nurses"]):
        rows = []
        for k in np.flatnonzero((plan.nurse == n).any(axis=0)):
            tended = [names["rooms"][r] for r in np.flatnonzero(plan.nurse[:, k] == n)]
            rows.append({"day": int(k) // shifts, "shift": names["shifts"][int(k) % shifts], "rooms": tended})
        nurses.append({"id": name, "assignments": rows})
    return {"patients": patients, "nurses": nurses}


def read_solution(instance: Instance, path: Path) -> HospitalPlan:
    """The plan of a solution file; ids must be those of the instance.

    Raises:
        RecordError: The file cannot be read or names what the instance does not know.
    """
    index = {kind: {name: i for i, name in enumerate(names)} for kind, names in instance.names.items()}
    people, shifts = len(instance.names["patients"]), instance.problem.shifts
    day, room, theatre = (np.full(people, -1, np.int32) for _ in range(3))
    plan = HospitalPlan(day, room, theatre, _nobody(instance))
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        for row in data["patients"]:
            p = index["patients"][row["id"]]
            if row.get("admission_day", "none") != "none":
                plan.day[p], plan.room[p] = row["admission_day"], index["rooms"][row["room"]]
                plan.theatre[p] = index["theatres"][row["operating_theater"]]
        for row in data["nurses"]:
            for duty in row["assignments"]:
                k = duty["day"] * shifts + index["shifts"][duty["shift"]]
                for room in duty["rooms"]:
                    plan.nurse[index["rooms"][room], k] = index["nurses"][row["id"]]
    except OSError as error:
        raise RecordError(f"Cannot read {path}: {error.strerror}") from error
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise RecordError(f"{path} is not a solution of this instance: {error!r}") from error
    return plan


def _nobody(instance: Instance) -> np.ndarray:
    problem = instance.problem
    return np.full((problem.rooms, problem.days * problem.shifts), -1, np.int32)
