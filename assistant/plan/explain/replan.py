"""What if: a roster planned again with the fewest differences from the published one, and both side by side."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from assistant.plan.conflict import Conflict
from assistant.plan.explain.differences import Change, differences
from assistant.plan.explain.measures import Measures, cost_of, measures_of
from assistant.plan.explain.near import Near, bound_to, circles
from assistant.plan.result import Result, Status
from assistant.plan.search import solver_name
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.check import check_roster
from assistant.plan.staffing.impossible import obvious_conflict
from assistant.plan.staffing.plan import RosterPlan
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.staffing.score import costs_of, coverage_of, fairness_of, reasons_of


@dataclass(frozen=True)
class Replan:
    """A changed situation, planned again.

    Attributes:
        status: OPTIMAL: nothing better with everybody free to change, a changed day at its price; FEASIBLE: the
            best that was found; INFEASIBLE: no roster; UNKNOWN: none found within the limits.
        plan: The new roster, checked; without duties where there is none.
        before: The published roster in its own situation.
        nothing_done: The changed situation if nobody else changes.
        after: The changed situation with the new roster.
        changes: Everybody's days that differ from the published roster.
        conflict: Where INFEASIBLE, the smallest set of rules in the way.
    """

    status: Status
    plan: RosterPlan
    before: Measures
    nothing_done: Measures
    after: Measures = field(default_factory=Measures)
    changes: tuple[Change, ...] = ()
    conflict: Conflict = field(default_factory=Conflict)


def replan(
    old: RosterProblem,
    published: Sequence[Duty],
    new: RosterProblem,
    touched: Collection[str],
    settings: PlanSettings,
    start: Sequence[Duty] = (),
) -> Replan:
    """The roster of the changed situation that costs least, a changed day at its own price.

    Searched in circles: those who are touched and a few who could help, then more, as long as that pays and the time
    lasts. So a call-in among hundreds is answered from a handful of people.

    Args:
        old: The situation of the published roster.
        published: The roster to stay near to.
        new: The changed situation.
        touched: Whom the change is about.
        settings: Limits, weights, price of a changed day.
        start: A roster of the situation before the last change, where that is not the published one.
    """
    weights = settings.roster_weights
    before = measures_of(old, published, weights)
    left = _still_possible(new, start or published)
    nothing = measures_of(new, left, weights)
    conflict = _conflict(new, touched, settings)
    if conflict.rules:
        plan = _plan(new, (), Status.INFEASIBLE, 0.0, settings, conflict)
        return Replan(Status.INFEASIBLE, plan, before, nothing, conflict=conflict)
    began = time.monotonic()
    duties, status = _search(new, published, left, touched, settings)
    seconds = time.monotonic() - began
    plan = _plan(new, duties, status, seconds, settings, Conflict())
    if status not in (Status.OPTIMAL, Status.FEASIBLE):
        return Replan(status, plan, before, nothing)
    after = measures_of(new, duties, weights)
    return Replan(status, plan, before, nothing, after, differences(published, duties))


def _search(
    new: RosterProblem,
    published: Sequence[Duty],
    left: Sequence[Duty],
    touched: Collection[str],
    settings: PlanSettings,
) -> tuple[tuple[Duty, ...], Status]:
    """The best roster over widening circles, and how far that is proven."""
    effort, most = 0.0, _CIRCLES * settings.explain.seconds * settings.deterministic_rate
    price = settings.explain.changed_duty

    def worth(duties: Sequence[Duty]) -> float:
        return cost_of(new, duties, settings.roster_weights) + price * len(differences(published, duties))

    best: tuple[Duty, ...] = ()
    value, status = float("inf"), Status.UNKNOWN
    if not check_roster(new, left):  # a search cut short must not do worse than leaving everybody else alone
        best, value, status = tuple(left), worth(left), Status.FEASIBLE
    for free in circles(new, left, touched, settings):
        # Whoever had to give way in a smaller circle is part of the wider one, so each starts from the best so far.
        near = Near(new, published, free, settings, kept_from=best or left, start=best or left)
        found = near.cheapest_with_changes()
        effort += found.effort
        whole = len(free) == len(new.people)
        if found.status is Status.INFEASIBLE and whole:
            return (), Status.INFEASIBLE
        clean = found.found and not check_roster(new, found.duties)
        if clean and worth(found.duties) < value:
            best, value = found.duties, worth(found.duties)
            status = Status.OPTIMAL if whole and found.status is Status.OPTIMAL else Status.FEASIBLE
        elif clean and whole and found.status is Status.OPTIMAL:
            status = Status.OPTIMAL
        elif best and found.status is not Status.OPTIMAL:
            break
        if effort > most:
            break
    return best, status


_CIRCLES = 3
"""Times the limit of one search after which no wider circle is begun; in deterministic time, as everything here."""


def _still_possible(new: RosterProblem, duties: Sequence[Duty]) -> tuple[Duty, ...]:
    """The duties of a roster without those that the changed situation excludes, person by person."""
    people = {person.staff for person in new.people}
    off = {(duty.staff, duty.day, duty.shift) for duty in new.forbidden}
    kept = [
        duty
        for duty in duties
        if duty.staff in people and not off & {(duty.staff, duty.day, duty.shift), (duty.staff, duty.day, "")}
    ]
    broken = {
        (reason.subject, str(reason.values.get("day")))
        for reason in check_roster(new, kept)
        if reason.kind in ("absence", "unknown_duty")
    }
    return tuple(duty for duty in kept if (duty.staff, duty.day.isoformat()) not in broken)


def _conflict(new: RosterProblem, touched: Collection[str], settings: PlanSettings) -> Conflict:
    """Rules that leave no roster; with soft cover only those whom the change touches can be the reason."""
    plain = obvious_conflict(new)
    if plain:
        return Conflict(plain, minimal=True)
    people = frozenset(person.staff for person in new.people) if new.rules.cover_hard else bound_to(new, touched)
    return Near(new, (), people, settings).conflict() if people else Conflict()


def _plan(
    problem: RosterProblem,
    duties: tuple[Duty, ...],
    status: Status,
    seconds: float,
    settings: PlanSettings,
    conflict: Conflict,
) -> RosterPlan:
    """The roster as a plan like any other, so that it can be shown, decided on and asked about."""
    if not duties and status not in (Status.OPTIMAL, Status.FEASIBLE):
        result = Result(status, conflict=conflict.rules, conflict_minimal=conflict.minimal if conflict.rules else None)
        return RosterPlan(problem.unit, problem.days, (), result)
    cover, people = coverage_of(problem, duties), fairness_of(problem, duties)
    costs = costs_of(problem, cover, people, duties, settings.roster_weights)
    result = Result(
        status=Status.FEASIBLE,  # best with the fewest changes, which need not be the best of all
        objective=sum(costs.values()),
        costs=costs,
        reasons=reasons_of(problem, cover, people, duties),
        seconds=seconds,
        seed=settings.seed,
        time_limit=settings.explain.seconds,
        solver=solver_name(settings),
        weights=vars(settings.roster_weights),
    )
    return RosterPlan(problem.unit, problem.days, duties, result, cover, check_roster(problem, duties), people)
