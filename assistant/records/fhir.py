"""Reads FHIR R4: Bundles and single resources, each used, named as not needed, or set aside for a stated reason."""

from collections.abc import Iterator
from typing import Any

from assistant.records.clock_reading import SiteClock
from assistant.records.feeds import Told
from assistant.records.fhir_directory import MOST_DEPTH, Directory, as_list
from assistant.records.fhir_encounters import EncounterReader, Site
from assistant.records.fhir_people import PatientReader, StaffReader, TriageReader
from assistant.records.fhir_places import PlaceNote, as_row
from assistant.records.fhir_shapes import FhirError, Json, check_version, codes, raw_text, tail_of
from assistant.records.fhir_times import FhirTimes
from assistant.records.findings import Finding
from assistant.records.periods import BED, Period, path_of
from assistant.records.pseudonyms import Pseudonyms
from assistant.records.unit_names import UnitBook, UnknownUnitError

__all__ = ["FhirError", "FhirReader", "Period", "path_of"]


class FhirReader:
    """Reads R4 resources of one site.

    Args:
        site: Keeps equal numbers of several sites apart.
        clock: The site's wall clock.
        pseudonyms: Hides patient and visit numbers.
        units: Finds the code of a unit's name and notes new units.
        directory: What earlier imports and other files have told of places and people.
        test_data: Resources marked as test health data are used, too; for trying out an interface.
    """

    def __init__(
        self,
        site: str,
        clock: SiteClock,
        pseudonyms: Pseudonyms,
        units: UnitBook,
        directory: Directory | None = None,
        test_data: bool = False,
    ) -> None:
        self._directory = directory or Directory()
        self._site = Site(site, FhirTimes(clock), pseudonyms, units, self._directory.places)
        self._test_data = test_data
        self._encounters = EncounterReader(self._site)
        self._patients = PatientReader(self._site)
        self._triage = TriageReader(self._site)
        self._staff = StaffReader(self._site, self._directory)

    def read(self, resource: Json, place: str) -> Iterator[Told]:
        """What one resource tells; a Bundle tells what its entries do."""
        if resource.get("resourceType") != "Bundle":
            self._directory.note(resource)
            yield self._told(resource, place, "")
            return
        self._directory.note(resource)  # a Bundle's order says nothing: places may follow the encounters in them
        first = _more_pages(resource, place)
        for number, entry in enumerate(as_list(resource.get("entry")), start=1):
            for told in self._entry(entry, f"{place} entry {number}", 1):
                told.findings += first
                first = []
                yield told

    def _entry(self, entry: Any, place: str, depth: int) -> Iterator[Told]:
        """One entry: a resource, a deletion, a Bundle in the Bundle, or nothing."""
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict) and resource.get("resourceType") == "Bundle" and depth < MOST_DEPTH:
            for number, inner in enumerate(as_list(resource.get("entry")), start=1):
                yield from self._entry(inner, f"{place} entry {number}", depth + 1)
        elif isinstance(resource, dict):
            yield self._told(resource, place, str(entry.get("fullUrl") or ""))
        elif url := _deleted_url(entry):
            yield self._deleted(url, place)
        else:
            yield Told(place=place, kind="entry", ignored="entry_without_resource")

    def _deleted(self, url: str, place: str) -> Told:
        """A deletion takes back what the resource told; of other types nothing is held."""
        kind, _, number = url.partition("/")
        if kind not in ("Encounter", "Observation"):
            return Told(place=place, kind=kind, ignored="deletion_of_what_is_not_held")
        digest = self._site.digest({"resourceType": kind, "id": number})
        return Told(key=f"fhir|{digest}", replaces=f"fhir:{digest}", place=place, kind=kind, final=True)

    def _told(self, resource: Json, place: str, full_url: str) -> Told:
        """What one resource tells, or why it cannot be used; it never raises."""
        kind = str(resource.get("resourceType") or "no type")
        try:
            told = self._read_one(resource, place, full_url)
        except FhirError as fault:
            told = Told(faults=[(fault.rule, fault.reason, raw_text(resource))], place=place)
        except UnknownUnitError as error:
            told = Told(faults=[("unknown_unit", str(error), raw_text(resource))], place=place)
        except (ValueError, LookupError, TypeError, AttributeError) as error:  # not shaped as R4 says
            reason = (
                f"not shaped as R4 says: {type(error).__name__} {error}; compare it with the R4 definition of {kind}"
            )
            told = Told(faults=[("unreadable_resource", reason, raw_text(resource))], place=place)
        told.kind = kind
        return told

    def _read_one(self, resource: Json, place: str, full_url: str) -> Told:
        kind = resource.get("resourceType")
        if not kind:
            raise FhirError("no_resource_type", "expected a FHIR resource with a resourceType")
        check_version(resource)
        if kind in ("Encounter", "Observation") and not self._test_data and _is_test(resource):
            return Told(ignored="test_message", place=place)
        if kind == "Encounter":
            return self._encounters.read(resource, place, full_url)
        if kind == "Patient":
            return self._patients.read(resource, place, full_url)
        if kind == "Location":
            return self._location(resource, place, full_url)
        if kind == "Practitioner":
            return self._staff.read_person(resource, place, full_url)
        if kind == "PractitionerRole":
            return self._staff.read_role(resource, place)
        if kind == "Observation" and self._triage.is_wanted(resource):
            return self._triage.read(resource, place, full_url)
        return Told(ignored="other_resource", place=place)

    def _location(self, resource: Json, place: str, full_url: str) -> Told:
        """A place that references lead to; a ward becomes a unit, a bed in a ward a bed of the records."""
        places = self._site.places
        note = places.note_location(resource, full_url)
        if not note.key:
            raise FhirError("no_location", "the Location has neither an identifier nor an id; expected one of them")
        told = Told(place=place)
        told.declared = [("places", as_row(self._site.name, key, note)) for key in places.take_fresh(note)]
        if note.level == "wa":
            self._site.unit_of(note)
        elif note.level in BED:
            self._bed(note, told)
        return told

    def _bed(self, note: PlaceNote, told: Told) -> None:
        address = self._site.places.address(note)
        if not address.unit:
            told.findings.append(Finding("bed_without_unit", "warning", told.place, note.name, "kept"))
            return
        unit = self._site.unit_of(address.ward) if address.ward else ""
        unit = unit or self._site.units.described(address.unit, address.unit)
        row = {"unit": unit, "room": address.room, "bed": address.bed or tail_of(note.key), "open": note.open}
        told.declared.append(("beds", row))


def _more_pages(bundle: Json, place: str) -> list[Finding]:
    """A note if the Bundle is one page of a search and names the next."""
    links = [x for x in as_list(bundle.get("link")) if isinstance(x, dict)]
    if any(x.get("relation") == "next" for x in links):
        return [Finding("names_a_next_page", "note", place, "fetch and import the next page, too", "kept")]
    return []


def _deleted_url(entry: Any) -> str:
    """What an entry of a transaction deletes; empty if it is no deletion."""
    request = entry.get("request") if isinstance(entry, dict) else None
    if isinstance(request, dict) and str(request.get("method", "")).upper() == "DELETE":
        return str(request.get("url", ""))
    return ""


def _is_test(resource: Json) -> bool:
    return any("HTEST" in codes({"coding": [label]}) for label in (resource.get("meta") or {}).get("security") or ())
