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
        Measure(
            "nurse_hours",
            "hours",
            True,
            "hours of nursing that the patients present at the end of the day need, by the unit's nurse-patient ratios "
            "and the patients' acuity; needed hours, not worked ones",
        ),
        Measure("supply_use", "pieces", False, "pieces of an item used during the day"),
    )
}


def find_measure(name: str) -> Measure:
    """The measure of that name.

    Raises:
        ToolError: `unknown_measure`, with near names.
    """
    if name in MEASURES:
        return MEASURES[name]
    available = ", ".join(MEASURES)
    near = difflib.get_close_matches(name.strip().lower().replace(" ", "_"), MEASURES, n=3, cutoff=0.4)
    raise ToolError(f"Unknown measure {name!r}. Available measures: {available}.", code="unknown_measure", near=near)
