"""Costs and violations of plans written out by hand; agreement with the published solutions' scores."""

from dataclasses import replace

import numpy as np
import pytest

from assistant.errors import RecordError
from assistant.plan.hospital import WEIGHTS, HospitalPlan, HospitalProblem, Patient, Person, evaluate

ONES = dict.fromkeys(WEIGHTS, 1)


def ward() -> HospitalProblem:
    """Two days, two shifts; two rooms with one and two beds; patient 0 mandatory, an occupant in room 1 on day 0."""
    stay = {"workload": (2, 2, 2, 2), "skill": (0, 1, 0, 1), "days": 2}
    return HospitalProblem(
        days=2,
        shifts=2,
        age_groups=3,
        patients=(
            Patient(sex=0, age=2, **stay, mandatory=True, first_day=0, last_day=0, surgery_minutes=60),
            Patient(sex=0, age=0, **stay, first_day=0, last_day=1, surgery_minutes=90, barred_rooms=frozenset({0})),
        ),
        occupants=(Person(sex=0, age=1, days=1, workload=(3, 3), skill=(2, 0), room=1),),
        capacity=(1, 2),
        surgeon_minutes=((150, 60),),
        theatre_minutes=((100, 100), (100, 100)),
        nurse_skill=(0, 2),
        max_load=np.array([[4, 4, 4, 4], [4, 4, 4, 4]], np.int32),
        weights=ONES,
    )


def plan(days: tuple[int, int], rooms: tuple[int, int], theatres: tuple[int, int]) -> HospitalPlan:
    """Nurse 0 tends room 0, nurse 1 room 1."""
    nurse = np.array([[0] * 4, [1] * 4])
    return HospitalPlan(np.array(days), np.array(rooms), np.array(theatres), nurse)


def test_soft_rules_by_hand() -> None:
    score = evaluate(ward(), plan((0, 1), (0, 1), (0, 1)))
    assert score.violations["surgeon_overtime"] == 30
    assert score.parts == {
        "age_mix": 0,
        "skill": 2,  # patient 0 needs level 1 at night, twice
        "continuity": 3,
        "workload": 0,
        "open_theatre": 2,
        "transfer": 0,
        "delay": 1,
        "unscheduled": 0,
    }


def test_rooms_shared_and_surgeon_in_two_theatres() -> None:
    score = evaluate(ward(), plan((0, 0), (1, 1), (0, 1)))
    assert score.parts["transfer"] == 1
    assert score.parts["age_mix"] == 2 + 2  # groups 0, 1, 2 on day 0; 0 and 2 on day 1
    assert score.parts["workload"] == 3 + 3  # 7 against 4, two shifts
    assert score.violations["beds_short"] == 1
    assert sum(score.violations.values()) == 1


@pytest.mark.parametrize(
    ("chosen", "rule", "amount"),
    [
        (plan((-1, -1), (-1, -1), (-1, -1)), "mandatory_out", 1),
        (plan((1, -1), (0, -1), (0, -1)), "outside_window", 1),
        (plan((0, 1), (1, 0), (0, 1)), "barred_room", 1),
        (plan((0, 0), (0, 1), (0, 0)), "theatre_overtime", 50),
    ],
)
def test_each_hard_rule_is_counted(chosen: HospitalPlan, rule: str, amount: int) -> None:
    assert evaluate(ward(), chosen).violations[rule] == amount


def test_mixed_sexes_off_duty_and_uncovered() -> None:
    problem = ward()
    other = replace(problem, patients=(replace(problem.patients[0], sex=1), problem.patients[1]))
    assert evaluate(other, plan((0, -1), (1, -1), (0, -1))).violations["mixed_sexes"] == 1
    chosen = plan((0, -1), (0, -1), (0, -1))
    chosen.nurse[0, 0], chosen.nurse[0, 1] = -1, 1
    duty = problem.max_load.copy()
    duty[1, 1] = -1
    counted = evaluate(replace(problem, max_load=duty), chosen).violations
    assert (counted["room_uncovered"], counted["nurse_off_duty"]) == (1, 2)


def test_leaving_an_optional_patient_out_costs_its_weight() -> None:
    problem = replace(ward(), weights={**ONES, "unscheduled": 77})
    assert evaluate(problem, plan((0, -1), (0, -1), (0, -1))).parts["unscheduled"] == 77


def test_faults_of_a_problem_are_told_together() -> None:
    problem = ward()
    with pytest.raises(RecordError) as told:
        replace(problem, weights={"age_mix": -1}, surgeon_minutes=((1,),), capacity=())
    assert {"weight 'skill' is missing", "weight 'age_mix' is negative", "surgeon 0: 1 days, expected 2"} <= set(
        told.value.faults
    )
