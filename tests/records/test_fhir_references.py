"""Whatever a reference looks like, it leads to the same place, patient and stay."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from assistant.records.report import ImportReport
from assistant.records.store import Store
from tests.records.fhir_samples import bundle, concept, encounter, lines, location, patient, period

Load = Callable[..., ImportReport]
SYSTEM = "urn:hospital:places"
WARD = location("w1", "Station 3 Nord", "wa", identifier=[{"system": SYSTEM, "value": "3N"}])
ROOM = location("r1", "Zimmer 12", "ro", "Location/w1")
BED = location("b1", "Bett A", "bd", "Location/r1", identifier=[{"system": SYSTEM, "value": "3N-12-A"}])


def places(store: Store) -> list[tuple[str, str, str]]:
    return [tuple(row) for row in store.stays()[["unit", "room", "bed"]].itertuples(index=False)]


def spans(store: Store) -> list[tuple[str, int, int | None]]:
    rows = store.stays()[["unit", "start", "end"]].itertuples(index=False)
    return [(unit, start.hour, None if pd.isna(end) else end.hour) for unit, start, end in rows]


TO_THE_BED = [
    {"reference": "Location/b1"},
    {"reference": "Location/b1/_history/3"},
    {"reference": "https://fhir.hospital.example/r4/Location/b1"},
    {"reference": "urn:uuid:b1"},
    {"reference": f"Location?identifier={SYSTEM}|3N-12-A"},
    {"reference": f"Location?identifier={SYSTEM}%7C3N-12-A"},
    {"identifier": {"system": SYSTEM, "value": "3N-12-A"}},
    {"reference": "Location/b1", "display": "written otherwise here"},
]


@pytest.mark.parametrize("order", ["first", "last"])
def test_every_kind_of_reference_to_a_bed_leads_to_its_ward(order: str, store: Store, load: Load) -> None:
    stays = [encounter((reference, "08:00", None), number=str(n)) for n, reference in enumerate(TO_THE_BED)]
    described = [WARD, ROOM, BED]
    load(lines(*([*described, *stays] if order == "first" else [*stays, *described])), "all.ndjson")
    assert places(store) == [("3N", "Zimmer 12", "Bett A")] * len(TO_THE_BED)
    assert [(unit.code, unit.name) for unit in store.units()] == [("3N", "Station 3 Nord")]
    assert [bed.address for bed in store.beds()] == ["3N/Zimmer 12/Bett A"]


def test_a_reference_by_full_url_of_a_transaction_is_found(store: Store, load: Load) -> None:
    ward = {name: value for name, value in WARD.items() if name != "id"}
    stay = encounter(({"reference": "urn:uuid:0000-ward"}, "08:00", None))
    load(lines(bundle(stay, ward, kind="transaction", urls=["urn:uuid:0000-stay", "urn:uuid:0000-ward"])), "t.json")
    assert places(store) == [("3N", "", "")]


def test_a_contained_location_is_read(store: Store, load: Load) -> None:
    inside = location("here", "Ward 7", "wa")
    load(lines(encounter(({"reference": "#here"}, "08:00", None), contained=[inside])), "e.ndjson")
    assert places(store) == [("Ward 7", "", "")]


def test_places_of_an_earlier_import_are_remembered(store: Store, load: Load) -> None:
    load(lines(WARD, ROOM, BED), "places.ndjson")
    load(lines(encounter(({"reference": "Location/b1"}, "08:00", None))), "later.ndjson")
    assert places(store) == [("3N", "Zimmer 12", "Bett A")]


def test_messages_that_write_the_short_name_mean_the_same_ward(
    store: Store, load: Load, adt: Callable[..., str]
) -> None:
    load(lines(WARD), "places.ndjson")
    load([adt("A01", 0, "3N", visit="9")])
    load(lines(encounter(("Station 3 Nord", "09:00", None))), "e.ndjson")
    assert {unit for unit, _, _ in places(store)} == {"3N"}


def test_beds_that_a_file_declared_are_not_doubled_by_locations(store: Store, load: Load) -> None:
    load(
        "unit,name,name_zh,kind,service,patients_per_nurse_day,patients_per_nurse_night,aliases\n3N,3 North,,ward,,,,\n"
    )
    load("unit,room,bed,isolation,ventilator,sex_rule,open\n3N,12,A,no,no,any,yes\n")
    report = load(lines(WARD, ROOM, BED), "places.ndjson")
    assert [bed.address for bed in store.beds()] == ["3N/12/A"]
    assert report.files[0].findings["bed_not_declared"] == 1


def test_a_closed_bed_is_closed_and_opens_again(store: Store, load: Load) -> None:
    closed = BED | {"operationalStatus": {"code": "C"}}
    load(lines(WARD, ROOM, closed), "places.ndjson")
    assert [bed.open for bed in store.beds()] == [False]
    load(lines(WARD, ROOM, BED), "places.ndjson")
    assert [bed.open for bed in store.beds()] == [True]


def test_a_bed_in_no_ward_belongs_to_the_organisation_that_runs_it(store: Store, load: Load) -> None:
    room = location("r9", level="ro", managingOrganization={"reference": "Organization/surgery"})
    bed = location("b9", level="bd", part_of="Location/r9")
    surgery = {"resourceType": "Organization", "id": "surgery", "name": "General Surgery"}
    load(lines(bed, room, surgery, encounter(({"reference": "Location/b9"}, "08:00", None))), "all.ndjson")
    assert places(store) == [("General Surgery", "r9", "b9")]


PATIENT = patient(
    "p1",
    identifier=[
        {"type": concept("MR"), "system": "urn:hospital:mr", "value": "4711"},
        {"system": "urn:insurance", "value": "A123"},
    ],
)


TO_THE_PATIENT = [
    {"reference": "Patient/p1"},
    {"reference": "https://fhir.hospital.example/Patient/p1"},
    {"reference": "urn:uuid:p1"},
    {"reference": "Patient?identifier=urn:hospital:mr|4711"},
    {"reference": "Patient?identifier=urn:insurance|A123"},
    {"identifier": {"system": "urn:hospital:mr", "value": "4711"}},
    {"identifier": {"system": "urn:insurance", "value": "A123"}},
    {"identifier": {"value": "4711"}},
    {"reference": "#p"},
]


@pytest.mark.parametrize("order", ["first", "last"])
def test_every_kind_of_reference_to_a_patient_leads_to_the_number_that_messages_write(
    order: str, store: Store, load: Load, adt: Callable[..., str]
) -> None:
    inside = [{"resourceType": "Patient", "id": "p", "identifier": [{"value": "4711"}]}]
    stays = [
        encounter(("ICU", "08:00", None), number=str(n), subject=subject, contained=inside)
        for n, subject in enumerate(TO_THE_PATIENT)
    ]
    load(lines(*([PATIENT, *stays] if order == "first" else [*stays, PATIENT])), "e.ndjson")
    load(adt("A01", 0, "3B", visit="by message", patient="4711"))
    assert len(store.stays()) == len(TO_THE_PATIENT) + 1
    assert store.stays()["patient"].nunique() == 1


@pytest.mark.parametrize("kind", ["replaced-by", "replaces"])
@pytest.mark.parametrize("order", [1, -1])
def test_merged_patients_are_one(kind: str, order: int, store: Store, load: Load) -> None:
    old, new = (patient(n, identifier=[{"type": concept("MR"), "value": n}]) for n in ("old", "new"))
    telling, other = (old, "new") if kind == "replaced-by" else (new, "old")
    telling["link"] = [{"other": {"reference": f"Patient/{other}"}, "type": kind}]
    stays = [encounter(("ICU", "08:00", None), number=n, subject={"reference": f"Patient/{n}"}) for n in ("old", "new")]
    load(lines(*[*stays, old, new][::order]), "all.ndjson")
    assert store.stays()["patient"].nunique() == 1


def test_a_chain_of_merges_is_followed_whatever_comes_last(store: Store, load: Load) -> None:
    people = [patient(n, identifier=[{"type": concept("MR"), "value": f"mr{n}"}]) for n in "abc"]
    for here, there in (0, "b"), (1, "c"):
        people[here]["link"] = [{"other": {"reference": f"Patient/{there}"}, "type": "replaced-by"}]
    stays = [encounter(("ICU", "08:00", None), number=n, subject={"reference": f"Patient/{n}"}) for n in "abc"]
    load(lines(*stays), "e.ndjson")
    for person in people:
        load(lines(person), "p.ndjson")
    assert store.stays()["patient"].nunique() == 1


WHOLE = encounter(number="case", id="whole", period=period("06:00", "20:00"), location=[], status="finished")


def part(number: str, *stays: tuple[Any, str, str | None], of: str = "whole", **more: Any) -> dict[str, Any]:
    told = encounter(*stays, number=number, id=number, **more)
    return told | {"identifier": [], "partOf": {"reference": f"Encounter/{of}"}}


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("files", ["together", "apart"])
def test_parts_of_a_stay_are_one_visit_in_any_order(order: int, files: str, store: Store, load: Load) -> None:
    parts = [WHOLE, part("ed", ("ED", "06:00", "08:00")), part("icu", ("ICU", "08:00", "12:00"))]
    parts.append(part("ward", ("3B", "12:00", "20:00"), of="icu"))
    told = parts[::order]
    if files == "together":
        load(lines(*told), "all.ndjson")
    for one in told if files == "apart" else []:
        load(lines(one), "one.ndjson")
    assert spans(store) == [("ED", 6, 8), ("ICU", 8, 12), ("3B", 12, 20)]
    assert store.stays()["visit"].nunique() == 1


def test_a_narrower_contact_holds_while_it_lasts_and_then_the_wider_one_again(store: Store, load: Load) -> None:
    ward = encounter(("3B", "06:00", "20:00"), number="case", id="whole")
    theatre = part("op", ("OR 1", "10:00", "13:00"), type=[concept("versorgungsstellenkontakt")])
    load(lines(theatre, ward), "all.ndjson")
    assert spans(store) == [("3B", 6, 10), ("OR 1", 10, 13), ("3B", 13, 20)]


def test_a_department_is_the_place_only_where_no_ward_is_named(store: Store, load: Load) -> None:
    department = part("dep", type=[concept("abteilungskontakt")], serviceProvider={"display": "Cardiology"})
    department |= {"period": period("06:00", "20:00"), "location": [], "status": "finished"}
    ward = part("ward", ("3B", "09:00", "20:00"), of="dep", type=[concept("versorgungsstellenkontakt")])
    load(lines(WHOLE, department, ward), "all.ndjson")
    assert spans(store) == [("Cardiology", 6, 9), ("3B", 9, 20)]


def test_a_part_that_changes_hands_leaves_the_first_stay(store: Store, load: Load) -> None:
    load(lines(WHOLE, part("ward", ("3B", "06:00", "20:00"))), "a.ndjson")
    first = set(store.stays()["visit"])
    moved = part("ward", ("3B", "06:00", "20:00"), of="other")
    other = WHOLE | {"id": "other", "identifier": [{"value": "case 2"}]}
    load(lines(other, moved), "b.ndjson")
    assert len(store.stays()) == 1
    assert set(store.stays()["visit"]).isdisjoint(first)


def test_messages_about_the_whole_stay_join_its_parts(store: Store, load: Load, adt: Callable[..., str]) -> None:
    load([adt("A04", 0, "ED", visit="case", kind="E"), adt("A01", 2, "3B", visit="case")])
    load(lines(WHOLE, part("ward", ("3B", "10:00", None))), "e.ndjson")
    assert store.stays()["visit"].nunique() == 1
    assert spans(store)[0] == ("ED", 8, 10)
