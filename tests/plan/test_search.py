"""A search in two stages: what one worker proves needs no second stage; what it does not is handed on."""

from dataclasses import replace

import pytest
from ortools.sat.python import cp_model

from assistant.plan import search as searching
from assistant.plan.result import Status
from assistant.plan.search import search
from assistant.plan.settings import PlanSettings

SETTINGS = PlanSettings(seconds=4, workers=8, patience=20)


def machines(jobs: int = 60, count: int = 7) -> cp_model.CpModel:
    """Jobs on machines so that the last one ends soon: easy to plan, hard to prove."""
    model = cp_model.CpModel()
    on = [[model.new_bool_var(f"{job} on {machine}") for machine in range(count)] for job in range(jobs)]
    for choice in on:
        model.add_exactly_one(choice)
    minutes = [10_000 + 3_571 * job * job % 7_919 for job in range(jobs)]
    end = model.new_int_var(0, sum(minutes), "end")
    for machine in range(count):
        model.add(sum(minutes[job] * on[job][machine] for job in range(jobs)) <= end)
    model.minimize(end)
    return model


@pytest.fixture
def stages(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each stage that is run is one worker alone."""
    seen: list[bool] = []
    stage = searching._stage

    def noted(model, settings, run, strategy, limit):  # type: ignore[no-untyped-def]
        seen.append(strategy.alone)
        return stage(model, settings, run, strategy, limit)

    monkeypatch.setattr(searching, "_stage", noted)
    return seen


def easy() -> cp_model.CpModel:
    model = cp_model.CpModel()
    model.minimize(model.new_int_var(3, 9, "x"))
    return model


def test_a_proof_by_one_worker_ends_the_search(stages: list[bool]) -> None:
    found = search(easy(), SETTINGS)
    assert (found.status, found.bound, stages) == (Status.OPTIMAL, 3.0, [True])


def test_what_one_worker_leaves_open_goes_on_from_its_plan(stages: list[bool]) -> None:
    model = machines()
    found = search(model, replace(SETTINGS, seconds=1))
    assert stages == [True, False]
    assert len(model.proto.solution_hint.vars) == len(model.proto.variables)
    assert found.status is Status.FEASIBLE
    assert found.bound < found.solver.objective_value


def test_a_plan_of_the_first_stage_is_not_lost_when_the_second_finds_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the bound is the better of the two."""
    first = search(easy(), SETTINGS)
    open_end = replace(first, status=Status.FEASIBLE)
    nothing = replace(search(easy(), SETTINGS), status=Status.UNKNOWN, least=1.0, seconds=2.0, effort=0.5)
    kept = searching._better(open_end, nothing)
    assert kept.solver is first.solver
    assert kept.status is Status.FEASIBLE
    assert kept.bound == 3.0
    assert kept.effort == pytest.approx(first.effort + 0.5)


def test_two_runs_are_the_same_where_the_second_stage_decides() -> None:
    limits = replace(SETTINGS, seconds=0.5)
    costs = [search(machines(), limits) for _ in range(2)]
    assert len({(found.status, found.solver.objective_value, found.effort) for found in costs}) == 1
    assert all(found.repeatable for found in costs)
