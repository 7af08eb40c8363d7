"""The hard rules of a bed plan; `add_rules` reads like the rule book of the bed manager.

What is wrong in the hospital already (a closed bed in use, a room shared against the rule) is not the plan's fault:
rules speak of those whom the plan puts somewhere. `check.py` looks at the finished plan again, without this file.
"""

from collections import defaultdict
from collections.abc import Iterator

from ortools.sat.python import cp_model

from assistant.plan.beds.fit import misfits, sex_group
from assistant.plan.beds.options import Option
from assistant.plan.beds.problem import Patient
from assistant.plan.beds.variables import BedModel, Expression, expression_sum
from assistant.plan.jsonable import encode
from assistant.plan.result import Reason
from assistant.records.units import SexRule

LAST_TO_GO = ("bed_taken", "sex_rule", "forbidden", "isolation_needed", "ventilator_needed", "unit_kind", "forced")
"""Rule kinds that a conflict should name if there is a choice, the most telling last."""


def add_rules(model: BedModel) -> None:
    """Adds every hard rule."""
    one_place_each(model)
    patient_fits_bed(model)
    one_patient_a_bed(model)
    unit_holds_its_patients(model)
    one_sex_a_room(model)
    forced_choices(model)


def one_place_each(model: BedModel) -> None:
    """Nobody is moved twice; not switchable, since no conflict becomes clearer by naming it."""
    for options in model.by_visit.values():
        if options:
            model.cp.add_at_most_one(model.starts[option] for option in options)


def patient_fits_bed(model: BedModel) -> None:
    """Kind of unit, isolation, ventilator, women's and men's rooms, closed beds, forbidden places.

    Options that break such a rule exist only where something is forced.
    """
    for option in model.options:
        for kind in misfits(model.problem, option.patient, option.group.like):
            rule = Reason(kind, option.patient.visit, {"visit": option.patient.visit})
            model.book.require(rule, model.starts[option] == 0)


def one_patient_a_bed(model: BedModel) -> None:
    """In no night do more patients use a group of beds than it has."""
    for group, night, users in _by_group_night(model):
        lying = [model.lying[bed.address] for bed in group if bed.address in model.lying]
        staying = [model.still_there(patient, night) for patient in lying]
        rule = Reason("bed_taken", group[0].address, {"beds": [bed.address for bed in group]})
        model.book.require(rule, expression_sum([*users, *staying]) <= len(group))


def _by_group_night(model: BedModel) -> Iterator[tuple]:
    found: dict[tuple, list[cp_model.IntVar]] = defaultdict(list)
    for option in model.options:
        for night in range(option.start, option.end):
            found[option.group, night].append(model.starts[option])
    for (group, night), users in found.items():
        yield group.beds, night, users


def unit_holds_its_patients(model: BedModel) -> None:
    """Where the bed of some present patients is not known, the unit keeps as many beds for them."""
    for unit in sorted({patient.unit for patient in _without_bed(model)}):
        beds = sum(1 for bed in model.problem.beds if bed.unit == unit and bed.open)
        for night in range(model.problem.days):
            users = [
                model.starts[option]
                for option in model.options
                if option.group.like.unit == unit and not option.group.surge and option.start <= night < option.end
            ]
            there = [patient for patient in model.problem.patient_by_visit.values() if patient.unit == unit]
            staying = [model.still_there(patient, night) for patient in there]
            rule = Reason("unit_full", unit, {"beds": beds})
            # A unit that is overfull already must not get fuller: one comes for one who goes.
            limit = max(beds, sum(1 for patient in there if night < model.problem.stays_until(patient)))
            model.book.require(rule, expression_sum([*users, *staying]) <= limit)


def _without_bed(model: BedModel) -> list[Patient]:
    return [patient for patient in model.problem.present if not patient.bed and patient.unit]


def one_sex_a_room(model: BedModel) -> None:
    """In rooms for one sex at a time, the plan puts nobody together with somebody of the other sex."""
    for room in sorted({option.group.room for option in model.options if option.group.like.sex_rule is SexRule.SAME}):
        for night in range(model.problem.days):
            newcomers = newcomer_sexes(model, room, night)
            rule = Reason("sex_rule", room, {"room": room})
            model.book.require(rule, expression_sum(list(newcomers.values())) <= 1)
            for patient in lying_in_room(model, room):
                for sex, comes in newcomers.items():
                    if sex != sex_group(patient):
                        model.book.require(rule, comes + model.still_there(patient, night) <= 1)


def newcomer_sexes(model: BedModel, room: str, night: int) -> dict[str, cp_model.IntVar]:
    """For each sex, whether the plan has somebody of it in the room in that night."""
    options = model.by_room_night.get((room, night), [])
    found: dict[str, cp_model.IntVar] = {}
    for visit, ways in _by_patient(model, options).items():
        sex = sex_group(model.problem.patient_by_visit[visit])
        if sex not in found:
            found[sex] = model.cp.new_bool_var(f"new {sex} in {room} night {night}")
        model.cp.add(ways <= found[sex])
    return found


def _by_patient(model: BedModel, options: list[Option]) -> dict[str, Expression]:
    found: dict[str, list[cp_model.IntVar]] = defaultdict(list)
    for option in options:
        found[option.patient.visit].append(model.starts[option])
    return {visit: expression_sum(starts) for visit, starts in found.items()}


def lying_in_room(model: BedModel, room: str) -> list[Patient]:
    """Who lies in a room now."""
    return [patient for address, patient in model.lying.items() if address.rsplit("/", 1)[0] == room]


def forced_choices(model: BedModel) -> None:
    """Patients who must get a bed in a place."""
    for choice in model.problem.forced:
        ways = [model.starts[o] for o in model.by_visit[choice.visit] if choice.means(o.group.like.address)]
        rule = Reason("forced", f"{choice.visit} {choice.place}".strip(), encode(choice))
        model.book.require(rule, expression_sum(ways) >= 1)
