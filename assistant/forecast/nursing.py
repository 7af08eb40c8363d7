"""Hours of nursing that a patient needs in a day, by unit: the nurse-patient ratio, moved by the patients' acuity.

A ratio of 1:5 by day and 1:8 by night over a unit's shifts gives hours a patient and day for its usual patients.
Patients who are more dependent than usual need more: the multipliers between acuity levels are those of the Safer
Nursing Care Tool (Shelford Group 2013: levels 0, 1a, 1b, 2 at 0.99, 1.39, 1.72, 1.97 nurses a bed), relative to the
unit's own mean of the weeks before, so that a unit with its usual mix needs what its ratio says.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from assistant.errors import ToolError
from assistant.records import tables as t
from assistant.records.store import Store
from assistant.records.units import Unit, UnitKind
from assistant.records.wall import to_seconds

DEFAULT_DAY, DEFAULT_NIGHT = 6.0, 8.0
"""Patients to a nurse on a general ward where the hospital has set no ratio (handbook, nurse-patient ratios)."""
_WEIGHTS = {1: 1.97, 2: 1.72, 3: 1.39, 4: 0.99, 5: 0.99}  # acuity 1 is the most urgent
_USUAL_DAYS = 56
_DAY_HOURS = 15.0  # of 24, where no shifts are known


@dataclass(frozen=True)
class NursingHours:
    """What a patient day needs.

    Attributes:
        per_patient: Hours a patient and day, acuity counted in.
        by_ratio: The same for the unit's usual patients.
        acuity: `per_patient` / `by_ratio`; 1 where acuity is not recorded.
        acuity_known: Whether acuity is recorded for the patients present.
        assumed: Whether a ratio of general wards had to stand in.
    """

    per_patient: float
    by_ratio: float
    acuity: float
    acuity_known: bool
    assumed: bool


def nursing_hours(store: Store, unit: Unit | None, at: datetime) -> NursingHours:
    """Hours a patient and day in a unit; for the whole hospital the mean of its inpatient units by their patients.

    Raises:
        ToolError: `not_available`, if the hospital has no inpatient units.
    """
    if unit is not None:
        return _of_unit(store, unit, at)
    units = [one for one in store.units() if one.kind is not UnitKind.EMERGENCY]
    if not units:
        raise ToolError("The records know no inpatient unit to count nurse hours for.", code="not_available")
    counts = _patient_days(store, at)
    parts = [(_of_unit(store, one, at), counts.get(one.code, 0) or 0.01) for one in units]
    total = sum(weight for _, weight in parts)
    return NursingHours(
        sum(part.per_patient * weight for part, weight in parts) / total,
        sum(part.by_ratio * weight for part, weight in parts) / total,
        sum(part.per_patient * weight for part, weight in parts)
        / sum(part.by_ratio * weight for part, weight in parts),
        any(part.acuity_known for part, _ in parts),
        any(part.assumed for part, _ in parts),
    )


def _of_unit(store: Store, unit: Unit, at: datetime) -> NursingHours:
    by_ratio = hours_by_ratio(store, unit)
    now, usual = _acuity(store, unit.code, at, at), _acuity(store, unit.code, at - timedelta(days=_USUAL_DAYS), at)
    known = now is not None and usual is not None
    factor = now / usual if now is not None and usual is not None else 1.0
    assumed = unit.patients_per_nurse_day is None or unit.patients_per_nurse_night is None
    return NursingHours(by_ratio * factor, by_ratio, factor, known, assumed)


def hours_by_ratio(store: Store, unit: Unit) -> float:
    """Hours a patient and day at the unit's ratios: a nurse's share of each of the 24 hours, shifts without overlap."""
    day = unit.patients_per_nurse_day or DEFAULT_DAY
    night = unit.patients_per_nurse_night or DEFAULT_NIGHT
    shifts = store.shifts(unit.code)
    dark = sum(_length(shift.start.hour * 60 + shift.start.minute, shift.end.hour * 60 + shift.end.minute)
               for shift in shifts if shift.night)  # fmt: skip
    night_hours = min(dark / 60, 24.0) if shifts else 24 - _DAY_HOURS
    return (24 - night_hours) / day + night_hours / night


def _length(start: int, end: int) -> int:
    """Minutes from start to end, over midnight where the end is earlier."""
    return (end - start) % 1440 or 1440


def _acuity(store: Store, unit: str, start: datetime, end: datetime) -> float | None:
    """Mean acuity multiplier of stays in the unit that touch [start, end]; None without a recorded acuity."""
    s = t.stays.c
    touching = (s.start <= to_seconds(end), or_(s.end.is_(None), s.end > to_seconds(start)))
    query = select(s.acuity, func.count()).where(s.unit == unit, s.acuity.is_not(None), *touching).group_by(s.acuity)
    counts = {int(acuity): int(count) for acuity, count in map(tuple, store.read(query)) if int(acuity) in _WEIGHTS}
    total = sum(counts.values())
    return sum(_WEIGHTS[acuity] * count for acuity, count in counts.items()) / total if total else None


def _patient_days(store: Store, at: datetime) -> dict[str, int]:
    """Patients present now by unit."""
    s, now = t.stays.c, to_seconds(at)
    query = select(s.unit, func.count()).where(s.start <= now, or_(s.end.is_(None), s.end > now)).group_by(s.unit)
    return {str(unit): int(count) for unit, count in map(tuple, store.read(query))}
