"""Settings of the sample hospital: how long, how large, how dirty, and from which seed."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class SampleSettings:
    """What decides the sample files; the same settings give the same bytes.

    Attributes:
        seed: Seed of every random stream.
        days: Days of movements before `end` (at least 3).
        end: The clock at which the files stop. Evening, so that patients wait for a bed.
        dirt: Share of messages that is spoilt on purpose (repeated, late, cancelled, test, cut); 0 gives clean files.
        scale: Rooms, arrivals and staff relative to the full hospital of about 300 beds (0.3 to 1).
        warm_up_days: Days simulated before the files begin, so that wards start filled.
        roster_back_days: Worked roster before `end`.
        roster_ahead_days: Published roster after `end`, for half of the units.
        outlier_hours: Wait for a bed after which another ward of the same group is taken.
        boarder_limit: Emergency patients waiting for a bed above which further ones go to another hospital.
    """

    seed: int = 20
    days: int = 365
    end: datetime = datetime(2026, 10, 31, 20, 0)
    dirt: float = 0.002
    scale: float = 1.0
    warm_up_days: int = 28
    roster_back_days: int = 42
    roster_ahead_days: int = 14
    outlier_hours: float = 7.0
    boarder_limit: int = 20

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: If a setting lies outside its range; names all of them.
        """
        faults = [
            f"{name} must be {rule}, got {getattr(self, name)!r}"
            for name, rule, good in (
                ("days", "at least 3", self.days >= 3),
                ("dirt", "between 0 and 0.2", 0 <= self.dirt <= 0.2),
                ("scale", "between 0.3 and 1", 0.3 <= self.scale <= 1),
                ("warm_up_days", "at least 14", self.warm_up_days >= 14),
                ("boarder_limit", "at least 1", self.boarder_limit >= 1),
            )
            if not good
        ]
        if faults:
            raise ValueError("; ".join(faults))

    @property
    def start(self) -> datetime:
        """The clock at which the files begin."""
        return self.end - timedelta(days=self.days)

    @property
    def origin(self) -> datetime:
        """The clock at which the simulation begins, before the files do."""
        return self.start - timedelta(days=self.warm_up_days)
