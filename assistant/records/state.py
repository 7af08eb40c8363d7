"""The state of the hospital as tools and forecasts ask for it; each question is answered in a file of its own."""

from assistant.records.census import census_at, census_history, free_beds, occupancy, patients_present
from assistant.records.flows import MEASURES, flows, length_of_stay
from assistant.records.quality import checked_at, data_quality
from assistant.records.staffing import staffing
from assistant.records.supplies import stock

__all__ = [
    "MEASURES",
    "census_at",
    "census_history",
    "checked_at",
    "data_quality",
    "flows",
    "free_beds",
    "length_of_stay",
    "occupancy",
    "patients_present",
    "staffing",
    "stock",
]
