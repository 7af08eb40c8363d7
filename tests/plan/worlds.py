"""Small named worlds: a unit with two or three shifts, and a hospital with a handful of beds."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from assistant.plan.beds.problem import BedProblem, Patient
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.problem import RosterProblem
from assistant.records.demand import Demand
from assistant.records.staff import Person, Shift
from assistant.records.units import Bed, SexRule, Unit, UnitKind

MONDAY = date(2026, 3, 9)
NOW = datetime(2026, 3, 10, 20, 0)
EARLY = Shift("E", "Early", time(6), time(14), 480)
LATE = Shift("L", "Late", time(14), time(22), 480)
NIGHT = Shift("N", "Night", time(22), time(6), 480, night=True)
QUICK = PlanSettings(seconds=10)


def day(number: int) -> date:
    """Day of the window, 0 the Monday."""
    return MONDAY + timedelta(days=number)


def nurses(count: int, **changes: Any) -> tuple[Person, ...]:
    """Nurses A, B, C, ... without contract hours, so that only the rule under test binds."""
    return tuple(
        Person("ABCDEFGHIJKLMNOP"[i], f"Nurse {i}", "ICU", **{"hours_per_week": 0.0, **changes}) for i in range(count)
    )


def ward(
    days: int,
    people: Sequence[Person],
    needs: dict[tuple[int, str], int],
    shifts: Sequence[Shift] = (EARLY, LATE, NIGHT),
    **more: Any,
) -> RosterProblem:
    """A roster problem; `needs` gives nurses by day number and shift."""
    skills = more.pop("skills", {})
    demand = tuple(
        Demand("ICU", day(number), shift, count, skills=tuple(skills.items()))
        for (number, shift), count in needs.items()
    )
    return RosterProblem("ICU", tuple(day(i) for i in range(days)), tuple(shifts), tuple(people), demand, **more)


UNITS = (
    Unit("ED", "Emergency", kind=UnitKind.EMERGENCY),
    Unit("ICU", "Intensive Care", kind=UnitKind.ICU),
    Unit("HDU", "High Dependency", kind=UnitKind.STEP_DOWN),
    Unit("3A", "Medicine"),
    Unit("3B", "Surgery"),
    Unit("MAT", "Maternity", kind=UnitKind.MATERNITY),
    Unit("PAE", "Children", kind=UnitKind.PAEDIATRIC),
)


def bed(address: str, **attributes: Any) -> Bed:
    """A bed by its address; rooms take anyone unless said otherwise."""
    unit, room, name = address.split("/")
    return Bed(unit, room, name, **{"sex_rule": SexRule.ANY, **attributes})


def waits(visit: str, wants: str, **more: Any) -> Patient:
    """Somebody in the emergency department who waits since two hours for a stay of three days."""
    given = {
        "sex": "F",
        "age": 60,
        "unit": "ED",
        "acuity": 3,
        "since": NOW - timedelta(hours=2),
        "leaves": NOW + timedelta(days=3),
    }
    return Patient(visit=visit, wants=wants, **{**given, **more})


def lies(visit: str, address: str, **more: Any) -> Patient:
    """Somebody in a bed for five more days."""
    given = {"sex": "F", "age": 60, "acuity": 2, "leaves": NOW + timedelta(days=5)}
    return Patient(visit=visit, unit=address.split("/")[0], bed=address, **{**given, **more})


def hospital(
    beds: Sequence[Bed], waiting: Sequence[Patient], present: Sequence[Patient] = (), days: int = 1, **more: Any
) -> BedProblem:
    """A bed problem at 20:00 without surge beds."""
    return BedProblem(NOW, days, UNITS, tuple(beds), tuple(waiting), tuple(present), **more)
