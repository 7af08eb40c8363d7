"""What can be forecast: the measures, their units of measurement and what exactly they count."""

import difflib
from dataclasses import dataclass

from assistant.errors import ToolError


@dataclass(frozen=True)
class Measure:
    """A daily count.

    Attributes:
        name: Word of the tool catalogue.
        counts: Unit of measurement of one day's value.
        is_level: True for a number present at a time (days hang together), False for events of a day.
        meaning: What is counted, for people.
    """

    name: str
    counts: str
    is_level: bool
    meaning: str


MEASURES = {
    measure.name: measure
    for measure in (
        Measure("admissions", "admissions", False, "patients admitted during the day"),
        Measure("discharges", "discharges", False, "patients who left the hospital during the day"),
        Measure(
            "occupancy",
            "patients",
            True,
            "patients present at the end of the day (24:00); counts at midnight understate the daytime peak, and the "
            "forecast is demand: it may exceed the beds; the whole hospital is counted without its emergency units",
        ),
        Measure("ed_arrivals", "arrivals", False, "arrivals in the emergency department during the day"),
    )
}
# Words of the catalogue that need records which are not imported yet.
_NOT_YET = {"nurse_hours": "worked hours per shift", "supply_use": "daily use of items"}


def find_measure(name: str) -> Measure:
    """The measure of that name.

    Raises:
        ToolError: `not_available` for measures without records yet, `unknown_measure` with near names otherwise.
    """
    if name in MEASURES:
        return MEASURES[name]
    available = ", ".join(MEASURES)
    if name in _NOT_YET:
        raise ToolError(
            f"There is no forecast of {name} yet: it needs {_NOT_YET[name]}, which the records do not hold. "
            f"Available measures: {available}.",
            code="not_available",
        )
    near = difflib.get_close_matches(name.strip().lower().replace(" ", "_"), MEASURES, n=3, cutoff=0.4)
    raise ToolError(f"Unknown measure {name!r}. Available measures: {available}.", code="unknown_measure", near=near)
