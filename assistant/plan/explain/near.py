"""Plans again near a published roster: some people are free, everybody else keeps their shifts.

What the others work is taken off the demand, so the solver sees a small problem whose costs differ from the whole's
by a constant. The fair shares stay those of the whole unit.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from assistant.plan.explain.beside import Again, Beside
from assistant.plan.explain.measures import cost_of
from assistant.plan.result import Status
from assistant.plan.search import Search
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
class Replanned(Again):
    """A roster found near another; the status speaks of the people that were free.

    Attributes:
        duties: The whole roster, of those who kept their shifts as well; empty without one.
        cost: Weighted, of the whole roster.
    """

    duties: tuple[Duty, ...] = ()
    cost: float = 0.0


class Near(Beside[RosterModel, Replanned]):
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
        super().__init__(settings, LAST_TO_GO)
        self.problem = problem
        self.published = tuple(published)
        self.free = frozenset(free)
        kept = published if kept_from is None else kept_from
        self.kept = tuple(duty for duty in kept if duty.staff not in self.free)
        self._start = frozenset(published if start is None else start)
        shares = fair_shares(problem)
        self._shares: dict[str, Share] = {staff: shares[staff] for staff in shares if staff in self.free}
        self.part = part_of(problem, self.kept, self.free)

    def _model(self, switchable: bool = False) -> RosterModel:
        model = RosterModel(self.part, switchable, self._shares)
        add_rules(model)
        return model

    def _cost(self, model: RosterModel) -> Expression:
        return total_cost(model, self.settings.roster_weights)

    def _price_of_a_change(self) -> int:
        return self.settings.explain.changed_duty

    def _hint(self, model: RosterModel) -> None:
        for duty, works in model.works.items():
            model.cp.add_hint(works, duty in self._start)

    def _read(self, model: RosterModel, found: Search) -> Replanned:
        if found.status is Status.UNKNOWN:
            return self._start_again(found.effort)
        if not found.found:
            return Replanned(found.status, found.effort)
        mine = [duty for duty, works in model.works.items() if found.solver.boolean_value(works)]
        duties = tuple(sorted((*self.kept, *mine)))
        return Replanned(
            found.status, found.effort, duties, cost_of(self.problem, duties, self.settings.roster_weights)
        )

    def _start_again(self, effort: float) -> Replanned:
        """The roster that the search started from, where the time was too short to find any but it keeps all rules."""
        duties = tuple(sorted((*self.kept, *(duty for duty in self._start if duty.staff in self.free))))
        if not is_clean(self.problem, duties):
            return Replanned(Status.UNKNOWN, effort)
        cost = cost_of(self.problem, duties, self.settings.roster_weights)
        return Replanned(Status.FEASIBLE, effort, duties, cost)

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

    def _elsewhere(self) -> float:
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
        company=_company(problem, kept),
    )


def _company(problem: RosterProblem, kept: Sequence[Duty]) -> tuple[Company, ...]:
    """Who is on each shift by the kept duties, as far as a rule between people asks."""
    new = {person.staff for person in problem.people if has_skill(person, NEW)}
    guides = {person.staff for person in problem.people if has_skill(person, PRECEPTOR)}
    if not (new or problem.agency_staff):
        return ()
    return tuple(
        Company(day, shift, len(new & there), len(guides & there), len(there), len(problem.agency_staff & there))
        for (day, shift), there in ((place, set(staff)) for place, staff in sorted(heads(kept).items()))
    )


def groups(problem: RosterProblem) -> list[frozenset[str]]:
    """The people whom hard rules bind together where cover is soft; most stand alone.

    New nurses and preceptors are bound to each other, and agency nurses to everybody on their shifts.
    """
    everybody = [person.staff for person in problem.people]
    if problem.agency_staff:
        return [frozenset(everybody)]
    new = {person.staff for person in problem.people if has_skill(person, NEW)}
    pair = frozenset(new | {person.staff for person in problem.people if has_skill(person, PRECEPTOR)} if new else ())
    alone = [frozenset({staff}) for staff in everybody if staff not in pair]
    return [pair, *alone] if pair else alone


def bound_to(problem: RosterProblem, staff: Collection[str]) -> frozenset[str]:
    """These people, and all whom a hard rule binds to them."""
    return frozenset(staff).union(*(group for group in groups(problem) if group.intersection(staff)))


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
    most = min(len(others), settings.explain.everybody)
    size = min(most, settings.explain.neighbours)
    while True:
        yield frozenset([*touched, *others[:size]])
        if size >= most:
            return
        size = most if _LAST_STEP * size >= most else 2 * size


_LAST_STEP = 5
"""From a circle a fifth as large the widest is next: its proof takes a second or two, circles between add half."""


def widest(problem: RosterProblem, published: Sequence[Duty], settings: PlanSettings) -> frozenset[str]:
    """Everybody, or as many as may be free at all."""
    return list(circles(problem, published, (), settings))[-1]


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
