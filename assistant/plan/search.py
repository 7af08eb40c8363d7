"""Runs CP-SAT so that the same inputs give the same plan, and says how far it got.

Searches side by side hand each other plans in an order that depends on the machine's load, so two runs differ. CP-SAT's
interleaved search removes that: it runs small batches of deterministic length and lets the searches meet between
them. Measured on two busy cores with a roster of 30 nurses and 14 days, 20 s each: one worker was stuck at a cost of
3,275; eight interleaved workers with the usual portfolio ended at 200 to 236; with two full searches (a core-based one
for plans, a linear relaxation for the bound), small batches, and the rest left to neighbourhoods at 143, as did eight
free-running workers, whose result changes from run to run. In large rosters presolve and the linear relaxation
eat the whole time (45 nurses, 28 days: 1,364 with them, 279 without), so there the time goes to plans, and the bound
is weaker.
"""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version

from ortools.sat.python import cp_model

from assistant.plan.result import Status
from assistant.plan.settings import PlanSettings
from assistant.plan.watch import Progress, Run

__all__ = ["Progress", "Search", "search", "solver_name"]

_PLANS_AND_BOUND = ("core", "max_lp")
_PLANS_ONLY = ("core",)
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
    """

    status: Status
    solver: cp_model.CpSolver
    seconds: float
    repeatable: bool

    @property
    def found(self) -> bool:
        """There is a plan."""
        return self.status in (Status.OPTIMAL, Status.FEASIBLE)

    @property
    def bound(self) -> float:
        """Proven lower bound; all costs are whole numbers, so the next whole number above the solver's own."""
        return _whole(self.solver.best_objective_bound)

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
    solver = _solver(settings, plans_only)
    solver.best_bound_callback = lambda bound: run.note(bound=_whole(bound))
    began = time.monotonic()
    with _stoppable(solver, run):
        status = solver.solve(model, _Reporter(run))
    seconds = time.monotonic() - began
    proven = status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    spent = solver.response_proto.deterministic_time
    within_the_clock = seconds < solver.parameters.max_time_in_seconds
    repeatable = proven or (within_the_clock and spent >= solver.parameters.max_deterministic_time)
    return Search(_STATUS.get(status, Status.UNKNOWN), solver, seconds, repeatable)


def _solver(settings: PlanSettings, plans_only: bool) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.num_workers = settings.workers
    parameters.interleave_search = settings.workers > 1
    parameters.interleave_batch_size = _BATCH
    if plans_only:
        parameters.subsolvers.extend(_PLANS_ONLY)
        parameters.cp_model_probing_level = 0
        parameters.max_presolve_iterations = 1
    else:
        parameters.subsolvers.extend(_PLANS_AND_BOUND)
    parameters.random_seed = settings.seed
    parameters.max_deterministic_time = settings.seconds * settings.deterministic_rate
    parameters.max_time_in_seconds = settings.seconds * settings.patience
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
