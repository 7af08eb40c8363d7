"""Bed plans are the best there are, their costs are counted twice, and the same run gives the same plan."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from assistant.plan.beds.check import check_beds
from assistant.plan.beds.give_out import give_out
from assistant.plan.beds.options import Option, possible_options
from assistant.plan.beds.plan import Placement, Transfer
from assistant.plan.beds.problem import BedProblem
from assistant.plan.beds.score import costs_of
from assistant.plan.beds.solve import solve
from assistant.plan.result import Status
from assistant.plan.settings import BedWeights
from assistant.records.units import SexRule
from tests.plan.worlds import NOW, QUICK, bed, hospital, lies, waits

WEIGHTS = BedWeights()


def made(problem: BedProblem, visit: str, address: str, start: int) -> Placement | Transfer:
    patient = problem.patient_by_visit[visit]
    nights = problem.leaves_after(patient, start) - start
    if not patient.wants:
        return Transfer(visit, patient.bed, address, NOW, start, nights)
    unit = address.split("/")[0]
    surge = address in {extra.address for extra in problem.surge_beds}
    return Placement(visit, address, NOW, start, nights, patient.wants, unit != patient.wants, surge)


def best_by_trying_all(problem: BedProblem) -> float:
    """Cost of the best plan that the checker finds clean, over every bed and every night for everybody."""
    beds = [item.address for item in (*problem.beds, *problem.surge_beds)]
    ways: list[list[tuple[str, str, int] | None]] = [
        [None, *((patient.visit, address, start) for address in beds for start in range(problem.days))]
        for patient in problem.waiting
    ]
    for patient in problem.present:
        nights = min(3, problem.stays_until(patient))
        movable = patient.acuity == 4 and patient.unit == "ICU"
        ways.append(
            [None, *((patient.visit, a, n) for a in beds for n in range(nights) if movable and a != patient.bed)]
        )
    best = float("inf")
    for choice in product(*ways):
        moves = [made(problem, *way) for way in choice if way is not None]
        placed = [move for move in moves if isinstance(move, Placement)]
        moved = [move for move in moves if isinstance(move, Transfer)]
        cost = sum(costs_of(problem, placed, moved, WEIGHTS).values())
        if cost < best and not check_beds(problem, placed, moved):
            best = cost
    return best


@some.composite
def hospitals(draw: some.DrawFn) -> BedProblem:
    """Tiny random hospitals: two rooms of a ward, an ICU bed, up to three patients waiting, up to two lying."""
    rule = draw(some.sampled_from(list(SexRule)))
    beds = [
        bed("3A/1/1", sex_rule=rule),
        bed("3A/1/2", sex_rule=rule),
        bed("3B/1/1", isolation=draw(some.booleans()), open=draw(some.booleans())),
        bed("ICU/1/1", ventilator=draw(some.booleans())),
    ]
    sex, hours = some.sampled_from(["F", "M", "U"]), some.integers(1, 60)
    present = [
        lies(
            f"P{n}",
            address,
            sex=draw(sex),
            leaves=NOW + timedelta(hours=draw(hours)),
            acuity=draw(some.sampled_from([1, 4])),
        )
        for n, address in enumerate(["3A/1/1", "ICU/1/1"])
        if draw(some.booleans())
    ]
    waiting = [
        waits(
            f"V{n}",
            draw(some.sampled_from(["3A", "3B", "ICU"])),
            sex=draw(sex),
            acuity=draw(some.integers(1, 4)),
            isolation=draw(some.booleans()),
            leaves=NOW + timedelta(days=draw(some.integers(1, 3))),
        )
        for n in range(draw(some.integers(1, 2)))
    ]
    surge = draw(some.sampled_from([(), (("3A", 1),)]))
    return hospital(beds, waiting, present, days=draw(some.integers(1, 3)), surge=surge)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(problem=hospitals())
def test_the_optimum_is_what_trying_all_plans_finds(problem: BedProblem) -> None:
    plan = solve(problem, replace(QUICK, workers=1))
    assert plan.rule_check == ()
    assert plan.result.status is Status.OPTIMAL
    assert plan.result.objective == plan.result.bound == best_by_trying_all(problem)
    assert {item.visit for item in plan.assignments} | {reason.subject for reason in plan.unplaced} == {
        p.visit for p in problem.waiting
    }


def big_ward(days: int = 3) -> BedProblem:
    """Forty beds in rooms of four, thirty patients, ten waiting."""
    rule = SexRule.SAME
    beds = [bed(f"{unit}/{room}/{n}", sex_rule=rule) for unit in ("3A", "3B") for room in range(5) for n in range(4)]
    present = [
        lies(f"P{i}", item.address, sex="FM"[int(item.room) % 2], leaves=NOW + timedelta(hours=7 * i + 1))
        for i, item in enumerate(beds)
        if i % 4
    ]
    waiting = [waits(f"V{i}", ("3A", "3B")[i % 2], sex="FM"[i % 3 == 0], acuity=1 + i % 4) for i in range(10)]
    return hospital(beds, waiting, present, days=days)


def test_the_same_inputs_give_the_same_bed_plan() -> None:
    one, two = solve(big_ward(), QUICK), solve(big_ward(), QUICK)
    assert one.result.repeatable
    assert (one.assignments, one.transfers) == (two.assignments, two.transfers)
    assert one.rule_check == ()


def test_beds_are_given_out_without_overlap_when_stays_follow_each_other() -> None:
    short = [waits(f"V{n}", "3A", leaves=NOW + timedelta(days=1)) for n in range(6)]
    plan = solve(hospital([bed("3A/1/1"), bed("3A/1/2")], short, days=3), QUICK)
    assert sorted(item.night for item in plan.assignments) == [0, 0, 1, 1, 2, 2]
    assert plan.rule_check == ()


def test_options_name_only_beds_that_fit() -> None:
    options: list[Option] = possible_options(hospital([bed("3A/1/1"), bed("PAE/1/1")], [waits("V1", "3A")]))
    assert [option.group.like.address for option in options] == ["3A/1/1"]
    assert give_out(hospital([bed("3A/1/1")], [waits("V1", "3A")]), []) == ((), ())
