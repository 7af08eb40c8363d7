"""The sample hospital's units, rooms and beds."""

from dataclasses import dataclass

from assistant.records.units import Bed, SexRule, Unit, UnitKind


@dataclass(frozen=True)
class Rooms:
    """How a unit's rooms are made: counts of rooms by number of beds, and what they can do.

    Attributes:
        fours, twos, ones: Rooms with four, two and one bed.
        isolation: How many of the one-bed rooms can isolate.
        ventilators: Beds with a ventilator, counted from the first room.
        closed: Beds closed at present, counted from the last multi-bed room.
        letter: First character of room names.
    """

    fours: int = 0
    twos: int = 0
    ones: int = 0
    isolation: int = 0
    ventilators: int = 0
    closed: int = 0
    letter: str = ""


@dataclass(frozen=True)
class Place:
    """A unit with its rooms, the rule for sharing them, and the skills its nurses carry."""

    unit: Unit
    rooms: Rooms
    sex_rule: SexRule
    skills: tuple[str, ...]


def _unit(
    code: str, name: str, name_zh: str, kind: UnitKind, service: str, ratio: tuple[float, float], *aliases: str
) -> Unit:
    return Unit(
        code, name, name_zh, kind, service, aliases, patients_per_nurse_day=ratio[0], patients_per_nurse_night=ratio[1]
    )


# Patients per nurse: critical care 2, step-down 3, emergency and paediatrics 4 at all hours (as in California's
# rules); wards 6 by day and 8 by night, between the 1:5 of California and the 1:8 nights of Victoria.
_CRITICAL, _STEP_DOWN, _FOUR, _WARD, _ACUTE = (2.0, 2.0), (3.0, 3.0), (4.0, 4.0), (6.0, 8.0), (5.0, 7.0)
_SAME, _ANY, _FEMALE = SexRule.SAME, SexRule.ANY, SexRule.FEMALE

PLACES: tuple[Place, ...] = (
    Place(
        _unit(
            "ED",
            "Emergency Department",
            "急诊科",
            UnitKind.EMERGENCY,
            "emergency",
            _FOUR,
            "A&E",
            "ER",
            "Emergency",
            "急诊",
        ),
        Rooms(fours=5, twos=4, ones=4, isolation=4, ventilators=4, letter="E"),
        _ANY,
        ("ed", "triage"),
    ),
    Place(
        _unit(
            "AMU",
            "Acute Medical Unit",
            "急诊综合病房",
            UnitKind.WARD,
            "acute medicine",
            _ACUTE,
            "Acute Medicine",
            "急综病房",
        ),
        Rooms(fours=4, twos=2, ones=4, isolation=3, letter="A"),
        _SAME,
        ("acute",),
    ),
    Place(
        _unit(
            "ICU",
            "Intensive Care Unit",
            "重症监护室",
            UnitKind.ICU,
            "critical care",
            _CRITICAL,
            "Intensive Care",
            "ITU",
            "重症医学科",
        ),
        Rooms(twos=4, ones=4, isolation=4, ventilators=10, letter="I"),
        _ANY,
        ("icu", "ventilation"),
    ),
    Place(
        _unit(
            "CCU",
            "Coronary Care Unit",
            "冠心病监护室",
            UnitKind.ICU,
            "cardiology",
            _CRITICAL,
            "Coronary Care",
            "心脏监护室",
        ),
        Rooms(twos=3, ones=2, isolation=1, ventilators=3, letter="C"),
        _ANY,
        ("icu", "cardiac"),
    ),
    Place(
        _unit(
            "HDU",
            "High Dependency Unit",
            "过渡监护病房",
            UnitKind.STEP_DOWN,
            "critical care",
            _STEP_DOWN,
            "Step-down",
            "过渡病房",
        ),
        Rooms(twos=3, ones=2, isolation=2, ventilators=2, letter="H"),
        _ANY,
        ("icu",),
    ),
    Place(
        _unit("3A", "General Medicine", "普通内科", UnitKind.WARD, "medicine", _WARD, "Ward 3A", "Medicine", "3A病房"),
        Rooms(fours=5, twos=2, ones=4, isolation=2, closed=1, letter="3A"),
        _SAME,
        ("medicine",),
    ),
    Place(
        _unit(
            "3B",
            "Respiratory Medicine",
            "呼吸内科",
            UnitKind.WARD,
            "respiratory",
            _WARD,
            "Ward 3B",
            "Respiratory",
            "3B病房",
        ),
        Rooms(fours=4, twos=3, ones=6, isolation=4, letter="3B"),
        _SAME,
        ("respiratory",),
    ),
    Place(
        _unit("4A", "Cardiology", "心内科", UnitKind.WARD, "cardiology", _WARD, "Ward 4A", "4A病房"),
        Rooms(fours=4, twos=3, ones=4, isolation=1, closed=1, letter="4A"),
        _SAME,
        ("cardiac",),
    ),
    Place(
        _unit(
            "4B",
            "Gastroenterology",
            "消化内科",
            UnitKind.WARD,
            "gastroenterology",
            _WARD,
            "Ward 4B",
            "Gastro",
            "4B病房",
        ),
        Rooms(fours=4, twos=2, ones=4, isolation=2, letter="4B"),
        _SAME,
        ("medicine",),
    ),
    Place(
        _unit("5A", "General Surgery", "普外科", UnitKind.WARD, "surgery", _WARD, "Ward 5A", "Surgery", "5A病房"),
        Rooms(fours=5, twos=2, ones=4, isolation=2, letter="5A"),
        _SAME,
        ("surgical",),
    ),
    Place(
        _unit("5B", "Orthopaedics", "骨科", UnitKind.WARD, "orthopaedics", _WARD, "Ward 5B", "Ortho", "5B病房"),
        Rooms(fours=5, twos=3, ones=2, isolation=1, closed=2, letter="5B"),
        _SAME,
        ("surgical",),
    ),
    Place(
        _unit("6A", "Oncology", "肿瘤科", UnitKind.WARD, "oncology", _WARD, "Ward 6A", "Cancer ward", "6A病房"),
        Rooms(fours=2, twos=3, ones=6, isolation=4, letter="6A"),
        _SAME,
        ("chemotherapy",),
    ),
    Place(
        _unit(
            "MAT", "Maternity", "产科", UnitKind.MATERNITY, "maternity", _WARD, "Obstetrics", "Maternity ward", "妇产科"
        ),
        Rooms(fours=2, twos=4, ones=4, isolation=1, letter="M"),
        _FEMALE,
        ("midwife",),
    ),
    Place(
        _unit(
            "PAED",
            "Paediatrics",
            "儿科",
            UnitKind.PAEDIATRIC,
            "paediatrics",
            _FOUR,
            "Pediatrics",
            "Children's ward",
            "儿童病房",
        ),
        Rooms(fours=2, twos=2, ones=4, isolation=3, letter="P"),
        _ANY,
        ("paediatric",),
    ),
)

UNITS: tuple[Unit, ...] = tuple(place.unit for place in PLACES)

# Where a patient may lie when the wished unit has had no bed for hours; first choice first.
OUTLIER_WARDS: dict[str, tuple[str, ...]] = {
    "AMU": ("3A", "3B", "4B"),
    "3A": ("4B", "3B", "4A"),
    "3B": ("3A", "4B", "4A"),
    "4A": ("3A", "4B", "3B"),
    "4B": ("3A", "5A", "3B"),
    "5A": ("5B", "4B"),
    "5B": ("5A",),
    "6A": ("3A", "4B"),
    "ICU": ("CCU",),
    "CCU": ("ICU", "HDU"),
}


def _scaled(rooms: int, scale: float) -> int:
    """Rooms of one size in a smaller hospital; a size that exists keeps at least one room."""
    return max(1, round(rooms * scale)) if rooms else 0


def beds_of(place: Place, scale: float = 1.0) -> list[Bed]:
    """A unit's beds: one-bed rooms first, then two, then four; the last multi-bed places may be closed."""
    rooms = place.rooms
    sizes = [1] * _scaled(rooms.ones, scale) + [2] * _scaled(rooms.twos, scale) + [4] * _scaled(rooms.fours, scale)
    addresses = [
        (f"{rooms.letter}{number:02d}", str(bed), number)
        for number, size in enumerate(sizes, 1)
        for bed in range(1, size + 1)
    ]
    isolating = min(rooms.isolation, _scaled(rooms.ones, scale))
    first_closed = len(addresses) - (rooms.closed if scale == 1 else 0)
    return [
        Bed(
            unit=place.unit.code,
            room=room,
            bed=bed,
            isolation=number <= isolating,
            ventilator=position < round(rooms.ventilators * scale),
            sex_rule=place.sex_rule,
            open=position < first_closed,
        )
        for position, (room, bed, number) in enumerate(addresses)
    ]


def all_beds(scale: float = 1.0) -> list[Bed]:
    """Every bed of the hospital, unit by unit."""
    return [bed for place in PLACES for bed in beds_of(place, scale)]
