"""A plan can be watched while it is sought, and stopped: the best so far is kept, proposed, and said to be stopped."""

import threading
from pathlib import Path

import pytest

from assistant.journal.book import Journal
from assistant.tools import watched
from assistant.tools.door import OK, CallRecord
from assistant.tools.tool import Context
from assistant.tools.watched import Progress, watched_call
from tests.small_hospital import NOW
from tests.tools.worlds import small_tools


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell every improvement."""
    monkeypatch.setattr(watched, "_TELL_SECONDS", 0.0)


@pytest.mark.usefixtures("often")
def test_progress_is_told_and_a_stop_keeps_the_best_plan_so_far(imported: Path, tmp_path: Path) -> None:
    tools, stop, seen = small_tools(imported, seconds=300), threading.Event(), []
    arguments = {"unit": "3B", "days": 28}
    for told in watched_call(tools, "plan_staffing", arguments, Context(NOW), Journal(tmp_path), stop):
        seen.append(told)
        stop.set()
    record = seen[-1]
    assert isinstance(record, CallRecord) and record.status == OK and record.outcome is not None
    assert isinstance(seen[0], Progress) and 0 <= seen[0].bound <= seen[0].cost and 0 <= seen[0].gap <= 1
    result = record.outcome.data["plan"]["result"]
    assert result["stopped"] and not result["repeatable"]
    assert record.outcome.data["plan"]["assignments"] and not record.outcome.data["plan"]["rule_check"]
    assert record.outcome.proposal is not None
    assert "stopped by hand" in record.outcome.text


def test_a_call_that_seeks_no_plan_tells_only_its_record(imported: Path, tmp_path: Path) -> None:
    tools = small_tools(imported)
    arguments = {"measure": "occupancy"}
    told = list(watched_call(tools, "show_state", arguments, Context(NOW), Journal(tmp_path), threading.Event()))
    assert [type(one) for one in told] == [CallRecord]


def test_a_defect_in_the_call_reaches_the_one_who_waits(imported: Path, tmp_path: Path) -> None:
    def broken(arguments: object, context: Context) -> None:
        raise ZeroDivisionError

    tools = small_tools(imported)
    object.__setattr__(tools["show_state"], "run", broken)
    with pytest.raises(ZeroDivisionError):
        list(
            watched_call(tools, "show_state", {"measure": "stock"}, Context(NOW), Journal(tmp_path), threading.Event())
        )
