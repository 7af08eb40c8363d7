"""The price of a wish against a roster: force or forbid duties, solve again, and compare like with like.

A published roster need not be the best one. So both, the roster with the wish and the one without, are searched among
the same people; their difference is the price. The roster that is shown then keeps to the published one as far as that
price allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.plan.conflict import Conflict
from assistant.plan.explain.differences import Change, differences
from assistant.plan.explain.measures import Measures, measures_of
from assistant.plan.explain.near import Near, bound, circles, is_clean
from assistant.plan.result import Status
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.impossible import obvious_conflict
from assistant.plan.staffing.problem import Duty, RosterProblem


@dataclass(frozen=True)
class Price:
    """What a wish costs.

    Attributes:
        status: OPTIMAL: proven, with everybody free to change; FEASIBLE: the cheapest way that was found;
            INFEASIBLE: no roster has it; UNKNOWN: neither found nor excluded within the limits.
        points: By the hospital's weights, more than the best roster without the wish; 0 or more.
        slack: By how much the published roster costs more than the one found with the wish; 0 where it does not.
        extra: The same in named units: the roster with the wish against the published one.
        changes: Who else changes, and the wish itself.
        duties: The roster with the wish.
        conflict: Where INFEASIBLE, the smallest set of rules in the way.
    """

    status: Status
    points: float = 0.0
    slack: float = 0.0
    extra: Measures = field(default_factory=Measures)
    changes: tuple[Change, ...] = ()
    duties: tuple[Duty, ...] = ()
    conflict: Conflict = field(default_factory=Conflict)


def price_of(
    problem: RosterProblem,
    published: Sequence[Duty],
    settings: PlanSettings,
    forced: Sequence[Duty] = (),
    forbidden: Sequence[Duty] = (),
) -> Price:
    """What it costs that the roster has the `forced` and does not have the `forbidden` duties.

    Args:
        problem: What the published roster was computed from.
        published: The roster.
        settings: Weights and limits.
        forced: Duties that it must have; an empty shift means any shift of the day.
        forbidden: Duties that it must not have.
    """
    wished = replace(problem, forced=(*problem.forced, *forced), forbidden=(*problem.forbidden, *forbidden))
    touched = {duty.staff for duty in (*forced, *forbidden)}
    conflict = _conflict(wished, published, touched, settings)
    if conflict is not None:
        return Price(Status.INFEASIBLE, conflict=conflict)
    best: Price | None = None
    for free in circles(problem, published, touched, settings):
        price, proven = _price_among(problem, wished, published, free, settings, only_proven=best is not None)
        if price.status is Status.INFEASIBLE and len(free) == len(problem.people):
            return Price(Status.INFEASIBLE, conflict=Near(wished, published, free, settings).conflict())
        if price.duties and (proven or best is None):
            best = price
        if best is not None and not proven:
            break  # a wider circle would take longer still, and two unfinished searches say nothing about a price
    return best or Price(Status.UNKNOWN)


def _conflict(
    wished: RosterProblem, published: Sequence[Duty], touched: set[str], settings: PlanSettings
) -> Conflict | None:
    """The rules in the way; None if there is a roster.

    Where cover is soft, no rule binds people together but new nurses to preceptors, so those whom the wish touches can
    be looked at alone, or with these.
    """
    plain = obvious_conflict(wished)
    if plain:
        return Conflict(plain, minimal=True)
    if wished.rules.cover_hard:
        return None  # the search itself will tell
    conflict = Near(wished, (), bound(wished, touched), settings).conflict()
    return conflict if conflict.rules else None


def _price_among(
    problem: RosterProblem,
    wished: RosterProblem,
    published: Sequence[Duty],
    free: frozenset[str],
    settings: PlanSettings,
    only_proven: bool,
) -> tuple[Price, bool]:
    """The price if these people may change, and whether it is proven for them; with `only_proven` none without."""
    plain, near = Near(problem, published, free, settings), Near(wished, published, free, settings)
    with_wish = near.cheapest()
    if not with_wish.found:
        return Price(with_wish.status), with_wish.status is Status.INFEASIBLE
    if only_proven and with_wish.status is not Status.OPTIMAL:
        return Price(Status.UNKNOWN), False
    without = plain.cheapest()
    proven = with_wish.status is Status.OPTIMAL and without.status is Status.OPTIMAL
    if not without.found or (only_proven and not proven):
        return Price(Status.UNKNOWN), False
    weights = settings.roster_weights
    before = measures_of(problem, published, weights)
    # Whatever keeps the wish is a roster without it as well: an unfinished search must not show a price below zero.
    points = with_wish.cost - min(without.cost, with_wish.cost)
    shown = near.fewest_changes(max(with_wish.cost, before.cost + points))
    duties = shown.duties if shown.found and is_clean(wished, shown.duties) else with_wish.duties
    whole = len(free) == len(problem.people)
    price = Price(
        Status.OPTIMAL if proven and whole else Status.FEASIBLE,
        points,
        max(0.0, before.cost - with_wish.cost),
        measures_of(wished, duties, weights) - before,
        differences(published, duties),
        duties,
    )
    return price, proven
