"""Plans again near a published roster: some people are free, everybody else keeps their shifts.

What the others work is taken off the demand, so the solver sees a small problem whose costs differ from the whole's
by a constant. The fair shares stay those of the whole unit.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from assistant.plan.conflict import Conflict, find_conflict
from assistant.plan.explain.measures import cost_of
from assistant.plan.result import Status
from assistant.plan.search import Search, search
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.check import check_roster
from assistant.plan.staffing.goals import total_cost
from assistant.plan.staffing.problem import Company, Duty, RosterProblem
from assistant.plan.staffing.rules import LAST_TO_GO, add_rules
from assistant.plan.staffing.score import costs_of, coverage_of, fairness_of
from assistant.plan.staffing.shares import Share, fair_shares
from assistant.plan.staffing.skills import NEW, PRECEPTOR, has_skill
from assistant.plan.staffing.variables import Expression, RosterModel
from assistant.plan.staffing.worked import heads
from assistant.records.demand import Demand
from assistant.records.staff import Person


@dataclass(frozen=True)
class Replanned:
    """A roster found near another.

    Attributes:
        status: OPTIMAL: nothing better among the people that were free; INFEASIBLE: no roster among them.
        duties: The whole roster, of those who kept their shifts as well; empty without one.
        cost: Weighted, of the whole roster.
    """

    status: Status
    duties: tuple[Duty, ...] = ()
    cost: float = 0.0

    @property
    def found(self) -> bool:
        """There is a roster."""
        return self.status in (Status.OPTIMAL, Status.FEASIBLE)


class Near:
    """A problem, a roster to stay near to, and the people who may change.

    Args:
        problem: The whole unit.
        published: The roster to stay near to; duties that the problem does not allow any more may be among it.
        free: Staff who may change; all others keep their duties.
        settings: Weights and limits.
        kept_from: What those who are not free work, where that is not as published.
        start: A roster to start the search from, where that is not the published one.
    """

    def __init__(
        self,
        problem: RosterProblem,
        published: Sequence[Duty],
        free: Collection[str],
        settings: PlanSettings,
        kept_from: Sequence[Duty] | None = None,
        start: Sequence[Duty] | None = None,
    ) -> None:
        self.problem, self.settings = problem, settings
        self.published = tuple(published)
        self.free = frozenset(free)
        kept = published if kept_from is None else kept_from
        self.kept = tuple(duty for duty in kept if duty.staff not in self.free)
        self._start = frozenset(published if start is None else start)
        shares = fair_shares(problem)
        self._shares: dict[str, Share] = {staff: shares[staff] for staff in shares if staff in self.free}
        self.part = part_of(problem, self.kept, self.free)

    def cheapest(self) -> Replanned:
        """The cheapest roster."""
        return self._search(lambda model: total_cost(model, self.settings.roster_weights))

    def fewest_changes(self, most_cost: float) -> Replanned:
        """The roster with the fewest changed days among those that cost at most so much (the whole roster)."""
        limit = round(most_cost - self._constant())

        def goal(model: RosterModel) -> Expression:
            model.cp.add(total_cost(model, self.settings.roster_weights) <= limit)
            return self._changed(model)

        return self._search(goal)

    def cheapest_with_changes(self) -> Replanned:
        """The cheapest roster where a changed day has its price."""
        price = self.settings.explain.changed_duty

        def goal(model: RosterModel) -> Expression:
            return total_cost(model, self.settings.roster_weights) + price * self._changed(model)

        return self._search(goal)

    def conflict(self) -> Conflict:
        """The smallest set of rules that leaves these people no roster; empty if there is one."""
        model = RosterModel(self.part, switchable=True, shares=self._shares)
        add_rules(model)
        return find_conflict(model.book, LAST_TO_GO, self.settings)

    def _search(self, goal: Callable[[RosterModel], Expression]) -> Replanned:
        model = RosterModel(self.part, shares=self._shares)
        add_rules(model)
        model.cp.minimize(goal(model))
        for duty, works in model.works.items():
            model.cp.add_hint(works, duty in self._start)
        found = search(model.cp, replace(self.settings, seconds=self.settings.explain.seconds))
        return self._replanned(model, found)

    def _replanned(self, model: RosterModel, found: Search) -> Replanned:
        if found.status is Status.UNKNOWN:
            return self._start_again()
        if not found.found:
            return Replanned(found.status)
        mine = [duty for duty, works in model.works.items() if found.solver.boolean_value(works)]
        duties = tuple(sorted((*self.kept, *mine)))
        return Replanned(found.status, duties, cost_of(self.problem, duties, self.settings.roster_weights))

    def _start_again(self) -> Replanned:
        """The roster that the search started from, where the time was too short to find any but it keeps all rules."""
        duties = tuple(sorted((*self.kept, *(duty for duty in self._start if duty.staff in self.free))))
        if not is_clean(self.problem, duties):
            return Replanned(Status.UNKNOWN)
        return Replanned(Status.FEASIBLE, duties, cost_of(self.problem, duties, self.settings.roster_weights))

    def _changed(self, model: RosterModel) -> Expression:
        """Number of days of the free people that differ from the published roster."""
        shift_of = {(duty.staff, duty.day): duty.shift for duty in self.published}
        cells: list[Expression] = []
        for duty, works in model.works.items():
            published = shift_of.get((duty.staff, duty.day), "")
            if duty.shift == published:
                cells.append(1 - works)
            elif not published:
                cells.append(works)
        return cp_model.LinearExpr.sum(cells)

    def _constant(self) -> float:
        """What the whole roster costs beyond the part: the others' own costs and nurses beyond the need."""
        mine = tuple(duty for duty in self.published if duty.staff in self.free and duty in self._possible())
        weights = self.settings.roster_weights
        cover, people = coverage_of(self.part, mine), fairness_of(self.part, mine, self._shares)
        return cost_of(self.problem, (*self.kept, *mine), weights) - sum(
            costs_of(self.part, cover, people, mine, weights).values()
        )

    def _possible(self) -> frozenset[Duty]:
        days, shifts = set(self.problem.days), self.problem.shift_types
        return frozenset(duty for duty in self.published if duty.day in days and duty.shift in shifts)


def part_of(problem: RosterProblem, kept: Sequence[Duty], free: Collection[str]) -> RosterProblem:
    """The problem of the free people alone, with the demand that the kept duties leave."""
    return replace(
        problem,
        people=tuple(person for person in problem.people if person.staff in free),
        demand=tuple(_left(problem, need, kept) for need in problem.demand),
        absences=tuple(item for item in problem.absences if item.staff in free),
        wishes=tuple(item for item in problem.wishes if item.staff in free),
        history=tuple(item for item in problem.history if item.staff in free),
        forced=tuple(item for item in problem.forced if item.staff in free),
        forbidden=tuple(item for item in problem.forbidden if item.staff in free),
        helpers=tuple(item for item in problem.helpers if item.staff in free),
        company=_company(problem, kept) if any(has_skill(person, NEW) for person in problem.people) else (),
    )


def _company(problem: RosterProblem, kept: Sequence[Duty]) -> tuple[Company, ...]:
    """New nurses and preceptors among the kept duties, by shift."""
    new = {person.staff for person in problem.people if has_skill(person, NEW)}
    guides = {person.staff for person in problem.people if has_skill(person, PRECEPTOR)}
    found = (
        Company(day, shift, len(new.intersection(staff)), len(guides.intersection(staff)))
        for (day, shift), staff in sorted(heads(kept).items())
    )
    return tuple(item for item in found if item.new or item.preceptors)


def bound(problem: RosterProblem, staff: Collection[str]) -> frozenset[str]:
    """These people, and all whom a hard rule binds to them: new nurses and preceptors to each other."""
    new = {person.staff for person in problem.people if has_skill(person, NEW)}
    pair = new | {person.staff for person in problem.people if has_skill(person, PRECEPTOR)}
    return frozenset(staff) | (pair if new and pair.intersection(staff) else frozenset())


def _left(problem: RosterProblem, need: Demand, kept: Sequence[Duty]) -> Demand:
    there = {duty.staff for duty in kept if (duty.day, duty.shift) == (need.day, need.shift)}
    people = [person for person in problem.people if person.staff in there]
    skills = tuple(
        (skill, max(0, count - sum(has_skill(person, skill) for person in people))) for skill, count in need.skills
    )
    return replace(need, nurses=max(0, need.nurses - len(people)), skills=skills)


def circles(
    problem: RosterProblem, published: Sequence[Duty], touched: Collection[str], settings: PlanSettings
) -> Iterator[frozenset[str]]:
    """Whom to free, wider each time: those the question is about and those who could help them best, then more.

    Who helps best: people below their contract hours first, and those who are free on the days in question.
    """
    others = _helpers(problem, published, touched)
    size = settings.explain.neighbours
    while True:
        yield frozenset([*touched, *others[:size]])
        if size >= min(len(others), settings.explain.everybody):
            return
        size = min(len(others), settings.explain.everybody, 2 * size)


def _helpers(problem: RosterProblem, published: Sequence[Duty], touched: Collection[str]) -> list[str]:
    """The others, those first who are there, have a missing skill, owe hours, and are free on the days in question."""
    rows = {row.staff: row.hours - row.contract_hours for row in fairness_of(problem, published)}
    gaps = [row for row in coverage_of(problem, published) if row.short or row.short_skills]
    days = {duty.day for duty in published if duty.staff in touched} | {row.day for row in gaps}
    skills = {skill for row in gaps for skill, _ in row.short_skills}
    busy = Counter(duty.staff for duty in published if duty.day in days)
    away = Counter(staff for staff, day in problem.absent_days if day in days)

    def rank(person: Person) -> tuple[int, bool, float, int, str]:
        unskilled = bool(skills) and not any(has_skill(person, skill) for skill in skills)
        return away[person.staff], unskilled, rows[person.staff], busy[person.staff], person.staff

    return [person.staff for person in sorted(problem.people, key=rank) if person.staff not in touched]


def is_clean(problem: RosterProblem, duties: Sequence[Duty]) -> bool:
    """Whether the independent checker finds no broken rule."""
    return not check_roster(problem, duties)
