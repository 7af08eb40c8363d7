"""Bed plans: price, impossibility and re-planning agree with trying every plan of small random hospitals."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from assistant.plan.beds.check import check_beds
from assistant.plan.beds.give_out import give_out
from assistant.plan.beds.options import Option, possible_options
from assistant.plan.beds.problem import BedProblem, Choice
from assistant.plan.beds.score import costs_of
from assistant.plan.beds.solve import solve
from assistant.plan.explain.beds_measures import bed_differences
from assistant.plan.explain.beds_price import price_of_beds
from assistant.plan.explain.beds_suppose import CLOSED, DEMAND, OPENED, BedSupposed, replan_beds, suppose_beds
from assistant.plan.explain.beds_worth import bed_worths
from assistant.plan.result import Status
from assistant.plan.settings import PlanSettings
from tests.plan.worlds import NOW, bed, hospital, lies, waits

SETTINGS = PlanSettings(seconds=5, workers=1, patience=20)
WEIGHTS = SETTINGS.bed_weights
Moves = tuple


def small_hospital(seed: int) -> BedProblem:
    """Two or three wait for one night, a few beds of two units, somebody in intensive care who may step down."""
    rng = random.Random(seed)
    addresses = ["3A/1/a", "3A/1/b", "3B/1/a", "ICU/1/a", "HDU/1/a"]
    beds = [bed(a, isolation=rng.random() < 0.3, ventilator=a[0] in "IH", open=rng.random() > 0.15) for a in addresses]
    present = [
        lies("P0", address, acuity=rng.choice([2, 4]), leaves=NOW + timedelta(days=3))
        for address in addresses
        if address.startswith("ICU") and rng.random() < 0.7
    ]
    waiting = [
        waits(
            f"W{number}",
            rng.choice(["3A", "3B", "ICU"]),
            sex=rng.choice("FM"),
            acuity=rng.choice([1, 3]),
            isolation=rng.random() < 0.2,
        )
        for number in range(rng.choice([2, 3]))
    ]
    return hospital(beds, waiting, present, surge=(("3A", 1),) if rng.random() < 0.5 else ())


def plans(problem: BedProblem) -> Iterator[tuple[Moves, float]]:
    """Every plan that keeps all rules, with its cost: each mover one of all beds, or none."""
    every = possible_options(problem, {each.address for each in (*problem.beds, *problem.surge_beds)})
    by_visit: dict[str, list[Option | None]] = {}
    for option in every:
        by_visit.setdefault(option.patient.visit, [None]).append(option)
    for picked in product(*by_visit.values()):
        chosen = [option for option in picked if option is not None]
        beds = [option.group.like.address for option in chosen]
        staying = {p.bed for p in problem.patient_by_visit.values() if p.bed} - {o.patient.bed for o in chosen}
        if len(set(beds)) < len(beds) or staying & set(beds):
            continue
        moves = give_out(problem, chosen)
        if not check_beds(problem, *moves):
            yield moves, sum(costs_of(problem, *moves, WEIGHTS).values())


@pytest.mark.parametrize("block", range(6))
def test_price_and_impossibility_agree_with_trying_everything(block: int) -> None:
    for seed in range(block * 10, (block + 1) * 10):
        problem = small_hospital(seed)
        rng = random.Random(500 + seed)
        choice = Choice(rng.choice(problem.waiting).visit, rng.choice(["3A", "3B/1/a", "ICU", "", "HDU/1/a"]))
        force = rng.random() < 0.7
        wished = replace(problem, **{"forced" if force else "forbidden": (choice,)})
        published = solve(problem, SETTINGS)
        costs = [cost for _, cost in plans(problem)]
        assert published.result.objective == min(costs), seed
        allowed = list(plans(wished))
        price = price_of_beds(problem, published, SETTINGS, (choice,) if force else (), () if force else (choice,))
        assert (price.status is Status.INFEASIBLE) == (not allowed), seed
        if not allowed:
            assert price.conflict.minimal, seed
            continue
        best = min(cost for _, cost in allowed)
        assert (price.status, price.points) == (Status.OPTIMAL, best - min(costs)), seed
        old = (published.assignments, published.transfers)
        fewest = min(len(bed_differences(old, moves)) for moves, cost in allowed if cost == best)
        assert len(price.changes) == fewest, seed


@pytest.mark.parametrize("block", range(3))
def test_a_bed_that_closes_is_answered_as_well_as_by_trying_everything(block: int) -> None:
    for seed in range(block * 8, (block + 1) * 8):
        problem = small_hospital(seed)
        published = solve(problem, SETTINGS)
        new = suppose_beds(problem, [BedSupposed(CLOSED, "3A", closed=("3A/1/a",))])
        found = replan_beds(problem, published, new, SETTINGS)
        old = (published.assignments, published.transfers)
        price = SETTINGS.explain.changed_bed
        best = min(cost + price * len(bed_differences(old, moves)) for moves, cost in plans(new))
        assert found.status is Status.OPTIMAL
        assert found.after.cost + price * len(found.changes) == best, seed
        assert found.plan.rule_check == ()


def test_one_more_bed_is_worth_the_night_of_waiting_it_spares() -> None:
    problem = hospital([bed("3A/1/a")], [waits("W1", "3A"), waits("W2", "3A")])
    rows = bed_worths(problem, solve(problem, SETTINGS), SETTINGS)
    assert (rows[0].thing, rows[0].subject, rows[0].step) == ("bed", "3A", 1)
    assert rows[0].saved == 2 * WEIGHTS.waiting_night
    assert rows[0].change.unplaced == -1
    assert [row.saved for row in rows if row.step < 0] == [-2 * WEIGHTS.waiting_night]


def test_changes_apply_one_upon_the_other() -> None:
    problem = hospital([bed("3A/1/a"), bed("3A/1/b", open=False)], [waits("W1", "3A")])
    changes = [
        BedSupposed(OPENED, "3A", reopened=("3A/1/b",), added=(bed("3A/extra/extra-1"),)),
        BedSupposed(DEMAND, "3A", coming=(waits("NEW-1", "3A"), waits("NEW-2", "3A")), gone=("W1",)),
    ]
    new = suppose_beds(problem, changes)
    assert [patient.visit for patient in new.waiting] == ["NEW-1", "NEW-2"]
    assert sum(each.open for each in new.beds) == 3
    found = replan_beds(problem, solve(problem, SETTINGS), new, SETTINGS)
    assert (found.after.unplaced, {change.visit for change in found.changes}) == (0, {"W1", "NEW-1", "NEW-2"})
