"""Questions in traditional characters are read as simplified ones, and copied as they were written."""

from assistant.llm.descriptions import EarlierTurn, RawCall
from assistant.llm.reading import as_read, as_written, turns_as_read
from assistant.llm.spans import numbers_for, times_in


def test_what_is_copied_comes_back_as_it_was_written():
    question = "產科下週會滿嗎"
    assert as_read(question) == "产科下周会满吗"
    (call,) = as_written([RawCall("forecast_demand", {"measure": "occupancy", "unit": "产科", "days": 7})], [question])
    assert call.arguments == {"measure": "occupancy", "unit": "產科", "days": 7}


def test_a_unit_of_an_earlier_question_comes_back_as_well():
    turns = turns_as_read(
        [EarlierTurn("產科現在有多少人", (RawCall("show_state", {"measure": "occupancy", "unit": "產科"}),))]
    )
    assert turns[0].question == "产科现在有多少人"
    assert turns[0].calls[0].arguments["unit"] == "产科"
    (call,) = as_written(
        [RawCall("show_state", {"measure": "waiting", "unit": "产科"})], ["等床的呢", "產科現在有多少人"]
    )
    assert call.arguments["unit"] == "產科"


def test_other_questions_stay_as_they_are():
    calls = [RawCall("show_state", {"measure": "occupancy", "unit": "心内科"})]
    assert as_read("How full is the ICU?") == "How full is the ICU?"
    assert as_written(calls, ["心内科有多少病人"]) == calls


def test_times_and_numbers_in_traditional_characters_are_understood():
    assert times_in(["急症室上禮拜收咗幾多人"]) == ["上禮拜"]
    assert times_in(["聽日起計"]) == ["聽日"]
    assert numbers_for("days", ["兩個禮拜"]) == [14]
    assert numbers_for("doses", ["四萬劑疫苗"]) == [40000]
