"""The soft rules of a bed plan: what it pays for waiting, other units, moves, extra and special beds.

`score.py` computes the same costs from a finished plan.
"""

from itertools import combinations

from assistant.plan.beds.fit import sex_group
from assistant.plan.beds.priority import priority
from assistant.plan.beds.rules import lying_in_room, newcomer_sexes
from assistant.plan.beds.variables import BedModel, Expression, Option, expression_sum
from assistant.plan.settings import BedWeights
from assistant.records.units import SexRule


def add_goals(model: BedModel, weights: BedWeights) -> None:
    """Minimises the weighted sum of all soft rules."""
    moves = [option_cost(model, option, weights) * option.starts for option in model.options]
    model.cp.minimize(expression_sum([*moves, nights_unplaced(model, weights), mixed_rooms(model, weights)]))


def nights_unplaced(model: BedModel, weights: BedWeights) -> Expression:
    """The whole window, for each waiting patient without a bed."""
    nights = weights.waiting_night * model.problem.days
    return expression_sum(
        [
            nights * priority(patient, model.problem.at) * (1 - model.placed(patient.visit))
            for patient in model.problem.waiting
        ]
    )


def option_cost(model: BedModel, option: Option, weights: BedWeights) -> int:
    """Cost of one move: nights waited before it, and what is not right about the bed."""
    patient, bed, nights = option.patient, option.group.like, option.nights
    cost = weights.surge_night * nights * option.group.surge
    cost += weights.isolation_bed_night * nights * (bed.isolation and not patient.isolation)
    cost += weights.ventilator_bed_night * nights * (bed.ventilator and not patient.ventilator)
    if not patient.wants:
        return cost + weights.transfer
    waited = weights.waiting_night * priority(patient, model.problem.at) * option.start
    return cost + waited + weights.wrong_unit_night * nights * (bed.unit != patient.wants)


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
