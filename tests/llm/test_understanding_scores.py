"""The scorer of the understanding evaluation."""

import json

import pytest

from assistant.errors import LanguageModelError, RecordError
from assistant.llm.descriptions import RawCall
from eval.cases_understanding import Case, Outcome, read_cases, value_matches
from eval.understanding import evaluate, summary


@pytest.mark.parametrize(
    ("expected", "predicted", "same"),
    [
        ("ICU", "icu", True),
        ("Heron Ward", "the Heron Ward", True),
        ("the Heron Ward", "heron ward", True),
        ("ICU", "CCU", False),
        ("ICU", "", False),
        (14, 14, True),
        (14, "14", True),
        (14, 7, False),
        (14, "two weeks", False),
    ],
)
def test_values_match_by_the_published_rule(expected, predicted, same):
    assert value_matches(expected, predicted) is same


def outcome(predicted):
    expect = (RawCall("show_state", {"measure": "occupancy", "unit": "ICU"}),)
    return Outcome(Case("1", "en", "q", expect), tuple(predicted), 0.5)


def test_arguments_that_are_not_listed_do_not_count():
    predicted = RawCall("show_state", {"measure": "occupancy", "unit": "ICU", "at": "now"})
    assert outcome([predicted]).arguments


def test_a_missing_argument_is_a_miss_with_the_right_tool():
    missed = outcome([RawCall("show_state", {"measure": "occupancy"})])
    assert missed.tools
    assert not missed.arguments


def test_a_step_too_many_is_the_wrong_tools():
    call = RawCall("show_state", {"measure": "occupancy", "unit": "ICU"})
    assert not outcome([call, call]).tools


class OnlyOccupancy:
    def choose(self, question, language, earlier, tools):
        if language == "zh":
            raise LanguageModelError("no")
        return [RawCall("show_state", {"measure": "occupancy"})]

    def identity(self):
        return {}


def test_the_report_counts_by_language_and_goes_on_after_an_error():
    expect = (RawCall("show_state", {"measure": "occupancy"}),)
    cases = [
        Case("1", "en", "a", expect),
        Case("2", "en", "b", (RawCall("plan_beds", {}),)),
        Case("3", "zh", "c", expect),
    ]
    report = summary(evaluate(cases, OnlyOccupancy(), []))
    assert report["all"]["tool_accuracy"] == pytest.approx(1 / 3, abs=1e-3)
    assert report["languages"]["en"]["tool_accuracy"] == 0.5
    assert report["languages"]["zh"]["errors"] == 1
    assert report["confusion"]["plan_beds"] == {"show_state": 1}
    assert [miss["id"] for miss in report["misses"]] == ["2", "3"]


def test_cases_are_read_with_their_earlier_turns(tmp_path):
    row = {"id": "1", "lang": "en", "earlier": [{"question": "x", "steps": [{"tool": "plan_beds", "arguments": {}}]}]}
    row |= {"question": "and now?", "expect": [{"tool": "plan_beds", "arguments": {"days": 3}}]}
    file = tmp_path / "cases.jsonl"
    file.write_text(json.dumps(row) + "\n")
    case = read_cases(file)[0]
    assert case.earlier[0].calls == (RawCall("plan_beds", {}),)
    assert case.expect[0].arguments == {"days": 3}


def test_all_broken_lines_are_named(tmp_path):
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": 1}\nno json\n')
    with pytest.raises(RecordError) as error:
        read_cases(file)
    assert [fault.split(":")[0] for fault in error.value.faults] == ["line 1", "line 2"]
