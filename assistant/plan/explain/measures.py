"""A roster in the units that people speak of: shifts short, overtime hours, wishes, nights above the share."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from assistant.plan.settings import RosterWeights
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.staffing.score import costs_of, coverage_of, fairness_of


@dataclass(frozen=True)
class Measures:
    """What a roster comes to; less is better throughout.

    Attributes:
        short_shifts: Shifts with a nurse or a skill missing.
        missing_nurses: Nurses missing, over all shifts.
        missing_skills: People with a needed skill missing, over all shifts.
        surplus_nurses: Nurses more than needed, over all shifts.
        unmet_wishes: Wishes not kept.
        hours_above, hours_below: Hours above and below the contracts, of everybody.
        nights_above, weekends_above: Nights and weekend days above the fair shares, of everybody.
        cost: Weighted, as the solver counts it.
    """

    short_shifts: float = 0
    missing_nurses: float = 0
    missing_skills: float = 0
    surplus_nurses: float = 0
    unmet_wishes: float = 0
    hours_above: float = 0
    hours_below: float = 0
    nights_above: float = 0
    weekends_above: float = 0
    cost: float = 0

    def __sub__(self, other: "Measures") -> "Measures":
        return Measures(**{f.name: getattr(self, f.name) - getattr(other, f.name) for f in fields(self)})

    def worse(self) -> dict[str, float]:
        """The measures of a difference that got worse, without the cost."""
        return {name: value for name, value in vars(self).items() if value > _NOTHING and name != "cost"}

    def better(self) -> dict[str, float]:
        """The measures of a difference that got better, as positive amounts, without the cost."""
        return {name: -value for name, value in vars(self).items() if value < -_NOTHING and name != "cost"}


def measures_of(problem: RosterProblem, duties: Sequence[Duty], weights: RosterWeights) -> Measures:
    """What a roster comes to."""
    cover, people = coverage_of(problem, duties), fairness_of(problem, duties)
    nights = [row.nights - row.fair_nights for row in people if row.fair_nights is not None]
    weekends = [row.weekend_days - row.fair_weekend_days for row in people if row.fair_weekend_days is not None]
    off = [row.hours - row.contract_hours for row in people if row.contract_hours]
    return Measures(
        short_shifts=sum(bool(row.short or row.short_skills) for row in cover),
        missing_nurses=sum(row.short for row in cover),
        missing_skills=sum(count for row in cover for _, count in row.short_skills),
        surplus_nurses=sum(max(0, row.planned - row.need) for row in cover),
        unmet_wishes=sum(row.wishes - row.wishes_met for row in people),
        hours_above=round(sum(max(0.0, hours) for hours in off), 2),
        hours_below=round(sum(max(0.0, -hours) for hours in off), 2),
        nights_above=sum(max(0, count) for count in nights),
        weekends_above=sum(max(0, count) for count in weekends),
        cost=sum(costs_of(problem, cover, people, duties, weights).values()),
    )


def cost_of(problem: RosterProblem, duties: Sequence[Duty], weights: RosterWeights) -> float:
    """Weighted cost of a roster."""
    cover, people = coverage_of(problem, duties), fairness_of(problem, duties)
    return sum(costs_of(problem, cover, people, duties, weights).values())


_NOTHING = 1e-6
