"""FHIR as it should not be: each kind of damage is named with what was expected, and the rest of the file goes in."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from assistant.records import tables as t
from assistant.records.importing import import_paths
from assistant.records.report import FileReport
from assistant.records.settings import RecordsSettings
from assistant.records.store import Store
from tests.records.fhir_samples import bundle, concept, encounter, lines, location, patient

Load = Callable[..., FileReport]
GOOD = encounter(("3B", "08:00", "10:00"), number="good")
DAMAGED: dict[str, tuple[dict[str, Any], str, str]] = {
    "class as text": ({"class": "inpatient"}, "not_r4", "as in DSTU2; expected a Coding as in R4"),
    "class as list": ({"class": [concept("IMP")]}, "not_r4", "as in R5; expected R4's elements"),
    "R5 period": ({"actualPeriod": {}}, "not_r4", "as in R5"),
    "no class": ({"class": {}}, "no_class", "expected one such as IMP"),
    "time in words": (
        {"period": {"start": "soon"}, "location": [{"location": {"display": "3B"}}]},
        "unreadable_time",
        "'soon' is no time such as",
    ),
    "ends before": (
        {"location": [], **encounter(("3B", "10:00", "08:00"))},
        "end_before_start",
        "ends before it starts",
    ),
    "place without name": ({"location": [{"location": {}}]}, "no_location", "expected one of them"),
    "location as text": ({"location": ["3B"]}, "unreadable_resource", "compare it with the R4 definition of Encounter"),
    "no start": ({"period": {}, "location": [{"location": {"display": "3B"}}]}, "unreadable_time", "period.start"),
    "nobody": ({"id": "", "identifier": []}, "no_visit_number", "neither an identifier nor an id"),
}
OTHERS: dict[str, tuple[dict[str, Any], str, str]] = {
    "DSTU2 name": (patient(name={"family": ["A"]}), "not_r4", "as in DSTU2; expected a list of HumanName"),
    "DSTU2 role": ({"resourceType": "Practitioner", "practitionerRole": [{}]}, "not_r4", "PractitionerRole resources"),
    "R5 form": (location("x", form={"coding": []}), "not_r4", "as in R5; expected Location.physicalType"),
    "nameless patient": ({"resourceType": "Patient"}, "no_patient_number", "expected one of them"),
    "no type": ({"id": "1"}, "no_resource_type", "expected a FHIR resource with a resourceType"),
}
LINES = {
    '{"resourceType": "Enc': "expected a whole JSON object",
    "[1, 2]": "expected a JSON object",
    '"text"': "expected a JSON object",
    '{"a": ' * 2000 + "1" + "}" * 2000: "expected",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "home")
    yield opened
    opened.close()


@pytest.fixture
def load(store: Store, tmp_path: Path) -> Load:
    def run(content: str | bytes, name: str = "e.ndjson", settings: RecordsSettings | None = None) -> FileReport:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return import_paths(store, [path], settings=settings).files[0]

    return run


def reasons(store: Store) -> dict[str, tuple[str, str]]:
    return {row.place: (row.rule, row.reason) for row in store.read(select(t.quarantine))}


def test_each_damage_is_named_and_the_rest_goes_in(store: Store, load: Load) -> None:
    one = encounter(("3B", "08:00", "10:00"))
    damaged = [(one | changes | {"id": f"bad{n}"} if name != "nobody" else one | changes, rule, said)
               for n, (name, (changes, rule, said)) in enumerate(DAMAGED.items())]  # fmt: skip
    cases = [*damaged, *OTHERS.values()]
    file = load(lines(GOOD, *(resource for resource, _, _ in cases)))
    found = reasons(store)
    for number, (resource, rule, said) in enumerate(cases, start=2):
        got = found.get(f"e.ndjson line {number}")
        assert got is not None and got[0] == rule and said in got[1], (resource, got)
    assert (file.read, file.new, file.quarantined) == (len(cases) + 1, 1, len(cases))
    assert list(store.stays()["unit"]) == ["3B"]


def test_lines_that_are_no_resource_are_kept_with_the_reason(store: Store, load: Load) -> None:
    file = load("\n".join([*LINES, lines(GOOD)]))
    assert (file.new, file.quarantined) == (1, len(LINES))
    told = [reason for _, reason in reasons(store).values()]
    assert all(any(said in reason for reason in told) for said in LINES.values())


def test_a_first_line_that_is_cut_does_not_make_the_file_one_document(store: Store, load: Load) -> None:
    file = load('{"resourceType": "Encounter", "id\n' + lines(GOOD, GOOD | {"id": "2", "identifier": [{"value": "2"}]}))
    assert (file.new, file.quarantined) == (2, 1)


def test_text_in_another_encoding_is_read_and_noted(store: Store, load: Load) -> None:
    file = load(lines(encounter(("重症监护室", "08:00", None))).encode("gb18030"))
    assert list(store.stays()["unit"]) == ["重症监护室"]
    assert file.findings["encoding_not_utf8"] == 1
    load(lines(encounter(("重症监护室", "08:00", None), number="2")).encode("utf-16"), "u16.ndjson")
    assert list(store.stays()["unit"]) == ["重症监护室"] * 2


def test_what_json_can_write_and_no_database_can_hold_is_replaced(store: Store, load: Load) -> None:
    odd = lines(encounter(("ICU NAME", "08:00", None))).replace("NAME", r"\ud800 \u0000 \ud83c\udfe5")
    load(odd)
    assert list(store.stays()["unit"]) == ["ICU ? \ufffd \U0001f3e5"]


def test_xml_is_refused_with_what_to_do(load: Load) -> None:
    file = load('<Bundle xmlns="http://hl7.org/fhir"><type value="searchset"/></Bundle>', "b.xml")
    assert "FHIR as XML; expected FHIR as JSON" in file.faults[0]


def test_entries_of_bundles_are_all_counted(store: Store, load: Load) -> None:
    nested = bundle(encounter(("ICU", "08:00", None), number="n"), kind="searchset")
    outer = bundle(GOOD, nested, location("w", "Ward", "wa"), {"resourceType": "OperationOutcome", "issue": []})
    outer["entry"] += [{"fullUrl": "urn:uuid:1"}, {"request": {"method": "DELETE", "url": "Patient/1"}}, "text", None]
    outer["entry"].append({"request": "DELETE"})
    outer["link"] = [{"relation": "next", "url": "https://x/page2"}, "odd"]
    file = load(json.dumps(outer), "b.json")
    assert (file.read, file.new, file.ignored, file.quarantined) == (9, 3, 6, 0)
    assert file.types["Encounter"] == {"new": 2}
    assert (file.findings["entry_without_resource"], file.findings["names_a_next_page"]) == (4, 1)


def test_pages_of_a_search_are_imported_together(store: Store, load: Load) -> None:
    one = bundle(GOOD, kind="searchset", link=[{"relation": "next", "url": "x"}])
    two = bundle(encounter(("ICU", "08:00", None), number="2"), kind="searchset")
    assert load(lines(one, two)).new == 2


def test_a_deletion_takes_the_stay_back(store: Store, load: Load) -> None:
    load(lines(GOOD | {"meta": {"lastUpdated": "2026-03-01T12:00:00+08:00"}}))
    gone = {"resourceType": "Bundle", "type": "transaction", "entry": [{"request": {"method": "DELETE"}}]}
    gone["entry"][0]["request"]["url"] = f"Encounter/{GOOD['id']}"
    assert load(json.dumps(gone), "gone.json").new == 1
    assert store.stays().empty


def test_partial_dates_last_as_long_as_they_say(store: Store, load: Load) -> None:
    spans = {
        "day": ("2026-03-10", "2026-03-12", "2026-03-10", "2026-03-13"),
        "month": ("2026-02", "2026-02", "2026-02-01", "2026-03-01"),
        "december": ("2025-12", "2025-12", "2025-12-01", "2026-01-01"),
        "year": ("2025", "2025", "2025-01-01", "2026-01-01"),
    }
    told = [
        encounter(("3B", "08:00", "10:00"), number=name)
        | {"period": {"start": a, "end": b}, "location": [{"location": {"display": "3B"}}]}
        for name, (a, b, _, _) in spans.items()
    ]
    file = load(lines(*told))
    got = {(str(x.start)[:10], str(x.end)[:10]) for x in store.stays().itertuples()}
    assert got == {(c, d) for _, _, c, d in spans.values()}
    assert file.findings["time_without_hour"] == 4


def test_overlapping_nested_and_empty_periods_of_one_encounter(store: Store, load: Load) -> None:
    stay = encounter(
        ("3B", "06:00", "20:00"), ("OR", "10:00", "12:00"), ("X", "11:00", "11:00"), ("ICU", "18:00", "22:00")
    )
    file = load(lines(stay | {"period": {"start": "2026-03-01T06:00:00+08:00", "end": "2026-03-01T22:00:00+08:00"}}))
    assert list(store.stays()["unit"]) == ["3B", "OR", "3B", "ICU"]
    assert [x.hour for x in store.stays()["start"]] == [6, 10, 12, 18]
    assert file.findings["period_without_duration"] == 1


def test_test_data_is_left_out_unless_the_site_wants_it(store: Store, load: Load) -> None:
    marked = lines(GOOD | {"meta": {"security": [{"code": "HTEST"}]}})
    assert load(marked).findings == {"test_message": 1}
    assert load(marked, settings=RecordsSettings(test_data=True)).new == 1


def test_nurses_of_known_units_become_staff_and_others_are_named(store: Store, load: Load) -> None:
    name = [{"family": "Wei", "given": ["Chen"]}]
    kind = {"resourceType": "Practitioner"}
    people = [{**kind, "id": n, "identifier": [{"value": f"N{n}"}], "name": name} for n in "123"]
    nurse, doctor = {"text": "Registered nurse"}, concept("309343006", text="Physician")
    roles = [
        {"practitioner": {"reference": "Practitioner/1"}, "code": [nurse], "location": [{"reference": "Location/w"}]},
        {"practitioner": {"reference": "Practitioner/2"}, "code": [doctor], "location": [{"reference": "Location/w"}]},
        {"practitioner": {"reference": "Practitioner/3"}, "code": [nurse], "organization": {"display": "Elsewhere"}},
    ]
    told = [{"resourceType": "PractitionerRole", "id": str(n), **role} for n, role in enumerate(roles)]
    file = load(lines(*told, *people, location("w", "Ward 3", "wa")))
    assert [(x.staff, x.name, x.unit, x.role) for x in store.people()] == [("N1", "Chen Wei", "Ward 3", "nurse")]
    assert file.types["Practitioner"] == {"duplicate": 1, "ignored": 2}
    assert file.findings["role_other_than_nursing"] == file.findings["role_outside_known_units"] == 1


def test_a_triage_index_becomes_the_acuity_of_the_stay(store: Store, load: Load) -> None:
    def triage(number: str, **value: Any) -> dict[str, Any]:
        seen = {"reference": "Encounter/e1"}
        code = concept("75636-1", "http://loinc.org")
        told = {"resourceType": "Observation", "id": number, "status": "final", "code": code, "encounter": seen}
        return told | {"effectiveDateTime": "2026-03-01T08:30:00+08:00"} | value

    ill = triage("o1", valueCodeableConcept=concept("LA21752-3", "http://loinc.org"))
    other = {"resourceType": "Observation", "id": "o2", "code": concept("8867-4", "http://loinc.org")}
    file = load(lines(ill, other, triage("o3", valueString="?"), encounter(("ED", "08:00", None))))
    assert list(store.stays()["acuity"]) == [2]
    assert file.types["Observation"] == {"new": 1, "ignored": 1, "quarantined": 1}


@pytest.mark.parametrize("folder", ["synthea_bulk_10", "synthea_bundles_2019", "mii_testdata", "isik"])
def test_public_samples_import_and_every_resource_is_counted(folder: str, store: Store, shared: Path) -> None:
    where = shared / "data" / "records" / "fhir" / folder
    report = import_paths(store, [where], settings=RecordsSettings(test_data=True))
    assert not report.failed
    told = {path.name: _resources(path) for path in where.iterdir() if path.suffix in (".json", ".ndjson")}
    for file in report.files:
        if file.kind == "fhir":
            assert file.read == file.new + file.duplicate + file.ignored + file.quarantined == told[file.file]
            assert sum(sum(counts.values()) for counts in file.types.values()) == file.read
    assert import_paths(store, [where], settings=RecordsSettings(test_data=True)).new == 0
    stays = {"synthea_bulk_10": 1214, "synthea_bundles_2019": 0, "mii_testdata": 1, "isik": 2}
    assert len(store.stays()) == stays[folder]


def _resources(path: Path) -> int:
    if path.suffix == ".ndjson":
        return sum(1 for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    document = json.loads(path.read_text(encoding="utf-8"))
    return len(document["entry"]) if document["resourceType"] == "Bundle" else 1
