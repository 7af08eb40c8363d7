"""The measurement of the listener: every message stored once, figures in the table, faults told."""

import json
from pathlib import Path

import pytest

from eval.mllp import main

MESSAGE = (
    "MSH|^~\\&|PAS|MAIN|HUB|MAIN|2026031019{n:02}00||ADT^A01|K{n}|P|2.5\rEVN|A01|2026031019{n:02}00\r"
    "PID|1||P{n}^^^MAIN^MR||NAME||19600101|F\rPV1|1|I|ICU^{n}^A|||||||||||||||||V{n}\r"
)


def test_it_measures_one_and_several_senders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    feed, out = tmp_path / "feed.hl7", tmp_path / "report.json"
    feed.write_text("".join(MESSAGE.format(n=n) for n in range(4)), newline="")
    assert main([str(feed), "--messages", "8", "--senders", "1", "2", "--out", str(out)]) == 0
    report = json.loads(out.read_text())
    assert [(row["senders"], row["messages"]) for row in report["rates"]] == [(1, 8), (2, 8)]
    assert all(0 < row["median_ms"] <= row["p99_ms"] for row in report["rates"])
    assert report["stored"] == 16 + len(report["census_seconds"])
    assert f"{report['stored']:,} messages stored, each once" in capsys.readouterr().out


def test_a_feed_without_messages_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.hl7").write_text("nothing")
    assert main([str(tmp_path / "empty.hl7")]) == 2
    assert "no HL7 v2 messages" in capsys.readouterr().err
