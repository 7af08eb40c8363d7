"""The price of a wish against a bed plan: force or forbid places, solve again, and compare like with like."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.plan.beds.plan import BedPlan
from assistant.plan.beds.problem import BedProblem, Choice
from assistant.plan.conflict import Conflict
from assistant.plan.explain.beds_measures import BedChange, BedMeasures, bed_differences, bed_measures
from assistant.plan.explain.beds_near import BedNear
from assistant.plan.result import Status
from assistant.plan.settings import PlanSettings


@dataclass(frozen=True)
class BedPrice:
    """What a wish costs; see `price.Price`.

    Attributes:
        status: OPTIMAL: proven; FEASIBLE: the cheapest way that was found; INFEASIBLE: no plan has it; UNKNOWN.
        points: By the hospital's weights, more than the best plan without the wish; 0 or more.
        extra: In named units, against the published plan.
        changes: Who is placed differently, the wish itself included.
        conflict: Where INFEASIBLE, the smallest set of rules in the way.
    """

    status: Status
    points: float = 0.0
    extra: BedMeasures = field(default_factory=BedMeasures)
    changes: tuple[BedChange, ...] = ()
    conflict: Conflict = field(default_factory=Conflict)


def price_of_beds(
    problem: BedProblem,
    published: BedPlan,
    settings: PlanSettings,
    forced: Sequence[Choice] = (),
    forbidden: Sequence[Choice] = (),
) -> BedPrice:
    """What it costs that patients get the `forced` places and do not get the `forbidden` ones."""
    wished = replace(problem, forced=(*problem.forced, *forced), forbidden=(*problem.forbidden, *forbidden))
    near = BedNear(wished, published, settings)
    with_wish = near.cheapest()
    if with_wish.status is Status.INFEASIBLE:
        return BedPrice(Status.INFEASIBLE, conflict=near.conflict())
    without = BedNear(problem, published, settings).cheapest()
    if not (with_wish.found and without.found):
        return BedPrice(Status.UNKNOWN)
    before = bed_measures(problem, published.assignments, published.transfers, settings.bed_weights)
    points = with_wish.cost - min(without.cost, with_wish.cost)
    shown = near.fewest_changes(max(with_wish.cost, before.cost + points))
    shown = shown if shown.found else with_wish
    proven = with_wish.status is Status.OPTIMAL and without.status is Status.OPTIMAL
    return BedPrice(
        Status.OPTIMAL if proven else Status.FEASIBLE,
        points,
        bed_measures(wished, *shown.moves, settings.bed_weights) - before,
        bed_differences((published.assignments, published.transfers), shown.moves),
    )
