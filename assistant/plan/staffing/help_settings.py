"""What help between units costs."""

import math
from dataclasses import dataclass

from assistant.errors import RecordError


@dataclass(frozen=True)
class HelpSettings:
    """What help costs in a roster of several units.

    Attributes:
        lent_shift: Price of one shift of a nurse lent by another unit, in the units of `RosterWeights`: below a missing
            nurse, above wishes and fairness.
        agency_shift: The same of an agency nurse; above `lent_shift`, so that own staff are asked first.
        agency_most: Agency nurses that a unit may hire for the days planned; 0 for none.
        agency_price: Money for one agency shift, named in the answer; 0 if it is not known.
        currency: Of that price.
        candidates: Most nurses of other units that are looked at for one unit.
    """

    lent_shift: int = 60
    agency_shift: int = 300
    agency_most: int = 4
    agency_price: float = 0.0
    currency: str = "EUR"
    candidates: int = 20

    def __post_init__(self) -> None:
        whole = ("lent_shift", "agency_shift", "agency_most", "candidates")
        faults = [
            f"{name} must be a whole number of 0 or more, got {getattr(self, name)!r}."
            for name in whole
            if not isinstance(getattr(self, name), int) or getattr(self, name) < 0
        ]
        if not (math.isfinite(self.agency_price) and self.agency_price >= 0):
            faults.append(f"agency_price must be 0 or more, got {self.agency_price!r}.")
        if faults:
            raise RecordError("The settings of help between units cannot be used; please mend:", faults)
