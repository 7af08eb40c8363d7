"""The screen says which language model read a question, and in which mode."""

from html import unescape

import pytest

from assistant.ui.chat_view import MODES, messages
from assistant.ui.conversation import Conversation, Turn
from assistant.ui.words import screen_words
from tests.ui.worlds import answer


def reading(language: str, **identity: str) -> str:
    """The bubble of the understanding step of an answered question."""
    turn = Turn("How full is the ICU?", understood=0.4, answer=answer("Full.", language_model=identity), done=True)
    shown = messages(Conversation("t", [turn]), screen_words(language), "the first choice")
    return unescape(str(shown[1].content))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("mode", MODES)
def test_each_mode_has_words(language: str, mode: str) -> None:
    said = screen_words(language)(f"chat.mode_{mode}")
    assert said in reading(language, kind=mode, name="a name")


def test_the_one_that_read_the_question_is_named_and_not_the_first_choice() -> None:
    shown = reading("en", kind="embedded", name="the small one")
    assert "the small one" in shown
    assert "the first choice" not in shown


def test_before_the_answer_the_first_choice_is_named() -> None:
    shown = messages(Conversation("t", [Turn("How full?")]), screen_words("en"), "the first choice")
    assert "the first choice" in str(shown[1].content)
