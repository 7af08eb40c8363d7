"""Solves a roster problem with several processes, keeping the clock and the best roster.

Processes search, this one listens: it can write the best roster at any moment, whatever a solver is doing. Where the
clock decides, two runs differ; with a limit on steps one process works in this one, and the same problem, seed and
limit give the same roster.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from types import FrameType
from typing import Any

import numpy as np

from assistant.errors import RecordError
from assistant.plan.roster.clock import Clock
from assistant.plan.roster.cost import broken_rules, cost_of
from assistant.plan.roster.problem import FREE, Roster, RosterProblem
from assistant.plan.roster.worker import Worker, run_worker

Better = Callable[["Progress"], None]


@dataclass
class Progress:
    """The best so far.

    Attributes:
        roster, cost: None and infinite before the first one.
        bound: Proven lower bound on every roster's cost.
        seconds: Since the start.
        errors: What processes reported when they failed.
    """

    roster: Roster | None = None
    cost: float = np.inf
    bound: float = -np.inf
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)

    @property
    def proven(self) -> bool:
        """Nothing can be cheaper."""
        return self.roster is not None and self.cost <= self.bound


@dataclass(frozen=True)
class Solved:
    """What came out.

    Attributes:
        roster: Shift numbers, people x days.
        cost: Whole number.
        broken: Hard rules broken, empty for a feasible roster.
        bound: Proven lower bound, None when there is none.
        seconds: Wall clock.
        repeatable: The limit was on steps.
        stopped: By a signal before the limit.
    """

    roster: Roster
    cost: int
    broken: tuple[str, ...]
    bound: int | None
    seconds: float
    repeatable: bool = False
    stopped: bool = False

    @property
    def feasible(self) -> bool:
        """Keeps every hard rule."""
        return not self.broken

    @property
    def optimal(self) -> bool:
        """Proven to be the cheapest."""
        return self.feasible and self.bound is not None and self.cost <= self.bound


def solve(
    problem: RosterProblem,
    seconds: float,
    seed: int = 1,
    workers: int | None = None,
    on_progress: Better | None = None,
) -> Solved:
    """The best roster within `seconds`, or sooner when it is proven optimal.

    Args:
        problem: What to solve.
        seconds: Wall clock, from now until the result is back.
        seed: Of the searches.
        workers: Processes; one per core by default, at most four.
        on_progress: Called at every better roster or bound.

    Raises:
        RecordError: Somebody's rules allow no schedule.
    """
    clock = Clock(seconds - min(2.0, 0.1 * seconds))
    number = workers or max(1, min(4, len(os.sched_getaffinity(0))))
    state = Progress()
    with _stopping() as stop, _processes(problem, seed, clock.left, number) as pipes:
        _listen(problem, pipes, clock, state, stop, on_progress)
    if state.roster is None and state.errors:
        raise RecordError(state.errors[0])
    return _result(problem, state, clock, stopped=stop.is_set())


def solve_steps(problem: RosterProblem, steps: int, seed: int = 1, on_progress: Better | None = None) -> Solved:
    """The roster after column generation on the whole and `steps` neighbourhoods, the same on every run."""
    state, clock = Progress(), Clock(float("inf"))

    def heard(kind: str, what: Any) -> None:
        if _note(problem, state, kind, what, clock) and on_progress is not None:
            on_progress(state)

    Worker(problem, seed, clock, True, heard, list, repeatable=True).run(steps)
    return _result(problem, state, clock, repeatable=True)


def _result(
    problem: RosterProblem, state: Progress, clock: Clock, repeatable: bool = False, stopped: bool = False
) -> Solved:
    roster = state.roster
    if roster is None:
        roster = np.full((len(problem.people), problem.days), FREE, dtype=np.int16)
    bound = int(state.bound) if np.isfinite(state.bound) else None
    cost = cost_of(problem, roster)
    return Solved(roster, cost, tuple(broken_rules(problem, roster)), bound, clock.spent, repeatable, stopped)


def _listen(
    problem: RosterProblem,
    pipes: list[Connection],
    clock: Clock,
    state: Progress,
    stop: threading.Event,
    on_progress: Better | None,
) -> None:
    """Passes on what each process finds until the time is up, all are done, or the roster is proven."""
    alive = list(pipes)
    while alive and not clock.over and not state.proven and not stop.is_set():
        for pipe in wait(alive, timeout=max(0.0, min(0.25, clock.left))):
            assert isinstance(pipe, Connection)
            try:
                kind, what = pipe.recv()
            except (EOFError, OSError):
                alive.remove(pipe)
                continue
            if kind == "done":
                alive.remove(pipe)
            elif _note(problem, state, kind, what, clock):
                _pass_on(alive, pipe, kind, what)
                if on_progress is not None and kind != "duals":
                    on_progress(state)


def _pass_on(alive: list[Connection], source: Connection, kind: str, what: Any) -> None:
    for pipe in alive:
        if pipe is not source:
            try:
                pipe.send((kind, what))
            except (BrokenPipeError, OSError):
                continue


def _note(problem: RosterProblem, state: Progress, kind: str, what: Any, clock: Clock) -> bool:
    """Takes a message into the state; True if others should know it too."""
    state.seconds = clock.spent
    if kind == "duals":
        return True
    if kind == "error":
        state.errors.append(what)
        return False
    if kind == "bound":
        better = bool(what > state.bound)
        state.bound = max(state.bound, what)
        return better
    cost, roster = what
    if cost >= state.cost or broken_rules(problem, roster) or cost_of(problem, roster) != cost:
        return False
    state.cost, state.roster = cost, roster.copy()
    return True


@contextmanager
def _processes(problem: RosterProblem, seed: int, seconds: float, number: int) -> Iterator[list[Connection]]:
    """Worker processes, ended on leaving; the first solves the whole problem's linear program."""
    context = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    try:
        for index in range(number):
            here, there = context.Pipe()
            arguments = (problem, seed + index, seconds, index == 0, index > 0 or number == 1, there)
            process = context.Process(target=run_worker, args=arguments, daemon=True)
            process.start()
            there.close()
            pipes.append(here)
            processes.append(process)
        yield pipes
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.join(1.0)
        for pipe in pipes:
            pipe.close()


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set, in the main thread; elsewhere signals stay as they are."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
