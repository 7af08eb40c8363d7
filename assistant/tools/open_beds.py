"""How many beds are open: what forecasts and cover are held against."""

from datetime import datetime

from assistant.records import state
from assistant.records.units import Unit, UnitKind
from assistant.tools.services import Services


def open_beds(services: Services, unit: Unit | None, at: datetime) -> int:
    """Open beds of a unit, or of the whole hospital, where emergency bays do not count; 0 if none are known."""
    table = state.occupancy(services.store, at, unit.code if unit else None)
    if unit is None:
        wards = {known.code for known in services.store.units() if known.kind is not UnitKind.EMERGENCY}
        table = table[table.unit.isin(wards)]
    return int(table.beds_open.sum()) if len(table) else 0
