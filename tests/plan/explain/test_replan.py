"""What if: the plan again with the fewest changes, checked against trying every roster of small wards."""

from datetime import timedelta

import pytest

from assistant.plan.explain.differences import differences
from assistant.plan.explain.replan import replan
from assistant.plan.explain.suppose import ABSENT, DEMAND, EXTRA, FORBID, FORCE, Supposed, suppose, touched_by
from assistant.plan.result import Status
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.check import check_roster
from assistant.plan.staffing.problem import Duty
from assistant.records.staff import Person
from tests.plan.explain.brute import small_ward, valid_costs
from tests.plan.worlds import day, nurses, ward

SETTINGS = PlanSettings(seconds=5, workers=1, patience=20)
PRICE = SETTINGS.explain.changed_duty


@pytest.mark.parametrize("block", range(4))
def test_a_call_in_is_answered_as_well_as_by_trying_everything(block: int) -> None:
    for seed in range(block * 8, (block + 1) * 8):
        old = small_ward(seed)
        costs = valid_costs(old)
        if not costs:
            continue
        published = min(costs, key=lambda duties: (costs[duties], duties))
        change = Supposed(ABSENT, ("A",), (old.days[0],))
        new = suppose(old, [change])
        found = replan(old, published, new, touched_by(new, [change]), SETTINGS)
        allowed = {
            duties: cost + PRICE * len(differences(published, duties)) for duties, cost in valid_costs(new).items()
        }
        if not allowed:
            assert found.status is Status.INFEASIBLE
            continue
        assert found.status is Status.OPTIMAL
        assert found.after.cost + PRICE * len(found.changes) == min(allowed.values()), seed
        assert check_roster(new, found.plan.assignments) == ()


def test_nobody_changes_who_need_not() -> None:
    """Two of eight nurses are needed; one calls in sick: one other comes, nobody else moves."""
    problem = ward(2, nurses(8), {(0, "E"): 1, (1, "E"): 1})
    published = (Duty("A", day(0), "E"), Duty("B", day(1), "E"))
    change = Supposed(ABSENT, ("A",), (day(0),))
    found = replan(problem, published, suppose(problem, [change]), {"A"}, SETTINGS)
    assert found.after.missing_nurses == 0
    assert found.nothing_done.missing_nurses == 1
    assert len(found.changes) == 2
    assert ("B", day(1)) not in {(change.staff, change.day) for change in found.changes}


def test_an_extra_nurse_comes_only_on_the_days_named() -> None:
    problem = ward(2, nurses(1), {(0, "E"): 2, (1, "E"): 2})
    extra = Supposed(EXTRA, days=(day(1),), people=(Person("X", "Extra", "ICU", hours_per_week=0.0),))
    new = suppose(problem, [extra])
    found = replan(problem, (Duty("A", day(0), "E"), Duty("A", day(1), "E")), new, touched_by(new, [extra]), SETTINGS)
    assert [(c.staff, c.day) for c in found.changes] == [("X", day(1))]
    assert (found.before.missing_nurses, found.after.missing_nurses) == (2, 1)


@pytest.mark.parametrize(
    ("amount", "percent", "nurses_needed"), [(2, False, 2), (50, True, 3), (-50, True, 1), (-100, True, 1)]
)
def test_demand_follows_the_ratio(amount: float, percent: bool, nurses_needed: int) -> None:
    problem = ward(1, nurses(3), {(0, "E"): 2})
    change = Supposed(DEMAND, amount=amount, percent=percent, ratios=(("E", 4.0),))
    new = suppose(problem, [change])
    patients = 8 + amount if not percent else 8 * (1 + amount / 100)
    assert new.demand[0].patients == max(0, round(patients))
    assert new.demand[0].nurses == nurses_needed + (1 if not percent else 0)


def test_forced_against_an_absence_names_both_rules_and_they_are_minimal() -> None:
    problem = ward(2, nurses(3), {(0, "E"): 1})
    changes = [Supposed(ABSENT, ("A",), (day(0),)), Supposed(FORCE, ("A",), (day(0),), "E")]
    found = replan(problem, (Duty("A", day(0), "E"),), suppose(problem, changes), {"A"}, SETTINGS)
    assert found.status is Status.INFEASIBLE
    assert {reason.kind for reason in found.conflict.rules} == {"absence", "forced"}
    assert found.conflict.minimal
    assert found.plan.assignments == ()


def test_kept_off_all_nights() -> None:
    problem = ward(3, nurses(2), {(0, "N"): 1, (1, "N"): 1})
    change = Supposed(FORBID, ("A",), shift="N")
    published = (Duty("A", day(0), "N"), Duty("A", day(1), "N"))
    found = replan(problem, published, suppose(problem, [change]), {"A"}, SETTINGS)
    assert {duty.staff for duty in found.plan.assignments} == {"B"}


def test_a_call_in_among_250_nurses_frees_a_handful_only() -> None:
    """The published roster is kept but for few people; the search never sees the whole unit."""
    people = tuple(Person(f"N{n:03d}", f"Nurse {n}", "ICU", hours_per_week=0.0) for n in range(250))
    days = 14
    needs = {(number, shift): 25 for number in range(days) for shift in "ELN"}
    problem = ward(days, people, needs)
    groups = {"E": people[:75], "L": people[75:150], "N": people[150:225]}
    published = tuple(
        Duty(person.staff, day(number), shift)
        for shift, group in groups.items()
        for block in range(3)
        for person in group[25 * block : 25 * (block + 1)]
        for number in range(days)
        if number % 3 == block
    )
    assert check_roster(problem, published) == ()
    change = Supposed(ABSENT, (people[0].staff,), tuple(day(n) for n in range(7)))
    quick = PlanSettings(seconds=5, workers=1, patience=20)
    found = replan(problem, published, suppose(problem, [change]), {people[0].staff}, quick)
    assert found.after.missing_nurses == 0
    assert found.nothing_done.missing_nurses == 3
    assert len({c.staff for c in found.changes}) <= 4
    assert max(duty.day for duty in found.plan.assignments) == day(0) + timedelta(days=days - 1)
