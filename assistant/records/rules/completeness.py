"""Completeness: values that are missing, patients without a stay, units that feeds name and nobody has declared."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, exists, or_, select

from assistant.records import tables as t
from assistant.records.rules.kinds import ohdsi
from assistant.records.rules.records import Records, RowTest
from assistant.records.rules.rule import Checked, Severity

VALUE_MISSING = ohdsi("value_missing", "measureValueCompleteness", Severity.NOTE)
PATIENT_WITHOUT_VISIT = ohdsi("patient_without_visit", "measurePersonCompleteness", Severity.NOTE)
STAY_IN_UNDECLARED_UNIT = ohdsi("stay_in_undeclared_unit", "standardConceptRecordCompleteness", Severity.NOTE)
NO_VISIT_CLASS = ohdsi("movement_without_class", "sourceConceptRecordCompleteness", Severity.NOTE)
UNIT_NOT_DECLARED = ohdsi("unit_not_declared", "sourceValueCompleteness", Severity.NOTE)
RULES = (VALUE_MISSING, PATIENT_WITHOUT_VISIT, STAY_IN_UNDECLARED_UNIT, NO_VISIT_CLASS, UNIT_NOT_DECLARED)

_OPTIONAL = {
    t.stays: ("patient", "sex", "birth_year", "room", "bed", "visit_class", "expected_end", "acuity"),
    t.patients: ("sex", "birth_year"),
    t.units: ("name_zh", "service", "patients_per_nurse_day", "patients_per_nurse_night"),
    t.staff: ("name_zh", "skills"),
    t.stock: ("used_per_day", "reorder_point", "lead_time_days", "expiry", "lot"),
}


def check(records: Records) -> Iterator[Checked]:
    """All of it, a scan for each table."""
    undeclared = select(t.units.c.unit).where(t.units.c.declared.is_(False))
    more = {
        t.stays: [RowTest(STAY_IN_UNDECLARED_UNIT, t.stays.c.unit, t.stays.c.unit.in_(undeclared))],
        t.patients: [RowTest(PATIENT_WITHOUT_VISIT, t.patients.c.patient, ~_has_visit())],
        t.units: [RowTest(UNIT_NOT_DECLARED, t.units.c.unit, t.units.c.declared.is_(False))],
    }
    for table, names in _OPTIONAL.items():
        yield from records.scan(table, [*(_given(table.c[name]) for name in names), *more.get(table, [])])
    c = t.movements.c.visit_class
    yield from records.scan(t.movements, [RowTest(NO_VISIT_CLASS, c, c == "")])


def _given(column: Column[Any]) -> RowTest:
    """The value may be missing; how often is told."""
    missing = column.is_(None)
    return RowTest(VALUE_MISSING, column, or_(missing, column == "") if column.type.python_type is str else missing)


def _has_visit() -> ColumnElement[bool]:
    """The patient, or a number that was merged into it, occurs in a movement."""
    p, mo, li = t.patients.c, t.movements.c, t.links.c
    merged = exists().where(li.new == p.patient, exists().where(mo.patient == li.old))
    return or_(exists().where(mo.patient == p.patient), merged)
