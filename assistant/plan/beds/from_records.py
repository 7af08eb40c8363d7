"""Makes a bed problem from the hospital's records."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from assistant.plan.beds.problem import BedProblem, Choice, Patient
from assistant.plan.settings import PlanSettings
from assistant.records.state import length_of_stay
from assistant.records.store import Store
from assistant.records.units import Unit, UnitKind


def problem_from_records(
    store: Store,
    at: datetime,
    unit: str | None = None,
    days: int = 1,
    settings: PlanSettings | None = None,
    forced: Sequence[Choice] = (),
    forbidden: Sequence[Choice] = (),
) -> BedProblem:
    """The problem of placing everybody who waits at `at`, over the next `days` nights.

    Everybody competes for beds, so the whole hospital is planned even if the question is about one `unit`.

    When a present patient is expected to leave: at the expected end of the records; where there is none, once the
    unit's typical (median) stay is over; and where that time has passed, a day from now, since somebody who is still
    there has not left. A waiting patient is expected to stay as long as is typical in the wanted unit.

    Args:
        store: The records.
        at: Now.
        unit: Code of the unit that the question is about; None for all.
        days: Nights to plan, 1 to 28.
        settings: Surge beds and typical stays.
        forced: Places that patients must get.
        forbidden: Places that patients must not get.
    """
    settings = settings or PlanSettings()
    units = store.units()
    beds = store.beds()
    typical = _TypicalStays(store, at, settings)
    waiting_rows = _rows(store.waiting(at))
    waits = {row["visit"] for row in waiting_rows}
    lying = _lying_now(store, at)
    addresses = _one_patient_a_bed(lying, {bed.address for bed in beds})
    emergency = {u.code for u in units if u.kind is UnitKind.EMERGENCY}
    present = [
        _present(row, addresses[row["visit"]], at, typical)
        for row in lying
        if row["visit"] not in waits and row["unit"] not in emergency
    ]
    waiting = [_waiting(row, addresses.get(row["visit"], ""), at, typical) for row in waiting_rows]
    return BedProblem(
        at=at,
        days=days,
        units=tuple(units),
        beds=tuple(beds),
        waiting=tuple(waiting),
        present=tuple(present),
        surge=_surge(units, settings),
        unit=unit or "",
        forced=tuple(forced),
        forbidden=tuple(forbidden),
    )


class _TypicalStays:
    """Median stay in days by unit, from the records of the last months."""

    def __init__(self, store: Store, at: datetime, settings: PlanSettings) -> None:
        table = length_of_stay(store, at - timedelta(days=settings.stay_days_back), at)
        self._days = dict(zip(table["unit"], table["median_days"], strict=True))
        self._default = settings.stay_days_default

    def of(self, unit: str) -> timedelta:
        """The typical stay in `unit`."""
        return timedelta(days=float(self._days.get(unit, self._default)))


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with plain Python values; None for what is missing."""
    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in table.astype(object).to_dict("records")
    ]


def _lying_now(store: Store, at: datetime) -> list[dict[str, Any]]:
    """Inpatient stays that hold at `at`, the latest of each visit."""
    rows = _rows(store.stays(at, at + timedelta(seconds=1)))
    latest = {row["visit"]: row for row in rows if row["end"] is None or row["end"] > at}
    return list(latest.values())


def _one_patient_a_bed(rows: Sequence[dict[str, Any]], known: set[str]) -> dict[str, str]:
    """Each visit's bed address; empty where the bed is not known, or the records have somebody else in it already."""
    taken: set[str] = set()
    found = {}
    for row in rows:
        address = f"{row['unit']}/{row['room']}/{row['bed']}"
        found[row["visit"]] = address if address in known and address not in taken else ""
        taken.add(address)
    return found


def _present(row: dict[str, Any], bed: str, at: datetime, typical: _TypicalStays) -> Patient:
    expected = row["expected_end"] or row["start"] + typical.of(row["unit"])
    leaves = expected if expected > at else at + timedelta(days=1)
    return Patient(leaves=_moment(leaves), unit=row["unit"], bed=bed, **_needs(row, at))


def _waiting(row: dict[str, Any], bed: str, at: datetime, typical: _TypicalStays) -> Patient:
    return Patient(
        leaves=_moment(at + typical.of(row["to_unit"])),
        unit=row["from_unit"] or "",
        bed=bed,
        wants=row["to_unit"],
        since=_moment(row["since"]),
        **_needs(row, at),
    )


def _needs(row: dict[str, Any], at: datetime) -> dict[str, Any]:
    born = row["birth_year"]
    return {
        "visit": row["visit"],
        "sex": row["sex"] or "",
        # Of the birth date only the year is kept: the age reached in this year.
        "age": None if born is None else max(0, at.year - int(born)),
        "isolation": bool(row["isolation"]),
        "ventilator": bool(row["ventilator"]),
        "acuity": None if row["acuity"] is None else int(row["acuity"]),
    }


def _moment(value: Any) -> datetime:
    """A plain datetime to the minute, from pandas or Python."""
    return pd.Timestamp(value).floor("min").to_pydatetime()


def _surge(units: Sequence[Unit], settings: PlanSettings) -> tuple[tuple[str, int], ...]:
    """Extra beds of the inpatient units; none in units whose rooms are special (maternity, paediatrics)."""
    kinds = (UnitKind.WARD, UnitKind.ICU, UnitKind.STEP_DOWN)
    return tuple((unit.code, settings.surge_beds) for unit in units if unit.kind in kinds)
