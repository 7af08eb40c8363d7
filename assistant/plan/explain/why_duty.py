"""Why somebody has a duty, and why not somebody else: what decides it, and the price of the alternative."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.plan.explain.obstacles import counted, obstacles
from assistant.plan.explain.price import Price, price_of
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.plan import CoverRow
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.staffing.score import coverage_of
from assistant.plan.staffing.skills import has_skill
from assistant.records.staff import Wish, WishKind


@dataclass(frozen=True)
class WhyDuty:
    """Why a person works a shift.

    Attributes:
        duty: What is explained.
        cover: Need and planned nurses of the shift.
        only_skill: Skills that the shift needs and that would be missing without the person.
        wished: The person asked for this shift; against_wish: asked not to have it.
        others: Number of colleagues who are not on the shift; blocked: of them, by the rule in the way (`""`: no rule,
            only costs).
        price: Of taking the duty away.
    """

    duty: Duty
    cover: CoverRow | None
    only_skill: tuple[str, ...]
    wished: bool
    against_wish: bool
    others: int
    blocked: dict[str, int]
    price: Price


def why_duty(
    problem: RosterProblem, duties: Sequence[Duty], duty: Duty, settings: PlanSettings, bound: float = 0.0
) -> WhyDuty:
    """Why `duty`, one of `duties`, is in the roster; `bound` as for `price_of`."""
    found = obstacles(problem, duties, duty.day, duty.shift)
    wishes = [wish for wish in problem.wishes if (wish.staff, wish.day) == (duty.staff, duty.day)]
    return WhyDuty(
        duty,
        cover_at(problem, duties, duty.day, duty.shift),
        _only(problem, duties, duty),
        any(wish.kind is WishKind.WANT and wish.shift in ("", duty.shift) for wish in wishes),
        any(_against(wish, duty.shift) for wish in wishes),
        len(found),
        counted(found),
        price_of(problem, duties, settings, forbidden=(duty,), bound=bound),
    )


def why_not_duty(
    problem: RosterProblem,
    duties: Sequence[Duty],
    settings: PlanSettings,
    wanted: Sequence[Duty],
    unwanted: Sequence[Duty] = (),
    bound: float = 0.0,
) -> Price:
    """What it takes that the roster has the `wanted` and lacks the `unwanted` duties; `bound` as for `price_of`."""
    return price_of(problem, duties, settings, forced=wanted, forbidden=unwanted, bound=bound)


def cover_at(problem: RosterProblem, duties: Sequence[Duty], day: date, shift: str) -> CoverRow | None:
    """Need and planned nurses of one shift; None where nobody is needed or planned."""
    rows = coverage_of(problem, duties)
    return next((row for row in rows if (row.day, row.shift) == (day, shift)), None)


def _only(problem: RosterProblem, duties: Sequence[Duty], duty: Duty) -> tuple[str, ...]:
    """Skills that fall below the need without the person."""
    need = next((need for need in problem.demand if (need.day, need.shift) == (duty.day, duty.shift)), None)
    if need is None:
        return ()
    people = {person.staff: person for person in problem.people}
    rest = [people[d.staff] for d in duties if (d.day, d.shift) == (duty.day, duty.shift) and d.staff != duty.staff]
    return tuple(
        skill
        for skill, count in need.skills
        if has_skill(people[duty.staff], skill) and sum(has_skill(person, skill) for person in rest) < count
    )


def _against(wish: Wish, shift: str) -> bool:
    return wish.kind is WishKind.OFF or (wish.kind is WishKind.AVOID and wish.shift in ("", shift))
