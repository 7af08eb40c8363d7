"""The shortlist: what it keeps, how it narrows the grammar, and how it is trained and stored."""

import numpy as np
import pytest

from assistant.errors import SetupError
from assistant.llm.constrain import Shape, calls_grammar
from assistant.llm.descriptions import EarlierTurn, RawCall
from assistant.llm.examples import Example
from assistant.llm.shortlist import SEVERAL, SEVERAL_SURE, Shortlist, features, own_shortlist, question_grammar
from assistant.tools.catalogue import tool_descriptions
from assistant.tuning.shortlist import train_shortlist

TOOLS = tool_descriptions()
FULL = RawCall("show_state", {"measure": "occupancy", "unit": "3B"})
ROTA = RawCall("plan_staffing", {"unit": "3B"})


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    file = tmp_path_factory.mktemp("shortlist") / "small.npz"
    full = [f"how full is {name}" for name in ("3B", "4A", "the ICU", "maple", "K2", "oak")]
    rota = [f"make a rota for {name}" for name in ("3B", "4A", "the ICU", "maple", "K2", "oak")]
    both = [f"how full is {name} and make a rota" for name in ("3B", "4A", "the ICU", "maple", "K2", "oak")]
    rows = [
        *(Example("en", text, (FULL,)) for text in full),
        *(Example("en", text, (ROTA,)) for text in rota),
        *(Example("en", text, (FULL, ROTA)) for text in both),
        *(Example("en", f"and {n}B?", (ROTA,), (EarlierTurn("rota", (ROTA,)),)) for n in range(6)),
        *(Example("en", f"and {n}B?", (FULL,), (EarlierTurn("full?", (FULL,)),)) for n in range(6)),
    ]
    train_shortlist(rows, file)
    return Shortlist(file)


def test_it_learns_what_a_question_means_for_names_it_has_not_seen(trained):
    assert trained.shapes("how full is Heron Ward", least=0.5) == [Shape("show_state", "occupancy")]
    assert trained.shapes("make a rota for Heron Ward", least=0.5) == [Shape("plan_staffing")]


def test_a_follow_up_is_read_with_what_was_meant_before(trained):
    after_rota = trained.shapes("and 9C?", [EarlierTurn("a rota", (ROTA,))])
    after_full = trained.shapes("and 9C?", [EarlierTurn("full?", (FULL,))])
    assert after_rota[0] == Shape("plan_staffing")
    assert after_full[0] == Shape("show_state", "occupancy")


def test_two_things_in_one_question_keep_both_and_allow_two_calls(trained):
    chances = trained.probabilities("how full is Heron Ward and make a rota")
    assert chances[SEVERAL] > 0.5
    assert set(trained.shapes("how full is Heron Ward and make a rota")) == {
        Shape("show_state", "occupancy"),
        Shape("plan_staffing"),
    }


def test_the_same_words_give_the_same_features_in_every_process():
    buckets, counts = features("How full is the ICU?")
    assert buckets[:3].tolist() == sorted(buckets.tolist())[:3]
    assert int(buckets.sum()) == int(features("how FULL is the ICU?")[0].sum())
    assert counts.min() == 1


def test_the_grammar_is_held_to_the_shapes_kept():
    narrow = calls_grammar(TOOLS, "How full is Heron Ward?", (), 3, [Shape("show_state", "occupancy")])
    assert "occupancy" in narrow
    assert "free_beds" not in narrow
    assert "plan_beds" not in narrow


def test_where_no_shape_kept_can_be_filled_all_are_open_again():
    # A vaccination plan needs a number of doses, and none was said.
    grammar = calls_grammar(TOOLS, "Who is vaccinated?", (), 3, [Shape("plan_vaccination")])
    assert "show_state" in grammar
    assert "plan_vaccination" not in grammar


def test_a_question_that_surely_wants_several_calls_gets_two_at_least(trained):
    twice = "how full is Heron Ward and make a rota"
    assert trained.probabilities(twice)[SEVERAL] >= SEVERAL_SURE
    assert "{1,2}" in question_grammar(twice, [], TOOLS, 3, trained).splitlines()[0]
    once = "how full is Heron Ward"
    assert trained.probabilities(once)[SEVERAL] < SEVERAL_SURE
    assert "{1,2}" not in question_grammar(once, [], TOOLS, 3, trained).splitlines()[0]


def test_without_a_shortlist_the_whole_catalogue_is_open(trained):
    assert "decline" in question_grammar("how full is 3B", [], TOOLS, 3, None)
    assert "decline" not in question_grammar("how full is 3B", [], TOOLS, 3, trained)


def test_a_missing_file_names_the_command(tmp_path):
    with pytest.raises(SetupError, match="make setup"):
        Shortlist(tmp_path / "none.npz")


def test_the_one_of_the_package_knows_every_tool_and_its_classes_are_shapes_of_the_catalogue():
    tools = {tool.name: tool for tool in TOOLS}
    named = [name.split(":") for name in own_shortlist().classes if name != SEVERAL]
    assert {tool for tool, _ in named} == set(tools)
    for tool, choice in named:
        closed = [s["enum"] for s in tools[tool].arguments.values() if "enum" in s]
        assert not choice or any(choice in values for values in closed), (tool, choice)


@pytest.mark.parametrize("question", ["", "😀", "?" * 900, "a" * 900, "¿Cuántas camas hay?"])
def test_whatever_is_asked_something_is_kept(question):
    chances = own_shortlist().probabilities(question)
    assert all(0 <= chance <= 1 for chance in chances.values())
    assert np.isfinite(sum(chances.values()))
    assert own_shortlist().shapes(question)
