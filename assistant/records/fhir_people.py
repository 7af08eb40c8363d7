"""Turns FHIR R4 Patients, nursing staff and triage into rows of the records."""

import re

from assistant.records import movements as m
from assistant.records.feeds import Told
from assistant.records.fhir_directory import Directory
from assistant.records.fhir_encounters import Site, patient_called, visit_called
from assistant.records.fhir_shapes import (
    FhirError,
    Json,
    codings,
    identifiers,
    own_keys,
    reference_key,
    tail_of,
    typed_identifier,
    words_of,
)
from assistant.records.findings import Finding
from assistant.records.movements import Movement

_SEX = {"female": "F", "male": "M"}
_LOINC = "http://loinc.org"
_TRIAGE = {"75636-1"}  # LOINC: Emergency severity index
_INDEX = {"LA21567-5": 1, "LA21752-3": 2, "LA21753-1": 3, "LA21754-9": 4, "LA21755-6": 5}  # its answers, LL3056-0
_NURSES = {"nurse", "106292003", "224535009", "265937000"}  # HL7 practitioner-role; SNOMED CT
_NURSE_TAXONOMY = re.compile(r"16[34][WX]|374[UT]|376[KJ]")  # NUCC: registered, licensed practical, aides
_NURSE_WORDS = re.compile(r"nurs|pfleg|krankenschwester|infirmi|enfermer|护士|护理|護理|護士", re.IGNORECASE)
_CHARGE = re.compile(r"charge|head nurse|stationsleit|护士长|護理長", re.IGNORECASE)
_ASSISTANT = re.compile(r"assistant|aide|helfer|auxiliar|护工|护理员", re.IGNORECASE)
_USUAL_HOURS = 38.5


class PatientReader:
    """Reads the Patients of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def read(self, resource: Json, place: str, full_url: str = "") -> Told:
        """Sex, birth year, the numbers by which encounters name the patient, and merges."""
        site = self._site
        own = str(resource.get("id") or tail_of(full_url))
        reference = site.patient(f"reference {own}") if own else ""
        number = typed_identifier(resource, "MR")
        patient = site.patient(number) or reference
        if not patient:
            raise FhirError(
                "no_patient_number", "the Patient has neither an identifier nor an id; expected one of them"
            )
        year = str(resource.get("birthDate") or "")[:4]
        row = {
            "patient": patient,
            "sex": _SEX.get(resource.get("gender", ""), ""),
            "birth_year": int(year) if len(year) == 4 and year.isdigit() else None,
        }
        told = Told(patient=row, place=place)
        named = [f"reference {tail_of(key)}" for key in own_keys(resource, full_url) if "?" not in key]
        named += [f"identifier {x['system']}|{x['value']}" for x in identifiers(resource) if x.get("system")]
        told.merges = [(site.patient(name), patient) for name in dict.fromkeys(named)]
        self._replaced(resource, patient, told)
        told.merges = [pair for pair in told.merges if pair[0] and pair[0] != pair[1]]
        return told

    def _replaced(self, resource: Json, patient: str, told: Told) -> None:
        """What `link` says: this record gives way to another, or another to this one."""
        for link in resource.get("link") or ():
            other = patient_called(self._site, link.get("other"), resource.get("contained") or (), told)
            if other and link.get("type") in ("replaced-by", "replace"):  # DSTU2 wrote `replace`
                told.merges.append((patient, other))
            elif other and link.get("type") == "replaces":
                told.replaced.append((other, patient))


class TriageReader:
    """Reads Observations of how ill a patient is, which decide how many nurses a unit needs."""

    def __init__(self, site: Site) -> None:
        self._site = site

    @staticmethod
    def is_wanted(resource: Json) -> bool:
        """True for a triage index of an encounter; plans need no other Observation."""
        code = resource.get("code") or {}
        return bool(resource.get("encounter")) and any(
            system == _LOINC and number in _TRIAGE for system, number in codings([code])
        )

    def read(self, resource: Json, place: str, full_url: str = "") -> Told:
        """An update of the visit's acuity at the time of the observation."""
        digest = self._site.digest(resource, full_url)
        told = Told(key=f"fhir|{digest}", replaces=f"fhir:{digest}", place=place)
        told.version = self._site.times.start((resource.get("meta") or {}).get("lastUpdated")) or 0
        if resource.get("status") in ("entered-in-error", "cancelled"):
            return told
        when = resource.get("effectiveDateTime") or (resource.get("effectivePeriod") or {}).get("start")
        time = self._site.times.start(when or resource.get("issued"))
        index = _index(resource)
        if time is None or not 1 <= index <= 5:
            raise FhirError("unreadable_triage", f"expected a time and an index from 1 to 5, found {when} and {index}")
        visit = visit_called(self._site, reference_key(resource["encounter"], "Encounter"))
        patient = patient_called(self._site, resource.get("subject"), resource.get("contained") or (), told)
        told.movements = [Movement(visit, patient, told.replaces, m.UPDATE, time, time, acuity=index)]
        return told


def _index(resource: Json) -> int:
    """The figure of a triage index, however it is given; 0 if it is not."""
    answers = (
        _INDEX[number] for _, number in codings([resource.get("valueCodeableConcept") or {}]) if number in _INDEX
    )
    given = (resource.get("valueQuantity") or {}).get("value", resource.get("valueInteger"))
    return next(answers, int(given) if isinstance(given, int | float) else 0)


class StaffReader:
    """Reads Practitioners with their roles: nurses of a known unit become staff."""

    def __init__(self, site: Site, directory: Directory) -> None:
        self._site = site
        self._directory = directory

    def read_person(self, resource: Json, place: str, full_url: str = "") -> Told:
        """A person counts through a role; one without any is set aside by name."""
        self._directory.note(resource, full_url)
        for key in own_keys(resource, full_url):
            for role in self._directory.roles.get(key, ()):
                told = self.read_role(role, place)
                if told.declared:
                    return told
        return Told(ignored="practitioner_without_nursing_role_in_a_unit", place=place)

    def read_role(self, resource: Json, place: str) -> Told:
        """A member of staff of the unit, with usual hours where FHIR has none."""
        if resource.get("active") is False:
            return Told(ignored="role_not_active", place=place)
        if not _is_nurse(resource):
            return Told(ignored="role_other_than_nursing", place=place)
        unit = self._unit(resource)
        if not unit:
            return Told(ignored="role_outside_known_units", place=place)
        reference = resource.get("practitioner") or {}
        key = reference_key(reference, "Practitioner")
        person = self._directory.people.get(key, {})
        number = typed_identifier(person, "EI") or tail_of(key)
        name = _person_name(person) or str(reference.get("display") or "")
        if not number or not name:
            raise FhirError("no_person", "the PractitionerRole leads to no Practitioner with a name; import it, too")
        row = {
            "staff": number, "name": name, "name_zh": "", "unit": unit, "role": _role(resource),
            "skills": "", "hours_per_week": _USUAL_HOURS, "nights": True,
        }  # fmt: skip
        assumed = Finding("staff_hours_assumed", "note", number, f"{_USUAL_HOURS} h per week", "kept")
        return Told(declared=[("staff", row)], findings=[assumed], place=place)

    def _unit(self, role: Json) -> str:
        """Code of the first unit that the role's locations or organisation are; empty if none is known."""
        for reference in role.get("location") or ():
            note = self._site.places.find(reference_key(reference, "Location"))
            address = self._site.places.address(note) if note else None
            if address and address.ward:
                return self._site.unit_of(address.ward)
            name = address.unit if address else str(reference.get("display") or "")
            if found := self._site.units.known(name):
                return found
        return self._site.units.known(self._site.places.organisation(role.get("organization")))


def _is_nurse(role: Json) -> bool:
    concepts = [*(role.get("code") or ()), *(role.get("specialty") or ())]
    numbers = [number for _, number in codings(concepts)]
    coded = any(number in _NURSES or _NURSE_TAXONOMY.match(number) for number in numbers)
    return coded or any(_NURSE_WORDS.search(words_of(concept)) for concept in concepts)


def _role(role: Json) -> str:
    said = " ".join(words_of(concept) for concept in role.get("code") or ())
    if _CHARGE.search(said):
        return "charge_nurse"
    return "care_assistant" if _ASSISTANT.search(said) else "nurse"


def _person_name(person: Json) -> str:
    """The official name, as colleagues say it: given names, then the family's."""
    named: list[Json] = person.get("name") or []
    best = next((x for x in named if x.get("use") == "official"), named[0] if named else {})
    spelled = " ".join([*(str(x) for x in best.get("given") or ()), str(best.get("family") or "")]).strip()
    return str(best.get("text") or spelled)
