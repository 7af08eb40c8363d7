"""Reads a what-if question about beds: which beds, how many patients, whom where, as a change to apply and tell."""

import math
from collections import Counter
from datetime import timedelta
from typing import Any

from assistant.errors import ToolError
from assistant.plan.beds.plan import BedPlan
from assistant.plan.beds.priority import priority
from assistant.plan.beds.problem import BedProblem, Choice, Patient
from assistant.plan.explain.beds_suppose import CLOSED, DEMAND, OPENED, BedSupposed
from assistant.records.units import Bed, SexRule, UnitKind
from assistant.tools.amounts import quantity
from assistant.tools.bed_words import no_such_patient, patient_in, place_in
from assistant.tools.services import Services

MOST = 200
"""Beds or patients that one question may suppose."""


def read_bed_change(services: Services, asked: Any, problem: BedProblem, plan: BedPlan) -> BedSupposed:
    """The change that the arguments mean, on this plan.

    Raises:
        ToolError: A unit, bed or patient is not known, or what is needed is missing.
    """
    unit = services.unit(asked.unit)
    code = unit.code if unit else ""
    if asked.change == CLOSED:
        return BedSupposed(CLOSED, code, closed=_to_close(asked, problem, plan, code))
    if asked.change == OPENED:
        return _opened(asked, problem, code)
    if asked.change == DEMAND:
        return _demand(asked, problem, code)
    return _choice(services, asked, problem, code)


def _count(asked: Any, whole: int, default: int) -> int:
    """How many, a percentage of `whole` rounded up, in size; the sign is for the caller."""
    if asked.amount is None:
        return default
    said = quantity(asked.amount)
    count = math.ceil(abs(said.value) * whole / 100) if said.percent else abs(said.value)
    if count != int(count) or not 1 <= count <= MOST:
        raise ToolError(f"Expected a whole number from 1 to {MOST}, got {asked.amount}.", code="bad_number")
    return int(count)


def _to_close(asked: Any, problem: BedProblem, plan: BedPlan, unit: str) -> tuple[str, ...]:
    """Empty beds that the plan does not use, then those it uses, then occupied ones; all if no number is said."""
    beds = [bed for bed in _regular(problem) if bed.open and unit in ("", bed.unit)]
    if not beds:
        raise ToolError("There are no open beds there to close.", code="no_beds")
    if asked.amount is None and not unit:
        raise ToolError("How many beds, or which unit? Name at least one of them.", code="amount_missing")
    count = _count(asked, len(beds), len(beds))
    if count > len(beds):
        raise ToolError(f"Only {len(beds)} beds are open there; {count} cannot be closed.", code="too_many_beds")
    lying = {patient.bed for patient in problem.patient_by_visit.values()}
    used = {item.bed for item in plan.assignments} | {item.to_bed for item in plan.transfers}
    free = Counter(bed.unit for bed in beds if bed.address not in lying)
    ranked = sorted(beds, key=lambda bed: (bed.address in lying, bed.address in used, -free[bed.unit], bed.address))
    return tuple(bed.address for bed in ranked[:count])


def _opened(asked: Any, problem: BedProblem, unit: str) -> BedSupposed:
    """Closed beds first, then beds that did not exist, in the unit that is waited for most where none is named."""
    if not unit:
        wanted = Counter(patient.wants for patient in problem.waiting)
        if not wanted:
            raise ToolError("Nobody waits, so no unit suggests itself; name one.", code="unit_missing")
        unit = min(wanted, key=lambda code: (-wanted[code], code))
    closed = [bed.address for bed in problem.beds if bed.unit == unit and not bed.open]
    count = _count(asked, sum(bed.unit == unit for bed in problem.beds), max(1, len(closed)))
    taken = {bed.bed for bed in problem.beds if bed.unit == unit}
    names = [name for n in range(1, len(taken) + count + 1) if (name := f"extra-{n}") not in taken]
    added = [Bed(unit, "extra", name, sex_rule=SexRule.ANY) for name in names[: max(0, count - len(closed))]]
    return BedSupposed(OPENED, unit, reopened=tuple(closed[:count]), added=tuple(added))


def _demand(asked: Any, problem: BedProblem, unit: str) -> BedSupposed:
    """More patients like those who wait, or the least urgent of them gone."""
    if asked.amount is None:
        raise ToolError("How many more or fewer patients, or by how much percent? Say a number.", code="amount_missing")
    waiting = [patient for patient in problem.waiting if unit in ("", patient.wants)]
    count = _count(asked, len(waiting), 1)
    if quantity(asked.amount).value < 0:
        ranked = sorted(waiting, key=lambda patient: (priority(patient, problem.at), patient.visit))
        return BedSupposed(DEMAND, unit, gone=tuple(patient.visit for patient in ranked[:count]))
    return BedSupposed(DEMAND, unit, coming=_coming(problem, waiting, unit, count))


def _coming(problem: BedProblem, waiting: list[Patient], unit: str, count: int) -> tuple[Patient, ...]:
    """New patients in turn like those who wait; without any, for the unit, women and men in turn, for four days."""
    inpatient = [each.code for each in problem.units if each.kind is not UnitKind.EMERGENCY]
    if not waiting and not unit and not inpatient:
        raise ToolError("There is no unit that could take patients.", code="unit_missing")
    stay = timedelta(days=4)
    found = []
    numbers = [
        n for n in range(1, len(problem.patient_by_visit) + count + 1) if f"NEW-{n}" not in problem.patient_by_visit
    ]
    for place, number in enumerate(numbers[:count]):
        like = waiting[place % len(waiting)] if waiting else None
        found.append(
            Patient(
                visit=f"NEW-{number}",
                leaves=like.leaves if like else problem.at + stay,
                sex=like.sex if like else "FM"[place % 2],
                age=like.age if like else None,
                wants=like.wants if like else unit or inpatient[0],
                since=problem.at,
                acuity=like.acuity if like else None,
            )
        )
    return tuple(found)


def _choice(services: Services, asked: Any, problem: BedProblem, unit: str) -> BedSupposed:
    """A patient in a place, or kept out of it."""
    if not asked.who:
        raise ToolError("Who should go there or be kept away? Name a patient.", code="who_missing")
    patient = patient_in(problem, asked.who)
    if patient is None:
        raise no_such_patient(problem, asked.who)
    place = place_in(services, problem, asked.unit) if asked.unit else ""
    return BedSupposed(asked.change, unit, choice=Choice(patient.visit, place or patient.wants))


def _regular(problem: BedProblem) -> list[Bed]:
    return [bed for bed in problem.beds if problem.unit_by_code[bed.unit].kind is not UnitKind.EMERGENCY]
