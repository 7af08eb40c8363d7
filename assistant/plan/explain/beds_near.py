"""Solves bed problems beside a published plan: cheapest, with fewest changes, or the rules in the way."""

from dataclasses import dataclass

from assistant.plan.beds.check import check_beds
from assistant.plan.beds.give_out import give_out
from assistant.plan.beds.goals import total_cost
from assistant.plan.beds.options import Option, possible_options
from assistant.plan.beds.plan import BedPlan, Placement, Transfer
from assistant.plan.beds.problem import BedProblem
from assistant.plan.beds.rules import LAST_TO_GO, add_rules
from assistant.plan.beds.score import costs_of
from assistant.plan.beds.solve import explained, surge_used
from assistant.plan.beds.variables import BedModel, Expression, expression_sum
from assistant.plan.conflict import Conflict
from assistant.plan.explain.beds_measures import places
from assistant.plan.explain.beside import Again, Beside
from assistant.plan.result import Result, Status
from assistant.plan.search import Search, solver_name
from assistant.plan.settings import PlanSettings


@dataclass(frozen=True)
class Placed(Again):
    """A bed plan found.

    Attributes:
        placements, transfers: As in `BedPlan`; empty without a plan.
        cost: By the hospital's weights.
    """

    placements: tuple[Placement, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    cost: float = 0.0

    @property
    def moves(self) -> tuple[tuple[Placement, ...], tuple[Transfer, ...]]:
        """Placements and transfers."""
        return self.placements, self.transfers


class BedNear(Beside[BedModel, Placed]):
    """A bed problem and the published plan to stay near to."""

    def __init__(self, problem: BedProblem, published: BedPlan, settings: PlanSettings) -> None:
        super().__init__(settings, LAST_TO_GO)
        self.problem = problem
        self._places = places(published.assignments, published.transfers)
        # The published beds stand alone, so that "the same bed" means something among equal ones.
        self._options = possible_options(problem, {bed for bed, _ in self._places.values()})

    def _model(self, switchable: bool = False) -> BedModel:
        model = BedModel(self.problem, self._options, switchable)
        add_rules(model)
        return model

    def _cost(self, model: BedModel) -> Expression:
        return total_cost(model, self.settings.bed_weights)

    def _price_of_a_change(self) -> int:
        return self.settings.explain.changed_bed

    def _hint(self, model: BedModel) -> None:
        for option, starts in model.starts.items():
            model.cp.add_hint(starts, self._is_published(option))

    def _read(self, model: BedModel, found: Search) -> Placed:
        if not found.found:
            return Placed(found.status, found.effort)
        chosen = [option for option, starts in model.starts.items() if found.solver.boolean_value(starts)]
        moves = give_out(self.problem, chosen)
        if check_beds(self.problem, *moves):
            return Placed(Status.UNKNOWN, found.effort)
        cost = sum(costs_of(self.problem, *moves, self.settings.bed_weights).values())
        return Placed(found.status, found.effort, *moves, cost)

    def _is_published(self, option: Option) -> bool:
        bed, night = self._places.get(option.patient.visit, ("", 0))
        return option.start == night and any(each.address == bed for each in option.group.beds)

    def _changed(self, model: BedModel) -> Expression:
        """Number of patients whose bed or first night is not the published one."""
        parts: list[Expression] = []
        for visit, options in model.by_visit.items():
            if visit in self._places:
                parts.append(1 - expression_sum([model.starts[o] for o in options if self._is_published(o)]))
            elif options:
                parts.append(model.placed(visit))
        return expression_sum(parts)


def as_plan(problem: BedProblem, found: Placed, settings: PlanSettings, conflict: Conflict | None = None) -> BedPlan:
    """A plan like any other, so that it can be shown, decided on and asked about."""
    conflict = conflict or Conflict()
    if not found.found:
        minimal = conflict.minimal if conflict.rules else None
        result = Result(found.status, conflict=conflict.rules, conflict_minimal=minimal)
        return BedPlan(problem.at, problem.days, problem.unit, (), (), (), (), result)
    costs = costs_of(problem, *found.moves, settings.bed_weights)
    unplaced, reasons = explained(problem, *found.moves)
    result = Result(
        status=Status.FEASIBLE,  # best with the fewest changes, which need not be the best of all
        objective=sum(costs.values()),
        costs=costs,
        reasons=(*unplaced, *reasons),
        seed=settings.seed,
        time_limit=settings.explain.seconds,
        solver=solver_name(settings),
        weights=vars(settings.bed_weights),
    )
    surge = surge_used(problem, *found.moves)
    return BedPlan(problem.at, problem.days, problem.unit, *found.moves, surge, unplaced, result)
