"""The nearest-neighbour baseline: which example is nearest, and its slots filled from the question."""

import numpy as np
import pytest

from assistant.errors import LanguageModelError
from assistant.llm.descriptions import EarlierTurn, RawCall
from assistant.llm.examples import Example
from assistant.tools.catalogue import tool_descriptions
from eval.nearest import NearestChooser
from eval.nearest_index import CharacterIndex, MeaningIndex, masked

TOOLS = tool_descriptions()
ROSTER = RawCall("plan_staffing", {"unit": "Heron Ward", "days": 14})
WAITING = RawCall("show_state", {"measure": "waiting"})


class CountingEncoder:
    """One direction for everything about rosters, another for the rest."""

    name = "counting"

    def __init__(self):
        self.encoded = 0

    def encode(self, texts):
        self.encoded += len(texts)
        return np.array([[1.0, 0.0] if "roster" in text or "rota" in text else [0.0, 1.0] for text in texts])


def chooser(*examples):
    return NearestChooser(examples, CountingEncoder())


def choose(question, *examples, language="en", earlier=()):
    return chooser(*examples).choose(question, language, earlier, TOOLS)


EXAMPLES = [
    Example("en", "Draft a roster for Heron Ward for two weeks", (ROSTER,)),
    Example("en", "Who is waiting?", (WAITING,)),
    Example("zh", "给骨科排两周的班", (RawCall("plan_staffing", {"unit": "骨科", "days": 14}),)),
    Example("zh", "谁在等床位", (WAITING,)),
]


@pytest.mark.parametrize(
    ("question", "language", "call"),
    [
        ("The rota of Maple Ward, three weeks please", "en", {"unit": "Maple Ward", "days": 21}),
        ("a roster for heron ward", "en", {"unit": "heron ward"}),
        ("请给心内科排三周的班", "zh", {"unit": "心内科", "days": 21}),
    ],
)
def test_the_nearest_example_gets_the_question_s_own_words(question, language, call):
    assert choose(question, *EXAMPLES, language=language) == [RawCall("plan_staffing", call)]


def test_closed_choices_stay_and_what_was_not_said_is_left_out():
    assert choose("anybody waiting for a bed?", *EXAMPLES) == [WAITING]
    assert choose("draft the roster", *EXAMPLES) == [RawCall("plan_staffing", {})]


def test_times_shifts_numbers_and_searches_follow_the_grammar_s_rules():
    arguments = {"measure": "admissions", "start": "1 May", "end": "3 May"}
    found = choose("admissions from 2 June to 9 June", Example("en", "x", (RawCall("show_state", arguments),)))
    assert found[0].arguments == {"measure": "admissions", "start": "2 June", "end": "9 June"}
    absent = RawCall("what_if", {"change": "staff_absent", "amount": 2, "shift": "early"})
    found = choose("what if a nurse misses the night shift?", Example("en", "x", (absent,)))
    assert found[0].arguments == {"change": "staff_absent", "amount": 1, "shift": "night"}
    found = choose("visiting rules?", Example("en", "x", (RawCall("search_knowledge", {"query": "x"}),)))
    assert found[0].arguments == {"query": "visiting rules?"}


def test_a_follow_up_takes_what_it_leaves_unsaid_from_the_calls_before():
    follow_up = Example("en", "and 7B?", (ROSTER,), (EarlierTurn("roster", (ROSTER,)),))
    earlier = [EarlierTurn("a roster", (RawCall("plan_staffing", {"unit": "CCU", "days": 7}),))]
    assert choose("make it three weeks", *EXAMPLES, follow_up, earlier=earlier)[0].arguments == {
        "unit": "CCU",
        "days": 21,
    }
    # Without an earlier turn the follow-up is no example.
    assert choose("and 7B?", follow_up, EXAMPLES[1]) == [WAITING]


def test_no_example_is_an_error():
    with pytest.raises(LanguageModelError, match="no example"):
        choose("什么", EXAMPLES[0], language="zh")


def test_a_third_language_is_compared_with_english():
    assert choose("rota?", *EXAMPLES, language="de")[0].name == "plan_staffing"


def test_names_and_numbers_do_not_count():
    assert masked("How full is Heron Ward 7B in 14 days") == masked("How full is Maple Ward 9C in 3 days")
    assert masked("ED arrivals") == "ed arrivals"


def test_vectors_are_made_once_for_all_runs(tmp_path):
    encoder = CountingEncoder()
    first = MeaningIndex(["a roster", "b"], encoder, tmp_path / "eval")
    again = MeaningIndex(["a roster", "b"], encoder, tmp_path / "eval")
    assert encoder.encoded == 2
    assert first.similarities("my rota").tolist() == again.similarities("my rota").tolist() == [1.0, 0.0]
    MeaningIndex(["a roster", "c"], encoder, tmp_path / "eval")
    assert encoder.encoded == 6  # with the two questions asked


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert MeaningIndex(["a roster"], CountingEncoder(), blocked).similarities("roster").tolist() == [1.0]


def test_runs_of_characters_find_the_same_words():
    scores = CharacterIndex(["口罩还有多少", "给骨科排班", "N95 masks left"]).similarities("手套还有多少")
    assert scores.argmax() == 0
    assert 0 < scores[0] < 1
    assert scores[1] == scores[2] == 0


def test_a_question_like_no_example_scores_nothing():
    assert CharacterIndex(["口罩"]).similarities("???").tolist() == [0.0]
