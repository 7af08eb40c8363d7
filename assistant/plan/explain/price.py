"""The price of a wish against a roster: force or forbid duties, solve again, and compare like with like.

A published roster need not be the best one. So both, the roster with the wish and the one without, are searched among
the same people; their difference is the price. The roster that is shown then keeps to the published one as far as that
price allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.plan.conflict import Conflict
from assistant.plan.explain.differences import Change, differences
from assistant.plan.explain.measures import Measures, cost_of, measures_of
from assistant.plan.explain.near import Near, Replanned, bound_to, circles, is_clean
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
    bound: float = 0.0,
) -> Price:
    """What it costs that the roster has the `forced` and does not have the `forbidden` duties.

    Args:
        problem: What the published roster was computed from.
        published: The roster.
        settings: Weights and limits.
        forced: Duties that it must have; an empty shift means any shift of the day.
        forbidden: Duties that it must not have.
        bound: No roster of `problem` costs less by these weights, as far as is proven.
    """
    wished = replace(problem, forced=(*problem.forced, *forced), forbidden=(*problem.forbidden, *forbidden))
    touched = {duty.staff for duty in (*forced, *forbidden)}
    conflict = _conflict(wished, published, touched, settings)
    if conflict is not None:
        return Price(Status.INFEASIBLE, conflict=conflict)
    pairs: list[_Pair] = []
    for free in circles(problem, published, touched, settings):
        pair = _pair(problem, wished, published, free, settings, bound, pairs[-1] if pairs else None)
        if pair.with_wish.status is Status.INFEASIBLE and pair.whole:
            return Price(Status.INFEASIBLE, conflict=Near(wished, published, free, settings).conflict())
        if pair.found and (pair.proven or not pairs):
            pairs.append(pair)
        # A wider circle would take longer still, and two unfinished searches say nothing about a price; and where no
        # roster can cost less, nobody else could help.
        if pairs and (not pair.proven or pair.with_wish.cost <= bound):
            break
    return _priced(problem, wished, published, settings, bound, pairs) if pairs else Price(Status.UNKNOWN)


@dataclass(frozen=True)
class _Pair:
    """The cheapest rosters with and without the wish among the same people."""

    free: frozenset[str]
    whole: bool
    with_wish: Replanned
    without: Replanned

    @property
    def found(self) -> bool:
        return self.with_wish.found and self.without.found

    @property
    def proven(self) -> bool:
        return self.with_wish.status is Status.OPTIMAL and self.without.status is Status.OPTIMAL


def _pair(
    problem: RosterProblem,
    wished: RosterProblem,
    published: Sequence[Duty],
    free: frozenset[str],
    settings: PlanSettings,
    bound: float,
    best: "_Pair | None",
) -> _Pair:
    """Both searches, begun from those of a narrower circle; the one without only where the other found something."""
    whole = len(free) == len(problem.people)
    begin = best.with_wish.duties if best else None
    with_wish = Near(wished, published, free, settings, start=begin).cheapest()
    if not with_wish.found or (best is not None and with_wish.status is not Status.OPTIMAL):
        return _Pair(free, whole, with_wish, Replanned(Status.UNKNOWN))
    known = as_proven(problem, published, settings, bound)
    begin = best.without.duties if best else None
    return _Pair(free, whole, with_wish, known or Near(problem, published, free, settings, start=begin).cheapest())


def as_proven(
    problem: RosterProblem, published: Sequence[Duty], settings: PlanSettings, bound: float
) -> Replanned | None:
    """The published roster as the cheapest among whomever, where the bound proves it; else None."""
    cost = cost_of(problem, published, settings.roster_weights)
    if cost > bound or not is_clean(problem, published):
        return None
    return Replanned(Status.OPTIMAL, duties=tuple(sorted(published)), cost=cost)


def _priced(
    problem: RosterProblem,
    wished: RosterProblem,
    published: Sequence[Duty],
    settings: PlanSettings,
    bound: float,
    pairs: Sequence[_Pair],
) -> Price:
    """The price from the widest circle, and the roster with the wish that keeps nearest to the published one for it."""
    pair, weights = pairs[-1], settings.roster_weights
    before = measures_of(problem, published, weights)
    cost = pair.with_wish.cost
    # Whatever keeps the wish is a roster without it as well: an unfinished search must not show a price below zero.
    points = cost - min(pair.without.cost, cost)
    most = max(cost, before.cost + points)
    # Fewest changes are found where few people are free, so in the smallest circle that can have them at this price.
    small = next(each for each in pairs if each.with_wish.cost <= most)
    # Begun from the published roster, which is nearer than the cheapest found: 0.2 s instead of 1.1 s.
    shown = Near(wished, published, small.free, settings).fewest_changes(most)
    duties = shown.duties if shown.found and is_clean(wished, shown.duties) else small.with_wish.duties
    everybody = pair.proven and (pair.whole or cost <= bound)
    return Price(
        Status.OPTIMAL if everybody else Status.FEASIBLE,
        points,
        max(0.0, before.cost - cost),
        measures_of(wished, duties, weights) - before,
        differences(published, duties),
        duties,
    )


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
    conflict = Near(wished, (), bound_to(wished, touched), settings).conflict()
    return conflict if conflict.rules else None
