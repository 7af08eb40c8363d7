"""Solves a bed problem: search, then check, score and explain what was found, or name the rules in the way."""

from collections import Counter
from collections.abc import Sequence

from assistant.plan.beds.check import check_beds
from assistant.plan.beds.give_out import give_out
from assistant.plan.beds.goals import add_goals
from assistant.plan.beds.greedy import first_plan, worth_searching
from assistant.plan.beds.occupancy import moves_of, occupants
from assistant.plan.beds.options import Option, possible_options
from assistant.plan.beds.plan import BedPlan, Placement, Transfer
from assistant.plan.beds.problem import BedProblem
from assistant.plan.beds.rules import LAST_TO_GO, add_rules
from assistant.plan.beds.score import costs_of
from assistant.plan.beds.variables import BedModel
from assistant.plan.beds.why import why_unplaced, why_wrong_unit
from assistant.plan.conflict import Conflict, find_conflict
from assistant.plan.result import Reason, Result, Status
from assistant.plan.search import Search, search, solver_name
from assistant.plan.settings import PlanSettings
from assistant.plan.watch import Progress, Run, Watch


def solve(
    problem: BedProblem,
    settings: PlanSettings | None = None,
    on_progress: Progress | None = None,
    watch: Watch | None = None,
) -> BedPlan:
    """The best bed plan found within the limits, or the rules that exclude every plan.

    Without forced choices there always is a plan, if only the one that places nobody.

    Args:
        problem: What to plan.
        settings: Limits, seed and weights; the same settings give the same plan.
        on_progress: Told seconds, cost and bound of every better plan while the search runs.
        watch: Instead of `on_progress`, also able to stop the search; then the best plan so far comes back.
    """
    settings = settings or PlanSettings()
    run = Run(watch or (Watch(on_progress) if on_progress else None))
    options = possible_options(problem)
    first = first_plan(problem, options, settings.bed_weights)
    usable = not check_beds(problem, *give_out(problem, first))  # what is forced, it does not look at
    if usable:
        run.note(_cost(problem, first, settings))
    if usable and run.stopped:
        return _with_plan(problem, settings, first, 0.0, run, False)
    model = BedModel(problem, worth_searching(problem, options, first, settings.bed_weights))
    add_rules(model)
    add_goals(model, settings.bed_weights)
    for option, starts in model.starts.items():
        model.cp.add_hint(starts, option in first)
    found = search(model.cp, settings, run)
    plans = [[option for option, starts in model.starts.items() if found.solver.boolean_value(starts)]] * found.found
    plans += [first] * (usable and found.status is not Status.INFEASIBLE)
    if plans:
        best = min(plans, key=lambda plan: _cost(problem, plan, settings))
        return _with_plan(problem, settings, best, found.bound, run, found.repeatable)
    conflict = Conflict()
    if found.status is Status.INFEASIBLE:
        switchable = BedModel(problem, options, switchable=True)
        add_rules(switchable)
        conflict = find_conflict(switchable.book, LAST_TO_GO, settings)
    return _without_plan(problem, settings, found, conflict, run)


def _cost(problem: BedProblem, chosen: Sequence[Option], settings: PlanSettings) -> float:
    return sum(costs_of(problem, *give_out(problem, chosen), settings.bed_weights).values())


def _with_plan(
    problem: BedProblem, settings: PlanSettings, chosen: Sequence[Option], bound: float, run: Run, repeatable: bool
) -> BedPlan:
    assignments, transfers = give_out(problem, chosen)
    costs = costs_of(problem, assignments, transfers, settings.bed_weights)
    cost = sum(costs.values())
    bound = max(0.0, min(bound, cost))
    run.note(cost, bound)
    unplaced, reasons = explained(problem, assignments, transfers)
    status = Status.OPTIMAL if cost <= bound else Status.FEASIBLE
    result = Result(
        status=status,
        objective=cost,
        bound=bound,
        costs=costs,
        reasons=(*unplaced, *reasons),
        seconds=run.seconds,
        seed=settings.seed,
        time_limit=settings.seconds,
        solver=solver_name(settings),
        repeatable=repeatable and not run.stopped,
        stopped=run.stopped and status is not Status.OPTIMAL,
        weights=vars(settings.bed_weights),
    )
    surge = surge_used(problem, assignments, transfers)
    broken = check_beds(problem, assignments, transfers)
    return BedPlan(
        problem.at, problem.days, problem.unit, assignments, transfers, surge, unplaced, result, rule_check=broken
    )


def explained(
    problem: BedProblem, assignments: tuple[Placement, ...], transfers: tuple[Transfer, ...]
) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Reasons for the unplaced, and for what is not as wished about the others."""
    occupied = occupants(problem, moves_of(assignments, transfers))
    placed = {item.visit for item in assignments}
    unplaced = tuple(why_unplaced(problem, occupied, p) for p in problem.waiting if p.visit not in placed)
    reasons: list[Reason] = []
    for item in assignments:
        patient = problem.patient_by_visit[item.visit]
        if item.wrong_unit:
            reasons.append(why_wrong_unit(problem, occupied, patient, item.bed))
        if item.night:
            reasons.append(Reason("waits", item.visit, {"nights": item.night, "bed": item.bed}))
        if item.surge:
            reasons.append(Reason("surge_bed", item.visit, {"bed": item.bed}))
    takers = {item.bed: item.visit for item in assignments}
    reasons += [
        Reason(
            "makes_room", item.visit, {"from": item.from_bed, "to": item.to_bed, "for": takers.get(item.from_bed, "")}
        )
        for item in transfers
    ]
    return unplaced, tuple(reasons)


def surge_used(
    problem: BedProblem, assignments: tuple[Placement, ...], transfers: tuple[Transfer, ...]
) -> tuple[tuple[str, int], ...]:
    """Extra beds that the plan opens, by unit."""
    surge = {bed.address: bed.unit for bed in problem.surge_beds}
    used = {item.bed for item in assignments} | {item.to_bed for item in transfers}
    return tuple(sorted(Counter(surge[bed] for bed in used if bed in surge).items()))


def _without_plan(problem: BedProblem, settings: PlanSettings, found: Search, conflict: Conflict, run: Run) -> BedPlan:
    result = Result(
        status=found.status,
        conflict=conflict.rules,
        conflict_minimal=conflict.minimal if conflict.rules else None,
        seconds=run.seconds,
        seed=settings.seed,
        time_limit=settings.seconds,
        solver=solver_name(settings),
        repeatable=found.repeatable and not run.stopped,
        stopped=run.stopped,
    )
    return BedPlan(problem.at, problem.days, problem.unit, (), (), (), (), result)
