"""Finds a smallest set of hard rules that cannot hold together, by asking CP-SAT which rules can be left out.

The model handed in has no objective (with one, CP-SAT names every rule as guilty) and a switch for every rule.
First the solver's own proof drops most rules; then a deletion filter leaves out chunks of the rest, halving the
chunk until single rules are tried. What stays is minimal: leaving out any one of them was solved and is possible.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from assistant.plan.result import Reason
from assistant.plan.rulebook import RuleBook, RuleKey
from assistant.plan.settings import PlanSettings


@dataclass(frozen=True)
class Conflict:
    """Rules in the way.

    Attributes:
        rules: They cannot all hold; empty if no such set was found within the limits.
        minimal: Proven that each single one is needed for the conflict.
    """

    rules: tuple[Reason, ...] = ()
    minimal: bool = False


def find_conflict(book: RuleBook, last_to_go: Sequence[str], settings: PlanSettings) -> Conflict:
    """A smallest set of rules of `book` that exclude each other.

    Args:
        book: Rules with switches over a model without objective.
        last_to_go: Rule kinds to keep in the story if there is a choice, the dearest last.
        settings: Seed and limits; the whole search gets `settings.seconds`.
    """
    deadline = time.monotonic() + settings.seconds
    keys = sorted(book.switches, key=lambda key: (_rank(key[0], last_to_go), key))
    core = _core_by_proof(book, keys, settings)
    if core is None:
        return Conflict()
    kept, minimal = _shrink(book, core, settings, deadline)
    return Conflict(tuple(book.reasons[key] for key in reversed(kept)), minimal)


def _rank(kind: str, last_to_go: Sequence[str]) -> int:
    return last_to_go.index(kind) + 1 if kind in last_to_go else 0


def _core_by_proof(book: RuleBook, keys: list[RuleKey], settings: PlanSettings) -> list[RuleKey] | None:
    """The rules that CP-SAT's proof used; all rules if it gives no smaller set; None if there is no proof."""
    model = book.model.clone()
    model.add_assumptions([model.get_bool_var_from_proto_index(book.switches[key].index) for key in keys])
    solver = _solver(settings, settings.seconds / 2)
    if solver.solve(model) != cp_model.INFEASIBLE:
        return None
    guilty = set(solver.sufficient_assumptions_for_infeasibility())
    core = [key for key in keys if book.switches[key].index in guilty]
    return core if _possible(book, core, settings, settings.seconds / 2) is False else keys


def _shrink(book: RuleBook, core: list[RuleKey], settings: PlanSettings, deadline: float) -> tuple[list[RuleKey], bool]:
    """Deletion filter: drop chunks while the rest stays impossible, then smaller chunks, then single rules."""
    kept, chunk, minimal = core, max(1, len(core) // 2), True
    while True:
        start = 0
        while start < len(kept):
            rest = kept[:start] + kept[start + chunk :]
            possible = _possible(book, rest, settings, deadline - time.monotonic())
            if possible is False:
                kept = rest
                continue
            # Undecided within the limit: the rule stays, but nobody may call the set smallest.
            minimal = minimal and (possible is True or chunk > 1)
            start += chunk
        if chunk == 1:
            return kept, minimal
        chunk = max(1, chunk // 2)


def _possible(book: RuleBook, keys: list[RuleKey], settings: PlanSettings, seconds: float) -> bool | None:
    """Whether the rules `keys` can hold together; None if undecided within `seconds`."""
    if seconds <= 0:
        return None
    model = book.model.clone()
    model.add_bool_and([model.get_bool_var_from_proto_index(book.switches[key].index) for key in keys])
    status = _solver(settings, seconds).solve(model)
    if status == cp_model.INFEASIBLE:
        return False
    return True if status in (cp_model.FEASIBLE, cp_model.OPTIMAL) else None


def _solver(settings: PlanSettings, seconds: float) -> cp_model.CpSolver:
    """One worker: the questions are small and many, and the same question must get the same answer."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = settings.seed
    solver.parameters.max_time_in_seconds = max(0.01, seconds)
    return solver
