"""While a plan is sought, the chat shows how good the best one is, and a button stops the search."""

from html import unescape
from typing import Any

import gradio as gr
import pytest

from assistant.tools.watched import Progress
from assistant.ui.chat import Chat
from assistant.ui.chat_view import messages
from assistant.ui.conversation import Conversation, Conversations, Step, Turn
from assistant.ui.settings import ScreenSettings
from assistant.ui.words import screen_words


def planning(progress: Progress | None) -> Turn:
    """A turn whose only step seeks a roster."""
    return Turn("Roster?", steps=[Step("plan_staffing", {"unit": "ICU"}, progress=progress)], understood=0.1)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_running_step_shows_a_bar_with_cost_and_gap(language: str) -> None:
    words = screen_words(language)
    shown = messages(Conversation("t", [planning(Progress(12.4, 318, 302))]), words)
    step = unescape(str(shown[2].content))
    assert '<progress max="1" value="0.950"' in step
    assert words("chat.progress", seconds="12", cost="318", gap="5") in step


def test_before_the_first_plan_there_is_no_bar() -> None:
    shown = messages(Conversation("t", [planning(None)]), screen_words("en"))
    assert "<progress" not in str(shown[2].content)


@pytest.mark.parametrize(("progress", "stops"), [(Progress(1, 9, 3), True), (None, False)])
def test_the_button_stops_a_search_that_has_a_plan(
    progress: Progress | None, stops: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(gr, "Info", told.append)
    chat = Chat(app=Any, conversations=Conversations(3), settings=ScreenSettings())  # type: ignore[arg-type]
    conversation = chat.conversations.begin()
    conversation.turns.append(planning(progress))
    chat.stop(conversation.thread, "en")
    assert conversation.turns[0].stop.is_set() == stops
    assert told == [screen_words("en")("chat.stopping" if stops else "chat.nothing_to_stop")]


@pytest.mark.parametrize(
    ("turn", "can"),
    [
        (planning(Progress(1, 9, 3)), True),
        (planning(None), False),
        (Turn("Roster?"), False),
        (Turn("Roster?", steps=planning(Progress(1, 9, 3)).steps, done=True), False),
    ],
    ids=["a plan so far", "no plan yet", "not understood yet", "done"],
)
def test_the_button_can_be_pressed_only_while_there_is_a_search_to_stop(
    turn: Turn, can: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gr, "Info", lambda message: None)
    chat = Chat(app=Any, conversations=Conversations(3), settings=ScreenSettings())  # type: ignore[arg-type]
    conversation = chat.conversations.begin()
    conversation.turns.append(turn)
    monkeypatch.setattr(Chat, "answer", lambda *_: iter([[], []]))
    states = [state["interactive"] for _, state in chat.answered(conversation.thread, "en", "u", "r")]
    assert states == [can, can]
    chat.stop(conversation.thread, "en")
    assert not chat.can_stop(conversation.thread)  # once is enough


def test_the_button_does_nothing_in_an_unknown_or_finished_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gr, "Info", lambda message: None)
    chat = Chat(app=Any, conversations=Conversations(3), settings=ScreenSettings())  # type: ignore[arg-type]
    chat.stop("nothing", "en")
    turn = planning(Progress(1, 9, 3))
    turn.done = True
    conversation = chat.conversations.begin()
    conversation.turns.append(turn)
    chat.stop(conversation.thread, "en")
    assert not turn.stop.is_set()
