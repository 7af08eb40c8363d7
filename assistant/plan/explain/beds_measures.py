"""A bed plan in the units that people speak of, and who changes between two of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from assistant.plan.beds.plan import Placement, Transfer
from assistant.plan.beds.problem import BedProblem
from assistant.plan.beds.score import costs_of
from assistant.plan.settings import BedWeights


@dataclass(frozen=True)
class BedMeasures:
    """What a bed plan comes to; less is better throughout.

    Attributes:
        unplaced: Waiting patients without a bed in the window.
        waiting_nights: Nights waited, those of the unplaced included.
        surge_nights: Nights in extra beds.
        wrong_unit_nights: Nights in another unit than the wanted one.
        transfers: Present patients moved to make room.
        cost: Weighted, as the solver counts it.
    """

    unplaced: float = 0
    waiting_nights: float = 0
    surge_nights: float = 0
    wrong_unit_nights: float = 0
    transfers: float = 0
    cost: float = 0

    def __sub__(self, other: "BedMeasures") -> "BedMeasures":
        return BedMeasures(**{f.name: getattr(self, f.name) - getattr(other, f.name) for f in fields(self)})

    def worse(self) -> dict[str, float]:
        """The measures of a difference that got worse, without the cost."""
        return {name: value for name, value in vars(self).items() if value > 0 and name != "cost"}

    def better(self) -> dict[str, float]:
        """The measures of a difference that got better, as positive amounts, without the cost."""
        return {name: -value for name, value in vars(self).items() if value < 0 and name != "cost"}


def bed_measures(
    problem: BedProblem, placements: Sequence[Placement], transfers: Sequence[Transfer], weights: BedWeights
) -> BedMeasures:
    """What a bed plan comes to."""
    placed = {item.visit for item in placements}
    unplaced = sum(patient.visit not in placed for patient in problem.waiting)
    surge = {bed.address for bed in problem.surge_beds}
    return BedMeasures(
        unplaced=unplaced,
        waiting_nights=unplaced * problem.days + sum(item.night for item in placements),
        surge_nights=sum(p.nights for p in placements if p.surge)
        + sum(t.nights for t in transfers if t.to_bed in surge),
        wrong_unit_nights=sum(item.nights for item in placements if item.wrong_unit),
        transfers=len(transfers),
        cost=sum(costs_of(problem, placements, transfers, weights).values()),
    )


@dataclass(frozen=True, order=True)
class BedChange:
    """One patient whose place differs; an empty bed: left waiting, or not moved."""

    visit: str
    before: str
    after: str
    night_before: int = 0
    night_after: int = 0


def bed_differences(
    before: tuple[Iterable[Placement], Iterable[Transfer]], after: tuple[Iterable[Placement], Iterable[Transfer]]
) -> tuple[BedChange, ...]:
    """Everybody whose bed, or its first night, differs."""
    old, new = places(*before), places(*after)
    nowhere = ("", 0)
    return tuple(
        sorted(
            BedChange(visit, *_crossed(old.get(visit, nowhere), new.get(visit, nowhere)))
            for visit in old.keys() | new.keys()
            if old.get(visit) != new.get(visit)
        )
    )


def places(placements: Iterable[Placement], transfers: Iterable[Transfer]) -> dict[str, tuple[str, int]]:
    """Bed and first night of everybody whom a plan puts somewhere."""
    found = {item.visit: (item.bed, item.night) for item in placements}
    return found | {item.visit: (item.to_bed, item.night) for item in transfers}


def _crossed(old: tuple[str, int], new: tuple[str, int]) -> tuple[str, str, int, int]:
    return old[0], new[0], old[1], new[1]
