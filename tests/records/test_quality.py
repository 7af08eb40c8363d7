"""Every rule finds what is planted for it and nothing in clean records; on both databases."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from assistant.records import tables as t
from assistant.records.quality import cases_of, checked_at, checks_now, data_quality
from assistant.records.quality_kept import check_and_keep, kept_checks
from assistant.records.report import ImportReport
from assistant.records.rules.catalogue import RULES, run
from assistant.records.rules.records import Records
from assistant.records.rules.settings import QualitySettings
from assistant.records.settings import RecordsSettings
from assistant.records.store import Store
from assistant.records.wall import DAY, to_seconds

Load = Callable[..., ImportReport]
Adt = Callable[..., str]
NOON = to_seconds(datetime(2026, 3, 10, 12))
HOUR = 3600


def add(store: Store, table: Any, *rows: dict[str, Any]) -> None:
    """Put rows straight into a table, as a reader with a defect or another program might."""
    with store.engine.begin() as connection:
        if store.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        for row in rows:
            connection.execute(insert(table), row)


def movement(number: int, **values: Any) -> dict[str, Any]:
    usual = {"event": f"e{number}", "visit": f"V-{number}", "patient": f"P-{number}", "source": "hl7",
             "trigger": "A01", "time": NOON, "recorded": NOON + 60, "unit": "3B", "visit_class": "I"}  # fmt: skip
    return usual | values


def stay(number: int, **values: Any) -> dict[str, Any]:
    usual = {"visit": f"V-{number}", "seq": 0, "patient": f"P-{number}", "sex": "F", "birth_year": 1960,
             "visit_class": "I", "unit": "3B", "start": NOON, "end": NOON + DAY, "ended_by": "discharge"}  # fmt: skip
    return usual | values


def failed(store: Store, settings: RecordsSettings | None = None) -> dict[str, int]:
    """How many rows fail each rule, rules of missing values left out."""
    counts: dict[str, int] = {}
    for one in run(Records.of(store, settings, datetime(2026, 11, 22))):
        if one.failed and one.rule.name != "value_missing":
            counts[one.rule.name] = counts.get(one.rule.name, 0) + one.failed
    return counts


@pytest.fixture
def hospital(store: Store) -> Store:
    """A ward and a maternity unit, two nurses with a roster, a counted item; nothing is wrong with them."""
    add(store, t.units, {"unit": "3B", "name": "Ward 3B"}, {"unit": "MAT", "name": "Maternity", "kind": "maternity"})
    bed = {"unit": "3B", "room": "01", "bed": "A"}
    add(store, t.beds, bed, bed | {"bed": "B"}, bed | {"room": "02", "bed": "F", "sex_rule": "female"})
    person = {"name": "Li", "unit": "3B", "hours_per_week": 38.5}
    add(store, t.staff, {"staff": "N1", **person}, {"staff": "N2", **person})
    shift = {"unit": "", "minutes": 480}
    add(store, t.shifts,
        shift | {"shift": "E", "name": "Early", "start": time(6), "end": time(14)},
        shift | {"shift": "L", "name": "Late", "start": time(13), "end": time(21)})  # fmt: skip
    duty = {"staff": "N1", "unit": "3B", "shift": "E"}
    add(store, t.roster, duty | {"day": date(2026, 3, 9)}, duty | {"day": date(2026, 3, 10)})
    add(store, t.stock, {"item": "MASK", "as_of": date(2026, 3, 9), "lot": "L1", "name": "Mask", "on_hand": 100,
                         "used_per_day": 5, "expiry": date(2027, 1, 1)})  # fmt: skip
    add(store, t.movements, movement(1, patient="P-1"), movement(1, event="e1b", trigger="A03", time=NOON + DAY,
                                                                 recorded=NOON + DAY))  # fmt: skip
    add(store, t.stays, stay(1, room="01", bed="A"))
    return store


def test_clean_records_pass_every_check(hospital: Store) -> None:
    assert failed(hospital) == {}
    assert data_quality(hospital).empty


STAYS: list[tuple[str, list[dict[str, Any]]]] = [
    ("two_patients_in_one_bed", [stay(2, room="01", bed="A", start=NOON + HOUR)]),
    ("patient_in_two_places", [stay(2, patient="P-1", start=NOON + HOUR)]),
    ("end_before_start", [stay(2, end=NOON - HOUR)]),
    ("stay_without_length", [stay(2, end=NOON)]),
    ("stay_never_closed", [stay(2, start=NOON - 200 * DAY, end=None, ended_by="")]),
    ("stay_too_long", [stay(2, start=NOON - 200 * DAY)]),
    ("bed_not_declared", [stay(2, room="09", bed="Z")]),
    ("stay_against_sex_rule", [stay(2, room="02", bed="F", sex="M")]),
    ("man_in_maternity", [stay(2, unit="MAT", sex="M"), stay(3, unit="MAT", sex="M", birth_year=2026)]),
    ("placeholder_kept", [stay(2, room="?")]),
    ("broken_text", [stay(2, room="Zimmer TÃ¼r")]),
    ("unknown_code", [stay(2, sex="X")]),
]


@pytest.mark.parametrize(("rule", "rows"), STAYS, ids=[rule for rule, _ in STAYS])
def test_a_stay_that_cannot_be_is_found(hospital: Store, rule: str, rows: list[dict[str, Any]]) -> None:
    add(hospital, t.stays, *rows)
    assert failed(hospital) == {rule: 1}


MOVEMENTS: list[tuple[str, dict[str, Any]]] = [
    ("before_birth", {"birth_year": 2028}),
    ("patient_too_old", {"birth_year": 1903}),
    ("acuity_too_high", {"acuity": 7}),
    ("acuity_too_low", {"acuity": -1}),
    ("late_entry", {"recorded": NOON + 2 * HOUR}),
    ("entered_before_it_happened", {"recorded": NOON - 3 * DAY}),
    ("expected_end_before_admission", {"expected_end": NOON - DAY}),
    ("cancelled_event", {"trigger": "A11"}),
    ("movement_without_class", {"visit_class": ""}),
    ("required_value", {"unit": ""}),
    ("visit_of_two_patients", {"visit": "V-1", "trigger": "A02", "patient": "P-77"}),
]


@pytest.mark.parametrize(("rule", "values"), MOVEMENTS, ids=[rule for rule, _ in MOVEMENTS])
def test_a_movement_that_cannot_be_is_found(hospital: Store, rule: str, values: dict[str, Any]) -> None:
    add(hospital, t.movements, movement(2, **values))
    assert failed(hospital) == {rule: 1}


def test_a_movement_of_the_future_is_found(hospital: Store) -> None:
    later = to_seconds(datetime(2026, 12, 24))
    add(hospital, t.movements, movement(2, time=later, recorded=later))
    assert failed(hospital)["future_movement"] == 1


def test_an_event_told_again_under_a_new_number_is_found(hospital: Store) -> None:
    add(hospital, t.movements, movement(1, event="again", recorded=NOON + 120))
    assert failed(hospital) == {"repeated_event": 1}


def test_a_code_without_its_zeros_is_found_beside_the_unknown_bed(hospital: Store) -> None:
    add(hospital, t.stays, stay(2, room="1", bed="A"))
    assert failed(hospital) == {"leading_zero": 1, "bed_not_declared": 1}
    cases = [one.cases for one in run(Records.of(hospital)) if one.rule.name == "leading_zero"]
    assert (cases[0][0].place, cases[0][0].value) == ("beds 3B/01/A", "told as 3B/1/A")


def test_rosters_are_checked(hospital: Store) -> None:
    duty = {"staff": "N2", "unit": "3B"}
    add(hospital, t.roster,
        duty | {"shift": "L", "day": date(2026, 3, 9)}, duty | {"shift": "E", "day": date(2026, 3, 10)},  # 9 h rest
        duty | {"shift": "L", "day": date(2026, 3, 10)},  # overlaps the early shift
        duty | {"shift": "??", "day": date(2026, 3, 20)})  # fmt: skip
    add(hospital, t.absences, {"staff": "N1", "start": date(2026, 3, 10), "end": date(2026, 3, 12)})
    found = failed(hospital)
    assert found == {"short_rest": 1, "double_shift": 1, "unknown_shift": 1, "shift_while_absent": 1}
    wide = RecordsSettings(quality=QualitySettings(rest_hours=8))
    assert "short_rest" not in failed(hospital, wide)


def test_stock_is_checked(hospital: Store) -> None:
    lot = {"item": "GLOVE", "name": "Glove", "as_of": date(2026, 3, 9)}
    add(hospital, t.stock,
        lot | {"lot": "1", "on_hand": -4}, lot | {"lot": "2", "on_hand": 5, "expiry": date(2026, 1, 1)},
        lot | {"lot": "3", "on_hand": 999999, "used_per_day": 1}, lot | {"lot": "4", "on_hand": 2e9},
        lot | {"lot": "5", "on_hand": 1, "unit_of_measure": "box", "used_per_day": -1})  # fmt: skip
    assert failed(hospital) == {
        "negative_stock": 1, "negative_use": 1, "absurd_stock": 1, "expired_lot": 1, "lot_expired_when_counted": 1,
        "placeholder_number": 1, "stock_outlier": 1, "two_units_of_measure": 1,
    }  # fmt: skip


def test_the_people_and_units_handed_in_are_checked(hospital: Store) -> None:
    with hospital.engine.begin() as connection:
        connection.execute(update(t.staff).where(t.staff.c.staff == "N1").values(hours_per_week=90, role="wizard"))
        connection.execute(update(t.units).where(t.units.c.unit == "3B").values(patients_per_nurse_day=200))
        connection.execute(update(t.shifts).where(t.shifts.c.shift == "E").values(minutes=1200))
    add(hospital, t.absences, {"staff": "N2", "start": date(2026, 3, 12), "end": date(2026, 3, 1)})
    assert failed(hospital) == {
        "too_many_hours": 1, "unknown_role": 1, "ratio_too_high": 1, "shift_too_long": 1,
        "absence_ends_before_it_starts": 1,
    }  # fmt: skip


def test_silence_is_told_by_what_those_hours_usually_bring(store: Store) -> None:
    """One movement every ten minutes by day, one an hour at night; five hours by day are missing once."""
    times = []
    for day in range(20):
        for minute in range(0, 1440, 10):
            by_day = 7 * 60 <= minute < 22 * 60
            if (by_day or minute % 60 == 0) and not (day == 9 and 600 <= minute < 900):
                times.append(NOON - 12 * HOUR + day * DAY + minute * 60)
    add(store, t.units, {"unit": "3B", "name": "Ward 3B"})
    with store.engine.begin() as connection:
        connection.execute(insert(t.movements), [movement(n, time=at, recorded=at) for n, at in enumerate(times)])
    checks = {one.rule.name: one for one in run(Records.of(store, now=datetime(2026, 11, 22)))}
    silence = checks["feed_silence"]
    assert silence.failed == 1  # the nights, an hour between movements, are as usual
    assert silence.cases[0].place.startswith("2026-03-19 09:50:00 to 2026-03-19 15:00:00")


def test_hours_that_summer_time_skips_cannot_be(store: Store) -> None:
    add(store, t.units, {"unit": "3B", "name": "Ward 3B"})
    moments = [datetime(2026, 3, 29, 1, 59), datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 3, 0),
               datetime(2026, 10, 25, 2, 30)]  # fmt: skip
    add(store, t.movements, *(movement(n, time=to_seconds(x), recorded=to_seconds(x)) for n, x in enumerate(moments)))
    berlin = failed(store, RecordsSettings(zone="Europe/Berlin"))
    assert (berlin["time_skipped_by_clock_change"], berlin["time_repeated_by_clock_change"]) == (1, 1)
    assert "time_skipped_by_clock_change" not in failed(store, RecordsSettings(zone="Asia/Shanghai"))
    reasons = {one.rule.name: one.reason for one in run(Records.of(store))}
    assert "no time zone" in reasons["time_skipped_by_clock_change"]


def test_merges_and_copies_and_test_messages_are_told(store: Store, load: Load, adt: Adt) -> None:
    first = adt("A01", 1, "3B^1^A", patient="old", control="9")
    merge = adt("A40", 2, patient="new").rstrip("\r") + "\rMRG|old^^^HOSP^MR\r"
    load([first, first, merge, adt("A01", 3, "3B^1^B", visit="5", processing="T")])
    found = data_quality(store).set_index("rule")
    assert {name: found["count"].get(name) for name in ("duplicate_message", "test_message", "patient_merged")} == {
        "duplicate_message": 1, "test_message": 1, "patient_merged": 1,
    }  # fmt: skip
    assert (found.loc["test_message", "action"], found.loc["patient_merged", "action"]) == ("quarantined", "fixed")
    load([first], name="feed.hl7")  # again, under the same name: the latest import of a file counts
    assert data_quality(store).set_index("rule")["count"].get("duplicate_message") == 1


def test_a_finding_keeps_rule_gravity_row_value_action_time_and_who(hospital: Store) -> None:
    add(hospital, t.stays, stay(2, end=NOON - HOUR))
    before = datetime.utcnow().replace(microsecond=0) - timedelta(seconds=1)
    check_and_keep(hospital)
    row = hospital.read(select(t.findings))[0]
    assert (row.rule, row.severity, row.place, row.value, row.action, row.who) == (
        "end_before_start", "error", "stays V-2/0", "2026-03-10 11:00:00", "kept", "check",
    )  # fmt: skip
    assert before <= row.at <= datetime.utcnow()
    cases = cases_of(hospital, "end_before_start")
    assert cases.iloc[0][["place", "value", "who"]].to_list() == ["stays V-2/0", "2026-03-10 11:00:00", "check"]


def test_what_is_kept_is_used_until_the_records_change(hospital: Store, load: Load, adt: Adt) -> None:
    check_and_keep(hospital)
    before = kept_checks(hospital)
    assert before is not None and before.fingerprint == hospital.fingerprint() and before.movements == 2
    assert [one.failed for one in before.checks].count(0) > 100
    load([adt("A01", 4, "3B^01^A", visit="9"), adt("A01", 5, "3B^01^A", visit="10")])
    assert kept_checks(hospital) == before
    large = RecordsSettings(quality=QualitySettings(check_live_up_to=1))
    assert (checks_now(hospital, large), checked_at(hospital, large)) == (before.checks, before.at)
    assert "two_patients_in_one_bed" in set(data_quality(hospital).rule)
    assert (data_quality(hospital, large).empty, checked_at(hospital)) == (True, None)
    with hospital.engine.begin() as connection:  # a finding that is gone does not stay
        connection.execute(insert(t.findings), {"rule": "short_rest", "place": "x", "value": "y",
                                                "severity": "warning", "action": "kept", "who": "check"})  # fmt: skip
    live = {(one.rule.name, one.field): (one.rows, one.failed) for one in checks_now(hospital)}
    check_and_keep(hospital)
    kept = {(one.rule.name, one.field): (one.rows, one.failed) for one in checks_now(hospital)}
    assert kept == live
    assert hospital.read(select(t.findings.c.rule).where(t.findings.c.place == "x")) == []


def test_every_rule_has_one_name_and_a_known_action() -> None:
    assert {rule.action for rule in RULES.values()} <= {"fixed", "quarantined", "kept"}
    assert all(name == rule.name and name.replace("_", "").isalnum() for name, rule in RULES.items())
