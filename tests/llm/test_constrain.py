"""The grammar admits calls in the user's own words, and nothing else; needs the checkpoint's tokenizer."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.llm.constrain import calls_grammar
from assistant.llm.network import Guide

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def network(embedded):
    embedded.load()
    return embedded._network


def admits(network, grammar, calls):
    from llguidance import LLMatcher

    matcher = LLMatcher(network.grammar_tokenizer, LLMatcher.grammar_from_lark(grammar), log_level=0)
    text = json.dumps(calls, ensure_ascii=False, separators=(",", ":"))
    return matcher.consume_tokens(network.tokens(text)) and matcher.is_accepting()


def call(tool, **arguments):
    return {"name": tool, "arguments": arguments}


@pytest.mark.parametrize(
    "calls",
    [
        [call("show_state", measure="occupancy", unit="Heron Ward")],
        [call("show_state", measure="occupancy")],
        [call("forecast_demand", measure="occupancy", unit="Heron Ward", days=14)],
        [call("plan_beds")],
        [call("plan_beds", days=14)],
        [call("plan_staffing", unit="Heron Ward", start="next Monday")],
        [call("show_state", measure="waiting"), call("plan_beds", start="next Monday")],
        [call("decline", reason="clinical_advice")],
    ],
)
def test_calls_in_the_question_s_words_are_admitted(network, tools, calls):
    question = "How full is Heron Ward from next Monday for two weeks?"
    assert admits(network, calls_grammar(tools, question), calls)


@pytest.mark.parametrize(
    "calls",
    [
        [],
        [call("show_state")],
        [call("show_state", measure="mood")],
        [call("show_state", measure="occupancy", unit="ICU")],
        [call("show_state", measure="occupancy", unit="Her")],
        [call("show_state", measure="occupancy", unit="")],
        [call("show_state", measure="occupancy", unit=" Heron")],
        [call("show_state", measure="occupancy", ward="Heron Ward")],
        [call("plan_beds", days=7)],
        [call("plan_beds", days=99)],
        [call("rm_rf")],
        [call("plan_beds")] * 4,
    ],
)
def test_everything_else_is_refused(network, tools, calls):
    question = "How full is Heron Ward from next Monday for two weeks?"
    assert not admits(network, calls_grammar(tools, question), calls)


def test_chinese_names_are_copied_by_character(network, tools):
    grammar = calls_grammar(tools, "给骨科三病区排两周的班")
    assert admits(network, grammar, [call("plan_staffing", unit="骨科三病区", days=14)])
    assert not admits(network, grammar, [call("plan_staffing", unit="骨科四病区", days=14)])


def test_a_follow_up_may_copy_from_the_question_before(network, tools):
    grammar = calls_grammar(tools, "make it three weeks", ["Draft a roster for Maple Ward"])
    assert admits(network, grammar, [call("plan_staffing", unit="Maple Ward", days=21)])


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
def test_any_question_gives_a_grammar_that_holds(network, tools, question):
    guide = Guide(network, calls_grammar(tools, question))
    assert network.tokenizer.decode(guide.forced()).startswith("[")


def test_a_long_question_gives_a_grammar_that_holds(network, tools):
    guide = Guide(network, calls_grammar(tools, "病区 ward " * 500))
    assert guide.forced()


def test_a_question_without_any_name_offers_none(tools):
    """A grammar that lets a name begin which the question cannot give would end in a dead end."""
    slot = '\\"unit\\":'
    assert slot not in calls_grammar(tools, "Where should the waiting patients go?")
    assert slot in calls_grammar(tools, "How full is Heron Ward?")


def test_a_chinese_unit_is_not_cut_short(network, tools):
    grammar = calls_grammar(tools, "重症监护室排两周的班")
    assert admits(network, grammar, [call("plan_staffing", unit="重症监护室")])
    assert not admits(network, grammar, [call("plan_staffing", unit="重症")])
