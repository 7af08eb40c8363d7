"""Plausibility of who is where: two in a bed, one in two places, units over their beds, rooms kept for one sex."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, and_, cast, exists, func, or_, select, tuple_

from assistant.records import movements as m
from assistant.records import tables as t
from assistant.records.census import patients_present
from assistant.records.rules.kinds import ohdsi, own
from assistant.records.rules.records import Records, RowTest, shown_time
from assistant.records.rules.rule import Case, Category, Checked, Rule, Severity
from assistant.records.writing import chunks

TWO_IN_ONE_BED = own("two_patients_in_one_bed", Category.PLAUSIBILITY, Severity.ERROR)
IN_TWO_PLACES = ohdsi("patient_in_two_places", "measureObservationPeriodOverlap", Severity.ERROR)
OVER_BEDS = own("unit_over_its_open_beds", Category.PLAUSIBILITY, Severity.WARNING)
AGAINST_SEX_RULE = ohdsi("stay_against_sex_rule", "plausibleGender", Severity.WARNING)
MAN_IN_MATERNITY = ohdsi("man_in_maternity", "plausibleGenderUseDescendants", Severity.NOTE)
VISIT_OF_TWO = own("visit_of_two_patients", Category.CONFORMANCE, Severity.ERROR)
RULES = (TWO_IN_ONE_BED, IN_TWO_PLACES, OVER_BEDS, AGAINST_SEX_RULE, MAN_IN_MATERNITY, VISIT_OF_TWO)

_FAR = 1 << 60  # end of a stay that has none yet
_YEAR = 31_556_952
Span = tuple[str, str, int, int | None]  # key, holder, start, end


def check(records: Records) -> Iterator[Checked]:
    """All of it."""
    s = t.stays.c
    beds = _overlapping(records, (s.unit, s.room, s.bed), s.bed != "")
    spans = [("/".join((r.unit, r.room, r.bed)), r.patient or r.visit, r.start, r.end) for r in beds]
    yield _checked(records, TWO_IN_ONE_BED, "stays.bed", spans, s.bed != "")
    people = _overlapping(records, (s.patient,), s.patient != "")
    spans = [(r.patient, r.visit, r.start, r.end) for r in people]
    yield _checked(records, IN_TWO_PLACES, "stays.patient", spans, s.patient != "")
    yield _over_beds(records)
    yield from records.scan(t.stays, [_against_sex_rule(), _man_in_maternity()])
    yield _visits_of_two(records)


def _overlapping(records: Records, key: Sequence[Column[str]], among: ColumnElement[bool]) -> list[Any]:
    """All stays of the keys under which any two overlap, in order of start.

    The database finds the keys: the latest end of all earlier stays lies after the start. Few rows travel.
    """
    s = t.stays.c
    ends = func.max(func.coalesce(s.end, _FAR)).over(
        partition_by=key, order_by=(s.start, s.visit, s.seq), rows=(None, -1)
    )
    ranked = select(*key, s.start, ends.label("before")).where(among).subquery()
    found = records.read(
        select(*(ranked.c[column.name] for column in key)).where(ranked.c.before > ranked.c.start).distinct()
    )
    rows: list[Any] = []
    for part in chunks([tuple(row) for row in found], 300):
        query = select(s.unit, s.room, s.bed, s.patient, s.visit, s.start, s.end)
        rows += records.read(query.where(tuple_(*key).in_(part)).order_by(s.start, s.visit, s.seq))
    return rows


def _checked(records: Records, rule: Rule, field: str, spans: Sequence[Span], among: ColumnElement[bool]) -> Checked:
    cases = overlaps(spans)
    return Checked(rule, field, records.count(t.stays, among), len(cases), tuple(cases))


def overlaps(spans: Iterable[Span]) -> list[Case]:
    """Cases in which a key (bed, patient) is held by two holders at a time; spans come in order of start."""
    held: dict[str, tuple[str, int | None]] = {}
    found = []
    for key, holder, start, end in spans:
        before = held.get(key)
        if before and before[0] != holder and (before[1] is None or before[1] > start) and end != start:
            found.append(Case(key, f"{before[0]} and {holder} on {shown_time(start)}"))
        if before is None or end is None or (before[1] is not None and end >= before[1]):
            held[key] = (holder, end)
    return found


def _over_beds(records: Records) -> Checked:
    """Units with more patients now than open beds; those without declared beds are not judged."""
    beds = records.store.beds()
    open_beds, declared = Counter(bed.unit for bed in beds if bed.open), {bed.unit for bed in beds}
    present = patients_present(records.store, records.clock) if records.clock else {}
    over = sorted(((n - open_beds[u], u, n) for u, n in present.items() if u in declared and n > open_beds[u]))
    cases = tuple(Case(unit, f"{n} patients, {open_beds[unit]} open beds") for _, unit, n in reversed(over))
    return Checked(OVER_BEDS, "units.unit", len(declared), len(cases), cases)


def _against_sex_rule() -> RowTest:
    """A bed that is kept for one sex, and a patient of the other."""
    s, b = t.stays.c, t.beds.c
    here = and_(b.unit == s.unit, b.room == s.room, b.bed == s.bed)
    other = or_(and_(b.sex_rule == "female", s.sex == "M"), and_(b.sex_rule == "male", s.sex == "F"))
    kept = exists().where(here, b.sex_rule.in_(["female", "male"]))
    return RowTest(AGAINST_SEX_RULE, s.sex, exists().where(here, other), and_(s.sex != "", kept))


def _man_in_maternity() -> RowTest:
    """A male patient of more than a year in a maternity unit; newborn boys belong there."""
    s, u = t.stays.c, t.units.c
    maternity = s.unit.in_(select(u.unit).where(u.kind == "maternity"))
    grown = s.start > (cast(s.birth_year, BigInteger) + 2 - 1970) * _YEAR
    return RowTest(MAN_IN_MATERNITY, s.sex, and_(s.sex == "M", grown), and_(maternity, s.birth_year.is_not(None)))


def _visits_of_two(records: Records) -> Checked:
    """Visits told under two patient numbers that no merge connects."""
    mo, li = t.movements.c, t.links.c
    several = select(mo.visit).where(mo.patient != "", mo.source == "hl7", mo.trigger != m.UPDATE)
    several = several.group_by(mo.visit).having(func.min(mo.patient) != func.max(mo.patient))
    named = records.read(
        select(mo.visit, mo.patient).where(mo.visit.in_(several), mo.patient != "", mo.source == "hl7").distinct()
    )
    valid = {row.old: row.new for row in records.read(select(li.old, li.new).where(li.kind == "patient"))}
    people: dict[str, set[str]] = {}
    for visit, patient in named:
        for _ in range(5):  # a number merged more often than that would be a loop
            patient = valid.get(patient, patient)
        people.setdefault(visit, set()).add(patient)
    cases = tuple(Case(visit, " and ".join(sorted(who))) for visit, who in sorted(people.items()) if len(who) > 1)
    rows = int(records.read(select(func.count(mo.visit.distinct())))[0][0])
    return Checked(VISIT_OF_TWO, "movements.visit", rows, len(cases), cases)
