"""The whole hospital's forecast, reconciled with those of its units, so that they add up."""

from dataclasses import replace

from assistant.forecast.reconcile import reconcile
from assistant.forecast.result import Forecast

ADDS_UP = frozenset({"occupancy", "admissions", "discharges"})
"""Measures of which the house is the sum of its inpatient units."""


def reconciled(house: Forecast, units: list[Forecast]) -> Forecast:
    """The house's forecast with the units' reconciled quantiles as its parts; the house as it is without units.

    Only units forecast for exactly the same days take part, and only if they are all of them: a unit left out would
    be forced to nothing.
    """
    if not units or any(not one.quantiles.index.equals(house.quantiles.index) for one in units):
        return house
    tables = {one.unit or "": one.quantiles for one in units}
    total, parts = reconcile(house.quantiles, tables)
    return replace(house, quantiles=total.round(2), parts={code: one.round(2) for code, one in parts.items()})
