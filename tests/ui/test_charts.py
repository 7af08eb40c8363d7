"""Chart specifications become figures that can be read."""

from typing import Any

import pytest

from assistant.ui.charts import BLUE, FONT_SIZE, VERMILION, figure
from assistant.ui.words import screen_words

WORDS = screen_words("en")
DAYS = [f"2026-03-{day}" for day in range(11, 18)]
FAN = {
    "kind": "fan",
    "title": "Intensive Care Unit (ICU): patients at the end of the day",
    "x_label": "Day",
    "y_label": "Patients",
    "x": DAYS,
    "history": {"x": [f"2026-02-{day:02d}" for day in range(1, 29)], "y": [15.0] * 28},
    "quantiles": {
        level: [base] * 7
        for level, base in zip(("0.1", "0.25", "0.5", "0.75", "0.9"), (12, 14, 16, 18, 20), strict=True)
    },
    "marks": [19],
    "mark_label": "open beds",
}
BARS = {
    "kind": "bars",
    "title": "Occupied beds by unit",
    "x_label": "Unit",
    "y_label": "Occupied beds (%)",
    "points": [{"x": "3B", "y": 54.5}, {"x": "ICU", "y": 101.0}],
    "marks": [92, 85],
}
LINE = {
    "kind": "line",
    "title": "T",
    "x_label": "Time",
    "y_label": "Patients",
    "points": [{"x": d, "y": 3} for d in DAYS],
}


@pytest.mark.parametrize("spec", [FAN, BARS, LINE])
def test_title_and_axis_labels_are_shown(spec: dict[str, Any]) -> None:
    chart = figure(spec, WORDS)
    assert chart.layout.title.text.replace("<br>", ": ") == spec["title"]
    assert (chart.layout.xaxis.title.text, chart.layout.yaxis.title.text) == (spec["x_label"], spec["y_label"])


@pytest.mark.parametrize("spec", [FAN, BARS, LINE])
def test_writing_is_large_enough(spec: dict[str, Any]) -> None:
    assert figure(spec, WORDS).layout.font.size >= FONT_SIZE >= 14


@pytest.mark.parametrize("spec", [FAN, BARS, LINE])
def test_the_value_axis_begins_at_zero_and_holds_everything(spec: dict[str, Any]) -> None:
    low, high = figure(spec, WORDS).layout.yaxis.range
    assert low == 0
    assert high > max(spec.get("marks", [0]))


def test_a_fan_shows_history_both_bands_median_and_marks_by_name() -> None:
    names = [trace.name for trace in figure(FAN, WORDS).data]
    assert names == ["so far", "8 in 10 chance", "5 in 10 chance", "expected (median)", "open beds: 19"]


def test_the_bands_enclose_their_quantiles() -> None:
    most, half = figure(FAN, WORDS).data[1:3]
    assert (set(most.y), set(half.y)) == ({12, 20}, {14, 18})


def test_history_does_not_squeeze_the_forecast() -> None:
    assert len(figure(FAN, WORDS).data[0].x) == 21


def test_marks_are_lines_that_differ_without_colour() -> None:
    shapes = figure(BARS, WORDS).layout.shapes
    assert [shape.y0 for shape in shapes] == [85, 92]
    assert len({shape.line.dash for shape in shapes}) == 2


def test_bars_carry_their_values() -> None:
    assert list(figure(BARS, WORDS).data[0].text) == ["54.5", "101"]


def test_colours_differ_for_the_colour_blind() -> None:
    """Blue and vermilion stay apart under every common deficiency (Okabe and Ito)."""
    chart = figure(FAN, WORDS)
    assert chart.data[3].line.color == BLUE
    assert chart.layout.shapes[0].line.color == VERMILION


def test_names_from_records_bring_no_tags() -> None:
    chart = figure({**LINE, "title": "<a href='http://evil.example'>x</a>"}, WORDS)
    assert "<a" not in chart.layout.title.text


@pytest.mark.parametrize(
    "spec", [{"kind": "pie"}, {}, {"kind": "fan", "x": []}, {"kind": "bars", "points": [{"x": "ICU", "y": 5}]}]
)
def test_what_cannot_be_drawn_is_left_out(spec: dict[str, Any]) -> None:
    assert figure(spec, WORDS) is None


def test_dates_are_short_and_in_the_readers_language() -> None:
    assert figure(FAN, screen_words("zh")).layout.xaxis.tickformat == "%-m/%-d"
