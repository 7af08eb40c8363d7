"""Nurses on duty against the patients they care for."""

import math
from collections import Counter
from datetime import date, datetime, time, timedelta

import pandas as pd

from assistant.records.census import census_at
from assistant.records.staff import Shift
from assistant.records.store import Store
from assistant.records.units import Unit

COLUMNS = ["unit", "shift", "shift_name", "night", "nurses", "patients", "patients_per_nurse", "limit", "needed"]
NURSES = frozenset({"nurse", "charge_nurse"})  # care assistants do not count towards the ratio


def staffing(store: Store, day: date, unit: str | None = None) -> pd.DataFrame:
    """Rostered nurses and patients of each shift that starts on a day, in units that have staff.

    Returns:
        A row per unit and shift. `patients` is the census at the start of the shift, or at the records' clock where
        the shift lies after it; `limit` is the highest number of patients for one nurse; `needed` the nurses that
        keep to it (missing where no limit is set); `patients_per_nurse` is NaN without a nurse.
    """
    day = day.date() if isinstance(day, datetime) else day
    following = day + timedelta(days=1)
    roles = {person.staff: person.role for person in store.people()}
    entries = [e for e in store.roster(day, following, unit) if roles.get(e.staff, "nurse") in NURSES]
    on_duty = Counter((entry.unit, entry.shift) for entry in entries)
    staffed = {person.unit for person in store.people(unit)} | {entry.unit for entry in entries}
    rows = []
    for one in store.units():
        if one.code in staffed and unit in (None, one.code):
            shifts = store.shifts(one.code)
            patients = _patients(store, one.code, day, shifts)
            rows += [_row(one, s, on_duty[(one.code, s.shift)], p) for s, p in zip(shifts, patients, strict=True)]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame["needed"] = frame["needed"].astype("Int64")
    return frame


def _patients(store: Store, unit: str, day: date, shifts: list[Shift]) -> list[int]:
    """Patients at the start of each shift, as far as the records reach."""
    clock = store.clock() or datetime.combine(day, time())
    starts = [min(datetime.combine(day, shift.start), clock) for shift in shifts]
    counts = census_at(store, pd.DatetimeIndex(starts), unit)
    return [int(count) for count in counts[unit].to_numpy()]


def _row(unit: Unit, shift: Shift, nurses: int, patients: int) -> tuple[object, ...]:
    limit = unit.patients_per_nurse_night if shift.night else unit.patients_per_nurse_day
    return (
        unit.code,
        shift.shift,
        shift.name,
        shift.night,
        nurses,
        patients,
        patients / nurses if nurses else float("nan"),
        float("nan") if limit is None else limit,
        None if limit is None else math.ceil(patients / limit),
    )
