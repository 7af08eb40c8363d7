"""A small instance in the competition's format."""

from typing import Any

import pytest

from eval.hospital_instance import WEIGHT_KEYS


@pytest.fixture
def small_instance() -> dict[str, Any]:
    """Four days, two rooms, one surgeon, two nurses on every shift, four patients of whom one is mandatory."""
    shifts = ["early", "late"]
    nurses = [
        {
            "id": f"n{n}",
            "skill_level": n,
            "working_shifts": [{"day": d, "shift": s, "max_load": 5} for d in range(4) for s in shifts],
        }
        for n in range(2)
    ]
    patients = [
        {
            "id": f"p{p}",
            "mandatory": p == 0,
            "gender": "AB"[p % 2],
            "age_group": "adult",
            "length_of_stay": 2,
            "surgery_release_day": 0,
            **({"surgery_due_day": 1} if p == 0 else {}),
            "surgery_duration": 60,
            "surgeon_id": "s0",
            "incompatible_room_ids": [],
            "workload_produced": [1, 2, 1, 2],
            "skill_level_required": [0, 1, 0, 1],
        }
        for p in range(4)
    ]
    occupant = {
        "id": "a0",
        "gender": "A",
        "age_group": "elderly",
        "length_of_stay": 1,
        "workload_produced": [1, 1],
        "skill_level_required": [1, 1],
        "room_id": "r0",
    }
    return {
        "days": 4,
        "skill_levels": 2,
        "shift_types": shifts,
        "age_groups": ["adult", "elderly"],
        "weights": dict.fromkeys(WEIGHT_KEYS.values(), 5) | {"unscheduled_optional": 100},
        "occupants": [occupant],
        "patients": patients,
        "surgeons": [{"id": "s0", "max_surgery_time": [120, 120, 60, 60]}],
        "operating_theaters": [{"id": "t0", "availability": [120, 60, 60, 60]}],
        "rooms": [{"id": "r0", "capacity": 2}, {"id": "r1", "capacity": 1}],
        "nurses": nurses,
    }
