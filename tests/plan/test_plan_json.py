"""Problems and plans survive JSON, so that they can be stored and repeated."""

import json

import pytest

from assistant.errors import RecordError
from assistant.plan.beds.plan import BedPlan
from assistant.plan.beds.problem import BedProblem, Choice
from assistant.plan.beds.solve import solve as solve_beds
from assistant.plan.settings import BedWeights, PlanSettings, RosterWeights
from assistant.plan.staffing.plan import RosterPlan
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.staffing.solve import solve as solve_roster
from assistant.records.staff import Absence, RosterEntry, Wish, WishKind
from tests.plan.worlds import QUICK, bed, day, hospital, lies, nurses, waits, ward


def through_json(data: dict) -> dict:
    return json.loads(json.dumps(data))


def test_a_roster_problem_and_its_plan_come_back_equal() -> None:
    problem = ward(
        3,
        nurses(2, hours_per_week=20.0, skills=("charge",)),
        {(0, "E"): 1, (1, "N"): 2},
        skills={"charge": 1},
        absences=(Absence("A", day(1), day(1), "leave"),),
        wishes=(Wish("B", day(0), WishKind.OFF),),
        history=(RosterEntry("A", "ICU", day(-1), "L"),),
        forbidden=(Duty("B", day(2)),),
    )
    again = RosterProblem.from_json(through_json(problem.to_json()))
    assert again == problem
    plan = solve_roster(problem, QUICK)
    assert RosterPlan.from_json(through_json(plan.to_json())) == plan
    assert solve_roster(again, QUICK).assignments == plan.assignments


def test_a_bed_problem_and_its_plan_come_back_equal() -> None:
    problem = hospital(
        [bed("3A/1/1"), bed("ICU/1/1")],
        [waits("V1", "3A"), waits("V2", "ICU", age=None, acuity=None)],
        [lies("P1", "ICU/1/1")],
        days=2,
        surge=(("3A", 1),),
        forbidden=(Choice("V2", "3A"),),
    )
    assert BedProblem.from_json(through_json(problem.to_json())) == problem
    plan = solve_beds(problem, QUICK)
    assert BedPlan.from_json(through_json(plan.to_json())) == plan


def test_weights_and_limits_that_make_no_sense_are_refused() -> None:
    with pytest.raises(RecordError, match="wish"):
        RosterWeights(wish=-1)
    with pytest.raises(RecordError, match="waiting_night"):
        BedWeights(waiting_night=10)
    with pytest.raises(RecordError, match="seconds"):
        PlanSettings(seconds=0)
