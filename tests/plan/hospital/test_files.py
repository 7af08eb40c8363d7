"""Reading instances and solutions, writing solutions; our cost is the independent scorer's, term by term."""

import importlib.util
import json
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from assistant.errors import RecordError
from assistant.plan.hospital import HospitalPlan, evaluate
from assistant.plan.hospital.start import first_plan
from eval.hospital_instance import Instance, read_instance, read_solution, solution_of

SCORER_NAMES = {
    "RoomAgeMix": "age_mix",
    "RoomSkillLevel": "skill",
    "ContinuityOfCare": "continuity",
    "ExcessiveNurseWorkload": "workload",
    "OpenOperatingTheater": "open_theatre",
    "SurgeonTransfer": "transfer",
    "PatientDelay": "delay",
    "ElectiveUnscheduledPatients": "unscheduled",
}


@pytest.fixture(scope="session")
def folder(shared: Path) -> Path:
    path = shared / "data" / "optimizer" / "ihtc2024"
    if not path.is_dir():
        pytest.skip(f"public instances not found at {path}")
    return path


@pytest.fixture(scope="session")
def scorer(shared: Path) -> ModuleType:
    path = shared / "tools" / "ihtc_score.py"
    if not path.is_file():
        pytest.skip(f"independent scorer not found at {path}")
    spec = importlib.util.spec_from_file_location("ihtc_score", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def agree(scorer: ModuleType, path: Path, instance: Instance, plan: HospitalPlan, solution: Any) -> int:
    """Compares term by term; returns the cost."""
    theirs = scorer.score(json.loads(path.read_text()), solution)
    ours = evaluate(instance.problem, plan)
    assert {SCORER_NAMES[name]: term["cost"] for name, term in theirs["soft"].items()} == ours.parts
    assert list(theirs["hard"].values()) == list(ours.violations.values())
    assert not theirs["errors"]
    return ours.cost


@pytest.mark.parametrize("number", range(1, 11))
def test_published_solutions_cost_what_the_scorer_says(folder: Path, scorer: ModuleType, number: int) -> None:
    path, solved = folder / "test" / f"test{number:02d}.json", folder / "test" / f"sol_test{number:02d}.json"
    instance = read_instance(path)
    plan = read_solution(instance, solved)
    agree(scorer, path, instance, plan, json.loads(solved.read_text()))
    assert evaluate(instance.problem, plan).feasible


@pytest.mark.parametrize("name", ["i01", "i10", "i16", "i27"])
def test_first_plans_written_and_scored(folder: Path, scorer: ModuleType, name: str) -> None:
    path = folder / f"{name}.json"
    instance = read_instance(path)
    plan = first_plan(instance.problem, 1, time.monotonic() + 5)
    agree(scorer, path, instance, plan, solution_of(instance, plan))


def test_a_solution_written_and_read_again_is_the_same(tmp_path: Path, small_instance: dict[str, Any]) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(small_instance))
    instance = read_instance(path)
    plan = first_plan(instance.problem, 1, time.monotonic() + 5)
    written = tmp_path / "sol.json"
    written.write_text(json.dumps(solution_of(instance, plan)))
    again = read_solution(instance, written)
    assert (again.day == plan.day).all()
    assert (again.nurse == plan.nurse).all()


def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, small_instance: dict[str, Any]) -> None:
    path = tmp_path / "a.json"
    with pytest.raises(RecordError, match="Cannot read"):
        read_instance(path)
    path.write_text("{")
    with pytest.raises(RecordError, match="not JSON"):
        read_instance(path)
    for change, said in (
        ({"rooms": []}, "r0"),
        ({"weights": {}}, "room_mixed_age"),
        ({"days": "x"}, "not an instance"),
        ({"nurses": []}, "one nurse"),
    ):
        path.write_text(json.dumps({**small_instance, **change}))
        with pytest.raises(RecordError, match=said):
            read_instance(path)
