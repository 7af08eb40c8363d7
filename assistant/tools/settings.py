"""Settings of the tools."""

from dataclasses import dataclass

from assistant.errors import SetupError


@dataclass(frozen=True)
class ToolSettings:
    """What the tools' sentences and limits depend on.

    Attributes:
        busy_percent: Occupancy from which a unit is called busy (85 %: the widely quoted ceiling, evidence weak).
        full_percent: Occupancy from which escalation is due (92 %: NHS planning ceiling 2020/21).
        history_days: Days shown when a question names no period.
        cover_quantile: Quantile of forecast patients that staffing cover is planned for (0.95: enough on 95 % of days).
        max_rows: Longest list in a plain answer; the full table is in the data.
    """

    busy_percent: float = 85
    full_percent: float = 92
    history_days: int = 28
    cover_quantile: float = 0.95
    max_rows: int = 20

    def __post_init__(self) -> None:
        if not 0 < self.cover_quantile < 1:
            raise SetupError(
                f"[tools] cover_quantile must lie between 0 and 1 (0.95: cover holds on 95 % of days), got "
                f"{self.cover_quantile!r}."
            )
