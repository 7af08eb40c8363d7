"""What a published roster's own proof is good for: prices proven with everybody free, and fewer searches."""

from dataclasses import replace

import pytest

from assistant.plan.explain import price as pricing
from assistant.plan.explain import worth as worthing
from assistant.plan.explain.near import Near
from assistant.plan.explain.price import price_of
from assistant.plan.explain.settings import ExplainSettings
from assistant.plan.explain.worth import worths
from assistant.plan.result import Status
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.problem import Duty, RosterProblem, RosterRules
from assistant.plan.staffing.solve import solve
from tests.plan.worlds import day, nurses, ward

SETTINGS = PlanSettings(
    seconds=5, workers=1, patience=20, explain=ExplainSettings(seconds=3, neighbours=2, everybody=30)
)


def week() -> RosterProblem:
    """Seven nurses for one early shift a day: many rosters are equally good."""
    return ward(4, nurses(7), {(number, "E"): 1 for number in range(4)})


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, bool]]:
    """Number of people free, and whether a wish was in it, of every search for the cheapest roster."""
    seen: list[tuple[int, bool]] = []
    for module in (pricing, worthing):

        class Noted(Near):
            def cheapest(self):  # type: ignore[no-untyped-def]
                seen.append((len(self.free), bool(self.problem.forced or self.problem.forbidden)))
                return super().cheapest()

        monkeypatch.setattr(module, "Near", Noted)
    return seen


def test_with_a_proven_roster_a_price_of_nothing_is_proven_by_the_smallest_circle(
    searched: list[tuple[int, bool]],
) -> None:
    problem = week()
    plan = solve(problem, SETTINGS)
    assert plan.result.status is Status.OPTIMAL
    duty = plan.assignments[0]
    price = price_of(problem, plan.assignments, SETTINGS, forbidden=(duty,), bound=plan.result.bound or 0.0)
    assert (price.status, price.points) == (Status.OPTIMAL, 0.0)
    assert searched == [(3, True)]  # nobody else was freed, and the roster as it is was not searched again
    assert not duty_in(price.duties, duty)


def test_without_the_proof_everybody_is_freed_to_prove_the_same_price(searched: list[tuple[int, bool]]) -> None:
    problem = week()
    plan = solve(problem, SETTINGS)
    price = price_of(problem, plan.assignments, SETTINGS, forbidden=(plan.assignments[0],))
    assert (price.status, price.points) == (Status.OPTIMAL, 0.0)
    assert searched[-1] == (7, False)


def test_a_bound_below_the_rosters_cost_proves_nothing(searched: list[tuple[int, bool]]) -> None:
    """A poor roster, its bound known: it is not taken for the best one."""
    problem = week()
    poor = (Duty("A", day(0), "E"),)
    best = solve(problem, SETTINGS)
    bound = best.result.bound or 0.0
    price = price_of(problem, poor, SETTINGS, forced=(Duty("A", day(0), "L"),), bound=bound)
    assert price.points == 22  # a nurse above the need, and the hours of one called as needed
    assert price.slack > 1000
    assert (7, False) in searched


def test_a_price_above_nothing_is_proven_with_everybody(searched: list[tuple[int, bool]]) -> None:
    problem = ward(1, nurses(5), {(0, "E"): 5})
    plan = solve(problem, SETTINGS)
    off = Duty("A", day(0), "E")
    price = price_of(problem, plan.assignments, SETTINGS, forbidden=(off,), bound=plan.result.bound or 0.0)
    # A missing nurse, less the price of the hours that a nurse called as needed works.
    assert (price.status, price.points) == (Status.OPTIMAL, 988.0)
    assert price.extra.missing_nurses == 1
    assert {free for free, _ in searched} == {3, 5}


def test_what_loosens_is_searched_once_where_nothing_binds_and_one_by_one_where_something_does(
    searched: list[tuple[int, bool]],
) -> None:
    easy = week()
    plan = solve(easy, SETTINGS)
    rows = worths(easy, plan.assignments, SETTINGS, plan.result.bound or 0.0)
    loose = [row for row in rows if row.step > 0 and row.thing in ("agency_nurse", "weekly_hour", "day_in_a_row")]
    assert [(row.saved, row.proven) for row in loose] == [(0.0, True)] * 3
    few = len(searched)
    searched.clear()
    needs = {(number, "E"): 1 for number in range(3)}
    tight = ward(3, nurses(1), needs, rules=RosterRules(max_consecutive_days=2))
    plan = solve(tight, SETTINGS)
    found = {(row.thing, row.step): row for row in worths(tight, plan.assignments, SETTINGS, plan.result.bound or 0.0)}
    assert found["day_in_a_row", 1].saved > 900
    assert found["agency_nurse", 1].saved > 900
    assert found["weekly_hour", 1].saved == 0
    assert len(searched) > few


def test_the_worth_of_tightening_is_seen_where_it_costs() -> None:
    """A limit that the best roster needs: taking a day of it away costs a shift, and is not waved through."""
    problem = ward(2, nurses(1), {(0, "E"): 1, (1, "E"): 1}, rules=RosterRules(max_consecutive_days=2))
    plan = solve(problem, SETTINGS)
    found = {(r.thing, r.step): r for r in worths(problem, plan.assignments, SETTINGS, plan.result.bound or 0.0)}
    assert found["day_in_a_row", -1].saved < -900
    free = replace(problem, rules=RosterRules(max_consecutive_days=5))
    found = {(r.thing, r.step): r for r in worths(free, plan.assignments, SETTINGS, plan.result.bound or 0.0)}
    assert found["day_in_a_row", -1].saved == 0


def duty_in(duties: tuple[Duty, ...], duty: Duty) -> bool:
    return duty in duties
