"""How long an explanation may search, and how dear a change of a published plan is."""

import math
from dataclasses import dataclass

from assistant.errors import RecordError


@dataclass(frozen=True)
class ExplainSettings:
    """Settings of explanations and what-if questions.

    Attributes:
        seconds: Time of one search; an explanation makes a handful of them. Kept in deterministic time, as for plans.
        changed_duty: Price of one person's day that differs from the published roster, in the units of
            `RosterWeights`: below a missing nurse, above wishes and fairness, so that people are only called again
            where cover needs it.
        changed_bed: Price of one patient whose place differs from the published bed plan, in the units of
            `BedWeights`: below a night of waiting.
        neighbours: People whose shifts may change beside those the question is about, in the first search; further
            searches widen the circle while they still end with a proof.
        everybody: Most people of the widest circle.
    """

    seconds: float = 3.0
    changed_duty: int = 60
    changed_bed: int = 60
    neighbours: int = 7
    everybody: int = 30

    def __post_init__(self) -> None:
        faults = [
            f"{name} must be above 0, got {getattr(self, name)!r}."
            for name in ("seconds", "neighbours", "everybody")
            if not (math.isfinite(getattr(self, name)) and getattr(self, name) > 0)
        ]
        faults += [
            f"{name} must be a whole number of 0 or more, got {getattr(self, name)!r}."
            for name in ("changed_duty", "changed_bed")
            if not isinstance(getattr(self, name), int) or getattr(self, name) < 0
        ]
        if faults:
            raise RecordError("The settings of explanations cannot be used; please mend:", faults)
