"""Demand: how many of which staff a unit needs on a shift, with where the number comes from."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Demand:
    """Nurses needed on one shift of one day.

    Attributes:
        unit, day, shift: When and where.
        nurses: Whole nurses needed (the ratio applied to `patients`, rounded up).
        patients: Expected patients, the quantile that `basis` names.
        skills: Smallest number of nurses with each skill, e.g. `{"charge": 1}` as pairs.
        basis: Where the figure comes from, e.g. `forecast p80` or `ratio 1:2 x census`.
    """

    unit: str
    day: date
    shift: str
    nurses: int
    patients: float | None = None
    skills: tuple[tuple[str, int], ...] = ()
    basis: str = ""
