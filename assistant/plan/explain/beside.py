"""Solving a problem again beside a published plan: cheapest, with the fewest changes, or the rules in the way.

What rosters and bed plans share; each says what its model, its cost and a change are.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from ortools.sat.python import cp_model

from assistant.plan.conflict import Conflict, find_conflict
from assistant.plan.result import Status
from assistant.plan.rulebook import RuleBook
from assistant.plan.search import Search, search
from assistant.plan.settings import PlanSettings

Expression = cp_model.LinearExpr


class Encoded(Protocol):
    """A problem as a CP-SAT model with its rule book."""

    cp: cp_model.CpModel
    book: RuleBook


@dataclass(frozen=True)
class Again:
    """What was found beside a published plan.

    Attributes:
        status: OPTIMAL: nothing better by the goal that was asked for; INFEASIBLE: no plan at all.
        effort: Deterministic time of the search.
    """

    status: Status
    effort: float = 0.0

    @property
    def found(self) -> bool:
        """There is a plan."""
        return self.status in (Status.OPTIMAL, Status.FEASIBLE)


Model = TypeVar("Model", bound=Encoded)
Found = TypeVar("Found", bound=Again)


class Beside(ABC, Generic[Model, Found]):
    """A problem and a published plan to stay near to.

    Args:
        settings: Weights, limits, and what a change costs.
        last_to_go: Rule kinds that a conflict should name if there is a choice.
    """

    def __init__(self, settings: PlanSettings, last_to_go: tuple[str, ...]) -> None:
        self.settings = settings
        self._last_to_go = last_to_go

    @abstractmethod
    def _model(self, switchable: bool = False) -> Model:
        """The problem with its hard rules, without a goal."""

    @abstractmethod
    def _cost(self, model: Model) -> Expression:
        """Cost of the part that is searched."""

    @abstractmethod
    def _changed(self, model: Model) -> Expression:
        """Number of differences from the published plan."""

    @abstractmethod
    def _hint(self, model: Model) -> None:
        """Tell the solver where to begin."""

    @abstractmethod
    def _read(self, model: Model, found: Search) -> Found:
        """What the search found."""

    @abstractmethod
    def _price_of_a_change(self) -> int:
        """In units of cost."""

    def _elsewhere(self) -> float:
        """Cost of what is not searched and cannot change."""
        return 0.0

    def cheapest(self) -> Found:
        """The cheapest plan."""
        return self._search(self._cost)

    def fewest_changes(self, most_cost: float) -> Found:
        """The plan with the fewest changes among those that cost at most so much (the whole plan)."""
        limit = round(most_cost - self._elsewhere())

        def goal(model: Model) -> Expression:
            model.cp.add(self._cost(model) <= limit)
            return self._changed(model)

        return self._search(goal)

    def cheapest_with_changes(self) -> Found:
        """The cheapest plan where a change has its price."""
        price = self._price_of_a_change()
        return self._search(lambda model: self._cost(model) + price * self._changed(model))

    def conflict(self) -> Conflict:
        """The smallest set of rules that leaves no plan; empty if there is one."""
        return find_conflict(self._model(switchable=True).book, self._last_to_go, self.settings)

    def _search(self, goal: Callable[[Model], Expression]) -> Found:
        model = self._model()
        model.cp.minimize(goal(model))
        self._hint(model)
        return self._read(model, search(model.cp, replace(self.settings, seconds=self.settings.explain.seconds)))
