"""The users of the load measurement, against a server whose times are known."""

import json
from pathlib import Path

import pytest

from eval.gpu import add_to_log, as_entry
from eval.load import Load, Seen, measure

BODY = {"model": "test-model", "messages": [{"role": "user", "content": "How full?"}]}


def test_each_user_asks_one_after_the_other_and_sees_the_first_token_before_the_end(server, replies):
    server.replies = [replies.stream("a", "b", "c", pause=0.1)]
    load = measure(server.url, [BODY], users=3, seconds=0.5)
    row = load.row()
    assert row["errors"] == 0
    assert 3 <= row["requests"] <= 3 * 4
    assert row["first_median"] < row["total_median"] - 0.15
    assert row["total_median"] >= 0.3
    assert all(request["stream"] for request in server.requests)


def test_refusals_and_empty_replies_are_counted_as_errors(server, replies):
    server.replies = [replies.raw("out of memory", 500)]
    load = measure(server.url, [BODY], users=2, seconds=0.3)
    assert load.row()["errors"] == load.row()["requests"] > 0
    assert "out of memory" in load.seen[0].error
    server.replies = [replies.stream("")]
    assert measure(server.url, [BODY], users=1, seconds=0.1).seen[0].error == "no text came"


def test_no_server_is_an_error_and_no_crash():
    assert "Connect" in measure("http://127.0.0.1:9/v1", [BODY], users=1, seconds=0.1).seen[0].error


def test_the_rates_are_over_the_whole_time():
    load = Load(2, 4.0, (Seen(0.1, 1.0, 30, 50), Seen(0.3, 2.0, 10, 50), Seen(0, 1.0, 0, 0, "refused")))
    row = load.row()
    assert (row["requests"], row["errors"], row["written_s"], row["read_s"], row["requests_s"]) == (3, 1, 10, 25, 0.5)
    assert row["first_median"] == pytest.approx(0.2)


def test_the_entry_stands_above_the_others_and_below_the_introduction(tmp_path: Path):
    report = {
        "model": "embedded", "machine": "a GPU", "server": "here", "command": "python -m eval gpu", "commit": "abc",
        "serving": [{"work": "calls", **Load(1, 1.0, (Seen(0.1, 0.2, 1234, 50),)).row()}], "training": None,
    }  # fmt: skip
    log = tmp_path / "LOG.md"
    log.write_text("# Log\n\nNewest first.\n\n## 2026-01-01 · old\n\ntext\n")
    add_to_log(log, as_entry(json.loads(json.dumps(report)), "2026-02-02"))
    lines = log.read_text().splitlines()
    assert lines[:3] == ["# Log", "", "Newest first."]
    assert lines[4].startswith("## 2026-02-02")
    assert lines.index("## 2026-01-01 · old") > 4
    assert "1,234" in log.read_text()
    assert lines[-1] == "text"
