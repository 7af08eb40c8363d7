"""Rebuilds the stays and waits of the visits that an import has touched, and only of these."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, select

from assistant.records import tables as t
from assistant.records.findings import Finding
from assistant.records.movements import Movement
from assistant.records.periods import combined, sources_side_by_side
from assistant.records.replay import Stay, VisitHistory, replay
from assistant.records.store import Store
from assistant.records.visit_families import families, levels_of
from assistant.records.wall import to_datetime
from assistant.records.writing import add_findings, chunks, existing, writing_to

_VISITS = 2_000  # rebuilt in one transaction
_PROBLEMS = (
    "cancel_without_event",
    "discharge_without_admission",
    "moved_visit_of_another",
    "return_after_discharge",
    "transfer_after_discharge",
    "transfer_without_admission",
)
# Statements are built once: for a single message, building them takes longer than running them.
_VISITS_MEANT: BindParameter[Any] = bindparam("visits", expanding=True)
_COLUMNS = [t.movements.c[name] for name in Movement.__dataclass_fields__]
_MOVEMENTS = select(*_COLUMNS).where(t.movements.c.visit.in_(_VISITS_MEANT))
_CLEARING = [
    *(delete(table).where(table.c.visit.in_(_VISITS_MEANT)) for table in (t.stays, t.waits, t.touched)),
    delete(t.findings).where(t.findings.c.rule.in_(_PROBLEMS), t.findings.c.place.in_(_VISITS_MEANT)),
]
_PATIENTS = select(t.patients).where(t.patients.c.patient.in_(bindparam("patients", expanding=True)))


def rebuild_touched(store: Store) -> int:
    """Rebuild every visit that waits for it, also those an interrupted import has left.

    Returns:
        The number of visits rebuilt.
    """
    rebuilt = 0
    while True:  # page by page: a first import touches every visit there is
        with writing_to(store.engine) as connection:
            part = list(connection.execute(select(t.touched.c.visit).limit(_VISITS)).scalars())
            if not part:
                return rebuilt
            rebuild(connection, part)
            rebuilt += len(part)


def rebuild(connection: Connection, visits: Sequence[str]) -> None:
    """Replace the stays, waits and replay findings of these visits, within the connection's transaction."""
    whole = families(connection, visits)
    visits = list(whole)
    movements: dict[str, list[Movement]] = defaultdict(list)
    for row in connection.execute(_MOVEMENTS, {"visits": visits}):
        movements[whole[row[0]]].append(Movement(*row))
    levels = levels_of(connection, sources_side_by_side(movements.values()))
    histories = {visit: replay(combined(found, levels)) for visit, found in movements.items()}
    people = _people(connection, histories)
    for statement in _CLEARING:
        connection.execute(statement, {"visits": visits})
    stays = [_stay_row(v, n, h, stay, people) for v, h in histories.items() for n, stay in enumerate(h.stays)]
    if stays:
        connection.execute(insert(t.stays), stays)
    waits = {(visit, w.since): {"visit": visit, **_wait_row(w)} for visit, h in histories.items() for w in h.waits}
    if waits:
        connection.execute(insert(t.waits), list(waits.values()))
    add_findings(connection, [f for visit, h in histories.items() for f in _problems(visit, h)])


def _people(connection: Connection, histories: dict[str, VisitHistory]) -> dict[str, tuple[str, str, int | None]]:
    """Valid pseudonym, sex and birth year of each patient named; merged numbers lead to the valid one."""
    named = {history.patient for history in histories.values()}
    valid = {patient: patient for patient in named}
    pending = named
    for _ in range(5):  # a number merged more than five times over would be a loop
        found = existing(connection, t.links.c.old, pending, t.links.c.new)
        if not found:
            break
        valid = {patient: found.get(now, now) for patient, now in valid.items()}
        pending = set(found.values())
    told = {}
    for part in chunks(sorted(set(valid.values())), _VISITS):
        for row in connection.execute(_PATIENTS, {"patients": part}):
            told[row.patient] = (row.sex, row.birth_year)
    return {patient: (now, *told.get(now, ("", None))) for patient, now in valid.items()}


def _stay_row(
    visit: str, number: int, history: VisitHistory, stay: Stay, people: dict[str, tuple[str, str, int | None]]
) -> dict[str, Any]:
    patient, sex, birth_year = people[history.patient]
    needs = stay.needs.split("~")
    return {
        "visit": visit,
        "seq": number,
        "patient": patient,
        "sex": history.sex or sex,
        "birth_year": history.birth_year or birth_year,
        "visit_class": stay.visit_class,
        "unit": stay.unit,
        "room": stay.room,
        "bed": stay.bed,
        "start": stay.start,
        "end": stay.end,
        "from_unit": stay.from_unit,
        "ended_by": stay.ended_by,
        "expected_end": stay.expected_end,
        "isolation": "ISO" in needs,
        "ventilator": "VENT" in needs,
        "acuity": stay.acuity,
    }


def _wait_row(wait: Any) -> dict[str, Any]:
    return {"since": wait.since, "until": wait.until, "from_unit": wait.from_unit, "to_unit": wait.to_unit}


def _problems(visit: str, history: VisitHistory) -> list[Finding]:
    return [Finding(rule, "warning", visit, to_datetime(time).isoformat(), "kept") for rule, time in history.problems]
