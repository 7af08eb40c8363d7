"""What other FHIR resources refer to, kept from whichever file it stands in: places, organisations, people, roles."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from assistant.records.fhir_places import Places, read_places
from assistant.records.fhir_shapes import Json, own_keys, reference_key
from assistant.records.store import Store

MOST_DEPTH = 4  # of Bundles in Bundles
_PERSON = ("resourceType", "id", "identifier", "name")


@dataclass
class Directory:
    """Found by the keys of references (see `fhir_shapes`).

    Attributes:
        people: Practitioners, with what names them only.
        roles: PractitionerRoles, by the key of the person.
    """

    places: Places = field(default_factory=Places)
    people: dict[str, Json] = field(default_factory=dict)
    roles: dict[str, list[Json]] = field(default_factory=dict)

    def note(self, resource: Json, full_url: str = "") -> None:
        """Remember a resource, or those in a Bundle, if others refer to them; what is misshapen is passed over."""
        for inner, url in resources_within(resource, full_url):
            try:
                self._note(inner, url)
            except (ValueError, LookupError, TypeError, AttributeError):
                continue  # it is told with its reason when it is read

    def _note(self, resource: Json, full_url: str) -> None:
        kind = resource.get("resourceType")
        if kind == "Location":
            self.places.note_location(resource, full_url)
        elif kind == "Organization":
            self.places.note_organisation(resource, full_url)
        elif kind == "Practitioner":
            slim = {name: resource[name] for name in _PERSON if name in resource}
            self.people |= dict.fromkeys(own_keys(resource, full_url), slim)
        elif kind == "PractitionerRole":
            known = self.roles.setdefault(reference_key(resource.get("practitioner"), "Practitioner"), [])
            if resource not in known:
                known.append(resource)


def read_directory(store: Store, site: str) -> Directory:
    """A directory that begins with what earlier imports have told of the site's places."""
    return Directory(read_places(store, site))


def resources_within(resource: Any, full_url: str = "", depth: int = 0) -> Iterator[tuple[Any, str]]:
    """The resource itself, or the resources in a Bundle, each with its fullUrl."""
    if not isinstance(resource, dict) or resource.get("resourceType") != "Bundle":
        yield resource, full_url
        return
    entries = [x for x in as_list(resource.get("entry")) if isinstance(x, dict) and depth < MOST_DEPTH]
    inner = (resources_within(x.get("resource"), str(x.get("fullUrl") or ""), depth + 1) for x in entries)
    yield from chain.from_iterable(inner)


def as_list(value: Any) -> Iterable[Any]:
    """The value if it is a list, else nothing: elements that should repeat and do not are no reason to stop."""
    return value if isinstance(value, list) else []
