"""The command line: fixed words, one JSON object on stdout, errors on stderr, exit codes."""

import json
from pathlib import Path

import pytest

from assistant.cli.main import main


@pytest.fixture
def home(small_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small hospital as the data folder in force."""
    monkeypatch.setenv("ASSISTANT_HOME", str(small_home))
    monkeypatch.delenv("ASSISTANT_DATABASE_URL", raising=False)
    return small_home


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder."""
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "new"))
    monkeypatch.setenv("ASSISTANT_MODELS", str(tmp_path / "no-models"))
    return tmp_path / "new"


def test_a_tool_prints_one_json_object(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tool", "show_state", "--measure", "occupancy", "--unit", "ICU", "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["status"] == "ok"
    assert body["data"]["rows"][0]["patients"] == 4
    assert body["journal_id"] == "J-000001"


def test_options_may_stand_before_the_arguments(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tool", "--json", "--lang", "zh", "show_state", "--measure=occupancy", "--unit", "重症监护室"]) == 0
    assert "4名患者" in json.loads(capsys.readouterr().out)["text"]


def test_the_clock_can_be_set_for_a_tool_without_a_time_of_its_own(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [
        "tool",
        "forecast_demand",
        "--measure",
        "admissions",
        "--days",
        "3",
        "--at",
        "2026-03-05 20:00",
        "--json",
    ]
    assert main(arguments) == 0
    forecast = json.loads(capsys.readouterr().out)["data"]["forecast"]
    assert forecast["days"] == ["2026-03-06", "2026-03-07", "2026-03-08"]


def test_an_unknown_unit_is_told_on_stderr_with_near_names(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tool", "show_state", "--measure", "occupancy", "--unit", "ICUU", "--json"]) == 1
    shown = capsys.readouterr()
    assert "ICUU" in shown.err
    assert "ICU" in json.loads(shown.out)["error"]["near"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["tool", "show_stat"], "There is no tool"),
        (["tool", "show_state", "--measure"], "needs a value"),
        (["tool", "show_state", "measure"], "--name value"),
        (["tool", "show_state", "--measure", "mood"], "occupancy"),
        (["tool", "plan_supplies"], "not available yet"),
        (["tool", "forecast_demand", "--measure", "occupancy", "--days", "99"], "60"),
        (["journal", "show", "J-999999"], "No journal entry"),
        (["journal", "replay", "J-000001"], "not available yet"),
        (["proposals", "approve", "P-0000000000"], "No proposal"),
        (["import", "/nowhere/at/all.hl7"], "do not exist"),
        (["listen", "--port", "70000"], "65535"),
        (["llm", "serve", "--model", "some/model", "--python", "/no/such/python"], "does not exist"),
    ],
)
def test_errors_are_lines_for_people(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert main(arguments) != 0
    shown = capsys.readouterr()
    assert told in shown.err
    assert "Traceback" not in shown.err


def test_an_empty_hospital_names_the_command_that_mends_it(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tool", "show_state", "--measure", "occupancy"]) == 1
    assert "assistant import" in capsys.readouterr().err


def test_a_missing_checkpoint_names_the_command_that_mends_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASSISTANT_MODELS", str(tmp_path / "none"))
    assert main(["ask", "How full is the ICU?"]) == 1
    assert "assistant llm build" in capsys.readouterr().err


def test_the_journal_lists_shows_and_verifies(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["tool", "show_state", "--measure", "stock"])
    capsys.readouterr()
    assert main(["journal", "list", "--kind", "call"]) == 0
    assert "show_state" not in capsys.readouterr().err
    assert main(["journal", "show", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["body"]["tool"] == "show_state"
    assert main(["journal", "verify"]) == 0
    assert "all as they were written" in capsys.readouterr().out


def test_reading_the_journal_is_itself_recorded(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["journal", "list"])
    main(["journal", "list", "--json"])
    entries = json.loads(capsys.readouterr().out.splitlines()[-1])["entries"]
    assert [entry["kind"] for entry in entries] == ["read"]


def test_a_changed_byte_makes_verify_fail(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["tool", "show_state", "--measure", "stock"])
    path = home / "journal" / "journal.ndjson"
    path.write_bytes(path.read_bytes().replace(b"show_state", b"show_stale", 1))
    assert main(["journal", "verify"]) == 1
    assert "Entry 1" in capsys.readouterr().err


def test_importing_twice_changes_nothing(
    empty: Path, small_files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.app.App.build_index", lambda self, progress=None: None)
    assert main(["import", str(small_files), "--json"]) == 0
    assert main(["import", str(small_files), "--json"]) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["new"] > 900
    assert second["new"] == 0


def test_a_csv_with_faults_names_them_all_with_their_lines_and_the_rest_is_stored(
    empty: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.app.App.build_index", lambda self, progress=None: None)
    (tmp_path / "units.csv").write_text(
        "unit,name,name_zh,kind,service,patients_per_nurse_day,patients_per_nurse_night,aliases\n"
        "ICU,Intensive Care,,icu,,2,2,\n"
    )
    (tmp_path / "beds.csv").write_text(
        "unit,room,bed,isolation,ventilator,sex_rule,open\nICU,1,1,maybe,no,any,yes\nICU,1,2,no,no,alien,yes\n"
    )
    assert main(["import", str(tmp_path / "units.csv"), str(tmp_path / "beds.csv")]) == 1
    told = capsys.readouterr().err
    assert "line 2" in told
    assert "maybe" in told
    assert "line 3" in told
    assert "alien" in told
    assert main(["tool", "show_state", "--measure", "occupancy", "--unit", "ICU", "--at", "2026-03-01 10:00"]) in {0, 1}


def test_a_roster_becomes_a_proposal_that_a_coordinator_rejects(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tool", "plan_staffing", "--unit", "3B", "--days", "7", "--json"]) == 0
    name = json.loads(capsys.readouterr().out)["proposal_id"]
    assert main(["proposals", "approve", name, "--role", "auditor"]) == 1
    assert main(["proposals", "reject", name, "--role", "coordinator", "--reason", "Li is on leave"]) == 0
    capsys.readouterr()
    assert main(["proposals", "show", name, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "rejected"


def test_an_approval_is_refused_when_the_records_changed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from assistant.records.importing import import_paths
    from assistant.records.store import Store

    main(["tool", "plan_staffing", "--unit", "3B", "--days", "7", "--json"])
    name = json.loads(capsys.readouterr().out)["proposal_id"]
    late = home / "late.csv"
    late.write_text("staff,start,end,reason\nR01,2026-03-16,2026-03-22,sickness\n")
    store = Store.open(home)
    import_paths(store, [late])
    store.close()
    assert main(["proposals", "approve", name]) == 1
    assert "changed since" in capsys.readouterr().err


def test_unchanged_records_let_an_approval_through(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["tool", "plan_staffing", "--unit", "3B", "--days", "7", "--json"])
    name = json.loads(capsys.readouterr().out)["proposal_id"]
    assert main(["proposals", "approve", name]) == 0
    assert "approved" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command", ["import", "ask", "ui", "listen", "journal", "proposals", "llm", "settings", "sample"]
)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "usage" in capsys.readouterr().out


def test_a_tools_help_is_made_from_its_record(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tool", "show_state", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "free_beds" in shown
    assert "--unit" in shown
