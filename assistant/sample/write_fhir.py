"""The maternity system's export: FHIR R4 Encounters and Patients as NDJSON, one line each time an encounter is sent."""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any

from assistant.records.units import Bed
from assistant.sample.patients import Patient, Visit

ZONE = "+08:00"  # the site's zone; it knows no summer time
_VISITS, _PATIENTS = "urn:sample-hospital:visit", "urn:sample-hospital:patient"
_ACT, _PHYSICAL = (
    "http://terminology.hl7.org/CodeSystem/v3-ActCode",
    "http://terminology.hl7.org/CodeSystem/location-physical-type",
)
# R4 has no planned end; R5's element is carried back by this extension, as the standard lays down.
_PLANNED_END = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.plannedEndDate"
# What dirt becomes, cumulated: the same line twice, a line broken off before the whole one, a test, an entry in error.
_RESENT, _CUT, _TEST = 0.45, 0.65, 0.85
_DIRTIER = 5  # there are few encounters; so a year's file has every kind of fault
_SOME_UPDATES = 0.10  # share of updates that are exported while the stay lasts; the later version is the right one


class FhirFeed:
    """Hears movements of patients in maternity, writes encounters when they end (and some while they last)."""

    def __init__(self, folder: Path, dirt: float, random: Random) -> None:
        """Write `encounters.ndjson` and `patients.ndjson` into `folder`; `dirt` is the share of spoilt HL7 messages."""
        self.encounters_path, self.patients_path = folder / "encounters.ndjson", folder / "patients.ndjson"
        self._encounters = self.encounters_path.open("w", encoding="utf-8", newline="\n")
        self._patients = self.patients_path.open("w", encoding="utf-8", newline="\n")
        self._dirt, self._random = min(1.0, _DIRTIER * dirt), random
        self._known: set[str] = set()
        self._versions: Counter[str] = Counter()
        self._open: dict[str, Visit] = {}
        self.lines = 0
        self.planted: Counter[str] = Counter()

    def __enter__(self) -> "FhirFeed":
        """Return the feed itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close both files."""
        self._encounters.close()
        self._patients.close()

    def record(self, trigger: str, visit: Visit, at: datetime, prior: str = "") -> None:
        """Take note of an admission; write at the discharge and after some updates."""
        if trigger == "A01":
            visit.recorded = at  # where the encounter's period begins: the admission, or the first day of the files
            self._open[visit.number] = visit
            self._write_patient(visit.patient)
        elif trigger == "A03":
            del self._open[visit.number]
            self._send(encounter(visit, at, ended=at, version=self._next_version(visit)))
        elif self._random.random() < _SOME_UPDATES:
            self._send(encounter(visit, at, version=self._next_version(visit)))

    def finish(self, at: datetime) -> None:
        """Write those who are still in, at the end of the files."""
        for visit in self._open.values():
            self._send(encounter(visit, at, version=self._next_version(visit)))

    def _next_version(self, visit: Visit) -> int:
        self._versions[visit.number] += 1
        return self._versions[visit.number]

    def _write_patient(self, patient: Patient) -> None:
        if patient.patient in self._known:
            return
        self._known.add(patient.patient)
        self._patients.write(_line(patient_resource(patient)))

    def _send(self, resource: dict[str, Any]) -> None:
        line = _line(resource)
        if self._random.random() < self._dirt:
            self._spoil(resource, line)
        self._put(line)

    def _spoil(self, resource: dict[str, Any], line: str) -> None:
        """Write something wrong before the right line."""
        draw = self._random.random()
        if draw < _RESENT:
            kind, wrong = "resent encounter", line
        elif draw < _CUT:
            kind, wrong = "cut encounter", line[: len(line) // 2] + "\n"
        elif draw < _TEST:
            kind = "test encounter"
            security = [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}]
            wrong = _line(_other(resource, "T", meta={**resource["meta"], "security": security}))
        else:
            kind, wrong = "encounter entered in error", _line(_other(resource, "E", status="entered-in-error"))
        self.planted[kind] += 1
        self._put(wrong)

    def _put(self, line: str) -> None:
        self.lines += 1
        self._encounters.write(line)


def encounter(visit: Visit, sent: datetime, *, ended: datetime | None = None, version: int = 1) -> dict[str, Any]:
    """The visit as an R4 Encounter, with ward, room and bed as separate places of the same period."""
    assert visit.bed is not None, "an encounter is written while the patient has a bed"
    period = {"start": _instant(visit.recorded)}
    if ended:
        period["end"] = _instant(ended)
    resource: dict[str, Any] = {
        "resourceType": "Encounter",
        "id": visit.number,
        "meta": {"versionId": str(version), "lastUpdated": _instant(sent)},
        "identifier": [{"system": _VISITS, "value": visit.number}],
        "status": "finished" if ended else "in-progress",
        "class": {"system": _ACT, "code": "IMP", "display": "inpatient encounter"},
        "priority": {"coding": [{"system": "urn:sample-hospital:acuity", "code": str(visit.acuity)}]},
        "subject": {"reference": f"Patient/{visit.patient.patient}"},
        "period": period,
        "location": _places(visit.bed, period, "completed" if ended else "active"),
    }
    if visit.expected and not ended:
        resource["extension"] = [{"url": _PLANNED_END, "valueDateTime": _instant(visit.expected)}]
    if visit.isolation:
        coding = [{"system": "urn:sample-hospital:accommodation", "code": "ISO"}]
        resource["hospitalization"] = {"specialArrangement": [{"coding": coding}]}
    return resource


def patient_resource(patient: Patient) -> dict[str, Any]:
    """The pseudonymous patient as an R4 Patient."""
    resource: dict[str, Any] = {
        "resourceType": "Patient",
        "id": patient.patient,
        "identifier": [{"system": _PATIENTS, "value": patient.patient}],
        "gender": "female" if patient.sex == "F" else "male",
    }
    if patient.born:
        resource["birthDate"] = patient.born.isoformat()
    return resource


def _places(bed: Bed, period: dict[str, str], status: str) -> list[dict[str, Any]]:
    return [
        {
            "location": {"identifier": {"system": f"urn:sample-hospital:{kind}", "value": value}, "display": value},
            "status": status,
            "physicalType": {"coding": [{"system": _PHYSICAL, "code": kind}]},
            "period": period,
        }
        for kind, value in (("wa", bed.unit), ("ro", bed.room), ("bd", bed.bed))
    ]


def _other(resource: dict[str, Any], letter: str, **changes: Any) -> dict[str, Any]:
    """A copy under another visit number, with changes."""
    number = letter + resource["id"]
    return {**resource, "id": number, "identifier": [{"system": _VISITS, "value": number}], **changes}


def _instant(at: datetime | None) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}{ZONE}" if at else ""


def _line(resource: dict[str, Any]) -> str:
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":")) + "\n"
