"""The one door: validates, runs and journals, failed calls too."""

from pathlib import Path

import pytest

from assistant.errors import JournalError
from assistant.journal.book import Journal
from assistant.journal.verify import verify
from assistant.tools.door import FAILED, OK, REJECTED, call
from assistant.tools.tool import Context
from tests.agent.worlds import NOW, TOOLS

CONTEXT = Context(NOW, user="ann", role="coordinator")


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path)


def test_a_good_call_is_run_and_recorded(journal: Journal) -> None:
    record = call(TOOLS, "show_state", {"measure": "occupancy", "unit": "ICU"}, CONTEXT, journal)
    assert record.status == OK
    assert record.outcome is not None
    body = journal.get(record.journal_id).body
    assert body["user"] == "ann"
    assert body["facts"][0]["values"][0]["value"] == 14


def test_arguments_may_come_as_json_text(journal: Journal) -> None:
    assert call(TOOLS, "show_state", '{"measure": "occupancy"}', CONTEXT, journal).status == OK


@pytest.mark.parametrize(
    ("name", "raw", "told"),
    [
        ("show_stat", {}, "There is no tool 'show_stat'"),
        ("show_state", '{"measure": "occ', "not JSON"),
        ("show_state", [1, 2], "one JSON object"),
        ("show_state", {}, "measure: field required"),
        ("show_state", {"measure": "weather"}, "occupancy"),
        ("show_state", {"measure": "occupancy", "ward": "ICU"}, "ward: extra inputs"),
        ("show_state", {"measure": "occupancy", "unit": "x" * 5000}, "at most 400"),
        ("show_state", {"measure": "occupancy", "unit": {"$ne": ""}}, "unit"),
    ],
)
def test_what_does_not_fit_is_rejected_told_and_recorded(journal: Journal, name: str, raw: object, told: str) -> None:
    record = call(TOOLS, name, raw, CONTEXT, journal)
    assert record.status == REJECTED
    assert record.outcome is None
    assert told in record.error
    assert journal.get(record.journal_id).body["error"]["message"] == record.error


def test_a_near_tool_name_is_offered(journal: Journal) -> None:
    assert call(TOOLS, "show_states", {}, CONTEXT, journal).near == ("show_state",)


def test_a_tool_error_is_told_with_near_names(journal: Journal) -> None:
    record = call(TOOLS, "show_state", {"measure": "occupancy", "unit": "IUC"}, CONTEXT, journal)
    assert (record.status, record.error_code, record.near) == (FAILED, "unknown_unit", ("ICU",))


def test_blank_text_counts_as_not_given(journal: Journal) -> None:
    record = call(TOOLS, "show_state", {"measure": "occupancy", "unit": "  "}, CONTEXT, journal)
    assert record.arguments == {"measure": "occupancy"}


def test_lone_surrogates_and_control_characters_do_not_break_the_journal(journal: Journal) -> None:
    record = call(TOOLS, "show_state", {"measure": "occupancy", "unit": "I\ud800C\x00U"}, CONTEXT, journal)
    assert record.status in {FAILED, REJECTED}
    assert journal.get(record.journal_id).body["arguments"]["unit"].startswith("I")
    assert verify(journal).ok


def test_a_defect_is_not_swallowed(journal: Journal) -> None:
    broken = {"show_state": TOOLS["show_state"].__class__(**{**vars(TOOLS["show_state"]), "run": lambda a, c: 1 / 0})}
    with pytest.raises(ZeroDivisionError):
        call(broken, "show_state", {"measure": "occupancy"}, CONTEXT, journal)


def test_without_a_durable_record_nothing_comes_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError):
        call(TOOLS, "show_state", {"measure": "occupancy"}, CONTEXT, Journal(tmp_path / "file"))
