"""Times in words, against a fixed clock: Tuesday 2026-03-10 20:00."""

from datetime import datetime

import pytest

from assistant.errors import ToolError
from assistant.records.numerals import number_in_words
from assistant.records.times import is_time, resolve


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("now", "2026-03-10 20:00", "2026-03-10 20:00"),
        ("现在", "2026-03-10 20:00", "2026-03-10 20:00"),
        ("Tomorrow", "2026-03-11 00:00", "2026-03-12 00:00"),
        ("后天", "2026-03-12 00:00", "2026-03-13 00:00"),
        ("next Monday", "2026-03-16 00:00", "2026-03-17 00:00"),
        ("下周一", "2026-03-16 00:00", "2026-03-17 00:00"),
        ("next Friday", "2026-03-20 00:00", "2026-03-21 00:00"),
        ("on Friday", "2026-03-13 00:00", "2026-03-14 00:00"),
        ("本周五", "2026-03-13 00:00", "2026-03-14 00:00"),
        ("last Wed", "2026-03-04 00:00", "2026-03-05 00:00"),
        ("next week", "2026-03-16 00:00", "2026-03-23 00:00"),
        ("上个月", "2026-02-01 00:00", "2026-03-01 00:00"),
        ("this weekend", "2026-03-14 00:00", "2026-03-16 00:00"),
        ("tonight", "2026-03-10 20:00", "2026-03-11 08:00"),
        ("今晚", "2026-03-10 20:00", "2026-03-11 08:00"),
        ("last night", "2026-03-09 20:00", "2026-03-10 08:00"),
        ("3 days ago", "2026-03-07 00:00", "2026-03-08 00:00"),
        ("in two weeks", "2026-03-24 00:00", "2026-03-25 00:00"),
        ("三天后", "2026-03-13 00:00", "2026-03-14 00:00"),
        ("过去7天", "2026-03-03 20:00", "2026-03-10 20:00"),
        ("14 March", "2026-03-14 00:00", "2026-03-15 00:00"),
        ("March 14th, 2025", "2025-03-14 00:00", "2025-03-15 00:00"),
        ("3月14日", "2026-03-14 00:00", "2026-03-15 00:00"),
        ("December", "2026-12-01 00:00", "2027-01-01 00:00"),
        ("2026-03-14", "2026-03-14 00:00", "2026-03-15 00:00"),
        ("2026-03-14T08:30", "2026-03-14 08:30", "2026-03-14 08:30"),
        ("tomorrow at 8:00", "2026-03-11 08:00", "2026-03-11 08:00"),
        ("yesterday 3pm", "2026-03-09 15:00", "2026-03-09 15:00"),
        ("昨晚8点半", "2026-03-09 20:30", "2026-03-09 20:30"),
        ("9 March at noon", "2026-03-09 12:00", "2026-03-09 12:00"),
        ("midnight on Sunday", "2026-03-15 00:00", "2026-03-15 00:00"),
        ("14/3/2026", "2026-03-14 00:00", "2026-03-15 00:00"),
        ("２０２６-03-14", "2026-03-14 00:00", "2026-03-15 00:00"),
    ],
)
def test_words_become_times(now: datetime, words: str, start: str, end: str) -> None:
    span = resolve(words, now)
    assert (span.start, span.end) == (datetime.fromisoformat(start), datetime.fromisoformat(end))


@pytest.mark.parametrize(
    "words", ["", "soonish", "31 February", "2026-13-40", "25:99", "in nine hundred thousand years"]
)
def test_words_that_are_no_time_are_refused_with_examples(now: datetime, words: str) -> None:
    with pytest.raises(ToolError, match="next Monday") as refused:
        resolve(words, now)
    assert refused.value.code == "unknown_time"


@pytest.mark.parametrize(
    ("words", "number"), [("14", 14), ("two", 2), ("十四", 14), ("二十", 20), ("两", 2), ("lots", None)]
)
def test_small_numbers_in_words(words: str, number: int | None) -> None:
    assert number_in_words(words) == number


@pytest.mark.parametrize(
    ("text", "named"),
    [("May", True), ("may", False), ("next Monday", True), ("下周一", True), ("MICU", False), ("20", False)],
)
def test_what_names_a_time(text: str, named: bool) -> None:
    assert is_time(text) == named
