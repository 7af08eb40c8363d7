"""Groups of beds that are the same to the plan: same room and attributes.

Planning groups keeps interchangeable beds from being tried in every order; single beds are given out afterwards.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from assistant.plan.beds.problem import BedProblem
from assistant.records.units import Bed


@dataclass(frozen=True, eq=False)
class BedGroup:
    """Interchangeable beds of one room.

    Attributes:
        name: Address of the first bed, and how many more there are.
        surge: Extra beds.
    """

    beds: tuple[Bed, ...]
    surge: bool

    @property
    def name(self) -> str:
        """A readable, unique name."""
        more = len(self.beds) - 1
        return self.beds[0].address + (f" (+{more})" if more else "")

    @property
    def like(self) -> Bed:
        """Any of the beds; they all have the same attributes."""
        return self.beds[0]

    @property
    def room(self) -> str:
        """`unit/room`."""
        return f"{self.like.unit}/{self.like.room}"


def group_beds(problem: BedProblem, alone: Collection[str] = ()) -> tuple[BedGroup, ...]:
    """Groups of all beds, in order of address; a bed that a forced or forbidden choice names stands alone.

    So do the addresses in `alone`: beds of a published plan that is to be kept to.
    """
    named = {choice.place for choice in (*problem.forced, *problem.forbidden)} | set(alone)
    surge = {bed.address for bed in problem.surge_beds}
    found: dict[tuple, list[Bed]] = defaultdict(list)
    for bed in sorted((*problem.beds, *problem.surge_beds), key=lambda bed: bed.address):
        own = bed.address if bed.address in named else ""
        found[bed.unit, bed.room, bed.isolation, bed.ventilator, bed.sex_rule, bed.open, own].append(bed)
    return tuple(BedGroup(tuple(beds), beds[0].address in surge) for beds in found.values())
