"""What one process does: a first roster, annealing or column generation for the whole (or both), neighbourhoods."""

import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

from assistant.errors import AssistantError
from assistant.plan.roster.anneal import Schedule, annealed, tries_for
from assistant.plan.roster.approach import approach
from assistant.plan.roster.clock import Clock
from assistant.plan.roster.first import first_roster, improve_in_turn, quick_roster
from assistant.plan.roster.generate import Generated, dive, generate
from assistant.plan.roster.master import Master
from assistant.plan.roster.part import Part
from assistant.plan.roster.pricing import Pricer
from assistant.plan.roster.problem import Roster, RosterProblem
from assistant.plan.roster.search import Search

LARGEST_ROOT = 40_000_000
"""Entries of everybody's tables together up to which column generation is run on the whole problem."""
QUICK_ROOT, QUICK_ROOT_PER_SECOND = 15_000_000, 150_000
"""Entries in all, and for each second there is, up to which that comes before annealing in the process that does it."""
ANNEAL_SHARE = 0.85
"""Of the time, at most, for annealing; the rest is for neighbourhoods."""
ENOUGH_LEFT = 0.8
"""Share of the time after which column generation on a large whole problem would come too late."""
REPEATABLE_TRIES = 1000
"""Tries per person and day where no clock decides."""
COOLER = 0.5
"""First temperature of the process that anneals beside others only because the problem is large."""
WARM = (0.2, 0.1, 0.4)
"""First temperatures of annealing again, in turn, as shares of the hottest."""
LONGER, MOST_LONGER = 1.5, 6
"""Annealing again takes so many times as many tries as before, up to so many times over."""
PATIENCE, MOST_PATIENCE = 4.0, 10.0
"""Seconds of neighbourhoods without a gain before annealing again, at least and at most."""
LARGE = 100_000_000
"""Entries beyond which a quick roster with few kinds of shift comes first."""

Send = Callable[[str, Any], None]


@dataclass
class Worker:
    """One process's part of the work.

    Attributes:
        problem, seed, clock: What and how long.
        whole: Do column generation on the whole problem.
        anneals: Begin with annealing, also where the problem is small.
        send: Tells what was found: ("roster", (cost, roster)), ("bound", number), ("duals", array).
        receive: Everything the others found since the last call, in the same form.
        repeatable: No decision depends on the clock.
    """

    problem: RosterProblem
    seed: int
    clock: Clock
    whole: bool
    send: Send
    receive: Callable[[], list[tuple[str, Any]]]
    repeatable: bool = False
    anneals: bool = True
    _reheats: int = 0
    _last_anneal: float = 0.0

    def run(self, most_steps: int | None = None) -> None:
        """Works until the time is up, the roster is proven optimal, or after so many neighbourhoods."""
        random = np.random.default_rng(self.seed)
        pricer = Pricer(self.problem)
        self.bound = -np.inf
        tables = sum(
            pricer.window(person, 0, self.problem.days, None).table_size(pricer.states(person))
            for person in range(len(self.problem.people))
        )
        search = Search(pricer, random, self._first(pricer, random, tables), repeatable=self.repeatable)
        self.send("roster", (search.cost, search.roster))
        self._begin(search, tables)
        self._search_on(search, most_steps)

    def _search_on(self, search: Search, most_steps: int | None) -> None:
        """Neighbourhoods; where the clock decides, annealing again when they gain nothing for a while."""
        steps, gained_at = 0, self.clock.spent
        while not self.clock.over and not self._proven(search) and (most_steps is None or steps < most_steps):
            self._listen(search)
            if search.step(self.clock):
                self.send("roster", (search.cost, search.roster))
                gained_at = self.clock.spent
            elif not self.repeatable and self.clock.spent - gained_at > min(
                MOST_PATIENCE, max(PATIENCE, self._last_anneal / 2)
            ):
                self._reheat(search)
                gained_at = self.clock.spent
            steps += 1

    def _reheat(self, search: Search) -> None:
        """Anneals from the best roster, again while that gains; next time for longer."""
        cost = np.inf
        while search.cost < cost and not self.clock.over:
            self._listen(search)
            cost = search.cost
            self._anneal(search, WARM[self._reheats % len(WARM)])
            self._reheats += 1

    def _begin(self, search: Search, tables: int) -> None:
        """What comes before neighbourhoods, by the size of the problem."""
        if tables <= LARGEST_ROOT:
            self._descend(search)
        large = tables > min(QUICK_ROOT, QUICK_ROOT_PER_SECOND * (self.clock.spent + self.clock.left))
        if self.anneals or large:
            self._anneal(search, 1.0 if self.anneals else COOLER)
        ample = self.clock.spent < ENOUGH_LEFT * (self.clock.spent + self.clock.left)
        if self.whole and tables <= LARGEST_ROOT and (ample or not large):
            self._solve_whole(search, self.clock.at_most(self.clock.left / 2 if large else self.clock.left))
        if large and not self.repeatable:
            self._reheat(search)

    def _first(self, pricer: Pricer, random: np.random.Generator, tables: int) -> Roster:
        """A first roster; of few kinds of shift where that of all kinds would take long."""
        quick = quick_roster(pricer, random) if tables > LARGE else None
        return first_roster(pricer, random) if quick is None else quick

    def _anneal(self, search: Search, warm: float = 1.0) -> None:
        """Small moves from the roster at hand, for a share of the time; `warm` is the first temperature's share."""

        def better(cost: int, roster: Roster) -> None:
            if search.take(roster) and (self.repeatable or clock.spent > told[0] + 1.0):
                told[0] = clock.spent
                self.send("roster", (search.cost, search.roster))

        told = [0.0]
        clock = self.clock.at_most(ANNEAL_SHARE * self.clock.left)
        tries = tries_for(search.pricer, *([REPEATABLE_TRIES] if self.repeatable else []))
        plan = Schedule(int(tries * LONGER ** min(self._reheats, MOST_LONGER)), clock)
        annealed(search.pricer, search.roster, self.seed + 100 * self._reheats, plan, better, warm)
        self._last_anneal = clock.spent
        self.send("roster", (search.cost, search.roster))

    def _descend(self, search: Search) -> None:
        """Everybody's best schedule in turn until nobody's gets better."""
        for _ in range(8):
            roster, changed = improve_in_turn(search.pricer, search.roster, search.random, self.clock)
            if search.take(roster):
                self.send("roster", (search.cost, search.roster))
            if not changed or self.clock.over:
                break

    def _listen(self, search: Search) -> None:
        for kind, what in self.receive():
            if kind == "roster":
                search.take(what[1])
            elif kind == "duals":
                search.duals = what
            elif kind == "bound":
                self.bound = max(self.bound, what)

    def _proven(self, search: Search) -> bool:
        return bool(self.bound >= search.cost)

    def _solve_whole(self, search: Search, clock: Clock) -> None:
        """Column generation on everything, which proves a bound, then a dive to a roster."""
        people = np.arange(len(self.problem.people))
        part = Part(search.pricer, search.roster, people, 0, self.problem.days)
        master = Master(part)
        center = approach(master, clock, search.random)
        done = generate(master, clock, center, on_round=self._tell_bound, wanted=1)
        if done.relaxation is None:
            return
        search.duals = done.relaxation.cover
        self.send("duals", search.duals)
        self._listen(search)
        found = dive(master, clock, search.random, done.relaxation.cover, wanted=1)
        if found is not None and search.take(part.joined(found)):
            self.send("roster", (search.cost, search.roster))

    def _tell_bound(self, state: Generated) -> None:
        if state.whole_bound > max(0.0, self.bound):  # no roster costs less than nothing
            self.bound = state.whole_bound
            self.send("bound", self.bound)


def run_worker(problem: RosterProblem, seed: int, seconds: float, whole: bool, anneals: bool, pipe: Connection) -> None:
    """Entry of a process: talks through `pipe`, ends quietly when the other end is gone."""
    heard: SimpleQueue[tuple[str, Any]] = SimpleQueue()
    threading.Thread(target=_hear, args=(pipe, heard), daemon=True).start()

    def receive() -> list[tuple[str, Any]]:
        got = []
        while True:
            try:
                got.append(heard.get_nowait())
            except Empty:
                return got

    def send(kind: str, what: Any) -> None:
        pipe.send((kind, what))

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one decides
    try:
        Worker(problem, seed, Clock(seconds), whole, send, receive, anneals=anneals).run()
        pipe.send(("done", None))
    except AssistantError as error:
        pipe.send(("error", str(error)))
    except (BrokenPipeError, EOFError, KeyboardInterrupt):
        return
    finally:
        pipe.close()


def _hear(pipe: Connection, heard: "SimpleQueue[tuple[str, Any]]") -> None:
    """Empties the pipe at all times: who writes into a full one would wait."""
    try:
        while True:
            heard.put(pipe.recv())
    except (EOFError, OSError, TypeError):  # the other end, or this process, is ending
        return
