"""Runs CP-SAT so that the same inputs give the same plan, and says how far it got.

Searches side by side hand each other plans in an order that depends on the machine's load, so two runs differ. CP-SAT's
interleaved search removes that: it runs small batches of deterministic length and lets the searches meet between
them. Measured on two busy cores with a roster of 30 nurses and 14 days, 20 s each: one worker was stuck at a cost of
3,275; eight interleaved workers with the usual portfolio ended at 200 to 236; with two full searches (a core-based one
for plans, a linear relaxation for the bound), small batches, and the rest left to neighbourhoods at 143, as did eight
free-running workers, whose result changes from run to run. In large rosters presolve and the linear relaxation
eat the whole time (45 nurses, 28 days: 1,364 with them, 279 without), so there the time goes to plans, and the bound
is weaker.

Before that, one worker with a full linear relaxation has half of the time to itself: starting from a good roster it
proves what the portfolio does not. Twelve rosters of 16 to 33 nurses from the local search: most proven best in 0.3 to
2.5 s of processor time, where the portfolio left a gap after 2 s; eight of the nurses free and 14 days: 0.05 to 0.1 s
against 0.5 to 1.8 s.
"""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version

from ortools.sat.python import cp_model

from assistant.plan.result import Status
from assistant.plan.settings import PlanSettings
from assistant.plan.watch import Progress, Run

__all__ = ["Progress", "Search", "search", "solver_name"]


@dataclass(frozen=True)
class _Strategy:
    """How CP-SAT searches: by itself or many searches side by side, these among them."""

    searches: tuple[str, ...] = ()
    alone: bool = False
    short_presolve: bool = False


_ALONE = _Strategy(alone=True)
_PLANS_AND_BOUND = _Strategy(("core", "max_lp"))
_PLANS_ONLY = _Strategy(("core",), short_presolve=True)
_ALONE_SHARE = 0.5
"""Of the time, for the worker by itself where others follow."""
_BATCH = 4
"""Tasks that run between two meetings of the searches."""
_LOOK_SECONDS = 0.1
"""How often a search looks whether it was stopped."""

_STATUS = {
    cp_model.OPTIMAL: Status.OPTIMAL,
    cp_model.FEASIBLE: Status.FEASIBLE,
    cp_model.INFEASIBLE: Status.INFEASIBLE,
}


@dataclass(frozen=True)
class Search:
    """A finished search.

    Attributes:
        status: How far it got.
        solver: Holds the values; ask it only where `found`.
        seconds: Wall clock.
        repeatable: Stopped by proof or by deterministic time, not by the clock or a person.
        effort: Deterministic time that it took.
        least: Lower bound that was proven before `solver` began.
    """

    status: Status
    solver: cp_model.CpSolver
    seconds: float
    repeatable: bool
    effort: float = 0.0
    least: float = 0.0

    @property
    def found(self) -> bool:
        """There is a plan."""
        return self.status in (Status.OPTIMAL, Status.FEASIBLE)

    @property
    def bound(self) -> float:
        """Proven lower bound; all costs are whole numbers, so the next whole number above the solver's own."""
        return max(self.least, _whole(self.solver.best_objective_bound))

    def status_at(self, cost: float) -> Status:
        """Status of the plan found, whose true cost may be less than the solver has noticed."""
        return Status.OPTIMAL if self.found and cost <= self.bound else self.status


def search(model: cp_model.CpModel, settings: PlanSettings, run: Run | None = None, plans_only: bool = False) -> Search:
    """Searches the best plan of `model` within the limits of `settings`.

    Args:
        model: What to solve.
        settings: Limits and seed.
        run: Told of every better plan and bound; once it is stopped, the search ends with the best plan so far.
        plans_only: Spend the time on better plans and little on the bound; for problems too large for both.
    """
    run = run or Run()
    if plans_only:
        return _stage(model, settings, run, _PLANS_ONLY, settings.seconds)
    if settings.workers == 1:
        return _stage(model, settings, run, _ALONE, settings.seconds)
    alone = _stage(model, settings, run, _ALONE, settings.seconds * _ALONE_SHARE)
    if run.stopped or alone.status in (Status.OPTIMAL, Status.INFEASIBLE):
        return alone
    if alone.found:
        _start_from(model, alone.solver)
    together = _stage(model, settings, run, _PLANS_AND_BOUND, settings.seconds * (1 - _ALONE_SHARE))
    return _better(alone, together)


def _stage(model: cp_model.CpModel, settings: PlanSettings, run: Run, strategy: _Strategy, limit: float) -> Search:
    """One search with one strategy, at most `limit` seconds on the reference machine."""
    solver = _solver(settings, strategy, limit)
    solver.best_bound_callback = lambda bound: run.note(bound=_whole(bound))
    began = time.monotonic()
    with _stoppable(solver, run):
        status = solver.solve(model, _Reporter(run))
    seconds = time.monotonic() - began
    proven = status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    spent = solver.response_proto.deterministic_time
    within_the_clock = seconds < solver.parameters.max_time_in_seconds
    repeatable = proven or (within_the_clock and spent >= solver.parameters.max_deterministic_time)
    return Search(_STATUS.get(status, Status.UNKNOWN), solver, seconds, repeatable, spent)


def _start_from(model: cp_model.CpModel, solver: cp_model.CpSolver) -> None:
    """Hands a solution on as the start of the next search."""
    values = solver.response_proto.solution
    model.clear_hints()
    model.proto.solution_hint.vars.extend(range(len(values)))
    model.proto.solution_hint.values.extend(values)


def _better(first: Search, second: Search) -> Search:
    """The second of two searches of one model, or the first where only that has a plan or its plan is cheaper."""
    kept = second
    if second.status is not Status.INFEASIBLE and first.found:
        worse = not second.found or second.solver.objective_value > first.solver.objective_value
        kept = first if worse else second
    return replace(
        kept,
        seconds=first.seconds + second.seconds,
        repeatable=first.repeatable and second.repeatable,
        effort=first.effort + second.effort,
        least=max(first.bound, second.bound),
    )


def _solver(settings: PlanSettings, strategy: _Strategy, limit: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.num_workers = 1 if strategy.alone else settings.workers
    parameters.interleave_search = parameters.num_workers > 1
    parameters.interleave_batch_size = _BATCH
    if strategy.alone:
        parameters.linearization_level = 2
    parameters.subsolvers.extend(strategy.searches)
    if strategy.short_presolve:
        parameters.cp_model_probing_level = 0
        parameters.max_presolve_iterations = 1
    parameters.random_seed = settings.seed
    parameters.max_deterministic_time = limit * settings.deterministic_rate
    parameters.max_time_in_seconds = limit * settings.patience
    # Whoever waits decides what Ctrl-C means; CP-SAT's own handler would take it away from them.
    parameters.catch_sigint_signal = False
    return solver


@contextmanager
def _stoppable(solver: cp_model.CpSolver, run: Run) -> Iterator[None]:
    """Ends the search soon after a person has stopped the run."""
    over = threading.Event()

    def wait() -> None:
        while not over.is_set():
            if run.wait(_LOOK_SECONDS) and not over.is_set():
                solver.stop_search()
                over.wait(_LOOK_SECONDS)  # again, since a search that was just about to begin did not hear it

    if run.stoppable:
        threading.Thread(target=wait, name="stop-search", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _whole(bound: float) -> float:
    return float(math.ceil(bound - 1e-6)) if math.isfinite(bound) else 0.0


def solver_name(settings: PlanSettings) -> str:
    """Solver, version and strategy, for the record."""
    return f"OR-Tools CP-SAT {version('ortools')}, {settings.workers} workers"


class _Reporter(cp_model.CpSolverSolutionCallback):
    """Hands every better plan's value on."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run

    def on_solution_callback(self) -> None:
        """Called by CP-SAT."""
        self._run.note(self.objective_value, _whole(self.best_objective_bound))
