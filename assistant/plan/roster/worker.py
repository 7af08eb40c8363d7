"""What one process does: a first roster, then column generation for the whole, or neighbourhoods from the start."""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from assistant.errors import AssistantError
from assistant.plan.roster.clock import Clock
from assistant.plan.roster.cost import cost_of
from assistant.plan.roster.first import first_roster, improve_in_turn, quick_roster
from assistant.plan.roster.generate import Generated, dive, generate
from assistant.plan.roster.master import Master
from assistant.plan.roster.part import Part
from assistant.plan.roster.pricing import Pricer
from assistant.plan.roster.problem import RosterProblem
from assistant.plan.roster.search import Search

LARGEST_ROOT = 40_000_000
"""Entries of everybody's tables together up to which column generation is run on the whole problem."""
LARGE = 100_000_000
"""Entries beyond which a quick roster with few kinds of shift comes first."""

Send = Callable[[str, Any], None]


@dataclass
class Worker:
    """One process's part of the work.

    Attributes:
        problem, seed, clock: What and how long.
        whole: Begin with column generation on the whole problem.
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

    def run(self, most_steps: int | None = None) -> None:
        """Works until the time is up, the roster is proven optimal, or after so many neighbourhoods."""
        random = np.random.default_rng(self.seed)
        pricer = Pricer(self.problem)
        self.bound = -np.inf
        tables = sum(
            pricer.window(person, 0, self.problem.days, None).table_size(pricer.states(person))
            for person in range(len(self.problem.people))
        )
        if tables > LARGE and (quick := quick_roster(pricer, random)) is not None:
            self.send("roster", (cost_of(self.problem, quick), quick))
        search = Search(pricer, random, first_roster(pricer, random), repeatable=self.repeatable)
        self.send("roster", (search.cost, search.roster))
        self._descend(search)
        if self.whole and tables <= LARGEST_ROOT:
            self._solve_whole(search)
        steps = 0
        while not self.clock.over and not self._proven(search) and (most_steps is None or steps < most_steps):
            self._listen(search)
            if search.step(self.clock):
                self.send("roster", (search.cost, search.roster))
            steps += 1

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

    def _solve_whole(self, search: Search) -> None:
        """Column generation on everything, which proves a bound, then a dive to a roster."""
        people = np.arange(len(self.problem.people))
        part = Part(search.pricer, search.roster, people, 0, self.problem.days)
        master = Master(part)
        done = generate(master, self.clock, on_round=self._tell_bound)
        if done.relaxation is None:
            return
        search.duals = done.relaxation.cover
        self.send("duals", search.duals)
        self._listen(search)
        found = dive(master, self.clock, search.random, done.relaxation.cover)
        if found is not None and search.take(part.joined(found)):
            self.send("roster", (search.cost, search.roster))

    def _tell_bound(self, state: Generated) -> None:
        if state.whole_bound > max(0.0, self.bound):  # no roster costs less than nothing
            self.bound = state.whole_bound
            self.send("bound", self.bound)


def run_worker(problem: RosterProblem, seed: int, seconds: float, whole: bool, pipe: Connection) -> None:
    """Entry of a process: talks through `pipe`, ends quietly when the other end is gone."""

    def receive() -> list[tuple[str, Any]]:
        got = []
        while pipe.poll():
            got.append(pipe.recv())
        return got

    def send(kind: str, what: Any) -> None:
        pipe.send((kind, what))

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one decides
    try:
        Worker(problem, seed, Clock(seconds), whole, send, receive).run()
        pipe.send(("done", None))
    except AssistantError as error:
        pipe.send(("error", str(error)))
    except (BrokenPipeError, EOFError, KeyboardInterrupt):
        return
    finally:
        pipe.close()
