"""Shapes: the embedded language model only fills the slots of calls that similar examples have."""

import pytest

from assistant.llm.choose import shapes_of
from assistant.llm.constrain import Shape, shapes_grammar
from assistant.llm.descriptions import RawCall


def test_a_shape_keeps_the_closed_choices_and_opens_the_slots(tools):
    shown = [(RawCall("show_state", {"measure": "occupancy", "unit": "7B"}),)]
    assert shapes_of(shown, tools) == [[Shape("show_state", {"measure": "occupancy"}, frozenset({"measure", "unit"}))]]


def test_a_slot_that_another_example_of_the_tool_fills_is_open_too(tools):
    shown = [
        (RawCall("plan_staffing", {"unit": "7B", "days": 14}),),
        (RawCall("plan_staffing", {"unit": "7B", "start": "Monday"}),),
    ]
    assert {shape.slots for shapes in shapes_of(shown, tools) for shape in shapes} == {
        frozenset({"unit", "days", "start"})
    }


def test_equal_shapes_are_one_alternative(tools):
    shown = [(RawCall("show_state", {"measure": "waiting", "unit": name}),) for name in ("7B", "ICU")]
    grammar = shapes_grammar(tools, shapes_of(shown, tools), "Who waits for Heron Ward?")
    assert "calls_0" in grammar
    assert "calls_1" not in grammar


def test_a_number_that_was_not_said_is_not_offered(tools):
    shapes = shapes_of([(RawCall("plan_staffing", {"unit": "7B", "days": 14}),)], tools)
    assert '\\"days\\"' not in shapes_grammar(tools, shapes, "Draft a roster for Heron Ward")
    assert '\\"days\\"' in shapes_grammar(tools, shapes, "Draft a roster for Heron Ward for a week")


def test_a_shape_that_cannot_be_filled_is_left_out(tools):
    shapes = shapes_of([(RawCall("plan_staffing", {"unit": "7B"}),)], tools)
    assert shapes_grammar(tools, shapes, "") == ""


@pytest.mark.weights
def test_the_shown_shape_is_kept_whatever_the_language_model_prefers(embedded, tools):
    from langchain_core.messages import HumanMessage

    shapes = shapes_of([(RawCall("decline", {"reason": "out_of_scope"}),)], tools)
    grammar = shapes_grammar(tools, shapes, "How full is the ICU?")
    reply = embedded.invoke([HumanMessage("How full is the ICU?")], grammar=grammar)
    assert reply.text == '[{"name":"decline","arguments":{"reason":"out_of_scope"}}]'
    assert reply.tool_calls[0]["name"] == "decline"
