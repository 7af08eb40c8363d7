"""Says why a patient got no bed, or not the wanted unit's, by trying every rule on every bed of the finished plan."""

from collections.abc import Sequence
from typing import Any

from assistant.plan.beds.fit import misfits, sex_group
from assistant.plan.beds.occupancy import Occupant, in_room
from assistant.plan.beds.problem import BedProblem, Patient
from assistant.plan.result import Reason
from assistant.records.units import Bed, SexRule

Nights = dict[tuple[str, int], list[Occupant]]

_LADDER: tuple[tuple[str, frozenset[str]], ...] = (
    ("no_fitting_unit", frozenset({"unit_kind", "no_gain"})),
    ("unit_full", frozenset({"bed_taken", "bed_closed"})),
    ("no_isolation_bed", frozenset({"isolation_needed"})),
    ("no_ventilator_bed", frozenset({"ventilator_needed"})),
    ("sex_rule", frozenset({"sex_rule"})),
    ("forbidden", frozenset({"forbidden"})),
)
"""Reason to report if no bed is left once those that break these rules are taken away, one rung after the other."""


def why_unplaced(problem: BedProblem, occupied: Nights, patient: Patient) -> Reason:
    """Why nobody found a bed for this patient tonight."""
    return _reason(problem, occupied, patient, (*problem.beds, *problem.surge_beds), patient.visit)


def why_wrong_unit(problem: BedProblem, occupied: Nights, patient: Patient, bed: str) -> Reason:
    """Why this patient lies in another unit's `bed`: what stands in the way in the wanted unit."""
    wanted = [other for other in (*problem.beds, *problem.surge_beds) if other.unit == patient.wants]
    found = _reason(problem, occupied, patient, wanted, patient.visit)
    return Reason("wrong_unit", patient.visit, {**found.values, "bed": bed, "because": found.kind})


def _reason(problem: BedProblem, occupied: Nights, patient: Patient, beds: Sequence[Bed], subject: str) -> Reason:
    faults = {bed.address: _faults(problem, occupied, patient, bed) for bed in beds}
    left = dict(faults)
    counts: dict[str, int] = {}
    kind = ""
    for rung, rules in _LADDER:
        left = {address: broken for address, broken in left.items() if not broken & rules}
        counts[rung] = len(left)
        if not left:
            kind = rung
            break
    surge = {bed.address for bed in problem.surge_beds}
    kind = kind or ("only_surge_bed" if surge.issuperset(left) else "costs_more")
    values: dict[str, Any] = {
        "wanted": patient.wants,
        "acuity": patient.acuity,
        "isolation": patient.isolation,
        "ventilator": patient.ventilator,
        "beds_left_after": counts,
        "would_fit_without": sorted({next(iter(broken)) for broken in faults.values() if len(broken) == 1}),
    }
    return Reason(kind, subject, values)


def _faults(problem: BedProblem, occupied: Nights, patient: Patient, bed: Bed) -> frozenset[str]:
    """Rules that keep the patient out of the bed from tonight on, given where everybody else lies."""
    broken = set(misfits(problem, patient, bed))
    nights = range(problem.leaves_after(patient, 0))
    others = [who for night in nights for who in occupied.get((bed.address, night), ()) if who.patient != patient]
    if others or _unit_is_full(problem, occupied, patient, bed):
        broken.add("bed_taken")
    beds = (*problem.beds, *problem.surge_beds)
    if bed.sex_rule is SexRule.SAME:
        there = [who.patient for night in nights for who in in_room(occupied, beds, bed, night)]
        if any(sex_group(other) != sex_group(patient) for other in there if other != patient):
            broken.add("sex_rule")
    return frozenset(broken)


def _unit_is_full(problem: BedProblem, occupied: Nights, patient: Patient, bed: Bed) -> bool:
    """The unit's free beds are needed for patients whose bed is not known."""
    unknown = len([who for who in occupied.get((bed.unit, 0), ()) if who.patient != patient])
    if not unknown or bed not in problem.beds:
        return False
    beds = [other for other in problem.beds if other.unit == bed.unit and other.open]
    return sum(1 for other in beds if not occupied.get((other.address, 0))) <= unknown
