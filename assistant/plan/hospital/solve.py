"""Solves the integrated hospital problem: a first plan, then annealing on every core, with meetings in between.

The workers are threads: compiled code runs without Python's lock. They anneal independently in rounds; at the end of
a round all go on from the best plan found, at a lower temperature than the round before began with.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from assistant.plan.hospital.cost import Score, evaluate
from assistant.plan.hospital.problem import HospitalPlan, HospitalProblem
from assistant.plan.hospital.settings import HospitalSettings
from assistant.plan.hospital.start import first_plan
from assistant.plan.hospital.tables import mandatory_penalty
from assistant.plan.hospital.worker import Course, Worker

START_SHARE = 0.1
"""Share of the time that the first plan may take at most."""
_POLL = 0.1


@dataclass(frozen=True)
class Step:
    """A better plan found on the way.

    Attributes:
        plan: The plan.
        cost: Its cost; with penalties while `missing` is not 0.
        missing: Mandatory patients who are not in.
        seconds: Since the search was called.
        share: Of the search that is done, 0 to 1.
    """

    plan: HospitalPlan
    cost: int
    missing: int
    seconds: float
    share: float


Progress = Callable[[Step], None]


@dataclass(frozen=True)
class HospitalResult:
    """The best plan found.

    Attributes:
        plan, score: The plan, and its cost and violations counted afresh.
        seconds: Wall clock.
        tries: Moves tried by all workers.
        first_cost: Cost of the first plan, before the search.
        repeatable: The same inputs give the same plan (`HospitalSettings.tries`); False where the clock decided.
        busy: A thread still compiles the search and cannot be stopped; it ends with the process.
    """

    plan: HospitalPlan
    score: Score
    seconds: float
    tries: int
    first_cost: int
    repeatable: bool
    busy: bool


def solve(
    problem: HospitalProblem,
    settings: HospitalSettings,
    on_progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> HospitalResult:
    """The best plan within the limits; it may leave mandatory patients out where no place was found for them.

    Args:
        problem: What is given.
        settings: Limits and seed.
        on_progress: Told about the first plan, and about better ones at most ten times a second.
        stop: Set it from another thread or a signal handler to end early with the best plan so far.
    """
    began = time.monotonic()
    stop = stop or threading.Event()
    first = first_plan(problem, settings.seed, began + START_SHARE * settings.seconds)
    first_score = evaluate(problem, first)
    if on_progress:
        missing = first_score.violations["mandatory_out"]
        cost = first_score.cost + missing * mandatory_penalty(problem)
        on_progress(Step(first, cost, missing, time.monotonic() - began, 0.0))
    course = Course(began, settings)
    workers = [Worker(problem, first, settings.seed + 1000 * i, course, i) for i in range(settings.workers)]
    for worker in workers:
        worker.start()
    _watch(workers, course, stop, on_progress)
    plan, score = _best(problem, workers, first, first_score)
    return HospitalResult(
        plan=plan,
        score=score,
        seconds=time.monotonic() - began,
        tries=sum(worker.tries for worker in workers),
        first_cost=first_score.cost,
        repeatable=settings.tries is not None and all(worker.finished for worker in workers),
        busy=any(worker.is_alive() for worker in workers),
    )


def _watch(workers: list[Worker], course: Course, stop: threading.Event, on_progress: Progress | None) -> None:
    """Waits for the end and reports on the way; leaves workers behind that do not heed the clock (still compiling)."""
    told: tuple[int, int] | None = None
    while any(worker.is_alive() for worker in workers):
        left = course.deadline - time.monotonic()
        if left <= 0 or stop.is_set():
            course.stop.set()
            for worker in workers:
                worker.join(max(0.05, min(1.0, course.grace)))
            break
        workers[0].join(min(_POLL, left))
        leader = min(workers, key=lambda worker: (worker.safe[1], worker.safe[0]))
        missing, cost = int(leader.safe[1]), int(leader.safe[0])
        if on_progress and (missing, cost) != told and leader.tries:
            told = missing, cost
            elapsed = time.monotonic() - course.began
            on_progress(Step(leader.best_plan(), cost, missing, elapsed, course.share(leader.tries)))
    for worker in workers:
        if worker.error is not None:
            raise worker.error


def _best(
    problem: HospitalProblem, workers: list[Worker], first: HospitalPlan, first_score: Score
) -> tuple[HospitalPlan, Score]:
    """Of the workers' plans and the first one, the one with fewest violations and least cost."""
    candidates = [(first, first_score)]
    for worker in workers:
        plan = worker.best_plan()
        candidates.append((plan, evaluate(problem, plan)))

    def rank(candidate: tuple[HospitalPlan, Score]) -> tuple[int, int]:
        return sum(candidate[1].violations.values()), candidate[1].cost

    return min(candidates, key=rank)
