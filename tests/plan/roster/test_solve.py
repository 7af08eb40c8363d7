"""The search against a plain model's proven optimum, its bound, repeatability, the clock and signals."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from ortools.sat.python import cp_model

from assistant.errors import RecordError
from assistant.plan.roster.clock import Clock
from assistant.plan.roster.cost import broken_rules, cost_of
from assistant.plan.roster.first import first_roster
from assistant.plan.roster.part import Part
from assistant.plan.roster.pricing import Pricer
from assistant.plan.roster.problem import FREE, RosterProblem
from assistant.plan.roster.search import Search
from assistant.plan.roster.solve import solve, solve_steps
from eval.roster_instance import read_instance
from tests.plan.roster.worlds import person, ward

ROOT = Path(__file__).resolve().parents[3]


def optimum(problem: RosterProblem) -> int:
    """Proven optimum of a plain CP-SAT model of `ward` problems (two rest days, weekends, minutes, L before E)."""
    model = cp_model.CpModel()
    people, days, shifts = len(problem.people), problem.days, len(problem.shifts)
    x = {(p, d, s): model.new_bool_var("") for p in range(people) for d in range(days) for s in range(shifts)}
    cost = []
    for p, who in enumerate(problem.people):
        work = [sum(x[p, d, s] for s in range(shifts)) for d in range(days)]
        for d in range(days):
            model.add(work[d] <= (0 if d in who.days_off else 1))
            model.add(sum(work[d : d + 6]) <= 5)
            if d + 1 < days:
                model.add(x[p, d, 1] + x[p, d + 1, 0] <= 1)
            if 0 < d < days - 1:
                model.add(work[d - 1] + work[d + 1] >= work[d])
                model.add(work[d - 1] + work[d + 1] - work[d] <= 1)
        saturday = [model.new_bool_var("") for _ in range(5, days, 7)]
        for number, d in enumerate(range(5, days, 7)):
            for day in range(d, min(d + 2, days)):
                model.add(saturday[number] >= work[day])
        model.add(sum(saturday) <= who.most_weekends)
        minutes = 480 * sum(work)
        model.add_linear_constraint(minutes, who.least_minutes, who.most_minutes)
        cost += [int(problem.wish_prices[p, d, s]) * x[p, d, s] for d in range(days) for s in range(shifts)]
    for line in problem.cover:
        there = sum(x[p, line.day, problem.shift_number[line.shift]] for p in range(people))
        short, over = model.new_int_var(0, people + line.need, ""), model.new_int_var(0, people, "")
        model.add(there + short - over == line.need)
        cost += [line.under * short, line.over * over]
    model.minimize(sum(cost) + int(problem.wish_base.sum()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    assert solver.solve(model) == cp_model.OPTIMAL
    return round(solver.objective_value)


@pytest.mark.parametrize("seed", range(4))
def test_steps_reach_the_optimum_of_small_wards_and_the_bound_stays_below(seed):
    problem = ward(seed)
    best = optimum(problem)
    solved = solve_steps(problem, 15, seed)
    assert solved.feasible
    assert solved.cost == cost_of(problem, solved.roster) == best
    assert solved.bound is not None
    assert solved.bound <= best


def test_same_seed_and_steps_give_the_same_roster():
    problem = ward(5, people=12, days=28)
    first, second = (solve_steps(problem, 6, seed=3) for _ in range(2))
    assert first.repeatable
    np.testing.assert_array_equal(first.roster, second.roster)


def test_a_part_reckons_the_cost_of_the_whole():
    problem = ward(7)
    random = np.random.default_rng(0)
    pricer = Pricer(problem)
    roster = first_roster(pricer, random)
    part = Part(pricer, roster, np.array([1, 4, 6]), 7, 14)
    assert part.current_cost == cost_of(problem, roster)
    other = first_roster(pricer, np.random.default_rng(9))
    columns = [part.column(int(who), other[who, 7:14]) for who in part.people]
    assert part.cost(columns) == cost_of(problem, part.joined(columns))


def test_no_step_makes_the_roster_worse_or_breaks_a_rule():
    problem = ward(11, people=10, days=28)
    random = np.random.default_rng(2)
    pricer = Pricer(problem)
    search = Search(pricer, random, first_roster(pricer, random), size=8.0)
    costs = [search.cost]
    for _ in range(6):
        search.step(Clock(30))
        assert search.cost == cost_of(problem, search.roster)
        assert not broken_rules(problem, search.roster)
        costs.append(search.cost)
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < costs[0]


def test_impossible_contract_is_named():
    problem = RosterProblem(7, ward().shifts, [person("Eve", least_minutes=480 * 6, most_weekends=0)])
    with pytest.raises(RecordError, match="Eve"):
        solve_steps(problem, 1)


def test_long_horizon_with_limits_on_kinds_is_feasible():
    days = 364
    staff = [person(f"P{n}", most_shifts={"E": 40, "L": 200}, least_minutes=480 * 220, most_minutes=480 * 222,
                    most_weekends=26) for n in range(2)]  # fmt: skip
    problem = RosterProblem(days, ward().shifts, staff)
    roster = first_roster(Pricer(problem), np.random.default_rng(0))
    assert not broken_rules(problem, roster)
    assert ((roster != FREE).sum(axis=1) >= 220).all()


def test_processes_keep_the_time():
    began = time.monotonic()
    solved = solve(ward(1, people=20, days=28), seconds=20.0, workers=1)
    assert time.monotonic() - began < 25
    assert solved.feasible
    assert not solved.repeatable


def instance(shared: Path, number: int) -> Path:
    return shared / f"data/optimizer/shift_scheduling/Instance{number}.txt"


def test_command_proves_instance_2(shared, tmp_path):
    command = [sys.executable, "-m", "eval", "roster", str(instance(shared, 2)), "--seconds", "100", "--workers", "1"]
    run = subprocess.run(
        [*command, "--out", str(tmp_path / "r.json"), "--json"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    said = json.loads(run.stdout)
    assert (said["cost"], said["optimal"], said["gap_percent"]) == (828, True, 0.0)
    problem = read_instance(instance(shared, 2))
    rows = json.loads((tmp_path / "r.json").read_text())
    roster = np.array([[problem.shift_number.get(cell, FREE) for cell in rows[who.name]] for who in problem.people])
    assert cost_of(problem, roster.astype(np.int16)) == 828


def test_a_terminated_command_leaves_its_best_roster(shared, tmp_path):
    out = tmp_path / "r.txt"
    command = [sys.executable, "-m", "eval", "roster", str(instance(shared, 16)), "--seconds", "100", "--workers", "1"]
    run = subprocess.Popen([*command, "--out", str(out)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not out.exists() and time.monotonic() < until:
        time.sleep(0.1)
    os.kill(run.pid, signal.SIGTERM)
    said, _ = run.communicate(timeout=20)
    assert b"feasible" in said and b"NOT" not in said
    assert len(out.read_text().splitlines()) == 20


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SECTION_HORIZON\n7\n", "SECTION_SHIFTS is missing"),
        ("SECTION_NONSENSE\n7\n", "not known"),
        ("SECTION_HORIZON\nseven\nSECTION_SHIFTS\nE,480,\nSECTION_STAFF\nA,E=1,1,0,1,1,1,1\n", "whole number"),
        ("SECTION_HORIZON\n7\nSECTION_SHIFTS\nE,480,\nSECTION_STAFF\nA,E=1\n", "does not fit"),
        ("SECTION_HORIZON\n7\nSECTION_SHIFTS\nE,480,\nSECTION_STAFF\nA,E=1,1,0,1,1,1,1\nSECTION_DAYS_OFF\nZ,1\n", "Z"),
    ],
)
def test_unreadable_instances_are_refused_with_the_reason(tmp_path, text, said):
    path = tmp_path / "bad.txt"
    path.write_text(text)
    with pytest.raises(RecordError, match=said):
        read_instance(path)
