"""Solves a roster problem: search, then check and score what was found, or name the rules in the way."""

from assistant.plan.conflict import find_conflict
from assistant.plan.result import Reason, Result, Status
from assistant.plan.search import Progress, Search, search, solver_name
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.check import check_roster
from assistant.plan.staffing.first_roster import first_roster
from assistant.plan.staffing.goals import add_goals
from assistant.plan.staffing.impossible import obvious_conflict
from assistant.plan.staffing.plan import RosterPlan
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.staffing.rules import LAST_TO_GO, add_rules
from assistant.plan.staffing.score import costs_of, coverage_of, fairness_of, reasons_of
from assistant.plan.staffing.variables import RosterModel

_LARGE = 2500
"""Possible duties; 30 people on 14 days with 3 shifts have 1,260, 45 people on 28 days 3,780."""


def solve(
    problem: RosterProblem, settings: PlanSettings | None = None, on_progress: Progress | None = None
) -> RosterPlan:
    """The best roster found within the limits, or the rules that exclude every roster.

    Args:
        problem: What to plan.
        settings: Limits, seed and weights; the same settings give the same roster.
        on_progress: Told seconds, cost and bound of every better roster while the search runs.
    """
    settings = settings or PlanSettings()
    conflict = obvious_conflict(problem)
    if conflict:
        return _without_plan(problem, settings, Status.INFEASIBLE, 0.0, conflict, minimal=True)
    model = RosterModel(problem)
    add_rules(model)
    add_goals(model, settings.roster_weights)
    large = len(model.works) > _LARGE
    if large:  # a small one is soon better than any first roster, which then only keeps the search near itself
        start_from(model, first_roster(problem))
    found = search(model.cp, settings, on_progress, plans_only=large)
    if found.found:
        return _with_plan(model, settings, found)
    if found.status is Status.INFEASIBLE:
        switchable = RosterModel(problem, switchable=True)
        add_rules(switchable)
        reasons = find_conflict(switchable.book, LAST_TO_GO, settings)
        return _without_plan(problem, settings, found.status, found.seconds, reasons.rules, reasons.minimal)
    return _without_plan(problem, settings, found.status, found.seconds, (), minimal=None)


def start_from(model: RosterModel, duties: set[Duty]) -> None:
    """Tells the solver a roster to begin with; where it breaks a rule, the solver mends or drops it."""
    for duty, works in model.works.items():
        model.cp.add_hint(works, duty in duties)


def _with_plan(model: RosterModel, settings: PlanSettings, found: Search) -> RosterPlan:
    problem = model.problem
    duties = tuple(sorted(duty for duty, works in model.works.items() if found.solver.boolean_value(works)))
    coverage, fairness = coverage_of(problem, duties), fairness_of(problem, duties)
    costs = costs_of(problem, coverage, fairness, duties, settings.roster_weights)
    result = Result(
        status=found.status_at(sum(costs.values())),
        objective=sum(costs.values()),
        bound=found.bound,
        costs=costs,
        reasons=reasons_of(problem, coverage, fairness, duties),
        seconds=found.seconds,
        seed=settings.seed,
        time_limit=settings.seconds,
        solver=solver_name(settings),
        repeatable=found.repeatable,
    )
    return RosterPlan(problem.unit, problem.days, duties, result, coverage, check_roster(problem, duties), fairness)


def _without_plan(
    problem: RosterProblem,
    settings: PlanSettings,
    status: Status,
    seconds: float,
    conflict: tuple[Reason, ...],
    minimal: bool | None,
) -> RosterPlan:
    result = Result(
        status=status,
        conflict=conflict,
        conflict_minimal=minimal,
        seconds=seconds,
        seed=settings.seed,
        time_limit=settings.seconds,
        solver=solver_name(settings),
    )
    return RosterPlan(problem.unit, problem.days, (), result)
