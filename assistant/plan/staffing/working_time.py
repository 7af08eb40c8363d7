"""The hospital's working-time rules, in force for every roster."""

from dataclasses import dataclass

from assistant.errors import RecordError


@dataclass(frozen=True)
class RosterRules:
    """Working-time rules; all hard.

    Attributes:
        rest_minutes: Shortest rest between two shifts (660: 11 hours, EU Directive 2003/88/EC).
        max_hours_per_week: Highest average working time a week over the window (48, same directive);
            asked only of windows of a week or more.
        max_hours_in_seven_days: Highest working time in any seven days in a row, worked days before the window
            included.
        max_consecutive_days: Most days worked in a row.
        max_consecutive_nights: Most nights in a row.
        nights_in_a_block: From this many nights in a row on, the long rest is due.
        rest_after_nights_minutes: Rest from the end of the last night of a block to the next shift.
        contract_tolerance: Share of the contract hours of the window that may be worked more or less; one of the
            longest shifts is always allowed on top, since hours come in whole shifts.
        agency_share: Most agency nurses on a shift, as a share of all nurses on it.
        cover_hard: Demand must be met; otherwise missing nurses are paid for, dearly, and reported.
    """

    rest_minutes: int = 660
    max_hours_per_week: float = 48.0
    max_hours_in_seven_days: float = 48.0
    max_consecutive_days: int = 6
    max_consecutive_nights: int = 4
    nights_in_a_block: int = 3
    rest_after_nights_minutes: int = 46 * 60
    contract_tolerance: float = 0.10
    cover_hard: bool = False
    agency_share: float = 0.25

    def __post_init__(self) -> None:
        faults = _faults(self)
        if faults:
            raise RecordError("The working-time rules cannot be used; please mend:", faults)


def _faults(rules: RosterRules) -> list[str]:
    """Working-time rules that make no sense."""
    not_negative = ("rest_minutes", "rest_after_nights_minutes", "contract_tolerance")
    at_least_one = ("max_consecutive_days", "max_consecutive_nights", "nights_in_a_block")
    hours = ("max_hours_per_week", "max_hours_in_seven_days")
    value = {name: getattr(rules, name) for name in (*not_negative, *at_least_one, *hours)}
    return [
        *([] if 0 <= rules.agency_share <= 1 else [f"agency_share must be 0 to 1, got {rules.agency_share}."]),
        *(f"{name} must be 0 or more, got {value[name]}." for name in not_negative if value[name] < 0),
        *(f"{name} must be 1 or more, got {value[name]}." for name in at_least_one if value[name] < 1),
        *(
            f"{name} must be above 0 and at most 168, got {value[name]}."
            for name in hours
            if not 0 < value[name] <= 168
        ),
    ]
