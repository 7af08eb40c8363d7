"""Which examples are like a question."""

import json

import pytest

from assistant.errors import SetupError
from assistant.llm.choose import EXAMPLES, own_examples
from assistant.llm.constrain import calls_grammar
from assistant.llm.examples import prompt_text, read_examples, written
from assistant.llm.nearest import NearestChooser
from assistant.llm.spans import normal, numbers_for


@pytest.fixture(scope="module")
def book():
    return own_examples()


def tools_of(example):
    return [call.name for call in example.calls]


@pytest.mark.parametrize(
    ("question", "language", "tool"),
    [
        ("Please draft the rota of Ward Nine", "en", "plan_staffing"),
        ("How many masks are left?", "en", "show_state"),
        ("Forecast the occupancy of Ward Nine", "en", "forecast_demand"),
        ("给九病区排班", "zh", "plan_staffing"),
        ("九病区未来两周会满吗", "zh", "forecast_demand"),
        ("今天天气好吗", "zh", "decline"),
    ],
)
def test_the_nearest_example_asks_for_the_same(book, tools, question, language, tool):
    near = book.nearest(question, language, False, {known.name for known in tools}, 1)
    assert tools_of(near[0]) == [tool]


def test_a_follow_up_example_is_only_for_follow_ups(book, tools):
    names = {tool.name for tool in tools}
    assert not any(example.earlier for example in book.nearest("and the HDU?", "en", False, names, 20))
    assert book.nearest("and the CCU?", "en", True, names, 1)[0].earlier


def test_examples_with_tools_that_are_not_available_are_left_out(book):
    near = book.nearest("Draft a roster for 7B", "en", False, {"show_state"}, 50)
    assert {name for example in near for name in tools_of(example)} == {"show_state"}


def test_the_nearest_choice_puts_the_question_s_own_words_in(tools):
    calls = NearestChooser().choose("Draft a roster for Ward Nine for 3 weeks", "en", [], tools)
    assert calls[0].arguments == {"unit": "Ward Nine", "days": 21}


def test_every_example_keeps_to_the_catalogue_and_copies(tools):
    """What the examples show must be what the grammar admits, or they would teach what cannot be said."""
    known = {tool.name: tool for tool in tools}
    faults = []
    for example in read_examples(prompt_text(EXAMPLES)):
        texts = [normal(example.question), *(normal(turn.question) for turn in reversed(example.earlier))]
        for call in example.calls:
            schemas = known[call.name].arguments
            for name, value in call.arguments.items():
                schema = schemas[name]
                admitted = (
                    value in schema["enum"]
                    if "enum" in schema
                    else any(value in text for text in texts)
                    if name in known[call.name].copied
                    else value in numbers_for(name, texts)
                )
                if not admitted:
                    faults.append(f"{example.question}: {name}={value}")
    assert faults == []


def test_calls_are_written_with_required_arguments_first(book, tools):
    text = written(read_examples(prompt_text(EXAMPLES))[0].calls, tools)
    assert text.startswith('[{"name":"show_state","arguments":{"measure":"occupancy","unit":"ICU"}},{"name":')
    assert json.loads(text)


def test_a_broken_example_is_named_with_its_line():
    with pytest.raises(SetupError, match="line 2"):
        read_examples('{"lang": "en", "question": "q", "calls": []}\n{"lang": "en"}\n')


def test_a_catalogue_without_tools_is_an_error():
    with pytest.raises(SetupError, match="empty"):
        calls_grammar([], "How full is the ICU?")
