"""Turns one FHIR R4 Encounter into movements: its places, by their references, over its periods."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from assistant.records.feeds import Told
from assistant.records.fhir_places import WIDER, Address, PlaceNote, Places, described
from assistant.records.fhir_shapes import (
    FhirError,
    Json,
    codes,
    raw_text,
    reference_key,
    tail_of,
    typed_identifier,
    words_of,
)
from assistant.records.fhir_times import FhirTimes, is_partial
from assistant.records.findings import Finding
from assistant.records.movements import Movement
from assistant.records.periods import (
    BY_DEPARTMENT,
    BY_PART,
    BY_STAY,
    BY_WARD,
    Period,
    path_of,
    steps_to_movements,
)
from assistant.records.pseudonyms import Pseudonyms
from assistant.records.unit_names import UnitBook

_CLASSES = {"IMP": "I", "ACUTE": "I", "NONAC": "I", "SS": "I", "OBSENC": "I", "EMER": "E", "AMB": "O", "PRENC": "P"}
_NOT_THERE = frozenset({"planned", "cancelled", "entered-in-error"})  # encounter statuses without a patient in a bed
_LEVELS = {  # German profiles name the level of a contact
    "einrichtungskontakt": BY_STAY,
    "abteilungskontakt": BY_PART,
    "versorgungsstellenkontakt": BY_WARD,
}
_DEPARTMENTS = "Fachabteilungsschluessel"  # end of the code system of German departments


@dataclass(frozen=True)
class Site:
    """What readers of one site share."""

    name: str
    times: FhirTimes
    pseudonyms: Pseudonyms
    units: UnitBook
    places: Places

    def patient(self, number: str) -> str:
        """Pseudonym of a patient number."""
        return self.pseudonyms.patient(self.name, number)

    def visit(self, number: str) -> str:
        """Pseudonym of a visit number."""
        return self.pseudonyms.visit(self.name, number)

    def unit_of(self, ward: PlaceNote) -> str:
        """Code of the unit that a ward's Location is; it is made with all its names if there is none."""
        return self.units.described(next(iter(ward.codes), ward.name), ward.name, ward.codes, ward.kind)

    def digest(self, resource: Json, full_url: str = "") -> str:
        """Makes a resource recognisable when a newer version of it comes; that of an Encounter as it always was."""
        kind = "" if resource["resourceType"] == "Encounter" else f"{resource['resourceType']}|"
        number = resource.get("id") or full_url or raw_text(resource)
        return blake2b(f"{self.name}|{kind}{number}".encode(), digest_size=9).hexdigest()


def visit_called(site: Site, key: str) -> str:
    """Pseudonym of the visit that a reference to an Encounter leads to: by its number, or by the reference."""
    number = tail_of(key)
    return site.visit(number if "?" in key else f"reference {number}") if number else ""


def patient_called(site: Site, subject: Json | None, contained: Sequence[Json], told: Told) -> str:
    """Pseudonym of the patient whom a reference leads to; empty if it leads nowhere.

    An identifier with a system is taken for the patient's number until a Patient resource says which it is.
    """
    key = reference_key(subject, "Patient")
    if key.startswith("#"):
        inside = next((x for x in contained if f"#{x.get('id')}" == key), {})
        return site.patient(typed_identifier(inside, "MR"))
    if "?" not in key:
        return site.patient(f"reference {tail_of(key)}") if key else ""
    system, _, value = key.partition("?")[2].partition("|")
    if not system:
        return site.patient(value)
    named = site.patient(f"identifier {system}|{value}")
    told.assumed.append((named, site.patient(value)))
    return named


class EncounterReader:
    """Reads the Encounters of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def read(self, resource: Json, place: str, full_url: str = "") -> Told:
        """Movements of the encounter, or why there are none.

        Raises:
            FhirError: It cannot be used, for a stated reason.
        """
        digest = self._site.digest(resource, full_url)
        told = Told(key=f"fhir|{digest}", replaces=f"fhir:{digest}", place=place)
        told.version = self._site.times.start(resource.get("meta", {}).get("lastUpdated")) or 0
        if resource.get("status") in _NOT_THERE:
            return told if resource["status"] != "planned" else Told(ignored="planned_encounter", place=place)
        visit = self._visit(resource, told, full_url)
        periods, by_department = self._periods(resource, told)
        if not periods:
            return self._without(told, "encounter_without_place")
        told.movements = self._movements(resource, periods, visit, told)
        if not told.movements:
            return self._without(told, "encounter_without_duration")
        level = BY_DEPARTMENT if by_department else _level_of(resource)
        if level != BY_STAY:
            told.levels[told.replaces] = str(level)
        return told

    def _without(self, told: Told, why: str) -> Told:
        """An encounter that puts nobody anywhere; it still ties its parts to the whole."""
        return Told(ignored=why, visits=told.visits, findings=told.findings, place=told.place)

    def _visit(self, resource: Json, told: Told, full_url: str) -> str:
        """The visit to store under; and what leads from this encounter's reference to the whole stay."""
        own = resource.get("id") or tail_of(full_url)
        number = typed_identifier(resource, "VN") or own
        parent = reference_key(resource.get("partOf"), "Encounter")
        by_reference = self._site.visit(f"reference {own or number}")
        whole = visit_called(self._site, parent) if parent else self._site.visit(number)
        told.visits[by_reference] = whole
        if full_url.startswith("urn:") and tail_of(full_url) != own:
            told.visits[self._site.visit(f"reference {tail_of(full_url)}")] = by_reference
        return by_reference if parent else whole

    def _periods(self, resource: Json, told: Told) -> tuple[list[Period], bool]:
        """The places of the encounter in order of their start, and whether only its department is known."""
        whole = resource.get("period") or {}
        entries = [x for x in resource.get("location") or () if x.get("status") not in ("planned", "reserved")]
        if any(is_partial(x) for x in (whole.get("start"), whole.get("end"))):
            told.findings.append(Finding("time_without_hour", "warning", told.place, _said(whole), "kept"))
        last_end = self._site.times.end(whole.get("end"))
        if resource.get("status") == "finished" and last_end is None and not _ends(entries):
            told.findings.append(Finding("finished_without_end", "warning", told.place, "", "kept"))
        found: list[Period] = []
        for entry in entries:
            found += self._of_entry(entry, resource, last_end, told)
        department = self._department(resource)
        narrow = [period for period in found if period.level not in WIDER]
        if department and not any(_is_unit(period) for period in narrow):
            spans = {(x.start, x.end) for x in narrow} or {self._span({}, resource, last_end)}
            return sorted([*narrow, *(Period(*x, department, "wa") for x in spans)], key=lambda x: x.start), not narrow
        return sorted(narrow or found, key=lambda period: period.start), False

    def _of_entry(self, entry: Json, resource: Json, last_end: int | None, told: Told) -> list[Period]:
        """One listed location: itself, and the ward and room that it is part of."""
        start, end = self._span(entry, resource, last_end)
        if end == start:
            told.findings.append(
                Finding("period_without_duration", "note", told.place, str(entry.get("period")), "kept")
            )
        address, name, level = self._named(entry, resource.get("contained") or ())
        if address is None:
            return [Period(start, end, name, level)]
        if address.ward:
            self._site.unit_of(address.ward)
        parts = ((address.unit, "wa"), (address.room, "ro"), (address.bed, "bd"))
        found = [Period(start, end, said, code) for said, code in parts if said]
        return found or [Period(start, end, address.wider or name, level or "si")]

    def _span(self, entry: Json, resource: Json, last_end: int | None) -> tuple[int, int | None]:
        """When somebody was in a listed location; what it does not say, the encounter does."""
        period, whole = entry.get("period") or {}, resource.get("period") or {}
        start = self._site.times.start(period.get("start") or whole.get("start"))
        if start is None:
            raise FhirError(
                "unreadable_time", "neither the location nor the encounter has a period.start; expected one of them"
            )
        end = self._site.times.end(period.get("end"))
        end = last_end if end is None else end
        if end is not None and end < start:
            said = _said(period) or _said(whole)
            raise FhirError("end_before_start", f"the period {said} ends before it starts; correct it at its source")
        return start, end

    def _named(self, entry: Json, contained: Sequence[Json]) -> tuple[Address | None, str, str]:
        """Where a listed location is, as far as files describe it; else what the reference calls it, and its level."""
        reference = entry.get("location") or {}
        level = next(iter(sorted(codes(entry.get("physicalType")))), "")
        key = reference_key(reference, "Location")
        note = self._site.places.find(key)
        if key.startswith("#"):
            note = next((described(x, key) for x in contained if f"#{x.get('id')}" == key), None)
        if note is not None:
            told = note if note.level or not level else replace(note, level=level)
            return self._site.places.address(told), note.name, told.level
        name = str(reference.get("display") or "") or tail_of(key)
        if not name:
            raise FhirError("no_location", "a location without reference, identifier and display; expected one of them")
        return None, name, level

    def _department(self, resource: Json) -> str:
        """The department that a contact of a department or ward names instead of a place."""
        if _level_of(resource) == BY_STAY:
            return ""
        provider = self._site.places.organisation(resource.get("serviceProvider"))
        if provider:
            return provider
        service = resource.get("serviceType") or {}
        german = (x["code"] for x in service.get("coding") or () if str(x.get("system", "")).endswith(_DEPARTMENTS))
        return words_of(service) or str(next(german, ""))

    def _movements(self, resource: Json, periods: Sequence[Period], visit: str, told: Told) -> list[Movement]:
        """Arrival, moves and departure that the periods amount to; the first one carries what else is said."""
        patient = patient_called(self._site, resource.get("subject"), resource.get("contained") or (), told)
        visit_class = _CLASSES.get(resource["class"]["code"], "")
        path = [(time, (self._site.units.code(unit), room, bed)) for time, (unit, room, bed) in path_of(periods)]
        first = Movement(visit, patient, told.replaces, "", 0, 0)
        found = steps_to_movements(first, path, [visit_class] * len(path))
        if not found:  # every period is empty
            return []
        more: Json = {"expected_end": self._expected(resource), "needs": _needs(resource), "acuity": _acuity(resource)}
        if any(value is not None for value in more.values()):
            found[0] = replace(found[0], **more)
        return found

    def _expected(self, resource: Json) -> int | None:
        """Expected discharge, as R5 has it and R4 carries it in an extension."""
        given = (x.get("valueDateTime") for x in resource.get("extension") or () if _means_planned_end(x))
        return self._site.times.start(next(given, None))


def _level_of(resource: Json) -> int:
    """How narrow the contact is: as its type says, else a part of another encounter or none."""
    named = {code for concept in resource.get("type") or () for code in codes(concept)} & set(_LEVELS)
    if named:
        return max(_LEVELS[code] for code in named)
    return BY_PART if resource.get("partOf") else BY_STAY


def _is_unit(period: Period) -> bool:
    return period.level not in ("ro", "bd")


def _ends(entries: Sequence[Json]) -> bool:
    return bool(entries and (entries[-1].get("period") or {}).get("end"))


def _said(period: Json) -> str:
    return " to ".join(str(period[name]) for name in ("start", "end") if period.get(name))


def _means_planned_end(extension: Json) -> bool:
    return str(extension.get("url", "")).endswith("plannedEndDate")


def _needs(resource: Json) -> str | None:
    """Accommodation codes such as `ISO` among the special arrangements; None if there are none."""
    arranged = (resource.get("hospitalization") or {}).get("specialArrangement") or ()
    found = {code.upper() for concept in arranged for code in codes(concept)}
    return "~".join(sorted(found)) or None


def _acuity(resource: Json) -> int | None:
    """Acuity where the priority is coded as a figure."""
    return next(
        (int(code) for code in sorted(codes(resource.get("priority"))) if code in {"1", "2", "3", "4", "5"}), None
    )
