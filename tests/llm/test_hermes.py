"""Calls as Hermes text."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.llm.descriptions import RawCall
from assistant.llm.hermes import tool_calls_from, written

VALUES = st.one_of(st.integers(), st.text(st.characters(codec="utf-8"), max_size=20))
CALLS = st.lists(
    st.builds(RawCall, st.sampled_from(["plan_beds", "show_state"]), st.dictionaries(st.sampled_from("abc"), VALUES)),
    max_size=3,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
@given(CALLS)
def test_what_is_written_is_read_again(calls):
    plain = [call for call in calls if "</tool_call>" not in json.dumps(call.as_dict())]
    assert [RawCall(one["name"], one["args"]) for one in tool_calls_from(written(plain))] == plain


def test_required_arguments_come_first(tools):
    call = RawCall("show_state", {"unit": "ICU", "measure": "occupancy"})
    assert written([call], tools) == (
        '<tool_call>{"name":"show_state","arguments":{"measure":"occupancy","unit":"ICU"}}</tool_call>'
    )


def test_calls_of_tools_that_are_not_known_are_written_too(tools):
    assert written([RawCall("old_tool", {"b": 1, "a": "两"})], tools) == (
        '<tool_call>{"name":"old_tool","arguments":{"b":1,"a":"两"}}</tool_call>'
    )


@pytest.mark.parametrize(
    "text",
    ["", "Sure!", "<tool_call>{</tool_call>", "<tool_call>[1]</tool_call>", '<tool_call>{"name":"x"}</tool_call>'],
)
def test_anything_else_is_no_call(text):
    assert tool_calls_from(text) == []
