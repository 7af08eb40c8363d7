"""One search thread: anneals in rounds, meets the others between them."""

import threading
import time
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from assistant.plan.hospital.anneal import anneal
from assistant.plan.hospital.memory import COST, MISSING, OUT_COST, pack, plan_slice
from assistant.plan.hospital.moves import load_plan
from assistant.plan.hospital.problem import HospitalPlan, HospitalProblem
from assistant.plan.hospital.settings import HospitalSettings
from assistant.plan.hospital.tables import empty_state, tables_of

SHARES = np.cumsum([250, 150, 400, 100, 100])
"""Of 1,000 tries, by kind (`anneal.KINDS`), cumulative."""
ROUNDS = ((0.7, 30.0, 1.0), (0.85, 5.0, 0.7), (1.0, 3.0, 0.5))
"""Rounds: ends at this share of the search, temperature at its beginning and end."""
THREAD_NAME = "hospital search"
CHUNK = 20_000
"""Tries at one temperature, a few hundredths of a second."""


@dataclass
class Course:
    """What the workers share: limits, and where they meet."""

    began: float
    settings: HospitalSettings
    stop: threading.Event
    grace: float = 0.5
    bests: dict[int, np.ndarray] = field(default_factory=dict)
    searching: float = 0.0

    def __post_init__(self) -> None:
        self.deadline = self.began + self.settings.seconds
        self.meeting = threading.Barrier(self.settings.workers)

    def share(self, tries: int) -> float:
        """How much of the search is done: by tries where they are limited, else by the clock."""
        if self.settings.tries is not None:
            return tries / self.settings.tries
        start = self.searching or time.monotonic()
        return (time.monotonic() - start) / max(1e-9, self.deadline - start)


class Worker(threading.Thread):
    """A search.

    Attributes:
        best: Cost, mandatory patients out, and the plan part of the best plan so far; compiled code writes to it.
        safe: Copy of `best` from between two stretches of compiled code, for other threads to read.
        tries: Moves tried.
        finished: Came to its end without being stopped.
        error: What ended it unexpectedly.
    """

    _compiling: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, problem: HospitalProblem, first: HospitalPlan, seed: int, course: Course) -> None:
        super().__init__(daemon=True, name=THREAD_NAME)
        self.problem, self.course, self.seed = problem, course, seed
        self.tables = tables_of(problem)
        self.blank = pack(self.tables, empty_state(problem))
        self.blank[COST] = self.tables.out_cost.sum()
        self.blank[MISSING] = self.tables.mandatory.sum()
        self.part = plan_slice(self.tables, empty_state(problem))
        self.best = np.concatenate([np.full(2, 2**62), self._row(first)])
        self.safe = self.best.copy()
        self.draw = np.array([np.random.SeedSequence(seed).generate_state(1, np.uint64)[0] | np.uint64(1)])
        self.tries = 0
        self.finished = False
        self.error: BaseException | None = None

    def best_plan(self) -> HospitalPlan:
        """The best plan so far; rooms in shifts without any nurse stay uncovered."""
        row, people, problem = self.safe[2:].copy(), len(self.problem.patients), self.problem
        stays = people + len(problem.occupants)
        nurse = row[2 * stays + people :].reshape(problem.rooms, -1)
        nurse[:, ~(problem.max_load >= 0).any(axis=0)] = -1
        return HospitalPlan(row[:people], row[stays : stays + people], row[2 * stays : 2 * stays + people], nurse)

    def run(self) -> None:
        """The thread's work."""
        try:
            self._search()
        except threading.BrokenBarrierError:
            pass
        except BaseException as error:
            self.error = error
        finally:
            if not self.finished:
                self.course.meeting.abort()

    def _search(self) -> None:
        m = self.blank.copy()
        with self._compiling:
            load_plan(m, self.best[2:])
            anneal(m, self.best, self.draw, SHARES, 1.0, 0)
        self.best[:2] = m[COST], m[MISSING]
        self.safe = self.best.copy()
        self.course.searching = self.course.searching or time.monotonic()
        for number, (end, hot, cold) in enumerate(ROUNDS):
            if number:
                m = self._meet()
            if not self._round(m, end, hot, cold):
                return
        self.finished = True

    def _round(self, m: np.ndarray, end: float, hot: float, cold: float) -> bool:
        """Anneals from `hot` to `cold` until the share `end` of the search is done; False if stopped."""
        begin = self.course.share(self.tries)
        while (share := self.course.share(self.tries)) < end:
            if self.course.stop.is_set():
                return False
            done = (share - begin) / max(1e-9, end - begin)
            anneal(m, self.best, self.draw, SHARES, hot * (cold / hot) ** done, CHUNK)
            self.tries += CHUNK
            if not np.array_equal(self.best[:2], self.safe[:2]):
                self.safe = self.best.copy()
            if m[MISSING]:
                self._press(m)
        return True

    def _press(self, m: np.ndarray) -> None:
        """Raises the price of leaving out each mandatory patient who is out."""
        people = len(self.problem.patients)
        prices = m[m[OUT_COST] : m[OUT_COST] + people]
        out = (self.tables.mandatory == 1) & (m[self.part][:people] < 0) & (prices < 1_000_000)
        raised = np.where(out, 1 + self.tables.out_cost // 100, 0).astype(np.int64)
        prices += raised
        m[COST] += raised.sum()

    def _meet(self) -> np.ndarray:
        """Waits for the others; returns the state of the best plan of all, to go on from."""
        self.course.bests[self.seed] = self.best.copy()
        self.course.meeting.wait()
        chosen = min(self.course.bests.values(), key=lambda best: (best[1], best[0]))
        self.course.meeting.wait()
        m = self.blank.copy()
        load_plan(m, chosen[2:])
        self.best[:] = chosen
        self.best[:2] = m[COST], m[MISSING]
        self.safe = self.best.copy()
        return m

    def _row(self, plan: HospitalPlan) -> np.ndarray:
        """The plan as the search reads it; where nobody is on duty, nurse 0 stands in (her load counts as excess)."""
        people, stays = len(self.problem.patients), len(self.problem.patients) + len(self.problem.occupants)
        day, room = np.zeros(stays, np.int32), np.full(stays, -1, np.int32)
        day[:people], room[:people] = plan.day, plan.room
        room[people:] = [person.room for person in self.problem.occupants]
        return np.concatenate([day, room, plan.theatre, np.maximum(0, plan.nurse).ravel()]).astype(np.int64)
