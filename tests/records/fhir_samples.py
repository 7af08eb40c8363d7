"""FHIR resources for tests, written as hospitals' servers write them."""

import json
from collections.abc import Sequence
from typing import Any

PHYSICAL = "http://terminology.hl7.org/CodeSystem/location-physical-type"


def concept(code: str, system: str = "", **more: Any) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]} | more


def period(start: str, end: str | None) -> dict[str, str]:
    """Hours on 1 March 2026, such as `08:00`."""
    whole = {"start": f"2026-03-01T{start}:00+08:00"}
    return whole | ({"end": f"2026-03-01T{end}:00+08:00"} if end else {})


def encounter(*places: tuple[Any, str, str | None], number: str = "1", **more: Any) -> dict[str, Any]:
    """An encounter whose places are (name or reference, hour of start, hour of end) on 1 March 2026."""
    located = [
        {"location": {"display": place} if isinstance(place, str) else place, "period": period(start, end)}
        for place, start, end in places
    ]
    return {
        "resourceType": "Encounter",
        "id": f"e{number}",
        "identifier": [{"value": number}],
        "status": "finished" if places and places[-1][2] else "in-progress",
        "class": {"code": "IMP"},
        "subject": {"reference": "Patient/x"},
        "period": period(places[0][1], places[-1][2]) if places else {},
        "location": located,
    } | more


def location(number: str, name: str = "", level: str = "", part_of: str = "", **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"resourceType": "Location", "id": number}
    if name:
        told["name"] = name
    if level:
        told["physicalType"] = concept(level, PHYSICAL)
    if part_of:
        told["partOf"] = {"reference": part_of}
    return told | more


def patient(number: str = "x", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": number, "gender": "female", "birthDate": "1960"} | more


def bundle(
    *resources: dict[str, Any], kind: str = "collection", urls: Sequence[str] = (), **more: Any
) -> dict[str, Any]:
    entries: list[dict[str, Any]] = [{"resource": resource} for resource in resources]
    for entry, url in zip(entries, urls, strict=False):
        entry["fullUrl"] = url
    return {"resourceType": "Bundle", "type": kind, "entry": entries} | more


def lines(*resources: dict[str, Any]) -> str:
    return "".join(json.dumps(resource, ensure_ascii=False) + "\n" for resource in resources)
