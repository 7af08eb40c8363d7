"""Feeds as they really come: framed, re-encoded, repeated, broken; nothing raises and nothing vanishes."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from assistant.records import tables as t
from assistant.records.importing import import_paths
from assistant.records.report import ImportReport
from assistant.records.state import patients_present
from assistant.records.store import Store

Load = Callable[..., ImportReport]
Adt = Callable[..., str]


@pytest.fixture
def feed(adt: Adt) -> list[str]:
    return [
        adt("A04", 0, "ED", kind="E"),
        adt("A01", 2, "ICU^1^A"),
        adt("A01", 3, "3B^2^C", visit="2"),
        adt("A02", 9, "3B^2^D"),
        adt("A03", 20, "3B^2^C", visit="2"),
    ]


def present(store: Store, moment: datetime) -> dict[str, int]:
    return patients_present(store, moment)


FRAMES: dict[str, Callable[[list[str]], bytes]] = {
    "carriage returns": lambda m: "".join(m).encode(),
    "line feeds": lambda m: "".join(m).replace("\r", "\n").encode(),
    "both": lambda m: "".join(m).replace("\r", "\r\n").encode(),
    "blank lines between": lambda m: "\n\n".join(m).replace("\r", "\n").encode(),
    "no newline between": lambda m: "".join(x.rstrip("\r") for x in m).encode(),
    "frames": lambda m: b"".join(b"\x0b" + x.encode() + b"\x1c\r" for x in m),
    "frames without a last newline": lambda m: b"".join(b"\x0b" + x.rstrip("\r").encode() + b"\x1c" for x in m),
    "batch in a file": lambda m: ("FHS|^~\\&|x\rBHS|^~\\&|y\r" + "".join(m) + "BTS|5\rFTS|1\r").encode(),
    "byte order mark": lambda m: b"\xef\xbb\xbf" + "".join(m).encode(),
    "utf-16": lambda m: "".join(m).encode("utf-16"),
    "indented": lambda m: "".join("  " + x for x in m).encode(),
}


@pytest.mark.parametrize("frame", FRAMES)
def test_every_framing_gives_the_same_stays(frame: str, store: Store, load: Load, feed: list[str], at) -> None:
    report = load(FRAMES[frame](feed))
    assert (report.new, report.files[0].quarantined) == (5, 0)
    assert (present(store, at(1)), present(store, at(5)), present(store, at(30))) == (
        {"ED": 1},
        {"ICU": 1, "3B": 1},
        {"3B": 1},
    )


@pytest.mark.parametrize(
    ("coding", "written"),
    [
        ("", "utf-8"),
        ("UNICODE UTF-8", "utf-8"),
        ("GB 18030-2000", "gb18030"),
        ("", "gb18030"),
        ("UNICODE UTF-8", "gb18030"),
    ],
)
def test_chinese_unit_names_survive_every_encoding(
    coding: str, written: str, store: Store, load: Load, adt: Adt
) -> None:
    load(adt("A01", 0, "重症监护室^1^A", coding=coding).encode(written))
    assert [unit.code for unit in store.units()] == ["重症监护室"]


def test_latin_1_is_not_taken_for_chinese(store: Store, load: Load, adt: Adt) -> None:
    load(adt("A01", 0, "Chirurgie générale").encode("latin-1"))
    assert [unit.code for unit in store.units()] == ["Chirurgie générale"]


def test_separators_and_escapes_are_those_of_the_message(store: Store, load: Load, adt: Adt) -> None:
    text = adt("A01", 0, "Ear#S#Nose ^1^A").replace("\\", "#").replace("|", "!").replace("^", "*")
    load(text.replace("Ear#S#Nose", "Ear#T#Nose#F#Throat"))
    assert [unit.code for unit in store.units()] == ["Ear&Nose!Throat"]


def test_importing_twice_changes_nothing(store: Store, load: Load, feed: list[str]) -> None:
    load(feed)
    before = store.fingerprint()
    again = load(feed)
    assert (again.new, again.files[0].duplicate, store.fingerprint()) == (0, 5, before)


def test_the_same_event_under_a_new_control_id_is_known_already(load: Load, adt: Adt) -> None:
    report = load([adt("A01", 0, "ICU", control="A"), adt("A01", 0, "ICU", control="B")])
    assert (report.new, report.files[0].duplicate) == (1, 1)


def test_another_event_under_a_used_control_id_is_kept_and_named(load: Load, adt: Adt) -> None:
    report = load([adt("A01", 0, "ICU", control="A"), adt("A02", 2, "3B", control="A")])
    assert (report.new, report.files[0].findings) == (2, {"control_id_reused": 1})


def test_test_messages_are_left_out(store: Store, load: Load, adt: Adt) -> None:
    report = load([adt("A01", 0, "ICU", processing="T"), adt("A01", 0, "ICU", visit="2", processing="D")])
    assert (report.files[0].ignored, len(store.stays())) == (2, 0)


def without(segment: str, message: str) -> str:
    return "\r".join(line for line in message.split("\r") if not line.startswith(segment))


BROKEN: dict[str, Callable[[str], str]] = {
    "no_header": lambda m: without("MSH", m),
    "missing_pid": lambda m: without("PID", m),
    "missing_pv1": lambda m: m[: m.index("PV1")],
    "unreadable_time": lambda m: m.replace("20260301080000", "2026-13-45 99"),
    "future_time": lambda m: m.replace("||||20260301080000", "||||20620301080000"),
    "unknown_trigger": lambda m: m.replace("A01", "Z99"),
    "no_patient_number": lambda m: m.replace("p1^^^HOSP^MR", ""),
    "no_location": lambda m: m.replace("|I|ICU", "|I|"),
    "no_message_type": lambda m: m.replace("ADT^A01", ""),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_bad_message_is_quarantined_with_its_reason_and_the_rest_goes_in(
    rule: str, store: Store, load: Load, adt: Adt
) -> None:
    bad = BROKEN[rule](adt("A01", 0, "ICU"))
    report = load(b"\x0b" + bad.encode() + b"\x1c\r\x0b" + adt("A01", 1, "3B", visit="2").encode() + b"\x1c\r")
    rows = store.read(select(t.quarantine.c.rule, t.quarantine.c.raw, t.quarantine.c.reason))
    assert [row.rule for row in rows] == [rule]
    assert rows[0].raw.strip("\r") == bad.strip("\r")
    assert rows[0].reason
    assert (report.new, list(store.stays()["unit"])) == (1, ["3B"])


def test_a_message_whose_header_is_lost_does_not_disturb_the_one_before(store: Store, load: Load, adt: Adt) -> None:
    report = load([adt("A01", 0, "ICU"), without("MSH", adt("A02", 5, "3B", visit="2")), adt("A03", 9, "ICU")])
    assert list(store.stays()["unit"]) == ["ICU"]
    assert (report.new, report.files[0].quarantined) == (2, 1)


def test_half_a_message_is_quarantined_and_its_whole_copy_goes_in(store: Store, load: Load, adt: Adt) -> None:
    whole = adt("A01", 0, "ICU", control="A")
    report = load([whole[:90], whole])
    assert (report.new, report.files[0].quarantined, len(store.stays())) == (1, 1, 1)


def test_a_line_break_inside_a_field_does_not_lose_the_message(store: Store, load: Load, adt: Adt) -> None:
    load(adt("A01", 0, "ICU").replace("NAME^OF", "NAME\rBROKEN^OF"))
    assert list(store.stays()["sex"]) == ["F"]


@pytest.mark.parametrize("end", [0, 1, 40, 100, 160, 220])
def test_cut_off_anywhere_a_file_never_raises(end: int, load: Load, adt: Adt) -> None:
    text = adt("A01", 0, "ICU")
    report = load(adt("A01", 0, "3B", visit="2") + text[:end])
    assert report.new >= 1
    assert not report.failed


def test_late_messages_of_a_second_file_correct_the_stays_of_the_first(store: Store, load: Load, adt: Adt, at) -> None:
    first, late = [adt("A01", 0, "ICU"), adt("A03", 20, "3B")], [adt("A02", 10, "3B", entered=21)]
    load(first)
    assert present(store, at(15)) == {"ICU": 1}
    load(late)
    assert present(store, at(15)) == {"3B": 1}


def test_numbers_of_patients_and_visits_are_nowhere_in_the_tables_of_movements(
    store: Store, load: Load, adt: Adt
) -> None:
    load(adt("A01", 0, "ICU", visit="77665544", patient="99887766"))
    tables = (t.movements, t.stays, t.messages, t.touched, t.patients, t.findings)
    text = "".join(str(tuple(row)) for table in tables for row in store.read(select(table)))
    assert "77665544" not in text and "99887766" not in text
    assert (store.home / "pseudonyms.key").stat().st_mode & 0o777 == 0o600


def test_a_unit_that_only_the_feed_names_is_made_with_its_abbreviation(store: Store, load: Load, adt: Adt) -> None:
    load(adt("A01", 0, "Medical Intensive Care Unit (MICU)"))
    unit = store.units()[0]
    assert (unit.code, unit.aliases, unit.kind) == ("Medical Intensive Care Unit (MICU)", ("MICU",), "icu")


def test_merged_patient_numbers_become_one_patient(store: Store, load: Load, adt: Adt) -> None:
    merge = without("PV1", adt("A40", 9, patient="new")) + "MRG|old^^^HOSP^MR\r"
    load([adt("A01", 0, "ICU", patient="old"), adt("A01", 1, "3B", visit="2", patient="new"), merge])
    assert store.stays()["patient"].nunique() == 1


def test_waiting_patients_are_known_with_their_needs(store: Store, load: Load, adt: Adt, at) -> None:
    load([adt("A04", 0, "ED", kind="E"), adt("A15", 1, "ED", waits_for="ICU", needs="ISO~VENT", acuity="4")])
    row = store.waiting(at(2)).iloc[0]
    assert (row.from_unit, row.to_unit, row.since, row.acuity) == ("ED", "ICU", at(1), 4)
    assert row.isolation and row.ventilator
    assert store.waiting(at(0.5)).empty
    assert store.waiting(at(2), "3B").empty


def test_a_file_without_records_is_refused_and_says_what_was_expected(load: Load, store: Store) -> None:
    report = load("Dear all,\nplease find attached", "letter.txt")
    assert report.failed
    assert "MSH" in report.fault_lines()[0] and "FHIR" in report.fault_lines()[0] and "CSV" in report.fault_lines()[0]
    assert store.read(select(func.count()).select_from(t.messages))[0][0] == 0


def test_a_file_without_records_in_a_folder_is_passed_over(store: Store, tmp_path: Path, adt: Adt) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "README.md").write_text("notes")
    (folder / "feed.hl7").write_text(adt("A01", 0, "ICU"))
    report = import_paths(store, [folder])
    assert (report.failed, report.new) == (False, 1)


def test_an_interrupted_import_is_finished_by_the_next(store: Store, load: Load, adt: Adt, monkeypatch) -> None:
    monkeypatch.setattr("assistant.records.importing.rebuild_touched", lambda store: 0)
    load(adt("A01", 0, "ICU"))
    assert store.stays().empty
    monkeypatch.undo()
    load(adt("A01", 1, "3B", visit="2"))
    assert list(store.stays()["unit"]) == ["ICU", "3B"]
