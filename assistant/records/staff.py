"""Staff, shifts, absences, wishes, and the roster that was published."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum


class WishKind(StrEnum):
    """What a member of staff asked for."""

    WANT = "want"  # wants to work this shift
    AVOID = "avoid"  # would rather not work this shift
    OFF = "off"  # would like the whole day off


@dataclass(frozen=True)
class Person:
    """A member of staff.

    Attributes:
        staff: Unique id, e.g. `N014`.
        name: Name as colleagues say it; name_zh: the Chinese form (may be empty).
        unit: Code of the home unit.
        role: `nurse`, `charge_nurse` or `care_assistant`.
        skills: e.g. `("icu", "charge")`.
        hours_per_week: Contract hours.
        nights: False if the person cannot work nights.
    """

    staff: str
    name: str
    unit: str
    role: str = "nurse"
    skills: tuple[str, ...] = ()
    hours_per_week: float = 38.5
    nights: bool = True
    name_zh: str = ""


@dataclass(frozen=True)
class Shift:
    """A shift type of a unit (`unit` empty: of every unit that has none of its own).

    Attributes:
        shift: Code, e.g. `E`, `L`, `N`.
        start, end: Wall-clock times; an end at or before the start lies on the next day.
        minutes: Paid working time in minutes.
        night: Counted as night work.
    """

    shift: str
    name: str
    start: time
    end: time
    minutes: int
    night: bool = False
    unit: str = ""
    name_zh: str = ""


@dataclass(frozen=True)
class Absence:
    """Days on which a person cannot work; both ends included."""

    staff: str
    start: date
    end: date
    reason: str = ""


@dataclass(frozen=True)
class Wish:
    """A wish for one day; `shift` empty means any shift of that day; a heavier weight matters more."""

    staff: str
    day: date
    kind: WishKind
    shift: str = ""
    weight: int = 1


@dataclass(frozen=True)
class RosterEntry:
    """One published or worked shift."""

    staff: str
    unit: str
    day: date
    shift: str
