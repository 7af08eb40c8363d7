"""Solves a roster problem: local search, then CP-SAT from its roster, then check and score; or the rules in the way.

A first roster by a rule of thumb is there at once; the local search makes it good within a second or two; CP-SAT mends
what is left and proves how good it is. On 12 units with 267 nurses and 14 days see `python -m eval plans`.
"""

from dataclasses import dataclass, replace

from assistant.plan.conflict import find_conflict
from assistant.plan.result import Reason, Result, Status
from assistant.plan.search import Search, search, solver_name
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.check import check_roster
from assistant.plan.staffing.first_roster import first_roster
from assistant.plan.staffing.goals import add_goals
from assistant.plan.staffing.impossible import obvious_conflict
from assistant.plan.staffing.local.improve import changes_for, improve, seconds_for
from assistant.plan.staffing.local.tables import encodable
from assistant.plan.staffing.plan import RosterPlan
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.staffing.rules import LAST_TO_GO, add_rules
from assistant.plan.staffing.score import costs_of, coverage_of, fairness_of, reasons_of
from assistant.plan.staffing.variables import RosterModel
from assistant.plan.watch import Progress, Run, Watch

_LARGE = 2500
"""Possible duties; 30 people on 14 days with 3 shifts have 1,260, 45 people on 28 days 3,780."""
_TOO_LARGE = 30_000
"""Possible duties beyond which no CP-SAT model is built: it would take gigabytes of memory and find nothing in its
time. Only the local search plans such a roster, from an empty one, and its result carries no proof and says so."""


@dataclass(frozen=True)
class Start:
    """What is known before CP-SAT begins.

    Attributes:
        duties: The best roster so far; None if none keeps every rule.
        seconds: Part of the time limit used up, on the reference machine.
        repeatable: All of the local search was done.
    """

    duties: tuple[Duty, ...] | None
    seconds: float
    repeatable: bool


def solve(
    problem: RosterProblem,
    settings: PlanSettings | None = None,
    on_progress: Progress | None = None,
    watch: Watch | None = None,
) -> RosterPlan:
    """The best roster found within the limits, or the rules that exclude every roster.

    Args:
        problem: What to plan.
        settings: Limits, seed and weights; the same settings give the same roster.
        on_progress: Told seconds, cost and bound of every better roster while the search runs.
        watch: Instead of `on_progress`, also able to stop the search; then the best roster so far comes back.
    """
    settings = settings or PlanSettings()
    run = Run(watch or (Watch(on_progress) if on_progress else None))
    conflict = obvious_conflict(problem)
    if conflict:
        return _without_plan(problem, settings, Status.INFEASIBLE, None, conflict, minimal=True)
    too_large = possible_duties(problem) > _TOO_LARGE
    if too_large and encodable(problem):
        return _from_start(problem, settings, _build(problem, settings, run), run)
    start = begin(problem, settings, run, settings.seconds * settings.local_share)
    if too_large or (run.stopped and start.duties is not None):
        return _from_start(problem, settings, start, run)
    return _prove(problem, settings, start, run)


def possible_duties(problem: RosterProblem) -> int:
    """People x days x shifts."""
    return len(problem.people) * len(problem.days) * len(problem.shifts)


def _build(problem: RosterProblem, settings: PlanSettings, run: Run) -> Start:
    """What the local search makes of an empty roster in the whole time."""
    changes, limit = changes_for(problem, settings, settings.seconds), settings.seconds * settings.patience
    built, whole = improve(problem, settings, (), changes, run, limit, warm=False)
    duties = tuple(sorted(built))
    return Start(None if check_roster(problem, duties) else duties, settings.seconds, whole)


def begin(problem: RosterProblem, settings: PlanSettings, run: Run, seconds: float) -> Start:
    """A first roster, and what the local search makes of it in `seconds` on the reference machine."""
    first = first_roster(problem)
    duties = tuple(sorted(first))
    clean = not check_roster(problem, duties)
    if clean:
        run.note(_cost(problem, duties, settings))
    if not problem.people or not encodable(problem) or not settings.local_share:
        return Start(duties if clean else None, 0.0, True)
    changes = changes_for(problem, settings, seconds)
    better, whole = improve(problem, settings, first, changes, run, settings.seconds * settings.patience)
    found = tuple(sorted(better))
    if check_roster(problem, found):
        found = duties if clean else ()
    spent = seconds_for(problem, settings, changes)
    return Start(found if found or clean else None, spent, whole)


def _prove(problem: RosterProblem, settings: PlanSettings, start: Start, run: Run) -> RosterPlan:
    """CP-SAT from the roster so far, in the time that is left."""
    model = RosterModel(problem)
    add_rules(model)
    add_goals(model, settings.roster_weights)
    if start.duties is not None:
        start_from(model, set(start.duties))
    left = replace(settings, seconds=max(settings.seconds - start.seconds, settings.seconds / 10))
    found = search(model.cp, left, run, plans_only=len(model.works) > _LARGE)
    if found.found or (start.duties is not None and found.status is not Status.INFEASIBLE):
        return _best_of(model, settings, start, found, run)
    if found.status is Status.INFEASIBLE:
        switchable = RosterModel(problem, switchable=True)
        add_rules(switchable)
        reasons = find_conflict(switchable.book, LAST_TO_GO, settings)
        return _without_plan(problem, settings, found.status, run, reasons.rules, reasons.minimal)
    return _without_plan(problem, settings, found.status, run, (), minimal=None)


def start_from(model: RosterModel, duties: set[Duty]) -> None:
    """Tells the solver a roster to begin with; where it breaks a rule, the solver mends or drops it."""
    for duty, works in model.works.items():
        model.cp.add_hint(works, duty in duties)


def _best_of(model: RosterModel, settings: PlanSettings, start: Start, found: Search, run: Run) -> RosterPlan:
    """CP-SAT's roster, or the one it began with where that is cheaper."""
    problem = model.problem
    rosters = [start.duties] if start.duties is not None else []
    if found.found:
        planned = (duty for duty, works in model.works.items() if found.solver.boolean_value(works))
        rosters.append(tuple(sorted(planned)))
    duties = min(rosters, key=lambda roster: _cost(problem, roster, settings))
    cost, bound = _cost(problem, duties, settings), min(found.bound, _cost(problem, duties, settings))
    status = Status.OPTIMAL if cost <= bound else Status.FEASIBLE
    return _with_plan(problem, settings, duties, status, bound, run, start.repeatable and found.repeatable)


def _from_start(problem: RosterProblem, settings: PlanSettings, start: Start, run: Run) -> RosterPlan:
    """The local search's roster as it is: without proof."""
    if start.duties is None:
        return _without_plan(problem, settings, Status.UNKNOWN, run, (), minimal=None)
    return _with_plan(problem, settings, start.duties, Status.FEASIBLE, 0.0, run, start.repeatable)


def _cost(problem: RosterProblem, duties: tuple[Duty, ...], settings: PlanSettings) -> float:
    coverage, fairness = coverage_of(problem, duties), fairness_of(problem, duties)
    return sum(costs_of(problem, coverage, fairness, duties, settings.roster_weights).values())


def _with_plan(
    problem: RosterProblem,
    settings: PlanSettings,
    duties: tuple[Duty, ...],
    status: Status,
    bound: float,
    run: Run,
    repeatable: bool,
) -> RosterPlan:
    coverage, fairness = coverage_of(problem, duties), fairness_of(problem, duties)
    costs = costs_of(problem, coverage, fairness, duties, settings.roster_weights)
    cost = sum(costs.values())
    run.note(cost, bound)
    result = Result(
        status=status,
        objective=cost,
        bound=bound,
        costs=costs,
        reasons=(*_without_proof(problem), *reasons_of(problem, coverage, fairness, duties)),
        seconds=run.seconds,
        seed=settings.seed,
        time_limit=settings.seconds,
        solver=f"{solver_name(settings)}, after local search",
        repeatable=repeatable and not run.stopped,
        stopped=run.stopped and status is not Status.OPTIMAL,
        weights=vars(settings.roster_weights),
    )
    return RosterPlan(problem.unit, problem.days, duties, result, coverage, check_roster(problem, duties), fairness)


def _without_proof(problem: RosterProblem) -> tuple[Reason, ...]:
    """Says that nothing is proven of a roster so large."""
    if possible_duties(problem) <= _TOO_LARGE:
        return ()
    sizes = {"people": len(problem.people), "days": len(problem.days), "duties": possible_duties(problem)}
    return (Reason("too_large_for_proof", problem.unit, {**sizes, "limit": _TOO_LARGE}),)


def _without_plan(
    problem: RosterProblem,
    settings: PlanSettings,
    status: Status,
    run: Run | None,
    conflict: tuple[Reason, ...],
    minimal: bool | None,
) -> RosterPlan:
    result = Result(
        status=status,
        conflict=conflict,
        conflict_minimal=minimal,
        seconds=run.seconds if run else 0.0,
        seed=settings.seed,
        time_limit=settings.seconds,
        solver=solver_name(settings),
        stopped=bool(run and run.stopped),
    )
    return RosterPlan(problem.unit, problem.days, (), result)
