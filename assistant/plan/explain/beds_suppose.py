"""What-if changes of a bed problem, planned again with the fewest changes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.plan.beds.plan import BedPlan, Placement, Transfer
from assistant.plan.beds.problem import BedProblem, Choice, Patient
from assistant.plan.conflict import Conflict
from assistant.plan.explain.beds_measures import BedChange, BedMeasures, bed_differences, bed_measures
from assistant.plan.explain.beds_near import BedNear, as_plan
from assistant.plan.result import Status
from assistant.plan.settings import PlanSettings
from assistant.records.units import Bed

CLOSED, OPENED, DEMAND, FORCE, FORBID = "beds_closed", "beds_opened", "demand", "force", "forbid"


@dataclass(frozen=True)
class BedSupposed:
    """One thing that is different.

    Attributes:
        change: `beds_closed`, `beds_opened`, `demand`, `force` or `forbid`.
        unit: Of which unit; empty for the hospital.
        closed: Addresses of beds that close; who lies there stays until leaving, nobody new comes.
        reopened: Addresses of closed beds that open; added: beds that did not exist.
        coming: Patients who wait in addition; gone: visits that do not wait.
        choice: Patient and place, for `force` and `forbid`.
    """

    change: str
    unit: str = ""
    closed: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    added: tuple[Bed, ...] = ()
    coming: tuple[Patient, ...] = ()
    gone: tuple[str, ...] = ()
    choice: Choice | None = None


def suppose_beds(problem: BedProblem, changes: Sequence[BedSupposed]) -> BedProblem:
    """The problem with all the changes, one upon the other."""
    for change in changes:
        is_open = dict.fromkeys(change.closed, False) | dict.fromkeys(change.reopened, True)
        known = {bed.address for bed in problem.beds}
        there = set(problem.patient_by_visit)
        beds = [replace(bed, open=is_open.get(bed.address, bed.open)) for bed in problem.beds]
        beds += [bed for bed in change.added if bed.address not in known]
        waiting = [patient for patient in problem.waiting if patient.visit not in change.gone]
        waiting += [patient for patient in change.coming if patient.visit not in there]
        problem = replace(
            problem,
            beds=tuple(beds),
            waiting=tuple(waiting),
            forced=(*problem.forced, change.choice) if change.change == FORCE and change.choice else problem.forced,
            forbidden=(
                (*problem.forbidden, change.choice) if change.change == FORBID and change.choice else problem.forbidden
            ),
        )
    return problem


@dataclass(frozen=True)
class BedReplan:
    """A changed situation, planned again; see `replan.Replan`."""

    status: Status
    plan: BedPlan
    before: BedMeasures
    nothing_done: BedMeasures
    after: BedMeasures = field(default_factory=BedMeasures)
    changes: tuple[BedChange, ...] = ()
    conflict: Conflict = field(default_factory=Conflict)


def replan_beds(old: BedProblem, published: BedPlan, new: BedProblem, settings: PlanSettings) -> BedReplan:
    """The plan of the changed situation that costs least, a patient placed differently at a price."""
    weights = settings.bed_weights
    before = bed_measures(old, published.assignments, published.transfers, weights)
    nothing = bed_measures(new, *_still_possible(new, published), weights)
    near = BedNear(new, published, settings)
    found = near.cheapest_with_changes()
    if not found.found:
        conflict = near.conflict() if found.status is Status.INFEASIBLE else Conflict()
        plan = as_plan(new, found, settings, conflict)
        return BedReplan(found.status, plan, before, nothing, conflict=conflict)
    after = bed_measures(new, *found.moves, weights)
    changes = bed_differences((published.assignments, published.transfers), found.moves)
    return BedReplan(found.status, as_plan(new, found, settings), before, nothing, after, changes)


def _still_possible(new: BedProblem, published: BedPlan) -> tuple[tuple[Placement, ...], tuple[Transfer, ...]]:
    """The published moves whose patients and beds are still there, open and not ruled out."""
    is_open = {bed.address for bed in (*new.beds, *new.surge_beds) if bed.open}

    def possible(visit: str, bed: str) -> bool:
        ruled_out = any(choice.visit == visit and choice.means(bed) for choice in new.forbidden)
        return visit in new.patient_by_visit and bed in is_open and not ruled_out

    placements = tuple(item for item in published.assignments if possible(item.visit, item.bed))
    return placements, tuple(item for item in published.transfers if possible(item.visit, item.to_bed))
