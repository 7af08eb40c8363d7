"""The sample hospital's nurses: how many each unit has, their contracts and skills, and the shifts they work."""

import math
from datetime import time
from random import Random

from assistant.records.staff import Person, Shift
from assistant.sample.hospital import PLACES, Place, beds_of
from assistant.sample.names import people_names

# Paid minutes: presence less a break of 30 minutes, 45 at night. E after L would leave 8 h of rest, L after N 7.5 h.
SHIFTS: tuple[Shift, ...] = (
    Shift("E", "Early", time(7, 0), time(15, 15), 465, name_zh="早班"),
    Shift("L", "Late", time(14, 45), time(23, 0), 465, name_zh="中班"),
    Shift("N", "Night", time(22, 45), time(7, 15), 465, night=True, name_zh="夜班"),
)
# Leave, sickness and training take 22 % on top of the hours that the shifts need (the allowance that acuity tools use).
ABSENCE_UPLIFT = 0.22
# Share of beds that a normal shift is staffed for; emergency bays fill less.
_USUAL_OCCUPANCY, _USUAL_EMERGENCY_OCCUPANCY, _USUAL_CRITICAL_OCCUPANCY = 0.90, 0.62, 0.85
_CONTRACTS, _CONTRACT_SHARES = (38.5, 30.0, 20.0), (0.84, 0.10, 0.06)
_NO_NIGHTS = 0.09
_CHARGE_SHARE, _FEWEST_CHARGE = 0.35, 6
_HEADS_OF_SHIFT = 2  # with the role charge_nurse


def nurses_needed(place: Place, shift: Shift, scale: float = 1.0) -> int:
    """Nurses for one shift at the occupancy that the unit is staffed for; at least two, so that nobody is alone."""
    share = {"emergency": _USUAL_EMERGENCY_OCCUPANCY, "icu": _USUAL_CRITICAL_OCCUPANCY}.get(
        place.unit.kind, _USUAL_OCCUPANCY
    )
    beds = sum(bed.open for bed in beds_of(place, scale))
    limit = place.unit.patients_per_nurse_night if shift.night else place.unit.patients_per_nurse_day
    assert limit is not None, "every unit of the sample has its ratio"
    return max(2, math.ceil(share * beds / limit))


def weekly_hours_needed(place: Place, scale: float = 1.0) -> float:
    """Paid hours a week that fill every shift of the unit."""
    return 7 * sum(nurses_needed(place, shift, scale) * shift.minutes / 60 for shift in SHIFTS)


def make_people(random: Random, scale: float = 1.0) -> list[Person]:
    """All nurses, unit by unit: contract hours are added until they cover the shifts and the absence uplift."""
    names = people_names(random)
    people: list[Person] = []
    for place in PLACES:
        missing = weekly_hours_needed(place, scale) * (1 + ABSENCE_UPLIFT)
        staff: list[Person] = []
        while missing > 0:
            number, (name, name_zh) = len(people) + len(staff) + 1, next(names)
            hours = 38.5 if len(staff) < _HEADS_OF_SHIFT else random.choices(_CONTRACTS, _CONTRACT_SHARES)[0]
            staff.append(_person(random, place, f"N{number:03d}", name, name_zh, hours, len(staff)))
            missing -= hours
        people += staff
    return people


def _person(random: Random, place: Place, staff: str, name: str, name_zh: str, hours: float, position: int) -> Person:
    head = position < _HEADS_OF_SHIFT
    charge = position < _FEWEST_CHARGE or random.random() < _CHARGE_SHARE
    own = [skill for skill in place.skills if position < _FEWEST_CHARGE or random.random() < 0.85]
    extra = ["iv"] if random.random() < 0.5 else []
    return Person(
        staff=staff,
        name=name,
        unit=place.unit.code,
        role="charge_nurse" if head else "nurse",
        skills=tuple([*(own or place.skills[:1]), *extra, *(["charge"] if charge else [])]),
        hours_per_week=hours,
        nights=head or random.random() >= _NO_NIGHTS,
        name_zh=name_zh,
    )
