"""Times in words, against a fixed clock: Tuesday 2026-03-10 20:00."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ToolError
from assistant.records.numerals import chinese_number, number_in_words, numbers_said
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
        # Parts of a day; night is the night shift that begins then.
        ("this morning", "2026-03-10 06:00", "2026-03-10 12:00"),
        ("this evening", "2026-03-10 20:00", "2026-03-11 08:00"),
        ("yesterday afternoon", "2026-03-09 12:00", "2026-03-09 18:00"),
        ("Friday night", "2026-03-13 20:00", "2026-03-14 08:00"),
        ("Sunday early hours", "2026-03-15 00:00", "2026-03-15 06:00"),
        ("14 March evening", "2026-03-14 18:00", "2026-03-15 00:00"),
        ("overnight", "2026-03-09 20:00", "2026-03-10 08:00"),
        ("昨天中午", "2026-03-09 11:00", "2026-03-09 14:00"),
        ("明早", "2026-03-11 06:00", "2026-03-11 12:00"),
        ("明晚", "2026-03-11 20:00", "2026-03-12 08:00"),
        ("下周二上午", "2026-03-17 06:00", "2026-03-17 12:00"),
        ("3月14日凌晨", "2026-03-14 00:00", "2026-03-14 06:00"),
        ("昨晚八点半", "2026-03-09 20:30", "2026-03-09 20:30"),
        ("at midnight", "2026-03-10 00:00", "2026-03-10 00:00"),
        ("yesterday at noon", "2026-03-09 12:00", "2026-03-09 12:00"),
        ("8:00 tomorrow", "2026-03-11 08:00", "2026-03-11 08:00"),
        # Fortnights, half months, a few days.
        ("a fortnight ago", "2026-02-24 00:00", "2026-02-25 00:00"),
        ("the last fortnight", "2026-02-24 20:00", "2026-03-10 20:00"),
        ("next fortnight", "2026-03-10 20:00", "2026-03-24 20:00"),
        ("半个月前", "2026-02-23 00:00", "2026-02-24 00:00"),
        ("最近半个月", "2026-02-23 20:00", "2026-03-10 20:00"),
        ("半个月来", "2026-02-23 20:00", "2026-03-10 20:00"),
        ("最近几天", "2026-03-07 20:00", "2026-03-10 20:00"),
        ("past few days", "2026-03-07 20:00", "2026-03-10 20:00"),
        ("the past month", "2026-02-08 20:00", "2026-03-10 20:00"),
        ("十天内", "2026-03-10 20:00", "2026-03-20 20:00"),
        ("last 24h", "2026-03-09 20:00", "2026-03-10 20:00"),
        ("past 72 hrs", "2026-03-07 20:00", "2026-03-10 20:00"),
        ("3d ago", "2026-03-07 00:00", "2026-03-08 00:00"),
        ("48小时内", "2026-03-10 20:00", "2026-03-12 20:00"),
        # Weeks by other names, traditional characters, short weekdays, years in words.
        ("上礼拜", "2026-03-02 00:00", "2026-03-09 00:00"),
        ("下下周一", "2026-03-23 00:00", "2026-03-24 00:00"),
        ("the week after next", "2026-03-23 00:00", "2026-03-30 00:00"),
        ("last weekend", "2026-03-07 00:00", "2026-03-09 00:00"),
        ("週六", "2026-03-14 00:00", "2026-03-15 00:00"),
        ("weds", "2026-03-11 00:00", "2026-03-12 00:00"),
        ("去年三月", "2025-03-01 00:00", "2025-04-01 00:00"),
        ("三月十五日", "2026-03-15 00:00", "2026-03-16 00:00"),
    ],
)
def test_words_become_times(now: datetime, words: str, start: str, end: str) -> None:
    span = resolve(words, now)
    assert (span.start, span.end) == (datetime.fromisoformat(start), datetime.fromisoformat(end))


@pytest.mark.parametrize(
    "words",
    [
        "",
        "soonish",
        "31 February",
        "2026-13-40",
        "25:99",
        "in nine hundred thousand years",
        "last week morning",
        "last h",
        "juniper",
        "in 0 days",
        "十三月",
    ],
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
    ("text", "numbers"),
    [
        ("10,000 doses", {10_000}),
        ("12k", {12_000}),
        ("1.5 million", {1_500_000}),
        ("half a million", {500_000}),
        ("two thousand five hundred", {2_500}),
        ("a hundred and twenty", {120}),
        ("twenty-five", {25}),
        ("a dozen", {12}),
        ("a couple of nurses", {2}),
        ("两万五千剂", {25_000}),
        ("2.5万剂", {25_000}),
        ("三十六", {36}),
        ("3 to 5 beds", {3, 5}),
        ("tension in the tent", set()),
        ("3.7", set()),
        ("", set()),
    ],
)
def test_all_numbers_of_a_text_are_found(text: str, numbers: set[int]) -> None:
    assert numbers_said(text) == numbers


@given(st.integers(min_value=1, max_value=99_999_999))
def test_a_number_written_in_chinese_is_read_again(number: int) -> None:
    assert chinese_number(in_chinese(number)) == number


@given(st.integers(min_value=1, max_value=999_999_999))
def test_a_number_with_thousands_marked_is_found(number: int) -> None:
    assert numbers_said(f"we have {number:,} doses") == {number}


def in_chinese(number: int) -> str:
    """Written out by the rules of school: zeros between are said once."""
    if number >= 10_000:
        low = number % 10_000
        return in_chinese(number // 10_000) + "万" + ("零" if 0 < low < 1000 else "") + (in_chinese(low) if low else "")
    said, gap = "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // scale % 10
        said += ("零" if gap and digit and said else "") + ("零一二三四五六七八九"[digit] + name if digit else "")
        gap = not digit
    return said


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_is_refused(text: str) -> None:
    try:
        span = resolve(text, datetime(2026, 3, 10, 20))
    except ToolError as refused:
        assert refused.code == "unknown_time"
    else:
        assert span.start <= span.end


@pytest.mark.parametrize(
    ("text", "named"),
    [("May", True), ("may", False), ("next Monday", True), ("下周一", True), ("MICU", False), ("20", False)],
)
def test_what_names_a_time(text: str, named: bool) -> None:
    assert is_time(text) == named
