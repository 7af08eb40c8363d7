"""R4 encounters become the same stays as the HL7 v2 messages of the same visits."""

import gzip
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select

from assistant.records import tables as t
from assistant.records.fhir import Period, path_of
from assistant.records.report import ImportReport
from assistant.records.store import Store
from tests.records.fhir_samples import encounter, lines

Load = Callable[..., ImportReport]
Adt = Callable[..., str]


def spans(store: Store) -> list[tuple[str, int, int | None]]:
    rows = store.stays()[["unit", "start", "end"]].itertuples(index=False)
    return [(unit, start.hour, None if pd.isna(end) else end.hour) for unit, start, end in rows]


def test_location_periods_become_stays_on_the_wall_clock_of_the_site(store: Store, load: Load) -> None:
    load(lines(encounter(("急诊科", "08:00", "10:00"), ("ICU", "10:00", None))), "e.ndjson")
    assert spans(store) == [("急诊科", 8, 10), ("ICU", 10, None)]


@pytest.mark.parametrize("shape", ["ndjson", "bundle", "pretty bundle", "gzip", "list"])
def test_every_shape_of_file_is_read(shape: str, store: Store, load: Load) -> None:
    one = encounter(("ICU", "08:00", "10:00"))
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one}]}
    content = {
        "ndjson": lines(one).encode(),
        "bundle": lines(bundle).encode(),
        "pretty bundle": json.dumps(bundle, indent=2).encode(),
        "gzip": gzip.compress(lines(one).encode()),
        "list": json.dumps([one]).encode(),
    }[shape]
    load(content, "any.name")
    assert spans(store) == [("ICU", 8, 10)]


def test_utc_among_local_times_is_converted_to_them(store: Store, load: Load) -> None:
    text = lines(*(encounter(("ICU", "08:00", "10:00"), number=str(n)) for n in range(3)))
    load(text.replace("2026-03-01T08:00:00+08:00", "2026-03-01T00:00:00Z", 1), "e.ndjson")
    assert set(spans(store)) == {("ICU", 8, 10)}


def test_the_same_visit_from_hl7_and_fhir_is_there_once(store: Store, load: Load, adt: Adt) -> None:
    load([adt("A04", 0, "ED", kind="E"), adt("A01", 2, "ICU^1^A"), adt("A03", 4, "ICU^1^A")])
    load(lines(encounter(("ED", "08:00", "10:00"), ("ICU", "10:00", "12:00"))), "e.ndjson")
    assert spans(store) == [("ED", 8, 10), ("ICU", 10, 12)]
    assert list(store.stays()["bed"]) == ["", "A"]


def test_a_newer_version_of_an_encounter_replaces_the_older(store: Store, load: Load) -> None:
    load(lines(encounter(("ICU", "08:00", "10:00"))), "e.ndjson")
    load(lines(encounter(("3B", "08:00", "11:00"))), "e.ndjson")
    assert spans(store) == [("3B", 8, 11)]
    load(lines(encounter(("3B", "08:00", "11:00"), status="entered-in-error")), "e.ndjson")
    assert spans(store) == []


def test_an_older_version_that_comes_late_changes_nothing(store: Store, load: Load) -> None:
    new, old = ({"meta": {"lastUpdated": f"2026-03-01T{hour}:00:00+08:00"}} for hour in (12, 11))
    load(lines(encounter(("ICU", "08:00", "10:00"), **new)), "e.ndjson")
    report = load(lines(encounter(("ICU", "08:00", None), **old)), "e.ndjson")
    assert (report.new, spans(store)) == (0, [("ICU", 8, 10)])


def test_test_encounters_are_left_out(store: Store, load: Load) -> None:
    report = load(lines(encounter(("ICU", "08:00", None), meta={"security": [{"code": "HTEST"}]})), "e.ndjson")
    assert (report.files[0].ignored, spans(store)) == (1, [])


def test_an_encounter_of_no_duration_is_passed_over(store: Store, load: Load) -> None:
    report = load(lines(encounter(("ICU", "08:00", "08:00"))), "e.ndjson")
    assert (report.files[0].ignored, spans(store)) == (1, [])


def test_needs_acuity_and_expected_end_reach_the_stay(store: Store, load: Load) -> None:
    more = {
        "extension": [{"url": "http://x/Encounter.plannedEndDate", "valueDateTime": "2026-03-04T10:00:00+08:00"}],
        "hospitalization": {"specialArrangement": [{"coding": [{"code": "ISO"}]}]},
        "priority": {"coding": [{"code": "3"}]},
    }
    load(lines(encounter(("ICU", "08:00", None), **more)), "e.ndjson")
    row = store.stays().iloc[0]
    assert (row.isolation, row.ventilator, row.acuity, row.expected_end) == (True, False, 3, datetime(2026, 3, 4, 10))


def test_patient_data_reach_the_stays_in_either_order(store: Store, load: Load) -> None:
    patient = {"resourceType": "Patient", "id": "x", "gender": "female", "birthDate": "1960"}
    load(lines(encounter(("ICU", "08:00", None))), "e.ndjson")
    load(lines(patient), "p.ndjson")
    load(lines(encounter(("ICU", "09:00", None), number="2")), "e.ndjson")
    assert list(store.stays()["sex"]) == ["F", "F"]
    assert list(store.stays()["birth_year"]) == [1960, 1960]


BAD: dict[str, Any] = {
    "not_r4": {"class": "inpatient"},
    "no_class": {"class": {}},
    "unreadable_time": {"period": {"start": "soon"}, "location": [{"location": {"display": "ICU"}}]},
    "unreadable_resource": {"location": ["ICU"]},
    "end_before_start": encounter(("ICU", "10:00", "08:00")),
}


@pytest.mark.parametrize("rule", BAD)
def test_a_bad_encounter_is_quarantined_and_the_next_goes_in(rule: str, store: Store, load: Load) -> None:
    bad = encounter(("ICU", "08:00", "10:00")) | BAD[rule]
    report = load(lines(bad, encounter(("3B", "08:00", "10:00"), number="2")), "e.ndjson")
    assert [row.rule for row in store.read(select(t.quarantine.c.rule))] == [rule]
    assert (report.new, spans(store)) == (1, [("3B", 8, 10)])


def test_a_broken_line_is_quarantined(store: Store, load: Load) -> None:
    report = load(lines(encounter(("ICU", "08:00", None))) + '{"resourceType": "Enc\n', "e.ndjson")
    assert (report.new, report.files[0].quarantined) == (1, 1)


@pytest.mark.parametrize(
    ("periods", "path"),
    [
        ([(1, 5, "A", ""), (3, 9, "B", "")], [(1, "A"), (3, "B"), (9, "")]),
        ([(1, 9, "A", ""), (3, 5, "B", "")], [(1, "A"), (3, "B"), (5, "A"), (9, "")]),
        ([(1, 3, "A", ""), (5, None, "B", "")], [(1, "A"), (3, ""), (5, "B")]),
        ([(1, 3, "A", ""), (3, 3, "Z", ""), (3, 4, "B", "")], [(1, "A"), (3, "B"), (4, "")]),
    ],
)
def test_overlaps_gaps_and_empty_periods_are_settled(periods: list[Any], path: list[Any]) -> None:
    assert [(time, place[0]) for time, place in path_of([Period(*p) for p in periods])] == path


def test_ward_room_and_bed_told_apart_become_one_place() -> None:
    told = [Period(1, 9, "W", "wa"), Period(1, 9, "R1", "ro"), Period(1, 4, "B1", "bd"), Period(4, 9, "B2", "bd")]
    assert path_of(told) == [(1, ("W", "R1", "B1")), (4, ("W", "R1", "B2")), (9, ("", "", ""))]


def test_the_clock_is_the_last_movement(store: Store, load: Load) -> None:
    load(lines(encounter(("ICU", "08:00", "10:00"))), "e.ndjson")
    assert store.clock() == datetime(2026, 3, 1, 10)
