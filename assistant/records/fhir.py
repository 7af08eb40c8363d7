"""Turns FHIR R4 Encounters and Patients into movements and patient data."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from assistant.records import movements as m
from assistant.records.clock_reading import SiteClock
from assistant.records.feeds import Told
from assistant.records.findings import Finding
from assistant.records.movements import Movement
from assistant.records.pseudonyms import Pseudonyms
from assistant.records.unit_names import UnitBook

_CLASSES = {"IMP": "I", "ACUTE": "I", "NONAC": "I", "SS": "I", "OBSENC": "I", "EMER": "E", "AMB": "O", "PRENC": "P"}
_SEX = {"female": "F", "male": "M"}
_NOT_THERE = frozenset({"planned", "cancelled", "entered-in-error"})  # encounter statuses without a patient in a bed
_ROOM, _BED = frozenset({"ro"}), frozenset({"bd"})
_WIDER = frozenset({"si", "bu", "wi", "lvl", "ho", "jdn", "rd", "ve"})  # sites, buildings, wings: more than a unit

Json = dict[str, Any]
Place = tuple[str, str, str]


class FhirError(Exception):
    """Why a resource cannot be used; becomes the rule and the reason in quarantine."""

    def __init__(self, rule: str, reason: str) -> None:
        self.rule = rule
        self.reason = reason
        super().__init__(f"{rule}: {reason}")


@dataclass(frozen=True)
class Period:
    """One place of an encounter for a time; `end` None: still there."""

    start: int
    end: int | None
    name: str
    level: str


class FhirReader:
    """Reads R4 resources of one site.

    Args:
        site: Keeps equal numbers of several sites apart.
        clock: The site's wall clock.
        pseudonyms: Hides patient and visit numbers.
        units: Finds the code of a unit's name and notes new units.
    """

    def __init__(self, site: str, clock: SiteClock, pseudonyms: Pseudonyms, units: UnitBook) -> None:
        self._site = site
        self._clock = clock
        self._pseudonyms = pseudonyms
        self._units = units
        self._locations: dict[str, str] = {}

    def read(self, resource: Json, place: str) -> Iterator[Told]:
        """What one resource tells; a Bundle tells what its entries do."""
        if resource.get("resourceType") == "Bundle":
            entries = [
                entry["resource"] for entry in resource.get("entry", ()) if isinstance(entry.get("resource"), dict)
            ]
            for inner in sorted(entries, key=lambda x: x.get("resourceType") != "Location"):  # names come first
                yield from self.read(inner, place)
            return
        try:
            yield self._read_one(resource, place)
        except FhirError as fault:
            yield Told(faults=[(fault.rule, fault.reason, _raw(resource))], place=place)
        except (ValueError, LookupError, TypeError, AttributeError) as error:  # not shaped as R4 says
            reason = f"not shaped as R4 says: {type(error).__name__} {error}"
            yield Told(faults=[("unreadable_resource", reason, _raw(resource))], place=place)

    def _read_one(self, resource: Json, place: str) -> Told:
        kind = resource.get("resourceType")
        if kind == "Encounter":
            return self._encounter(resource, place)
        if kind == "Patient":
            return self._patient(resource, place)
        if kind == "Location" and resource.get("id"):
            self._locations[f"Location/{resource['id']}"] = resource.get("name", "")
        if not kind:
            raise FhirError("no_resource_type", "expected a FHIR resource with a resourceType")
        return Told(ignored="other_resource", place=place)

    def _patient(self, resource: Json, place: str) -> Told:
        """Sex, birth year, and the number behind the reference that encounters use."""
        reference = self._pseudonyms.patient(self._site, f"reference {resource.get('id', '')}")
        number = _identifier(resource, "MR")
        patient = self._pseudonyms.patient(self._site, number) or reference
        year = str(resource.get("birthDate", ""))[:4]
        row = {
            "patient": patient,
            "sex": _SEX.get(resource.get("gender", ""), ""),
            "birth_year": int(year) if year.isdigit() else None,
        }
        return Told(patient=row, merges=[(reference, patient)] if patient != reference else [], place=place)

    def _encounter(self, resource: Json, place: str) -> Told:
        _check_shape(resource)
        digest = blake2b(f"{self._site}|{resource.get('id') or _raw(resource)}".encode(), digest_size=9).hexdigest()
        meta = resource.get("meta", {})
        if any(label.get("code") == "HTEST" for label in meta.get("security", ())):
            return Told(ignored="test_message", place=place)
        version = self._time(meta.get("lastUpdated")) or 0
        told = Told(key=f"fhir|{digest}", replaces=f"fhir:{digest}", version=version, place=place)
        if resource.get("status") in _NOT_THERE:
            return told if resource["status"] != "planned" else Told(ignored="planned_encounter", place=place)
        periods = self._periods(resource, told)
        if not periods:
            return Told(ignored="encounter_without_place", place=place)
        told.movements = self._movements(resource, periods, told.replaces)
        return told if told.movements else Told(ignored="encounter_without_place", place=place)

    def _periods(self, resource: Json, told: Told) -> list[Period]:
        """The places of the encounter in order of their start; missing starts and ends are filled in."""
        whole = resource.get("period", {})
        entries = [x for x in resource.get("location", ()) if x.get("status") not in ("planned", "reserved")]
        last_end = self._time(whole.get("end"))
        if resource.get("status") == "finished" and last_end is None and entries and not _ends(entries):
            told.findings.append(Finding("finished_without_end", "warning", told.place, "", "kept"))
        found = []
        for entry in entries:
            period = entry.get("period", {})
            start = self._time(period.get("start") or whole.get("start"))
            if start is None:
                raise FhirError("unreadable_time", "neither the location nor the encounter has a period.start")
            end = self._time(period.get("end"))
            end = last_end if end is None else end
            if end is not None and end < start:
                raise FhirError("end_before_start", f"location period {period} of the encounter ends before it starts")
            found.append(Period(start, end, self._name(entry), _level(entry)))
        narrow = [period for period in found if period.level not in _WIDER]
        return sorted(narrow or found, key=lambda period: period.start)

    def _time(self, text: str | None) -> int | None:
        if not text:
            return None
        try:
            return self._clock.read(text).seconds
        except ValueError as error:
            raise FhirError("unreadable_time", str(error)) from None

    def _name(self, entry: Json) -> str:
        """What the place is called: display, name of the Location in the same bundle, or the reference itself."""
        location = entry.get("location", {})
        reference = location.get("reference", "")
        number = location.get("identifier", {}).get("value", "")
        name = location.get("display") or self._locations.get(reference) or number or reference.rpartition("/")[2]
        if not name:
            raise FhirError("no_location", "a location without reference and display")
        return str(name)

    def _movements(self, resource: Json, periods: Sequence[Period], source: str) -> list[Movement]:
        """Arrival, moves and departure that the periods amount to; the first one carries what else is said."""
        number = _identifier(resource, "VN") or resource["id"]
        visit = self._pseudonyms.visit(self._site, number)
        patient = self._subject(resource.get("subject", {}))
        visit_class = _CLASSES.get(resource["class"]["code"], "")
        steps = path_of(periods)
        found: list[Movement] = []
        for step, (time, (unit, room, bed)) in enumerate(steps):
            code = self._units.code(unit)
            if not code:
                trigger = m.DISCHARGE if step == len(steps) - 1 else m.LEAVE
            elif found:
                trigger = m.TRANSFER
            else:
                trigger = m.ADMIT if visit_class == "I" else m.REGISTER
            movement = Movement(visit, patient, source, trigger, time, time, code, room, bed, visit_class=visit_class)
            if not found or found[-1].place != movement.place:
                found.append(movement)
        if not found:  # every period is empty
            return []
        needs, acuity = _needs(resource), _acuity(resource)
        return [replace(found[0], expected_end=self._expected(resource), needs=needs, acuity=acuity), *found[1:]]

    def _expected(self, resource: Json) -> int | None:
        """Expected discharge, as R5 has it and R4 carries it in an extension."""
        given = (x.get("valueDateTime") for x in resource.get("extension", ()) if _means_planned_end(x))
        return self._time(next(given, None))

    def _subject(self, subject: Json) -> str:
        number = subject.get("identifier", {}).get("value")
        if number:
            return self._pseudonyms.patient(self._site, str(number))
        reference = subject.get("reference", "").rpartition("/")[2].removeprefix("urn:uuid:")
        return self._pseudonyms.patient(self._site, f"reference {reference}") if reference else ""


def path_of(periods: Sequence[Period]) -> list[tuple[int, Place]]:
    """Where the patient is from when on: unit, room, bed; an empty unit means in none of the places.

    Where periods overlap, the one that began last holds; when it ends, an earlier one may hold again (a bed that was
    kept during an hour in the recovery room).
    """
    levels = [[p for p in periods if p.level not in _ROOM | _BED]]
    levels += [[p for p in periods if p.level in level] for level in (_ROOM, _BED)]
    if not levels[0]:  # only rooms or beds are named: the widest of them stands for the unit
        levels = [levels[1] or levels[2], [], levels[2] if levels[1] else []]
    times = sorted({p.start for p in periods} | {p.end for p in periods if p.end is not None})
    path: list[tuple[int, Place]] = []
    for time in times:
        unit, room, bed = (_holding(level, time) for level in levels)
        place = (unit, room, bed) if unit else ("", "", "")
        if (not path and unit) or (path and path[-1][1] != place):
            path.append((time, place))
    return path


def _holding(periods: Sequence[Period], time: int) -> str:
    """Name of the place that holds at a time; empty if none does."""
    active = [p for p in periods if p.start <= time and (p.end is None or p.end > time)]
    return active[-1].name if active else ""


def _check_shape(resource: Json) -> None:
    """Tell the versions that are not R4 by their shape."""
    kind = resource.get("class")
    if isinstance(kind, str):
        raise FhirError("not_r4", f"Encounter.class is the text {kind!r}, as in DSTU2; expected a Coding as in R4")
    if isinstance(kind, list) or "actualPeriod" in resource:
        raise FhirError("not_r4", "Encounter.class is a list or actualPeriod is used, as in R5; expected R4")
    if not isinstance(kind, dict) or "code" not in kind:
        raise FhirError("no_class", "Encounter.class with a code is missing")
    if not _identifier(resource, "VN") and not resource.get("id"):
        raise FhirError("no_visit_number", "the Encounter has neither an identifier nor an id")


def _identifier(resource: Json, code: str) -> str:
    """The identifier of the type, else the first one."""
    values = resource.get("identifier", [])
    typed = [x for x in values if any(c.get("code") == code for c in x.get("type", {}).get("coding", ()))]
    return str(next((x["value"] for x in [*typed, *values] if x.get("value")), ""))


def _ends(entries: Sequence[Json]) -> bool:
    return bool(entries[-1].get("period", {}).get("end"))


def _level(entry: Json) -> str:
    return next((str(x.get("code", "")) for x in entry.get("physicalType", {}).get("coding", ())), "")


def _means_planned_end(extension: Json) -> bool:
    return str(extension.get("url", "")).endswith("plannedEndDate")


def _needs(resource: Json) -> str | None:
    """Accommodation codes such as `ISO` among the special arrangements; None if there are none."""
    arranged = resource.get("hospitalization", {}).get("specialArrangement", ())
    codes = {str(coding.get("code", "")).upper() for x in arranged for coding in x.get("coding", ())}
    return "~".join(sorted(codes - {""})) or None


def _acuity(resource: Json) -> int | None:
    """Acuity where the priority is coded as a figure."""
    codes = (str(coding.get("code", "")) for coding in resource.get("priority", {}).get("coding", ()))
    return next((int(code) for code in codes if code in {"1", "2", "3", "4", "5"}), None)


def _raw(resource: Json) -> str:
    return json.dumps(resource, ensure_ascii=False, sort_keys=True)
