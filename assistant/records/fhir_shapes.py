"""Tells R4 resources from those of other versions, and takes codes, identifiers and references out of them."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

Json = dict[str, Any]


class FhirError(Exception):
    """Why a resource cannot be used; becomes the rule and the reason in quarantine."""

    def __init__(self, rule: str, reason: str) -> None:
        self.rule = rule
        self.reason = reason
        super().__init__(f"{rule}: {reason}")


def check_version(resource: Json) -> None:
    """Refuse the versions that are not R4, by their shape.

    Raises:
        FhirError: `not_r4`, naming the element and the version that has it so.
    """
    kind = resource.get("resourceType")
    if kind == "Encounter":
        _check_encounter(resource)
    elif kind in ("Patient", "Practitioner") and isinstance(resource.get("name"), dict):
        raise _not_r4(f"{kind}.name is one object, as in DSTU2", "a list of HumanName")
    elif kind == "Practitioner" and "practitionerRole" in resource:
        raise _not_r4("Practitioner.practitionerRole is used, as in DSTU2", "PractitionerRole resources")
    elif kind == "Location" and isinstance(resource.get("form"), dict):
        raise _not_r4("Location.form is used, as in R5", "Location.physicalType")


def _check_encounter(resource: Json) -> None:
    kind = resource.get("class")
    if isinstance(kind, str):
        raise _not_r4(f"Encounter.class is the text {kind!r}, as in DSTU2", "a Coding")
    if isinstance(kind, list) or "actualPeriod" in resource or "admission" in resource:
        raise _not_r4("Encounter has a list of classes, actualPeriod or admission, as in R5", "R4's elements")
    if not isinstance(kind, dict) or "code" not in kind:
        raise FhirError("no_class", "Encounter.class with a code is missing; expected one such as IMP, EMER or AMB")
    if not identifiers(resource) and not resource.get("id"):
        raise FhirError("no_visit_number", "the Encounter has neither an identifier nor an id")


def _not_r4(found: str, expected: str) -> FhirError:
    return FhirError("not_r4", f"{found}; expected {expected} as in R4. Export as R4 (4.0.1)")


def identifiers(resource: Json) -> list[Json]:
    """The identifiers with a value, those marked old left out unless there are no others."""
    named = [x for x in resource.get("identifier") or () if x.get("value")]
    return [x for x in named if x.get("use") != "old"] or named


def typed_identifier(resource: Json, code: str) -> str:
    """Value of the identifier of that type (`MR`, `VN` ...), else of the first one; empty if there is none."""
    named = identifiers(resource)
    typed = [x for x in named if code in codes(x.get("type"))]
    return str(next((x["value"] for x in [*typed, *named]), ""))


def codes(concept: Json | None) -> set[str]:
    """The codes of a CodeableConcept."""
    return {str(x.get("code", "")) for x in (concept or {}).get("coding") or ()} - {""}


def codings(concepts: Iterable[Json]) -> Iterator[tuple[str, str]]:
    """System and code of each coding of several CodeableConcepts."""
    for concept in concepts:
        for coding in concept.get("coding") or ():
            yield str(coding.get("system", "")), str(coding.get("code", ""))


def words_of(concept: Json | None) -> str:
    """What a CodeableConcept says to people: its text, else a display, else nothing."""
    told = (concept or {}).get("text") or next((x.get("display") for x in (concept or {}).get("coding") or ()), "")
    return str(told or "")


def own_keys(resource: Json, full_url: str = "") -> list[str]:
    """All that references may call the resource: type and id, the entry's fullUrl, and each identifier."""
    kind, number = resource["resourceType"], resource.get("id")
    keys = [f"{kind}/{number}", f"urn:uuid:{number}"] if number else []
    if full_url.startswith("urn:") and full_url not in keys:
        keys.append(full_url)
    return keys + [f"{kind}?{_token(x)}" for x in identifiers(resource)]


def reference_key(reference: Json | None, kind: str) -> str:
    """What a reference calls its target, in the form of `own_keys`; empty if it only has a display.

    Relative, absolute (with or without a version), `urn:`, conditional (`Location?identifier=...`), contained (`#x`,
    kept as written) and identifier-only references are known.
    """
    given = reference or {}
    text = str(given.get("reference") or "")
    if not text:
        identifier = given.get("identifier") or {}
        return f"{kind}?{_token(identifier)}" if identifier.get("value") else ""
    if text.startswith(("urn:", "#")):
        return text
    if "?" in text:
        query = unquote(text.rpartition("?")[2])
        return f"{kind}?{query.partition('identifier=')[2].partition('&')[0]}"
    parts = text.partition("/_history/")[0].split("/")
    return f"{kind}/{parts[-1]}" if len(parts) < 2 else "/".join(parts[-2:])


def tail_of(key: str) -> str:
    """The id or value in a key, as a last resort for a name."""
    return key.rpartition("|")[2] if "?" in key else key.rpartition("/")[2].removeprefix("urn:uuid:")


def _token(identifier: Json) -> str:
    return f"{identifier.get('system', '')}|{identifier['value']}"


def raw_text(resource: Json) -> str:
    """The resource as it is kept in quarantine: the same whatever the order of its elements."""
    return json.dumps(resource, ensure_ascii=False, sort_keys=True)
