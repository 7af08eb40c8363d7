"""Conformance of what refers to something else: keys that exist, codes out of closed lists, values that are needed."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, exists, func, or_, select

from assistant.records import movements as m
from assistant.records import tables as t
from assistant.records.rules.kinds import ohdsi
from assistant.records.rules.records import Records, RowTest
from assistant.records.rules.rule import Checked, Severity

REQUIRED = ohdsi("required_value", "isRequired", Severity.ERROR)
UNKNOWN_REFERENCE = ohdsi("unknown_reference", "isForeignKey", Severity.ERROR)
UNKNOWN_SHIFT = ohdsi("unknown_shift", "isForeignKey", Severity.WARNING)
BED_NOT_DECLARED = ohdsi("bed_not_declared", "isForeignKey", Severity.WARNING)
UNKNOWN_CODE = ohdsi("unknown_code", "fkDomain", Severity.WARNING)
RULES = (REQUIRED, UNKNOWN_REFERENCE, UNKNOWN_SHIFT, BED_NOT_DECLARED, UNKNOWN_CODE)

# Patient class (HL7 table 0004), and administrative sex as the readers store it.
_CLASSES = ("E", "I", "O", "P", "R", "B", "C", "N", "U")
_SEXES = ("F", "M")
_ENDINGS = ("transfer", "discharge", "leave")
_PLACING = tuple(sorted(m.PLACES_PATIENT))


def check(records: Records) -> Iterator[Checked]:
    """All of it, a scan for each table."""
    mo, s, r = t.movements.c, t.stays.c, t.roster.c
    yield from records.scan(
        t.movements,
        [
            *(_must(mo[name]) for name in ("visit", "source", "trigger")),
            RowTest(REQUIRED, mo.unit, mo.unit == "", mo.trigger.in_(_PLACING)),
            _refers(mo.unit, t.units.c.unit),
            _refers(mo.pending, t.units.c.unit),
            _of_list(mo.visit_class, _CLASSES),
            _of_list(mo.sex, _SEXES),
        ],
    )
    yield from records.scan(
        t.stays,
        [
            *(_must(s[name]) for name in ("visit", "unit")),
            _refers(s.unit, t.units.c.unit),
            RowTest(BED_NOT_DECLARED, s.bed, ~_bed_is_known(), and_(s.bed != "", _unit_has_beds())),
            _of_list(s.visit_class, _CLASSES),
            _of_list(s.sex, _SEXES),
            _of_list(s.ended_by, _ENDINGS),
        ],
    )
    yield from records.scan(t.waits, [_refers(t.waits.c.to_unit, t.units.c.unit)])
    yield from records.scan(
        t.roster,
        [_refers(r.staff, t.staff.c.staff), _refers(r.unit, t.units.c.unit),
         RowTest(UNKNOWN_SHIFT, r.shift, ~_shift_is_known())],
    )  # fmt: skip
    for column, key in (
        (t.beds.c.unit, t.units.c.unit),
        (t.staff.c.unit, t.units.c.unit),
        (t.shifts.c.unit, t.units.c.unit),
        (t.absences.c.staff, t.staff.c.staff),
        (t.wishes.c.staff, t.staff.c.staff),
    ):
        yield from records.scan(column.table, [_refers(column, key)])


def _must(column: Column[Any]) -> RowTest:
    """The value may not be missing or empty."""
    return RowTest(REQUIRED, column, or_(column.is_(None), column == ""))


def _refers(column: Column[Any], key: Column[Any]) -> RowTest:
    """The value, where there is one, is a key of another table."""
    return RowTest(UNKNOWN_REFERENCE, column, column.not_in(select(key)), column != "")


def _of_list(column: Column[Any], words: Iterable[str]) -> RowTest:
    """The value, where there is one, is one of the words."""
    return RowTest(UNKNOWN_CODE, column, column.not_in(list(words)), column != "")


def _bed_is_known() -> ColumnElement[bool]:
    b, s = t.beds.c, t.stays.c
    return exists().where(b.unit == s.unit, b.room == s.room, b.bed == s.bed)


def _unit_has_beds() -> ColumnElement[bool]:
    """Only of units whose beds somebody has declared can one be missing."""
    return t.stays.c.unit.in_(select(t.beds.c.unit).distinct())


def _shift_is_known() -> ColumnElement[bool]:
    """A shift of the unit, or a general one."""
    s, r = t.shifts.c, t.roster.c
    return exists().where(s.shift == r.shift, or_(s.unit == r.unit, func.coalesce(s.unit, "") == ""))
