"""What a question offers for copying."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.llm.spans import normal, numbers_for, pieces, times_in
from assistant.records.numerals import chinese_number


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_the_pieces_joined_are_the_text(text):
    assert "".join(pieces(text)) == normal(text)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_nothing_copyable_needs_escaping_in_json(text):
    assert not set('"\\\n\t') & set(normal(text))


def test_full_width_letters_and_digits_become_plain():
    assert normal("ＩＣＵ　７天") == "ICU 7天"


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("Draft a two-week roster for the ICU", [14]),
        ("the next 10 days", [10]),
        ("a fortnight", [14]),
        ("for a week", [7]),
        ("in the next 48 hours", [2]),
        ("tomorrow", [1]),
        ("未来两周", [14]),
        ("半个月", [15]),
        ("十四天", [14]),
        ("明天", [1]),
        ("make it 21", [21]),
        ("from 1 April", []),
        ("2月2日至2月9日", []),
        ("ward 7B", []),
        ("下周一开始四周", [28]),
        ("How full is the ICU?", []),
    ],
)
def test_days_follow_from_what_was_said(question, days):
    assert numbers_for("days", [question]) == days


def test_a_follow_up_without_a_length_takes_the_one_before():
    assert numbers_for("days", ["and the CCU?", "the next 10 days"]) == [10]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十", 10),
        ("十二", 12),
        ("二十八", 28),
        ("一百二", 120),
        ("一百零二", 102),
        ("两万五千", 25000),
        ("两万五", 25000),
        ("三千", 3000),
    ],
)
def test_chinese_numerals(text, number):
    assert chinese_number(text) == number


@pytest.mark.parametrize(
    ("question", "times"),
    [
        ("How full was the CCU yesterday at 8:00?", ["yesterday at 8:00"]),
        ("Admissions between 3 January and 20 January", ["3 January", "20 January"]),
        ("Make a roster for MICU", []),
        ("How many may one nurse look after?", []),
        ("下周一开始排班", ["下周一"]),
    ],
)
def test_only_what_names_a_time_can_be_copied_as_one(question: str, times: list[str]) -> None:
    assert times_in([question]) == times
