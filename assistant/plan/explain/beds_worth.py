"""What one more, and one less, bed of each unit is worth to a bed plan: by solving it again, best first."""

from dataclasses import dataclass, replace

from assistant.plan.beds.plan import BedPlan
from assistant.plan.beds.problem import BedProblem
from assistant.plan.explain.beds_measures import BedMeasures, bed_measures
from assistant.plan.explain.beds_near import BedNear, Placed
from assistant.plan.result import Status
from assistant.plan.settings import PlanSettings
from assistant.records.units import Bed, SexRule, UnitKind


@dataclass(frozen=True)
class BedWorth:
    """What one step changes; see `worth.Worth`.

    Attributes:
        thing: `bed`, or `isolation_bed` (a bed of the unit that can also isolate and ventilate).
        step: +1 or -1.
        subject: Code of the unit.
    """

    thing: str
    step: int
    subject: str
    saved: float
    change: BedMeasures
    proven: bool


def bed_worths(problem: BedProblem, published: BedPlan, settings: PlanSettings) -> tuple[BedWorth, ...]:
    """Beds of the units that somebody waits for or is placed in, the most worth first."""
    plain = BedNear(problem, published, settings).cheapest()
    if not plain.found:
        return ()
    rows = []
    for unit in _units(problem, published):
        for thing, isolation in (("bed", False), ("isolation_bed", True)):
            extra = Bed(unit, "extra", "extra-1", isolation, isolation, SexRule.ANY)
            rows.append(
                _worth(
                    problem, replace(problem, beds=(*problem.beds, extra)), published, plain, settings, thing, 1, unit
                )
            )
        closed = _one_closed(problem, published, unit)
        if closed is not None:
            rows.append(_worth(problem, closed, published, plain, settings, "bed", -1, unit))
    found = [row for row in rows if row is not None]
    return tuple(sorted(found, key=lambda row: (-row.saved, row.subject, row.thing, -row.step)))


def _units(problem: BedProblem, published: BedPlan) -> list[str]:
    wanted = {patient.wants for patient in problem.waiting} | {item.bed.split("/")[0] for item in published.assignments}
    return sorted(unit for unit in wanted if unit and problem.unit_by_code[unit].kind is not UnitKind.EMERGENCY)


def _one_closed(problem: BedProblem, published: BedPlan, unit: str) -> BedProblem | None:
    """One bed of the unit less: one that the plan uses, else any that is free; None if there is none."""
    lying = {patient.bed for patient in problem.patient_by_visit.values() if patient.bed}
    used = {item.bed for item in published.assignments}
    free = [bed for bed in problem.beds if bed.unit == unit and bed.open and bed.address not in lying]
    if not free:
        return None
    gone = min(free, key=lambda bed: (bed.address not in used, bed.address))
    return replace(problem, beds=tuple(replace(bed, open=False) if bed == gone else bed for bed in problem.beds))


def _worth(
    problem: BedProblem,
    stepped: BedProblem,
    published: BedPlan,
    plain: Placed,
    settings: PlanSettings,
    thing: str,
    step: int,
    unit: str,
) -> BedWorth | None:
    found = BedNear(stepped, published, settings).cheapest()
    if not found.found:
        return None
    weights = settings.bed_weights
    change = bed_measures(stepped, *found.moves, weights) - bed_measures(problem, *plain.moves, weights)
    saved = plain.cost - found.cost
    proven = found.status is Status.OPTIMAL and plain.status is Status.OPTIMAL
    return BedWorth(thing, step, unit, max(0.0, saved) if step > 0 else saved, change, proven)
