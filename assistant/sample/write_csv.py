"""Writes the CSV files: UTF-8, comma, header row, lists separated by `|`, yes and no, ISO dates, empty for unknown."""

import csv
from collections.abc import Iterable
from pathlib import Path

from assistant.records.staff import Absence, Person, RosterEntry, Shift, Wish
from assistant.records.stock import StockLevel
from assistant.records.units import Bed, Unit

Cells = tuple[object, ...]


def write_units(path: Path, units: Iterable[Unit]) -> None:
    """units.csv."""
    header = "unit,name,name_zh,kind,service,patients_per_nurse_day,patients_per_nurse_night,aliases"
    rows = (
        (
            u.code,
            u.name,
            u.name_zh,
            u.kind,
            u.service,
            u.patients_per_nurse_day,
            u.patients_per_nurse_night,
            "|".join(u.aliases),
        )
        for u in units
    )
    _write(path, header, rows)


def write_beds(path: Path, beds: Iterable[Bed]) -> None:
    """beds.csv."""
    header = "unit,room,bed,isolation,ventilator,sex_rule,open"
    _write(path, header, ((b.unit, b.room, b.bed, b.isolation, b.ventilator, b.sex_rule, b.open) for b in beds))


def write_staff(path: Path, people: Iterable[Person]) -> None:
    """staff.csv."""
    header = "staff,name,name_zh,unit,role,skills,hours_per_week,nights"
    rows = (
        (p.staff, p.name, p.name_zh, p.unit, p.role, "|".join(p.skills), p.hours_per_week, p.nights) for p in people
    )
    _write(path, header, rows)


def write_shifts(path: Path, shifts: Iterable[Shift]) -> None:
    """shifts.csv."""
    header = "unit,shift,name,name_zh,start,end,minutes,night"
    rows = (
        (s.unit, s.shift, s.name, s.name_zh, f"{s.start:%H:%M}", f"{s.end:%H:%M}", s.minutes, s.night) for s in shifts
    )
    _write(path, header, rows)


def write_absences(path: Path, absences: Iterable[Absence]) -> None:
    """absences.csv."""
    _write(path, "staff,start,end,reason", ((a.staff, a.start, a.end, a.reason) for a in absences))


def write_wishes(path: Path, wishes: Iterable[Wish]) -> None:
    """wishes.csv."""
    _write(path, "staff,day,kind,shift,weight", ((w.staff, w.day, w.kind, w.shift, w.weight) for w in wishes))


def write_roster(path: Path, roster: Iterable[RosterEntry]) -> None:
    """roster.csv."""
    _write(path, "staff,unit,day,shift", ((r.staff, r.unit, r.day, r.shift) for r in roster))


def write_stock(path: Path, rows: Iterable[tuple[StockLevel, float]]) -> None:
    """stock.csv; the written count stands beside each level, because some are wrong on purpose."""
    header = (
        "item,name,name_zh,category,unit_of_measure,as_of,on_hand,used_per_day,reorder_point,lead_time_days,lot,expiry"
    )
    cells = (
        (
            s.item,
            s.name,
            s.name_zh,
            s.category,
            s.unit_of_measure,
            s.as_of,
            count,
            s.used_per_day,
            s.reorder_point,
            s.lead_time_days,
            s.lot,
            s.expiry,
        )
        for s, count in rows
    )
    _write(path, header, cells)


def write_surveillance(path: Path, rows: Iterable[Cells]) -> None:
    """surveillance.csv; rows as they come."""
    _write(path, "region,date,disease,measure,value", rows)


def _write(path: Path, header: str, rows: Iterable[Cells]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: object) -> str:
    """Empty for unknown, yes and no for truth values, whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e5 and value != int(value) else str(int(value))
    return str(value)
