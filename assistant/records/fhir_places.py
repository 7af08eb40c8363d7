"""Places and organisations that FHIR files describe, found again by any of the references in use."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from assistant.records import tables as t
from assistant.records.fhir_shapes import Json, codes, identifiers, own_keys, reference_key, tail_of
from assistant.records.periods import BED, ROOM
from assistant.records.store import Store
from assistant.records.units import UnitKind

WIDER = frozenset({"si", "bu", "wi", "lvl", "ho", "jdn", "rd", "ve", "area"})  # more than a unit
_DEEPEST = 10
_LONGEST_CODE = 12
_CLOSED_BED = frozenset({"C", "K"})  # v2-0116: closed, contaminated
_KINDS = {  # v3-RoleCode, as in Location.type
    "ICU": UnitKind.ICU,
    "PEDICU": UnitKind.ICU,
    "PEDNICU": UnitKind.ICU,
    "CCU": UnitKind.ICU,
    "ER": UnitKind.EMERGENCY,
    "ETU": UnitKind.EMERGENCY,
    "PEDU": UnitKind.PAEDIATRIC,
}


@dataclass(frozen=True)
class PlaceNote:
    """What is known of a Location.

    Attributes:
        key: Its first key, the same whatever reference led here.
        level: Code of its physical type; empty: not said.
        codes: Short names (identifiers, aliases) that messages may write for it.
        part_of, organisation: Keys of the place and of the organisation it belongs to; empty: not said.
        open: False while it is suspended, inactive, closed or contaminated.
        kind: Of a unit, where the Location says it.
    """

    key: str
    name: str
    level: str = ""
    codes: tuple[str, ...] = ()
    part_of: str = ""
    organisation: str = ""
    organisation_name: str = ""
    open: bool = True
    kind: str = ""


@dataclass(frozen=True)
class Address:
    """Names of unit, room and bed; empty where the Location and what it is part of do not say.

    `ward` is the unit's own Location, where it is marked as a ward.
    """

    unit: str = ""
    room: str = ""
    bed: str = ""
    wider: str = ""
    ward: PlaceNote | None = None


class Places:
    """The Locations and Organizations of a site."""

    def __init__(self, known: Iterable[tuple[str, PlaceNote]] = (), organisations: Iterable[tuple[str, str]] = ()):
        self._places: dict[str, PlaceNote] = dict(known)
        self._organisations: dict[str, str] = dict(organisations)
        self._fresh: dict[str, PlaceNote] = {}

    def note_location(self, resource: Json, full_url: str = "") -> PlaceNote:
        """Remember a Location under all its keys."""
        keys = own_keys(resource, full_url)
        note = described(resource, keys[0] if keys else "")
        for key in keys:
            if self._places.get(key) != note:
                self._places[key] = self._fresh[key] = note
        return note

    def take_fresh(self, note: PlaceNote) -> list[str]:
        """Keys under which this Location is not stored yet; asked once."""
        fresh = [key for key, known in self._fresh.items() if known.key == note.key]
        for key in fresh:
            del self._fresh[key]
        return fresh

    def note_organisation(self, resource: Json, full_url: str = "") -> None:
        """Remember the name of an Organization under all its keys."""
        name = resource.get("name") or next(iter(resource.get("alias") or ()), "")
        for key in own_keys(resource, full_url):
            if name:
                self._organisations[key] = str(name)

    def find(self, key: str) -> PlaceNote | None:
        """The Location of that key."""
        return self._places.get(key)

    def organisation(self, reference: Json | None) -> str:
        """Name of an organisation: as the files say, else the reference's display, else its id; empty if not said."""
        if not reference:
            return ""
        key = reference_key(reference, "Organization")
        return self._organisations.get(key) or str(reference.get("display") or "") or tail_of(key)

    def address(self, note: PlaceNote) -> Address:
        """Unit, room and bed that a Location stands for, by what it is part of."""
        names: dict[str, str] = {}
        ward: PlaceNote | None = None
        here: PlaceNote | None = note
        for _ in range(_DEEPEST):
            if here is None:
                break
            slot = _slot(here, names)
            ward = here if slot == "unit" and here.level == "wa" else ward
            names.setdefault(slot, here.name)
            here = self._places.get(here.part_of)
        if "unit" not in names and ("room" in names or "bed" in names):
            names["unit"] = self._department(note)
        unit, room, bed, wider = (names.get(slot, "") for slot in ("unit", "room", "bed", "wider"))
        return Address(unit, room, bed, wider, ward)

    def _department(self, note: PlaceNote) -> str:
        """Name of the organisation that runs a room or bed which is in no ward."""
        here: PlaceNote | None = note
        for _ in range(_DEEPEST):
            if here is None:
                break
            if here.organisation or here.organisation_name:
                told = self._organisations.get(here.organisation) or here.organisation_name
                return told or tail_of(here.organisation)
            here = self._places.get(here.part_of)
        return ""


def _slot(place: PlaceNote, taken: dict[str, str]) -> str:
    """Which part of an address a Location is."""
    if place.level in BED:
        return "bed"
    if place.level in ROOM:
        return "room"
    return "wider" if place.level in WIDER or "unit" in taken else "unit"


def as_row(site: str, key: str, note: PlaceNote) -> Json:
    """A row of the table of places."""
    said = {name: value for name, value in note.__dict__.items() if name != "key"}
    return {"site": site, "key": key, "own": note.key, **said, "codes": "|".join(note.codes)}


def read_places(store: Store, site: str) -> Places:
    """What earlier imports have told of the places of a site."""
    p = t.places.c
    columns = [p.key, p.own, p.name, p.level, p.codes, p.part_of, p.organisation, p.organisation_name, p.open, p.kind]
    rows = store.read(select(*columns).where(p.site == site))
    return Places((r[0], PlaceNote(r[1], r[2], r[3], tuple(filter(None, r[4].split("|"))), *r[5:])) for r in rows)


def described(resource: Json, key: str) -> PlaceNote:
    """What a Location says of itself; `key` is what it is called."""
    manager = resource.get("managingOrganization") or {}
    level = next(iter(sorted(codes(resource.get("physicalType")))), "")
    short = [str(x["value"]) for x in identifiers(resource)] + [str(x) for x in resource.get("alias") or ()]
    name = str(resource.get("name") or next(iter(resource.get("alias") or ()), "") or tail_of(key))
    closed = str((resource.get("operationalStatus") or {}).get("code", "")) in _CLOSED_BED
    kinds = (_KINDS[code] for concept in resource.get("type") or () for code in codes(concept) if code in _KINDS)
    return PlaceNote(
        key,
        " ".join(name.split()),
        level,
        tuple(x for x in short if len(x) <= _LONGEST_CODE and x != name),
        reference_key(resource.get("partOf"), "Location"),
        reference_key(manager, "Organization"),
        str(manager.get("display") or ""),
        resource.get("status", "active") == "active" and not closed,
        next(kinds, ""),
    )
