"""Small random hospitals, and a plan written out by hand."""

import random

import numpy as np

from assistant.plan.hospital.problem import WEIGHTS, HospitalProblem, Patient, Person

SHIFTS = 3


def person(rng: random.Random, days: int, **more: object) -> dict[str, object]:
    return {
        "sex": rng.randrange(2),
        "age": rng.randrange(3),
        "days": days,
        "workload": tuple(rng.randint(1, 4) for _ in range(days * SHIFTS)),
        "skill": tuple(rng.randrange(3) for _ in range(days * SHIFTS)),
        **more,
    }


def random_hospital(seed: int, days: int = 7, patients: int = 20, rooms: int = 4, nurses: int = 9) -> HospitalProblem:
    """A hospital with more patients than it can take, each nurse on duty every shift with probability one half."""
    rng = random.Random(seed)
    people = []
    for _ in range(patients):
        first, mandatory = rng.randrange(days), rng.random() < 0.4
        last = min(days - 1, first + rng.randint(1, 4)) if mandatory else days - 1
        barred = frozenset(r for r in range(rooms) if rng.random() < 0.2 and r)
        people.append(
            Patient(
                **person(rng, rng.randint(1, 4)),
                mandatory=mandatory,
                first_day=first,
                last_day=last,
                surgery_minutes=30 * rng.randint(1, 6),
                surgeon=rng.randrange(2),
                barred_rooms=barred,
            )
        )
    duty = np.array([[rng.choice((-1, 6, 12)) for _ in range(days * SHIFTS)] for _ in range(nurses)], np.int32)
    duty[0] = 6
    return HospitalProblem(
        days=days,
        shifts=SHIFTS,
        age_groups=3,
        patients=tuple(people),
        occupants=tuple(Person(**person(rng, rng.randint(1, 3)), room=r) for r in range(0, rooms, 2)),
        capacity=tuple(rng.randint(1, 3) for _ in range(rooms)),
        surgeon_minutes=tuple(tuple(rng.choice((0, 240, 480)) for _ in range(days)) for _ in range(2)),
        theatre_minutes=tuple(tuple(rng.choice((0, 300, 600)) for _ in range(days)) for _ in range(2)),
        nurse_skill=tuple(rng.randrange(3) for _ in range(nurses)),
        max_load=duty,
        weights=dict(zip(WEIGHTS, (5, 7, 2, 3, 30, 11, 4, 200), strict=True)),
    )


def tiny_hospital(seed: int) -> HospitalProblem:
    """Three patients, two days, one shift a day, two rooms, two nurses: small enough to try every plan."""
    rng = random.Random(seed)

    def one(days: int) -> dict[str, object]:
        return {
            "sex": rng.randrange(2),
            "age": rng.randrange(2),
            "days": days,
            "workload": tuple(rng.randint(1, 4) for _ in range(days)),
            "skill": tuple(rng.randrange(3) for _ in range(days)),
        }

    return HospitalProblem(
        days=2,
        shifts=1,
        age_groups=2,
        patients=tuple(
            Patient(
                **one(rng.randint(1, 2)),
                mandatory=p == 0,
                first_day=0,
                last_day=1,
                surgery_minutes=rng.choice((60, 120)),
                surgeon=p % 2,
            )
            for p in range(3)
        ),
        occupants=(Person(**one(1), room=0),),
        capacity=(2, 1),
        surgeon_minutes=((120, 180), (180, 120)),
        theatre_minutes=((180, 120), (120, 180)),
        nurse_skill=(0, 2),
        max_load=np.array([[4, 4], [3, 5]], np.int32),
        weights=dict(zip(WEIGHTS, (5, 7, 2, 3, 10, 11, 4, 25), strict=True)),
    )
