"""The search keeps its books, keeps the hard rules, finds the best plan of small problems, and can be repeated."""

import threading
import time
from itertools import product

import numpy as np
import pytest

from assistant.errors import SetupError
from assistant.plan.hospital import HospitalPlan, HospitalProblem, HospitalSettings, Step, evaluate, solve
from assistant.plan.hospital.anneal import anneal
from assistant.plan.hospital.memory import COST, FIELDS, MISSING, pack
from assistant.plan.hospital.moves import load_plan
from assistant.plan.hospital.problem import WEIGHTS
from assistant.plan.hospital.start import first_plan
from assistant.plan.hospital.worker import Course, Worker, temperatures
from tests.plan.hospital.hospitals import random_hospital, tiny_hospital

LONG = 300.0


def worker_on(problem: HospitalProblem, seed: int = 1) -> tuple[Worker, np.ndarray]:
    """A worker that is not started, and its memory with the first plan in it."""
    first = first_plan(problem, seed, time.monotonic() + LONG)
    course = Course(time.monotonic(), HospitalSettings(LONG, seed, 1))
    worker = Worker(problem, first, seed, course)
    memory = worker.blank.copy()
    load_plan(memory, worker.best[2:])
    worker.best[:2] = memory[COST], memory[MISSING]
    return worker, memory


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("temperature", [1.0, 100.0])
def test_the_running_cost_is_the_cost_counted_afresh_and_hard_rules_hold(seed: int, temperature: float) -> None:
    worker, memory = worker_on(random_hospital(seed), seed)
    occupants_alone = evaluate(worker.problem, nobody_admitted(worker.problem)).violations
    for kind in range(5):
        shares = np.array([0] * kind + [1000] * (5 - kind))
        anneal(memory, worker.best, worker.draw, shares, temperature, 20_000)
        worker.safe[2:] = memory[worker.part]
        score = evaluate(worker.problem, worker.best_plan())
        missing = score.violations["mandatory_out"]
        penalty = missing * int(worker.tables.out_cost[worker.tables.mandatory == 1].max(initial=0))
        assert (missing, score.cost) == (memory[MISSING], memory[COST] - penalty)
        assert {**score.violations, "mandatory_out": 0} == {**occupants_alone, "mandatory_out": 0}


def test_sums_kept_by_the_search_are_those_of_the_plan_loaded_afresh() -> None:
    worker, memory = worker_on(random_hospital(5))
    anneal(memory, worker.best, worker.draw, np.array([400, 600, 800, 900, 1000]), 20.0, 50_000)
    fresh = worker.blank.copy()
    load_plan(fresh, memory[worker.part])
    for name in ("members", "sexes", "ages", "excess", "tended", "surgeon_used", "theatre_used", "surgeries"):
        place = FIELDS.index(name)
        table = slice(int(fresh[place]), int(fresh[place + 1]))
        assert np.array_equal(fresh[table], memory[table]), name


def nobody_admitted(problem: HospitalProblem) -> HospitalPlan:
    """Occupants only, each room with any nurse on duty."""
    out = np.full(len(problem.patients), -1)
    nurse = np.broadcast_to((problem.max_load >= 0).argmax(axis=0), (problem.rooms, problem.days * problem.shifts))
    return HospitalPlan(out, out, out, nurse)


def best_by_trying_all(problem: HospitalProblem) -> int:
    """Least cost of a feasible plan."""
    places = [(-1, -1, -1), *product(range(problem.days), range(problem.rooms), range(problem.theatres))]
    covers = [np.array(c).reshape(problem.rooms, -1) for c in product(range(2), repeat=problem.rooms * problem.days)]
    best = 10**9
    for chosen in product(places, repeat=len(problem.patients)):
        day, room, theatre = (np.array(column) for column in zip(*chosen, strict=True))
        if not evaluate(problem, HospitalPlan(day, room, theatre, covers[0])).feasible:
            continue
        best = min(best, *(evaluate(problem, HospitalPlan(day, room, theatre, cover)).cost for cover in covers))
    return best


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_tiny_hospitals_are_solved_to_the_optimum(seed: int) -> None:
    problem = tiny_hospital(seed)
    result = solve(problem, HospitalSettings(LONG, seed, 1, tries=200_000))
    assert result.score.feasible
    assert result.score.cost == best_by_trying_all(problem)


def test_same_seed_and_tries_give_the_same_plan_with_two_workers() -> None:
    problem = random_hospital(11, patients=40)
    runs = [solve(problem, HospitalSettings(LONG, 3, 2, tries=200_000)) for _ in range(2)]
    assert all(run.repeatable for run in runs)
    assert runs[0].score == runs[1].score
    for name in ("day", "room", "theatre", "nurse"):
        assert np.array_equal(getattr(runs[0].plan, name), getattr(runs[1].plan, name))


def test_the_search_improves_on_the_first_plan_and_reports_falling_costs() -> None:
    problem = random_hospital(7, patients=40)
    steps = []
    result = solve(problem, HospitalSettings(LONG, 1, 2, tries=400_000), steps.append)
    assert result.score.cost < result.first_cost
    assert [(s.missing, s.cost) for s in steps] == sorted(((s.missing, s.cost) for s in steps), reverse=True)


def test_the_clock_ends_the_search_and_the_plan_is_not_called_repeatable() -> None:
    began = time.monotonic()
    result = solve(random_hospital(7), HospitalSettings(2.0))
    assert time.monotonic() - began < 10
    assert result.score.feasible
    assert not result.repeatable


def test_stopping_keeps_the_best_plan_so_far() -> None:
    stop = threading.Event()
    seen: list[Step] = []

    def stop_at_the_first_better_plan(step: Step) -> None:
        seen.append(step)
        if len(seen) > 1 and not step.missing:
            stop.set()

    result = solve(random_hospital(7), HospitalSettings(LONG), stop_at_the_first_better_plan, stop)
    assert stop.is_set()
    assert result.seconds < LONG / 2
    assert result.score.feasible
    assert result.score.cost <= seen[-1].cost


def test_a_mandatory_patient_without_any_place_is_a_violation_and_not_a_crash() -> None:
    problem = tiny_hospital(1)
    closed = {**vars(problem), "theatre_minutes": ((0, 0), (0, 0))}
    result = solve(HospitalProblem(**closed), HospitalSettings(LONG, 1, 1, tries=20_000))
    assert result.score.violations["mandatory_out"] == 1
    assert (result.plan.day == -1).all()


def test_no_patients_and_a_shift_without_nurses_are_told_not_hidden() -> None:
    problem = tiny_hospital(1)
    nobody = np.array([[-1, 4], [-1, 5]], np.int32)
    empty = HospitalProblem(**{**vars(problem), "patients": (), "max_load": nobody})
    result = solve(empty, HospitalSettings(LONG, 1, 1, tries=20_000))
    assert result.score.violations["room_uncovered"] == 1
    asked = HospitalProblem(**{**vars(problem), "max_load": nobody})
    result = solve(asked, HospitalSettings(LONG, 1, 1, tries=20_000))
    assert set(result.plan.day) <= {-1, 1}


def test_settings_out_of_range_are_refused() -> None:
    for bad in ({"seconds": 0}, {"workers": 0}, {"tries": 0}):
        with pytest.raises(SetupError, match="is 0"):
            HospitalSettings(**bad)


def test_places_in_memory_have_the_names_of_the_tables() -> None:
    from assistant.plan.hospital import memory

    assert [name for name in vars(memory) if name.isupper() and name != "FIELDS"] == [name.upper() for name in FIELDS]
    assert pack.__doc__


def test_every_second_worker_begins_hot_enough_to_try_other_admissions() -> None:
    weights = dict.fromkeys(WEIGHTS, 1) | {"unscheduled": 400}
    cool, hot = (temperatures(weights, number) for number in (0, 1))
    assert cool[0] < 0.1 * weights["unscheduled"] < hot[0]
    assert cool[1] == hot[1]
    assert temperatures(weights | {"unscheduled": 0}, 1) == cool
