"""Settings of the plans: limits that make a run repeatable, and what each soft rule costs.

Why one search strategy and a deterministic limit: see `assistant/plan/search.py`.
"""

import math
from dataclasses import dataclass, field, fields
from typing import Any

from assistant.errors import RecordError
from assistant.plan.explain.settings import ExplainSettings
from assistant.plan.staffing.help_settings import HelpSettings
from assistant.plan.staffing.working_time import RosterRules


def _check_weights(weights: Any) -> None:
    faults = [
        f"{item.name} must be a whole number of 0 or more, got {getattr(weights, item.name)!r}."
        for item in fields(weights)
        if not isinstance(getattr(weights, item.name), int) or getattr(weights, item.name) < 0
    ]
    if faults:
        raise RecordError(f"{type(weights).__name__} cannot be used; please mend:", faults)


@dataclass(frozen=True)
class RosterWeights:
    """Price of one unit of each soft rule of a roster; whole numbers, only their ratios matter.

    Attributes:
        short_nurse: One nurse missing on one shift.
        short_again: Each nurse missing on a shift beyond the first: two gaps on one shift are worse
            than one on each of two.
        short_skill: One nurse with a needed skill missing on one shift.
        over_nurse: One nurse more than needed on one shift.
        wish: One unmet wish of weight 1 (a wish of weight 3 costs three times as much).
        contract_hour: Each started hour above or below the contract hours of the window, beyond half of the longest
            shift, since hours come in whole shifts. A full shift below costs
            more than a surplus nurse: people are paid for their hours, so the roster gives them their shifts.
        night: One night above a person's fair share; a second one costs double.
        weekend: One Saturday or Sunday above a person's fair share; a second one costs double.
    """

    short_nurse: int = 1000
    short_again: int = 500
    short_skill: int = 600
    over_nurse: int = 10
    wish: int = 20
    contract_hour: int = 3
    night: int = 15
    weekend: int = 15

    def __post_init__(self) -> None:
        _check_weights(self)


@dataclass(frozen=True)
class BedWeights:
    """Price of one unit of each soft rule of a bed plan; whole numbers, only their ratios matter.

    A waiting patient's priority is the acuity turned round (acuity 1, the most urgent, gives 4;
    acuity 4 gives 1; 2 where it is not known) plus one for every 12 hours waited, at most four.

    Attributes:
        waiting_night: One night without the wanted bed, times the patient's priority.
        surge_night: One patient one night in a surge bed.
        wrong_unit_night: One patient one night in another unit than the wanted one.
        transfer: Moving one present patient to make room.
        isolation_bed_night: One night of an isolation bed for a patient without that need.
        ventilator_bed_night: One night of a ventilator bed for a patient without that need.
        mixed_room_night: One night in which the plan adds to a room that both sexes then share (only where allowed).
    """

    waiting_night: int = 1000
    surge_night: int = 300
    wrong_unit_night: int = 100
    transfer: int = 150
    isolation_bed_night: int = 20
    ventilator_bed_night: int = 20
    mixed_room_night: int = 10

    def __post_init__(self) -> None:
        _check_weights(self)
        worst_night = (
            self.surge_night
            + self.wrong_unit_night
            + self.isolation_bed_night
            + self.ventilator_bed_night
            + self.mixed_room_night
        )
        if self.waiting_night < worst_night:
            raise RecordError(
                f"waiting_night must be at least {worst_night}, what a night in the worst bed costs, else patients "
                f"would be left waiting beside free beds; got {self.waiting_night}."
            )


_ABOVE_ZERO = (
    "seconds",
    "workers",
    "deterministic_rate",
    "local_rate",
    "patience",
    "stay_days_back",
    "stay_days_default",
)


@dataclass(frozen=True)
class PlanSettings:
    """How long and how the solver searches.

    Attributes:
        seconds: Time limit on the reference machine (two cores). It is kept in deterministic time, so
            that the same inputs give the same plan on a slow or busy machine too; the clock stops a run only at
            `patience` times as long.
        seed: Of the solver.
        workers: Search strategies side by side, also on fewer cores.
        deterministic_rate: Units of deterministic time that the reference machine does in a second.
        local_rate: Changes to a roster that the local search tries in a second on the reference machine.
        local_share: Share of `seconds` for the local search of rosters; the rest goes to CP-SAT, which proves.
        patience: See `seconds`. A run that the clock stopped is marked as not repeatable.
        roster_rules: Working-time rules of the house.
        roster_weights, bed_weights: Prices of the soft rules.
        explain: Of explanations and what-if questions.
        help: Prices of nurses lent between units and of agency nurses.
        surge_beds: Extra beds that may be opened in each inpatient unit.
        stay_days_back: Days of records from which a unit's typical stay is taken.
        stay_days_default: Typical stay in days of a unit without any finished stay in the records.
    """

    seconds: float = 20.0
    seed: int = 1
    workers: int = 8
    deterministic_rate: float = 0.4
    local_rate: float = 1_200_000.0
    local_share: float = 0.3
    patience: float = 3.0
    roster_rules: RosterRules = field(default_factory=RosterRules)
    roster_weights: RosterWeights = field(default_factory=RosterWeights)
    bed_weights: BedWeights = field(default_factory=BedWeights)
    explain: ExplainSettings = field(default_factory=ExplainSettings)
    help: HelpSettings = field(default_factory=HelpSettings)
    surge_beds: int = 2
    stay_days_back: int = 180
    stay_days_default: float = 4.0

    def __post_init__(self) -> None:
        faults = [
            f"{name} must be above 0, got {getattr(self, name)!r}."
            for name in _ABOVE_ZERO
            if not (math.isfinite(getattr(self, name)) and getattr(self, name) > 0)
        ]
        if not 0 <= self.local_share <= 0.9:
            faults.append(f"local_share must be between 0 and 0.9, got {self.local_share!r}.")
        if self.surge_beds < 0:
            faults.append(f"surge_beds must be 0 or more, got {self.surge_beds!r}.")
        if faults:
            raise RecordError("The plan settings cannot be used; please mend:", faults)
