"""What cannot be used is kept with its reason, can be listed, and goes in once the cause is mended."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from assistant.cli.main import main
from assistant.records import tables as t
from assistant.records.importing import import_paths
from assistant.records.quarantine import MOST_RAW, counts_by_rule, in_quarantine
from assistant.records.receiving import receive
from assistant.records.retrying import retry
from assistant.records.settings import RecordsSettings
from assistant.records.state import patients_present
from assistant.records.store import Store

Adt = Callable[..., str]
UNITS = "unit,name,name_zh,kind,service,patients_per_nurse_day,patients_per_nurse_night,aliases\n"
STRICT = RecordsSettings(only_declared_units=True)


def count(store: Store, table) -> int:
    return int(store.read(select(func.count()).select_from(table))[0][0])


@pytest.fixture
def strict(store: Store, tmp_path: Path, adt: Adt) -> Store:
    """A site that wants declared units only, and a message that names another."""
    (tmp_path / "units.csv").write_text(UNITS + "ICU,Intensive Care,,icu,,,,\n")
    (tmp_path / "feed.hl7").write_text(adt("A01", 0, "ICU") + adt("A01", 1, "ICV", visit="2"), newline="")
    import_paths(store, [tmp_path / "units.csv", tmp_path / "feed.hl7"], settings=STRICT, site="north")
    return store


def test_each_text_keeps_rule_reason_source_site_time_and_itself(strict: Store) -> None:
    (item,) = in_quarantine(strict)
    assert (item.rule, item.kind, item.site, item.source, item.place, item.tries) == (
        "unknown_unit", "hl7", "north", "feed.hl7", "feed.hl7 message 2", 0,
    )  # fmt: skip
    assert item.reason == "PV1-3: unit 'ICV' is in no units.csv (near: ICU); add it, or its alias, and import that"
    assert item.raw.startswith("MSH|") and item.raw.endswith("|2" + "|" * 26)
    assert item.at is not None
    assert [unit.code for unit in strict.units()] == ["ICU"]


def test_after_the_unit_is_declared_the_message_goes_in_and_leaves_a_trace(
    strict: Store, tmp_path: Path, at: Callable
) -> None:
    assert retry(strict, STRICT).left == {"unknown_unit": 1}
    (item,) = in_quarantine(strict)
    assert (item.tries, item.tried_at is not None) == (1, True)
    (tmp_path / "units.csv").write_text(UNITS + "ICU,Intensive Care,,icu,,,,\n3V,Three,,ward,,,,ICV\n")
    import_paths(strict, [tmp_path / "units.csv"])
    report = retry(strict, STRICT)
    assert (report.read, report.released, report.left, report.visits) == (1, {"new": 1}, {}, 1)
    assert patients_present(strict, at(5)) == {"ICU": 1, "3V": 1}
    assert count(strict, t.quarantine) == 0
    (trace,) = strict.read(select(t.released))
    assert (trace.digest, trace.rule, trace.outcome, trace.tries, trace.site) == (
        item.digest, "unknown_unit", "new", 2, "north",
    )  # fmt: skip
    assert retry(strict, STRICT).read == 0


def test_what_came_in_by_another_way_meanwhile_leaves_as_known(strict: Store, tmp_path: Path) -> None:
    import_paths(strict, [tmp_path / "feed.hl7"], site="north")  # now without the restriction
    assert retry(strict).released == {"duplicate": 1}
    assert (count(strict, t.movements), count(strict, t.quarantine)) == (2, 0)


def test_a_torn_copy_leaves_once_the_whole_message_is_there(store: Store, load, adt: Adt) -> None:
    whole = adt("A01", 0, "ICU", control="A1")
    load(whole[: whole.index("PV1")])
    assert retry(store).left == {"missing_pv1": 1}
    load(whole)
    assert retry(store).released == {"whole_copy": 1}


def test_a_number_torn_itself_is_not_taken_for_another_message(store: Store, load, adt: Adt) -> None:
    load(adt("A01", 0, "ICU", control="A1"))
    text = adt("A01", 2, "3B", control="A12", visit="2")
    load(text[: text.index("A12") + 2])
    assert retry(store).released == {}


def test_only_one_rule_is_read_again(store: Store, load, adt: Adt) -> None:
    load([adt("A01", 0, ""), adt("A01", 0, "ICU", visit="2").replace("PID|", "XXX|")])
    assert counts_by_rule(store) == {"missing_pid": 1, "no_location": 1}
    assert retry(store, rule="no_location").left == {"no_location": 1}


def test_a_text_that_is_too_long_is_kept_in_part_and_says_so(store: Store, load, adt: Adt) -> None:
    load(adt("A01", 0, "") + "NTE|1||" + "x" * MOST_RAW + "\r")
    (item,) = in_quarantine(store)
    assert len(item.raw) == MOST_RAW
    assert retry(store).left == {"no_location": 1}
    assert "import its file again" in in_quarantine(store)[0].reason


def test_fhir_is_read_again_too(store: Store, load) -> None:
    load('{"resourceType":"Encounter","id":"e1","status":"finished"}\n{"resourceType":"Encounter"\n', "feed.ndjson")
    before = counts_by_rule(store)
    assert retry(store).left == before and before


def test_a_received_message_names_its_sender_as_source(store: Store, adt: Adt) -> None:
    receive(store, adt("A01", 0, "").encode())
    assert in_quarantine(store)[0].source == "received"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, adt: Adt) -> Path:
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("assistant.app.App.build_index", lambda self, progress=None: None)
    (tmp_path / "feed.hl7").write_text(adt("A01", 0, "") + adt("A01", 1, "ICU", visit="2"), newline="")
    assert main(["import", str(tmp_path / "feed.hl7")]) == 0
    return tmp_path


def test_the_command_line_lists_shows_and_reads_again(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["import", "--quarantine", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    (item,) = listed["quarantine"]
    assert (listed["count"], listed["rules"], item["rule"]) == (1, {"no_location": 1}, "no_location")
    assert item["raw"].startswith("MSH|") and item["at"].endswith("Z")
    assert main(["import", "--quarantine"]) == 0
    text = capsys.readouterr().out
    assert "1 texts in quarantine: no location 1." in text and "A01 without a unit in PV1-3" in text
    assert "NAME^OF" not in text  # who is named stays in the store
    assert main(["import", "--show", item["digest"][:8]]) == 0
    assert "NAME^OF" in capsys.readouterr().out
    assert main(["import", "--quarantine", "--retry", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "read": 1, "released": {}, "left": {"no_location": 1}, "visits": 0,
    }  # fmt: skip
    assert main(["import", "--quarantine", "--lang", "zh"]) == 0
    assert "已重读 1 次" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--show", "zz"], "No text in quarantine has an ID that begins with 'zz'"),
        (["--quarantine", "feed.hl7"], "Leave the files out"),
        ([], "Nothing to import"),
    ],
)
def test_wrong_use_says_what_to_do(words: list[str], said: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", *words]) == 1
    assert said in capsys.readouterr().err
