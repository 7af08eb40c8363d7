"""Supposed amounts: percentage or count, more or fewer, from the question's own words."""

import pytest

from assistant.agent.question import Question
from assistant.agent.settle import percentages, settled, with_plain_amounts
from assistant.llm.descriptions import EarlierTurn, RawCall
from assistant.tools.house_words import means_house
from tests.agent.worlds import small_assistant


def what_if(amount: float | str | None, change: str = "demand", **more: str) -> RawCall:
    given = {} if amount is None else {"amount": amount}
    return RawCall("what_if", {"change": change, **given, **more})


@pytest.mark.parametrize(
    ("question", "call", "amount"),
    [
        ("What if ICU gets 20 % fewer patients?", what_if(20), "-20%"),
        ("What if ICU gets 20% more patients?", what_if(20), "20%"),
        ("What if we get ten percent fewer patients?", what_if(10), "-10%"),
        ("Suppose demand drops by 10%.", what_if(10), "-10%"),
        ("What if 3 more patients turn up?", what_if(3), 3),
        ("What if three patients fewer come?", what_if(3), -3),
        ("What if 20% of the nurses are off sick?", what_if(20, "staff_absent"), "20%"),
        ("Let's see the plan with 2 fewer staff", what_if(2, "staff_absent"), 2),
        ("Could we get by with 4 fewer beds?", what_if(4, "beds_closed"), 4),
        ("What if admissions double?", what_if(100), "100%"),
        ("病人少两成会怎样", what_if(20), "-20%"),
        ("如果就诊量下降百分之十", what_if(10), "-10%"),
        ("{unit}再多来3个病人".format(unit="ICU"), what_if(3), 3),
        ("假如收治量涨三成呢？", what_if(30), "30%"),
        ("Would 20 more patients fit, and 10 % fewer nurses?", what_if(20), 20),
    ],
)
def test_a_question_settles_unit_and_direction(question: str, call: RawCall, amount: object) -> None:
    assert settled([call], question)[0].arguments["amount"] == amount


def test_a_follow_up_means_what_was_meant_before() -> None:
    before = EarlierTurn("What if demand falls by 10%?", (what_if("-10%"),))
    assert settled([what_if(30)], "Go to 30.", [before])[0].arguments["amount"] == "-30%"
    assert settled([what_if(5)], "5 more patients, then", [before])[0].arguments["amount"] == 5


def test_other_calls_and_settled_amounts_stay_as_they_are() -> None:
    calls = [RawCall("plan_beds", {"days": 20}), what_if("-20%"), what_if(None)]
    assert list(settled(calls, "20 % fewer")) == calls


def test_the_language_model_sees_plain_numbers() -> None:
    turn = with_plain_amounts(EarlierTurn("q", (what_if("-20%"), what_if(3), RawCall("plan_beds", {}))))
    assert [call.arguments.get("amount") for call in turn.calls] == [-20, 3, None]


def test_percentages_are_read_in_both_languages() -> None:
    assert percentages("20 % or ten percent") == {20, 10}
    assert percentages("百分之三十，四成") == {30, 40}
    assert percentages("3成立") == set()


def test_the_answer_shows_the_settled_call(tmp_path_factory: pytest.TempPathFactory) -> None:
    assistant = small_assistant(tmp_path_factory.mktemp("settle"), what_if(20))
    answer = assistant.ask(Question("What if 20 % fewer patients come?"))
    assert answer.records[0].arguments["amount"] == "-20%"


@pytest.mark.parametrize(
    ("question", "copied", "unit"),
    [
        ("Make a two-week roster for the whole house", "a two-week roster", "whole house"),
        ("Rota across all our wards, please", "Rota", "all our wards"),
        ("给全院排一周的班", "全院排一周的班", "全院"),
        ("Roster for ICU while the whole hospital is busy", "ICU", "ICU"),
        ("Make a two-week roster", "a two-week roster", "a two-week roster"),
    ],
)
def test_a_roster_for_all_units_is_one_where_the_question_says_so(question: str, copied: str, unit: str) -> None:
    (call,) = settled([RawCall("plan_staffing", {"unit": copied, "days": 14})], question)
    assert call.arguments == {"unit": unit, "days": 14}
    assert means_house(unit) == (unit not in ("ICU", "a two-week roster"))
