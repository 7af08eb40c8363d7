"""What every plan problem hands back: status, value, proof, reasons, and the rules in the way."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """How far the solver got. Only OPTIMAL may be called optimal anywhere."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"  # a plan, but the time ran out before the proof
    INFEASIBLE = "infeasible"  # proven: the rules exclude each other
    UNKNOWN = "unknown"  # neither a plan nor a proof within the limits


@dataclass(frozen=True)
class Reason:
    """One typed reason; the tools turn it into a sentence.

    Attributes:
        kind: Stable word, e.g. `isolation_needed`, `sex_rule`, `unmet_wish`, `short_shift`.
        subject: Whom or what it is about (staff id, visit, bed address, unit).
        values: Named values, JSON types only.
    """

    kind: str
    subject: str = ""
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """Solver outcome.

    Attributes:
        objective, bound: Weighted cost of the plan and the proven lower bound (None without a plan).
        costs: Part of the objective by soft rule, summing to `objective`.
        reasons: Why the plan looks as it does (unplaced patients, short shifts, unmet wishes).
        conflict: Where INFEASIBLE, a smallest set of rules that cannot hold together.
        conflict_minimal: Proven that every rule of `conflict` is needed for it (None without a conflict).
        seconds, seed, time_limit, solver: What an auditor needs to repeat the run.
        repeatable: The same inputs give the same plan; False where the clock stopped the search before its
            deterministic limit (a slow or busy machine), or a person did.
        stopped: A person stopped the search; the plan is the best until then.
        weights: Price of each soft rule that `objective` and `bound` are counted by; empty in plans kept before these
            were noted, and without a plan.
    """

    status: Status
    objective: float | None = None
    bound: float | None = None
    costs: dict[str, float] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    conflict: tuple[Reason, ...] = ()
    seconds: float = 0.0
    seed: int = 0
    time_limit: float = 0.0
    solver: str = ""
    conflict_minimal: bool | None = None
    repeatable: bool = True
    stopped: bool = False
    weights: dict[str, int] = field(default_factory=dict)

    @property
    def gap(self) -> float | None:
        """(objective - bound) / objective, 0 when proven optimal; None without a plan."""
        if self.objective is None or self.bound is None:
            return None
        if self.objective == self.bound:
            return 0.0
        return (self.objective - self.bound) / max(abs(self.objective), 1e-9)
