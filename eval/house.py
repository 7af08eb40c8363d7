"""Plan problems of a whole hospital, made by the hospital simulator: 12 units with 267 nurses, and 302 beds.

The roster problems need no simulated days: staff, leave, wishes and the shifts worked before come from seeded rules.
The bed problem is the simulated hospital's evening: who lies where, and who waits.
"""

from datetime import date, datetime, timedelta
from random import Random

from assistant.plan.beds.problem import BedProblem, Patient
from assistant.plan.staffing.problem import RosterProblem
from assistant.records.demand import Demand
from assistant.records.units import Unit, UnitKind
from assistant.sample.flow import Flow
from assistant.sample.hospital import PLACES, UNITS, Place, all_beds
from assistant.sample.leave import make_absences, make_wishes
from assistant.sample.patients import PatientBook, Visit
from assistant.sample.rostering import make_roster
from assistant.sample.settings import SampleSettings
from assistant.sample.staffing import SHIFTS, make_people, nurses_needed

FIRST_DAY = date(2026, 11, 2)
_LEFT_OUT = ("ED", "CCU")
_SURGE_KINDS = (UnitKind.WARD, UnitKind.ICU, UnitKind.STEP_DOWN)
_STAY_DAYS = 4.0


class Unheard:
    """A recorder that keeps nothing."""

    def record(self, trigger: str, visit: Visit, at: datetime, prior: str = "") -> None:
        """Nothing is written."""


def roster_problems(days: int = 14, seed: int = 20, first: date = FIRST_DAY) -> list[RosterProblem]:
    """A roster problem for each of 12 units (all but emergency and coronary care), 267 nurses in all.

    Args:
        days: To plan.
        seed: Of the staff, their leave, wishes and past shifts.
        first: First day to plan.
    """
    people = make_people(Random(f"{seed}/staff"))
    today = first - timedelta(days=1)
    absences = make_absences(people, today, 4, Random(f"{seed}/absences"))
    wishes = make_wishes(people, absences, today, Random(f"{seed}/wishes"))
    past = [today - timedelta(days=number) for number in range(9, -1, -1)]
    problems = []
    for place in [place for place in PLACES if place.unit.code not in _LEFT_OUT]:
        own = [person for person in people if person.unit == place.unit.code]
        names = {person.staff for person in own}
        window = tuple(first + timedelta(days=number) for number in range(days))
        problems.append(
            RosterProblem(
                unit=place.unit.code,
                days=window,
                shifts=SHIFTS,
                people=tuple(own),
                demand=tuple(_demand(place, window)),
                absences=tuple(
                    a for a in absences if a.staff in names and a.end >= window[0] and a.start <= window[-1]
                ),
                wishes=tuple(w for w in wishes if w.staff in names and w.day in window),
                history=tuple(make_roster(place, own, absences, past, Random(f"{seed}/past {place.unit.code}"))),
            )
        )
    return problems


def _demand(place: Place, window: tuple[date, ...]) -> list[Demand]:
    return [
        Demand(place.unit.code, day, shift.shift, nurses_needed(place, shift), skills=(("charge", 1),))
        for day in window
        for shift in SHIFTS
    ]


def bed_problem(nights: int, seed: int = 20) -> BedProblem:
    """The evening of a busy winter day in a hospital of 302 beds, planned for `nights` nights."""
    settings = SampleSettings(seed=seed, days=3, end=datetime(2027, 1, 18, 20, 0))
    flow = Flow(settings, PatientBook(Random(f"{seed}/patients")), Unheard())
    flow.run_until(settings.end)
    return evening(flow, nights)


def evening(flow: Flow, nights: int, surge: int = 2) -> BedProblem:
    """The bed problem of this moment of the simulation."""
    inside = [visit for visit in flow.visits.values() if visit.bed is not None]
    waits = [visit for visit in inside if visit.pending]
    asked = {request.visit.number: request.since for request in flow.board.waiting}
    since = {visit: flow.now - timedelta(seconds=flow.env.now - second) for visit, second in asked.items()}
    lies = [visit for visit in inside if not visit.pending and visit.inpatient and _bed(visit).split("/")[0] != "ED"]
    return BedProblem(
        at=flow.now,
        days=nights,
        units=UNITS,
        beds=tuple(all_beds()),
        waiting=tuple(_patient(flow, visit, since.get(visit.number, flow.now)) for visit in waits),
        present=tuple(_patient(flow, visit, None) for visit in lies),
        surge=tuple((unit.code, surge) for unit in UNITS if _may_surge(unit)),
    )


def _may_surge(unit: Unit) -> bool:
    return unit.kind in _SURGE_KINDS


def _bed(visit: Visit) -> str:
    assert visit.bed is not None
    return visit.bed.address


def _patient(flow: Flow, visit: Visit, since: datetime | None) -> Patient:
    """Somebody in a bed; `since` when the patient waits for another one."""
    expected = visit.expected or flow.now + timedelta(days=_STAY_DAYS)
    leaves = expected if expected > flow.now else flow.now + timedelta(days=1)
    return Patient(
        visit=visit.number,
        leaves=leaves,
        sex=visit.patient.sex,
        age=visit.patient.age,
        unit=_bed(visit).split("/")[0],
        bed=_bed(visit),
        wants=visit.pending if since else "",
        since=since,
        isolation=visit.isolation,
        ventilator=visit.ventilator,
        acuity=visit.acuity,
    )
