"""Which beds suit a patient: kind of unit, isolation, ventilator, women's and men's rooms.

These are sentences of the hospital, used by the rules, by the independent checker and to say why somebody stays
unplaced.
"""

from collections.abc import Callable

from assistant.plan.beds.problem import SURGE_ROOM, BedProblem, Patient
from assistant.records.units import Bed, SexRule, UnitKind

ADULT_AGE = 18
"""From this age on a patient is not cared for in a paediatric unit; below it only there or in intensive care."""

STEP_DOWN_ACUITY = 3
"""From this acuity on (1 is the most urgent) a patient in intensive or step-down care counts as fit to move on."""

_KINDS: dict[UnitKind, frozenset[UnitKind]] = {
    UnitKind.ICU: frozenset({UnitKind.ICU}),
    UnitKind.STEP_DOWN: frozenset({UnitKind.STEP_DOWN, UnitKind.ICU}),
    UnitKind.WARD: frozenset({UnitKind.WARD, UnitKind.STEP_DOWN}),
    UnitKind.OTHER: frozenset({UnitKind.OTHER, UnitKind.WARD}),
    UnitKind.MATERNITY: frozenset({UnitKind.MATERNITY}),
    UnitKind.PAEDIATRIC: frozenset({UnitKind.PAEDIATRIC}),
    UnitKind.EMERGENCY: frozenset({UnitKind.WARD, UnitKind.STEP_DOWN}),
}
"""Kinds of unit that can take a patient who needs the first kind: as much care as asked for, or the next step more.
Nobody is put where there is less care than the wanted unit gives; nobody who needs a ward blocks intensive care."""

_STEPS_DOWN: dict[UnitKind, frozenset[UnitKind]] = {
    UnitKind.ICU: frozenset({UnitKind.STEP_DOWN, UnitKind.WARD}),
    UnitKind.STEP_DOWN: frozenset({UnitKind.WARD}),
}
"""Where a patient who is fit to move on may go."""


def suits_unit(problem: BedProblem, patient: Patient, bed: Bed) -> bool:
    """The bed's unit gives the care that the patient waits for (or may step down to) and takes the patient's age."""
    unit = problem.unit_by_code[bed.unit]
    if unit.kind is UnitKind.EMERGENCY:
        return False
    if patient.wants == bed.unit:
        return True
    if not _suits_age(patient, unit.kind):
        return False
    if patient.wants:
        return unit.kind in _KINDS[problem.unit_by_code[patient.wants].kind]
    return unit.kind in _STEPS_DOWN.get(problem.unit_by_code[patient.unit].kind, frozenset())


def _suits_age(patient: Patient, kind: UnitKind) -> bool:
    """Children lie in paediatric units or intensive care, adults never in paediatric units; unknown ages are adults."""
    child = patient.age is not None and patient.age < ADULT_AGE
    if kind is UnitKind.PAEDIATRIC:
        return child
    return not child or kind is UnitKind.ICU


def suits_isolation(problem: BedProblem, patient: Patient, bed: Bed) -> bool:
    """A patient who must be isolated lies in an isolation room."""
    return bed.isolation or not patient.isolation


def suits_ventilator(problem: BedProblem, patient: Patient, bed: Bed) -> bool:
    """A ventilated patient lies where a ventilator can be used."""
    return bed.ventilator or not patient.ventilator


def suits_named_sex(problem: BedProblem, patient: Patient, bed: Bed) -> bool:
    """Women's rooms take women, men's rooms men; a patient of unknown sex gets neither."""
    if bed.sex_rule is SexRule.FEMALE:
        return patient.sex == "F"
    return bed.sex_rule is not SexRule.MALE or patient.sex == "M"


def is_open(problem: BedProblem, patient: Patient, bed: Bed) -> bool:
    """Closed beds are not given."""
    return bed.open


def gains_by_moving(problem: BedProblem, patient: Patient, bed: Bed) -> bool:
    """Who waits in a ward's own bed moves to a regular bed of the wanted unit only: no other serves any better.

    Two exceptions: a need is unmet where the patient lies now, or the bed there is an intensive or step-down one, which
    is worth freeing.
    """
    now = problem.bed_by_address.get(patient.bed)
    if now is None or not patient.wants:
        return True
    kind = problem.unit_by_code[now.unit].kind
    if kind is UnitKind.EMERGENCY or (kind in _STEPS_DOWN and bed.unit != now.unit):
        return True
    if not (suits_isolation(problem, patient, now) and suits_ventilator(problem, patient, now)):
        return True
    return bed.unit == patient.wants and bed.room != SURGE_ROOM


def is_allowed(problem: BedProblem, patient: Patient, bed: Bed) -> bool:
    """Nobody has forbidden this patient this place."""
    return not any(choice.visit == patient.visit and choice.means(bed.address) for choice in problem.forbidden)


FITS: dict[str, Callable[[BedProblem, Patient, Bed], bool]] = {
    "unit_kind": suits_unit,
    "no_gain": gains_by_moving,
    "bed_closed": is_open,
    "isolation_needed": suits_isolation,
    "ventilator_needed": suits_ventilator,
    "sex_rule": suits_named_sex,
    "forbidden": is_allowed,
}
"""Rules on one patient and one bed, by the name under which they are reported."""


def misfits(problem: BedProblem, patient: Patient, bed: Bed) -> list[str]:
    """Names of the rules that keep this patient out of this bed, whoever else lies there."""
    return [name for name, fits in FITS.items() if not fits(problem, patient, bed)]


def may_step_down(problem: BedProblem, patient: Patient) -> bool:
    """A present patient who could be moved to make room: in intensive or step-down care, stable, not ventilated."""
    if not patient.bed or patient.ventilator or patient.acuity is None or patient.acuity < STEP_DOWN_ACUITY:
        return False
    return problem.unit_by_code[patient.unit].kind in _STEPS_DOWN


def sex_group(patient: Patient) -> str:
    """Patients of the same group may share a room; somebody of unknown sex shares with nobody."""
    return patient.sex if patient.sex in ("F", "M") else f"?{patient.visit}"
