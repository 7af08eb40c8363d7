"""One search thread: anneals in rounds, meets the others between them."""

import threading
import time
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from assistant.plan.hospital.anneal import anneal
from assistant.plan.hospital.memory import COST, MISSING, OUT_COST, W_AGE, W_DELAY, pack, plan_slice
from assistant.plan.hospital.moves import load_plan
from assistant.plan.hospital.problem import HospitalPlan, HospitalProblem
from assistant.plan.hospital.settings import HospitalSettings
from assistant.plan.hospital.tables import empty_state, mandatory_penalty, tables_of

SHARES = np.cumsum([350, 200, 300, 75, 75])
"""Of 1,000 tries, by kind (`anneal.KINDS`), cumulative."""
ROUNDS = ((0.7, 1.0), (0.85, 0.2), (1.0, 0.1))
"""Rounds: each ends at this share of the search, and begins at this share of the highest temperature."""
HOT, COLD = 3.0, 0.25
"""Highest and lowest temperature, in units of the largest and of the smallest weight of daily care (`temperatures`)."""
ADMITTING = 0.3
"""Highest temperature of every second worker at least, in units of the price of leaving out an optional patient."""
PLACING = 0.3
"""Share of the search that may go to finding places for mandatory patients whom the first plan left out."""
PLACING_SHARES = np.cumsum([600, 400, 0, 0, 0])
THREAD_NAME = "hospital search"
CHUNK = 20_000
"""Tries at one temperature, a few hundredths of a second."""


@dataclass
class Course:
    """What the workers share: limits, and where they meet."""

    began: float
    settings: HospitalSettings
    grace: float = 0.5
    stop: threading.Event = field(default_factory=threading.Event)
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


def temperatures(weights: dict[str, int], number: int = 0) -> tuple[float, float]:
    """Highest and lowest temperature for costs with these weights.

    At the highest, a day's delay or a bad match of nurse and room is accepted most of the time; at the lowest, nearly
    nothing that costs anything is. What admitting a patient is worth lies far above both, so every second worker
    begins hot enough to try other choices of who comes in: better on some hospitals, worse on others, and the
    meetings go on with what did better.

    Args:
        weights: Cost per unit of each soft rule.
        number: Of the worker, from 0.
    """
    care = [weights[name] for name in ("age_mix", "skill", "continuity", "workload")]
    hot = HOT * max(1, *care, weights["delay"])
    if number % 2:
        hot = max(hot, ADMITTING * weights["unscheduled"])
    return hot, COLD * min([weight for weight in care if weight > 0], default=1)


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

    def __init__(
        self, problem: HospitalProblem, first: HospitalPlan, seed: int, course: Course, number: int = 0
    ) -> None:
        super().__init__(daemon=True, name=THREAD_NAME)
        self.problem, self.course, self.seed, self.number = problem, course, seed, number
        self.tables = tables_of(problem)
        self.blank = pack(self.tables, empty_state(problem))
        self.blank[COST] = self.tables.out_cost.sum()
        self.blank[MISSING] = self.tables.mandatory.sum()
        self.part = plan_slice(self.tables, empty_state(problem))
        self.best = np.concatenate([np.full(2, 2**62), self._row(first)])
        self.safe = self.best.copy()
        self.draw = np.array([np.random.SeedSequence(seed).generate_state(1, np.uint64)[0] | np.uint64(1)])
        self._prices = slice(int(self.blank[OUT_COST]), int(self.blank[OUT_COST]) + len(problem.patients))
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
        m = self._place_all(m)
        hot, cold = temperatures(self.problem.weights, self.number)
        for number, (end, share) in enumerate(ROUNDS):
            if number:
                m = self._meet()
            if not self._round(m, end, max(cold, share * hot), cold):
                return
        self.finished = True

    def _place_all(self, m: np.ndarray) -> np.ndarray:
        """Looks for places for mandatory patients who are out, as if nothing else had a cost.

        Optional patients cost a little, and leave. All places cost the same, so patients wander among them, until those
        who are out find a gap; the longer someone is out, the more others give way (`_press`).
        """
        relaxed = m.copy()
        relaxed[W_AGE : W_DELAY + 1] = 0
        prices = np.where(self.tables.mandatory == 1, 100, -100)
        relaxed[COST] += (prices - relaxed[self._prices])[relaxed[self.part][: len(prices)] < 0].sum()
        relaxed[self._prices] = prices
        found = np.concatenate([relaxed[[COST, MISSING]], relaxed[self.part]])
        while found[1] and self.course.share(self.tries) < PLACING and not self.course.stop.is_set():
            anneal(relaxed, found, self.draw, PLACING_SHARES, 20.0, CHUNK // 4)
            self.tries += CHUNK // 4
            self._press(relaxed, 1)
        if found[1] >= m[MISSING]:
            return m
        return self._load(found)

    def _load(self, best: np.ndarray) -> np.ndarray:
        """Memory with the plan of `best` in it, which becomes this worker's best."""
        m = self.blank.copy()
        load_plan(m, best[2:])
        self.best[:] = best
        self.best[:2] = m[COST], m[MISSING]
        self.safe = self.best.copy()
        return m

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
                self._press(m, 1 + mandatory_penalty(self.problem) // 100)
        return True

    def _press(self, m: np.ndarray, step: int) -> None:
        """Raises the price of leaving out each mandatory patient who is out."""
        out = (self.tables.mandatory == 1) & (m[self.part][: len(self.problem.patients)] < 0)
        raised = np.where(out & (m[self._prices] < 1_000_000), step, 0)
        m[self._prices] += raised
        m[COST] += raised.sum()

    def _meet(self) -> np.ndarray:
        """Waits for the others; returns the state of the best plan of all, to go on from."""
        self.course.bests[self.seed] = self.best.copy()
        self.course.meeting.wait()
        chosen = min(self.course.bests.values(), key=lambda best: (best[1], best[0]))
        self.course.meeting.wait()
        return self._load(chosen)

    def _row(self, plan: HospitalPlan) -> np.ndarray:
        """The plan as the search reads it; where nobody is on duty, nurse 0 stands in (her load counts as excess)."""
        people, stays = len(self.problem.patients), len(self.problem.patients) + len(self.problem.occupants)
        day, room = np.zeros(stays, np.int32), np.full(stays, -1, np.int32)
        day[:people], room[:people] = plan.day, plan.room
        room[people:] = [person.room for person in self.problem.occupants]
        return np.concatenate([day, room, plan.theatre, np.maximum(0, plan.nurse).ravel()]).astype(np.int64)
