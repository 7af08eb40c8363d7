"""The soft rules of a roster: what the plan pays for gaps, unmet wishes and unfairness.

Each function gives one cost in the units that `RosterWeights` names; `score.py` computes the same costs from a
finished roster.
"""

from ortools.sat.python import cp_model

from assistant.plan.settings import RosterWeights
from assistant.plan.staffing.problem import Duty
from assistant.plan.staffing.shares import is_weekend, longest_shift, unavoidable_minutes
from assistant.plan.staffing.variables import Expression, RosterModel, one_night, one_shift, shift_minutes
from assistant.records.staff import Wish, WishKind

_sum = cp_model.LinearExpr.sum


def add_goals(model: RosterModel, weights: RosterWeights) -> None:
    """Minimises the weighted sum of all soft rules."""
    model.cp.minimize(total_cost(model, weights))


def total_cost(model: RosterModel, weights: RosterWeights) -> Expression:
    """The weighted sum of all soft rules; true only where something keeps it low, by minimising or by a limit."""
    costs = [
        missing_nurses(model, weights),
        missing_skills(model, weights),
        unmet_wishes(model, weights),
        contract_deviation(model, weights),
        unfair_nights(model, weights),
        unfair_weekends(model, weights),
        shifts_of_helpers(model),
    ]
    return _sum(costs)


def missing_nurses(model: RosterModel, weights: RosterWeights) -> Expression:
    """Nurses missing or too many on each shift."""
    needs = {(need.day, need.shift): need.nurses for need in model.problem.demand}
    costs: list[Expression] = []
    for day in model.problem.days:
        for shift in model.problem.shifts:
            need = needs.get((day, shift.shift), 0)
            place = f"{day} {shift.shift}"
            short = model.cp.new_int_var(0, need, f"short {place}")
            over = model.cp.new_int_var(0, len(model.problem.people), f"over {place}")
            model.cp.add(model.on_duty(day, shift.shift) + short - over == need)
            costs += [weights.short_nurse * short, weights.over_nurse * over]
            if need > 1:
                costs.append(weights.short_again * _above(model, short - 1, need - 1, f"short again {place}"))
    return _sum(costs)


def missing_skills(model: RosterModel, weights: RosterWeights) -> Expression:
    """People with a needed skill missing on each shift.

    Soft, though dear: with the only charge nurse ill a roster must still exist, and say where nobody is in charge.
    """
    costs: list[Expression] = []
    for need in model.problem.demand:
        for skill, count in need.skills:
            missing = count - model.on_duty(need.day, need.shift, skill)
            name = f"short {skill} {need.day} {need.shift}"
            costs.append(weights.short_skill * _above(model, missing, count, name))
    return _sum(costs)


def unmet_wishes(model: RosterModel, weights: RosterWeights) -> Expression:
    """Wishes for days of the window that the roster does not keep."""
    wishes = [wish for wish in model.problem.wishes if wish.day in model.problem.days]
    return _sum([weights.wish * wish.weight * _unmet(model, wish) for wish in wishes])


def _unmet(model: RosterModel, wish: Wish) -> Expression:
    """1 where the wish is not kept, else 0 (at most one shift a day is planned)."""
    shifts = [shift.shift for shift in model.problem.shifts]
    meant = shifts if wish.kind is WishKind.OFF or not wish.shift else [wish.shift]
    works = _sum([model.works[Duty(wish.staff, wish.day, shift)] for shift in meant])
    return 1 - works if wish.kind is WishKind.WANT else works


def contract_deviation(model: RosterModel, weights: RosterWeights) -> Expression:
    """Started hours above or below the contract, beyond what whole shifts make unavoidable."""
    longest, free = longest_shift(model.problem), unavoidable_minutes(model.problem)
    costs: list[Expression] = []
    for staff, share in model.shares.items():
        if staff in model.problem.help:
            continue
        minutes = model.total(staff, model.problem.days, shift_minutes)
        most = share.contract_minutes + minutes.known + longest * len(model.problem.days)
        hours = model.cp.new_int_var(0, most // 60 + 1, f"hours off contract {staff}")
        model.cp.add(60 * hours >= minutes.value - share.contract_minutes - free)
        model.cp.add(60 * hours >= share.contract_minutes - minutes.value - free)
        costs.append(weights.contract_hour * hours)
    return _sum(costs)


def unfair_nights(model: RosterModel, weights: RosterWeights) -> Expression:
    """Nights above the fair share; the second and further ones count double."""
    costs: list[Expression] = []
    for staff, share in model.shares.items():
        if share.nights is not None:
            nights = model.total(staff, model.problem.days, one_night).value
            costs.append(weights.night * _beyond(model, nights, share.nights, f"nights {staff}"))
    return _sum(costs)


def unfair_weekends(model: RosterModel, weights: RosterWeights) -> Expression:
    """Saturdays and Sundays above the fair share; the second and further ones count double."""
    weekend = [day for day in model.problem.days if is_weekend(day)]
    costs: list[Expression] = []
    for staff, share in model.shares.items():
        if share.weekend_days is not None and weekend:
            worked = model.total(staff, weekend, one_shift).value
            costs.append(weights.weekend * _beyond(model, worked, share.weekend_days, f"weekends {staff}"))
    return _sum(costs)


def shifts_of_helpers(model: RosterModel) -> Expression:
    """Shifts of lent and of agency nurses, each at its price."""
    return _sum(
        [model.problem.help[d.staff].price * works for d, works in model.works.items() if d.staff in model.problem.help]
    )


def _beyond(model: RosterModel, count: Expression, share: int, name: str) -> Expression:
    most = 2 * len(model.problem.all_days)
    return _above(model, count - share, most, name) + _above(model, count - share - 1, most, f"{name} again")


def _above(model: RosterModel, amount: Expression, most: int, name: str) -> cp_model.IntVar:
    """`amount` where it is positive, else 0 (minimising keeps it from being more)."""
    above = model.cp.new_int_var(0, most, name)
    model.cp.add(above >= amount)
    return above
