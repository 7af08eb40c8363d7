"""The store: opens the database and reads units, beds, staff, stock, stays and waiting patients from it."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Executable, func, or_, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from assistant.errors import SetupError
from assistant.records import tables as t
from assistant.records.database import make_engine, shown, told
from assistant.records.pseudonyms import Pseudonyms
from assistant.records.schema import bring_up_to_date
from assistant.records.staff import Absence, Person, RosterEntry, Shift, Wish, WishKind
from assistant.records.stock import StockLevel
from assistant.records.units import Bed, SexRule, Unit, UnitKind
from assistant.records.wall import to_datetime, to_seconds

STAY_COLUMNS = [
    "visit",
    "patient",
    "sex",
    "birth_year",
    "visit_class",
    "unit",
    "room",
    "bed",
    "start",
    "end",
    "expected_end",
    "isolation",
    "ventilator",
    "acuity",
]
WAIT_COLUMNS = [
    "visit",
    "patient",
    "sex",
    "birth_year",
    "from_unit",
    "to_unit",
    "since",
    "isolation",
    "ventilator",
    "acuity",
]
_NAT = np.iinfo(np.int64).min
_TIMES = ("start", "end", "expected_end", "since")


class Store:
    """Everything the hospital's records say, read-only here; `importing` writes.

    Args:
        engine: An SQLAlchemy engine for SQLite or PostgreSQL.
        home: Data folder; holds the key of the pseudonyms.
    """

    def __init__(self, engine: Engine, home: Path) -> None:
        self.engine = engine
        self.home = home
        self.pseudonyms = Pseudonyms.of_home(home)

    @classmethod
    def open(cls, home: Path, url: str | None = None) -> "Store":
        """Open, and on first use create, the database: `home/records.db`, or the one `url` names."""
        home.mkdir(parents=True, exist_ok=True)
        address = url or f"sqlite:///{home / 'records.db'}"
        try:
            engine = make_engine(address)
            bring_up_to_date(engine)
        except (SQLAlchemyError, ImportError) as error:
            raise SetupError(
                f"The records database {shown(address)} cannot be opened: {told(error)}. "
                "Check ASSISTANT_HOME or ASSISTANT_DATABASE_URL (for PostgreSQL also: pip install '.[postgres]')."
            ) from error
        return cls(engine, home)

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()

    @property
    def url(self) -> str:
        """Address of the database, its password hidden."""
        return self.engine.url.render_as_string(hide_password=True)

    def read(self, statement: Executable) -> Sequence[Any]:
        """All rows of a query."""
        with self.engine.connect() as connection:
            return connection.execute(statement).fetchall()

    def units(self) -> list[Unit]:
        """All units in the order of their codes, those that only a feed has named included."""
        return [_unit(row) for row in self.read(select(t.units).order_by(t.units.c.unit))]

    def beds(self, unit: str | None = None) -> list[Bed]:
        """The beds of one unit or of all, closed ones included."""
        query = select(t.beds).order_by(t.beds.c.unit, t.beds.c.room, t.beds.c.bed)
        return [_bed(row) for row in self.read(_of(query, t.beds.c.unit, unit))]

    def people(self, unit: str | None = None) -> list[Person]:
        """The staff whose home is the unit, or all staff."""
        query = select(t.staff).order_by(t.staff.c.staff)
        return [_person(row) for row in self.read(_of(query, t.staff.c.unit, unit))]

    def shifts(self, unit: str) -> list[Shift]:
        """The shift types of the unit in the order they start; the general ones where it has none of its own."""
        query = select(t.shifts).where(t.shifts.c.unit.in_([unit, ""])).order_by(t.shifts.c.start, t.shifts.c.shift)
        found = [_shift(row) for row in self.read(query)]
        return [shift for shift in found if shift.unit == unit] or found

    def absences(self, start: date, end: date, unit: str | None = None) -> list[Absence]:
        """Absences that touch a day from `start` up to, not including, `end`; of one home unit's staff or of all."""
        c = t.absences.c
        query = select(t.absences).where(c.start < _day(end), c.end >= _day(start)).order_by(c.start, c.staff)
        return [Absence(r.staff, r.start, r.end, r.reason) for r in self.read(_of_staff(query, c.staff, unit))]

    def wishes(self, start: date, end: date, unit: str | None = None) -> list[Wish]:
        """Wishes for days from `start` up to, not including, `end`; of one home unit's staff or of all."""
        c = t.wishes.c
        query = select(t.wishes).where(c.day >= _day(start), c.day < _day(end)).order_by(c.day, c.staff, c.kind)
        rows = self.read(_of_staff(query, c.staff, unit))
        return [Wish(r.staff, r.day, WishKind(r.kind), r.shift, r.weight) for r in rows]

    def roster(self, start: date, end: date, unit: str | None = None) -> list[RosterEntry]:
        """Published shifts on days from `start` up to, not including, `end`; worked in one unit or in any."""
        c = t.roster.c
        query = select(t.roster).where(c.day >= _day(start), c.day < _day(end)).order_by(c.day, c.unit, c.staff)
        return [RosterEntry(r.staff, r.unit, r.day, r.shift) for r in self.read(_of(query, c.unit, unit))]

    def stock(self, item: str | None = None) -> list[StockLevel]:
        """Every count of every lot, oldest first; `state.stock` picks the latest count of each item."""
        c = t.stock.c
        query = select(t.stock).order_by(c.item, c.as_of, c.lot)
        return [_stock(row) for row in self.read(_of(query, c.item, item))]

    def stays(
        self, start: datetime | None = None, end: datetime | None = None, unit: str | None = None
    ) -> pd.DataFrame:
        """Stays that overlap [start, end), a row per patient and place, in the order they began.

        `expected_end`, needs and `acuity` are the last that a feed said. `end` is NaT while the patient is there.
        """
        s = t.stays.c
        query = select(*(s[name] for name in STAY_COLUMNS)).order_by(s.start, s.visit, s.seq)
        query = _of(query, s.unit, unit).where(*overlapping(start, end))
        return _frame(self.read(query), STAY_COLUMNS)

    def waiting(self, at: datetime, unit: str | None = None) -> pd.DataFrame:
        """Patients who at `at` wait for a bed in `unit` (or in any), those who wait longest first."""
        w, s, now = t.waits.c, t.stays.c, to_seconds(at)
        present = (s.visit == w.visit) & (s.start <= now) & or_(s.end.is_(None), s.end > now)
        columns = [w.visit, s.patient, s.sex, s.birth_year, w.from_unit, w.to_unit, w.since]
        query = select(*columns, s.isolation, s.ventilator, s.acuity).select_from(t.waits.join(t.stays, present))
        query = query.where(w.since <= now, or_(w.until.is_(None), w.until > now)).order_by(w.since, w.visit)
        return _frame(self.read(_of(query, w.to_unit, unit)), WAIT_COLUMNS)

    def clock(self) -> datetime | None:
        """Time of the latest movement, the records' clock; None while no feed has been imported."""
        latest = self.read(select(func.max(t.movements.c.time)))[0][0]
        return None if latest is None else to_datetime(latest)

    def fingerprint(self) -> str:
        """A digest that changes whenever an import changed the records."""
        rows = self.read(select(t.marks.c.value).where(t.marks.c.name == "fingerprint"))
        return rows[0][0] if rows else "empty"


def overlapping(start: datetime | None, end: datetime | None) -> list[ColumnElement[bool]]:
    """Conditions on stays that overlap [start, end); an open side does not restrict."""
    s = t.stays.c
    conditions: list[ColumnElement[bool]] = []
    if start is not None:
        conditions.append(or_(s.end.is_(None), s.end > to_seconds(start)))
    if end is not None:
        conditions.append(s.start < to_seconds(end))
    return conditions


def columns_of(rows: Sequence[Any], count: int) -> list[list[Any]]:
    """The rows of a query column by column; empty columns where there are no rows."""
    return [[row[number] for row in rows] for number in range(count)]


def times(seconds: Sequence[int | None]) -> np.ndarray:
    """Stored seconds as wall-clock times, NaT where there is none."""
    filled = [_NAT if moment is None else moment for moment in seconds]
    return np.array(filled, dtype=np.int64).astype("datetime64[s]").astype("datetime64[ns]")


def _frame(rows: Sequence[Any], names: list[str]) -> pd.DataFrame:
    """Rows as a table: times as datetimes, flags as booleans, numbers that may be missing as `Int64`."""
    made: dict[str, Any] = {}
    for name, values in zip(names, columns_of(rows, len(names)), strict=True):
        if name in _TIMES:
            made[name] = times(values)
        elif name in ("isolation", "ventilator"):
            made[name] = np.array(values, dtype=bool)
        elif name in ("birth_year", "acuity"):
            made[name] = pd.array(np.array(values, dtype=float), dtype="Int64")
        else:
            made[name] = np.array(values, dtype=object)
    return pd.DataFrame(made)


def _of(query: Any, column: Any, value: str | None) -> Any:
    return query if value is None else query.where(column == value)


def _of_staff(query: Any, column: Any, unit: str | None) -> Any:
    if unit is None:
        return query
    return query.where(column.in_(select(t.staff.c.staff).where(t.staff.c.unit == unit)))


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


def _unit(r: Any) -> Unit:
    ratios = r.patients_per_nurse_day, r.patients_per_nurse_night
    return Unit(r.unit, r.name, r.name_zh, UnitKind(r.kind), r.service, _listed(r.aliases), *ratios)


def _bed(r: Any) -> Bed:
    return Bed(r.unit, r.room, r.bed, r.isolation, r.ventilator, SexRule(r.sex_rule), r.open)


def _person(r: Any) -> Person:
    return Person(r.staff, r.name, r.unit, r.role, _listed(r.skills), r.hours_per_week, r.nights, r.name_zh)


def _shift(r: Any) -> Shift:
    return Shift(r.shift, r.name, r.start, r.end, r.minutes, r.night, r.unit, r.name_zh)


def _stock(r: Any) -> StockLevel:
    return StockLevel(
        item=r.item,
        name=r.name,
        as_of=r.as_of,
        on_hand=r.on_hand,
        unit_of_measure=r.unit_of_measure,
        used_per_day=r.used_per_day,
        reorder_point=r.reorder_point,
        lead_time_days=r.lead_time_days,
        category=r.category,
        lot=r.lot,
        expiry=r.expiry,
        name_zh=r.name_zh,
    )
