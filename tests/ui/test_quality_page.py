"""The page of data quality over a small hospital with planted faults: filters, counts, findings, both languages."""

from pathlib import Path

import pytest
from sqlalchemy import insert

from assistant.app import App, open_app
from assistant.records import tables as t
from assistant.records.wall import to_seconds
from assistant.ui.quality_page import QualityReader
from assistant.ui.screen import build_screen


@pytest.fixture
def app(small_home: Path) -> App:
    made = open_app(small_home)
    clock = made.store.clock()
    assert clock is not None
    start = to_seconds(clock)
    stay = {"seq": 0, "unit": "ICU", "room": "<b>?</b>", "start": start, "end": start - 60, "ended_by": "discharge"}
    with made.store.engine.begin() as connection:
        connection.execute(insert(t.stays), [stay | {"visit": f"V-{n}", "patient": f"P-{n}"} for n in range(3)])
    return made


@pytest.fixture
def reader(app: App) -> QualityReader:
    return QualityReader(app)


def test_rules_are_listed_with_their_counts_the_grave_first(reader: QualityReader) -> None:
    rows, said = reader.listed("", "", "", "en")
    ended = next(row for row in rows if row[-1] == "end_before_start")
    assert ended[:5] == ["error", "plausibility", "end before the start", "3", "kept and marked"]
    gravities = [row[0] for row in rows]
    assert gravities == sorted(gravities, key=["error", "warning", "note"].index)
    assert f"{len(rows)} of {len(rows)} rules" in said


@pytest.mark.parametrize(
    ("gravity", "category", "text", "found"),
    [
        ("error", "", "", True), ("warning", "", "", False), ("", "plausibility", "", True),
        ("", "completeness", "", False), ("", "", "BEFORE THE START", True), ("", "", "blood", False),
    ],
)  # fmt: skip
def test_the_list_is_filtered(reader: QualityReader, gravity: str, category: str, text: str, found: bool) -> None:
    rows, _ = reader.listed(gravity, category, text, "en")
    assert any(row[-1] == "end_before_start" for row in rows) is found


def test_the_single_findings_of_a_rule_are_shown_in_both_languages(app: App, reader: QualityReader) -> None:
    head, rows = reader.cases("end_before_start", "zh")
    assert "结束早于开始" in head and [row[0] for row in rows] == [f"stays V-{n}/0" for n in range(3)]
    assert rows[0][3:] == ["", "检查"]  # not kept yet, so without a time
    app.check_quality()
    _, rows = reader.cases("end_before_start", "en")
    assert len(rows) == 3 and rows[0][3].startswith("20") and rows[0][4] == "check"


def test_the_screen_has_the_page(app: App) -> None:
    labels = [block.label for block in build_screen(app).blocks.values() if type(block).__name__ == "Tab"]
    assert labels == ["Ask", "Rosters and plans", "Data quality", "Journal"]
