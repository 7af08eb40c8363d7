"""Problems made from imported records: who is planned, what is known before, when patients are expected to leave."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from assistant.plan.beds.from_records import problem_from_records as bed_problem
from assistant.plan.beds.solve import solve as solve_beds
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.from_records import problem_from_records as roster_problem
from assistant.plan.staffing.solve import solve as solve_roster
from assistant.records.demand import Demand
from assistant.records.store import Store
from tests.plan.worlds import QUICK


@pytest.fixture
def store(imported: Path) -> Store:
    return Store.open(imported)


START = date(2026, 3, 16)


def demand(days: int) -> list[Demand]:
    return [Demand("ICU", START + timedelta(days=n), shift, 2) for n in range(days) for shift in "ELN"]


def test_a_roster_for_the_unit_is_found_and_clean(store: Store) -> None:
    problem = roster_problem(store, "ICU", START, 7, demand(7), QUICK)
    assert {person.staff for person in problem.people} <= {person.staff for person in store.people("ICU")}
    plan = solve_roster(problem, PlanSettings(seconds=3))
    assert plan.result.objective is not None
    assert plan.rule_check == ()
    assert all(row.short == 0 for row in plan.coverage)


def test_only_nurses_are_planned(store: Store) -> None:
    roles = {person.role for person in roster_problem(store, "ICU", START, 7, demand(7)).people}
    assert roles <= {"nurse", "charge_nurse"}


def test_shifts_before_the_window_are_known_and_those_within_planned_anew(store: Store) -> None:
    published = store.roster(date(2026, 1, 1), date(2026, 12, 31), "ICU")
    if not published:
        pytest.skip("the small hospital has no roster")
    start = published[-1].day
    needs = [Demand("ICU", start, "E", 1)]
    problem = roster_problem(store, "ICU", start, 1, needs)
    assert {entry.day for entry in problem.history} <= {start + timedelta(days=n) for n in range(-8, 9) if n}


def test_everybody_who_waits_and_lies_there_is_in_the_bed_problem(store: Store, now: datetime) -> None:
    problem = bed_problem(store, now, days=2, settings=QUICK)
    assert [patient.visit for patient in problem.waiting] == list(store.waiting(now)["visit"])
    assert len(problem.waiting) == 3
    assert all(patient.leaves > now for patient in problem.present)
    assert not any(patient.unit == "ED" for patient in problem.present)
    assert dict(problem.surge) == {"ICU": 2, "3B": 2}


def test_the_waiting_patients_of_tonight_are_placed_or_told_why(store: Store, now: datetime) -> None:
    plan = solve_beds(bed_problem(store, now, "ICU", settings=QUICK), QUICK)
    assert plan.unit == "ICU"
    assert plan.rule_check == ()
    assert len(plan.assignments) + len(plan.unplaced) == 3
