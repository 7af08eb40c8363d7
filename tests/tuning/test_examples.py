"""Examples made from wordings: what is copied, what is computed, what is carried over; the sets stay apart."""

import random

import pytest

from assistant.llm.spans import normal
from assistant.tools.catalogue import tool_descriptions
from assistant.tuning.admit import Admitter
from assistant.tuning.examples import Maker
from assistant.tuning.noise import mistyped
from assistant.tuning.split import SETS, skeleton, split
from assistant.tuning.templates import Template, calls_in, read_templates

TOOLS = tool_descriptions()


def template(wording, calls, *earlier, language="en"):
    return Template(language, "made", 1, wording, calls_in(calls), tuple(map(calls_in, earlier)))


def one(made, others=(), seed=1):
    examples = Maker([*others, made], TOOLS, seed).examples(made, 1)
    assert examples, "no example"
    return examples[0]


@pytest.mark.parametrize(
    ("language", "wording", "calls"),
    [
        ("en", "Will {unit} be full {horizon}?", "forecast_demand measure=occupancy unit={unit} days={horizon}"),
        ("en", "{length} of shifts for {unit} from {when}", "plan_staffing unit={unit} start={when} days={length}"),
        ("en", "{doses} doses for {region}", "plan_vaccination doses={doses} region={region}"),
        ("zh", "{unit}{horizon}会满吗", "forecast_demand measure=occupancy unit={unit} days={horizon}"),
        ("zh", "{doses}支疫苗怎么分给{region}", "plan_vaccination doses={doses} region={region}"),
    ],
)
def test_what_is_made_can_be_said_under_the_grammar_and_its_texts_stand_in_the_question(language, wording, calls):
    made, admitter = template(wording, calls, language=language), Admitter(TOOLS)
    examples = Maker([made], TOOLS, 3).examples(made, 20)
    assert len(examples) > 10
    assert sum(admitter.admits(example) for example in examples) >= 0.8 * len(examples)
    for example in examples:
        for value in example.calls[0].arguments.values():
            if isinstance(value, str) and value != "occupancy":
                assert value in normal(example.question)


def test_what_the_grammar_cannot_write_is_not_admitted():
    made = one(template("How full is {unit}?", "show_state measure=occupancy unit={unit}"))
    wrong = type(made)("en", "How full is it?", made.calls)
    assert Admitter(TOOLS).admits(made)
    assert not Admitter(TOOLS).admits(wrong)


def test_a_follow_up_carries_over_what_it_does_not_change():
    before = template("{lengthadj} rota for {unit}", "plan_staffing unit={unit} days={lengthadj}")
    follow_up = template(
        "and {unit2}", "plan_staffing unit={unit2} days={length}", "plan_staffing unit={unit} days={length}"
    )
    example = one(follow_up, [before])
    asked = example.earlier[0].calls[0].arguments
    now = example.calls[0].arguments
    assert now["days"] == asked["days"]
    assert now["unit"] != asked["unit"]
    assert now["unit"] in example.question


def test_a_search_takes_the_whole_question():
    example = one(template("What is the rule on {item}?", "search_knowledge source=policy"))
    assert example.calls[0].arguments["query"] == normal(example.question)


def test_the_same_seed_gives_the_same_examples_and_another_one_others():
    made = template("How full is {unit}?", "show_state measure=occupancy unit={unit}")
    first, again, other = (Maker([made], TOOLS, seed).examples(made, 5) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_typing_leaves_slots_and_times_as_they_are():
    wording = "Could somebody tell me whether {unit} will cope tomorrow morning?"
    draw = random.Random(5)
    typed = [mistyped(wording, "en", draw) for _ in range(300)]
    assert all("{unit}" in text and "tomorrow morning" in text for text in typed)
    assert len(set(typed)) > 40


def test_no_wording_is_in_two_sets():
    sets = split(read_templates())
    seen = {name: {(t.language, skeleton(t.wording)) for t in sets[name]} for name in SETS}
    assert all(seen.values())
    for one_set in SETS:
        for other in SETS:
            assert one_set == other or not seen[one_set] & seen[other]
    for language in ("en", "zh"):
        assert sum(t.language == language for t in sets["test"]) >= 500


def test_a_question_after_another_keeps_its_calls_and_follows_something_else():
    about_beds = template("How full is {unit}?", "show_state measure=occupancy unit={unit}")
    about_stock = template("When do we run out of {item}?", "plan_supplies item={item}")
    asks_back = template("Make a roster", "ask_back missing=unit")
    maker = Maker([about_beds, about_stock, asks_back], TOOLS, 1)
    (alone,) = maker.examples(about_beds, 1)
    later = maker.after_another(alone, about_beds.name)
    assert later.calls == alone.calls
    assert later.question == alone.question
    assert [call.name for turn in later.earlier for call in turn.calls] in (["plan_supplies"], ["ask_back"])
    assert maker.after_another(later, about_beds.name) is None
    (back,) = maker.examples(asks_back, 1)
    assert maker.after_another(back, asks_back.name) is None


def test_a_new_wording_moves_no_other_one_to_another_set():
    some = [t for t in read_templates() if t.language == "en"][::40]
    before = {t.name: name for name, rows in split(some).items() for t in rows}
    new = template("Is the kettle on {unit} on?", "show_state measure=occupancy unit={unit}")
    after = {t.name: name for name, rows in split([new, *some]).items() for t in rows}
    assert {name: after[name] for name in before} == before


def test_a_skeleton_does_not_depend_on_case_stops_or_the_kind_of_slot():
    assert skeleton("How full is {unit}?") == skeleton("how full is {unit2}")
    assert skeleton("How full is {unit}?") != skeleton("How full was {unit}?")
