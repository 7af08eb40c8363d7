"""The soft rules of a bed plan: what it pays for waiting, other units, moves, extra and special beds.

`score.py` computes the same costs from a finished plan.
"""

from itertools import combinations

from assistant.plan.beds.fit import sex_group
from assistant.plan.beds.options import option_cost, unplaced_cost
from assistant.plan.beds.rules import lying_in_room, newcomer_sexes
from assistant.plan.beds.variables import BedModel, Expression, expression_sum
from assistant.plan.settings import BedWeights
from assistant.records.units import SexRule


def add_goals(model: BedModel, weights: BedWeights) -> None:
    """Minimises the weighted sum of all soft rules."""
    model.cp.minimize(total_cost(model, weights))


def total_cost(model: BedModel, weights: BedWeights) -> Expression:
    """The weighted sum of all soft rules."""
    moves = [option_cost(model.problem, option, weights) * starts for option, starts in model.starts.items()]
    return expression_sum([*moves, nights_unplaced(model, weights), mixed_rooms(model, weights)])


def nights_unplaced(model: BedModel, weights: BedWeights) -> Expression:
    """The whole window, for each waiting patient without a bed."""
    return expression_sum(
        [
            unplaced_cost(model.problem, patient, weights) * (1 - model.placed(patient.visit))
            for patient in model.problem.waiting
        ]
    )


def mixed_rooms(model: BedModel, weights: BedWeights) -> Expression:
    """Nights in which the plan adds to a room that both sexes then share, where that is allowed at all."""
    rooms = sorted({option.group.room for option in model.options if option.group.like.sex_rule is SexRule.ANY})
    return expression_sum(
        [
            weights.mixed_room_night * mixed
            for room in rooms
            for night in range(model.problem.days)
            for mixed in _mixed(model, room, night)
        ]
    )


def _mixed(model: BedModel, room: str, night: int) -> list[Expression]:
    newcomers = newcomer_sexes(model, room, night)
    lying = [patient for patient in lying_in_room(model, room) if night < model.problem.stays_until(patient)]
    together: list[Expression] = [one + other for one, other in combinations(newcomers.values(), 2)]
    for patient in lying:
        there = model.still_there(patient, night)
        together += [comes + there for sex, comes in newcomers.items() if sex != sex_group(patient)]
    if not together:
        return []
    mixed = model.cp.new_bool_var(f"mixed {room} night {night}")
    for both in together:
        model.cp.add(mixed >= both - 1)
    return [mixed]
