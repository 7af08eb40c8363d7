"""The page where questions are asked: the question travels, and each step is shown while it happens."""

import logging
import math
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.agent.assistant import Finished
from assistant.agent.question import Answer, Question
from assistant.agent.run import StepFinished, StepProgress, StepStarted
from assistant.app import App
from assistant.errors import AssistantError
from assistant.ui.chat_view import messages
from assistant.ui.conversation import Conversations, Step, Turn
from assistant.ui.settings import ScreenSettings
from assistant.ui.who import Labels, Session, clean_user
from assistant.ui.words import screen_words

log = logging.getLogger(__name__)
_LOOK_BACK = 50


@dataclass(frozen=True)
class Chat:
    """What the page's handlers work with."""

    app: App
    conversations: Conversations
    settings: ScreenSettings

    def start(self, text: str, thread: str, language: str) -> tuple[list[gr.ChatMessage], str, str]:
        """Take the question in: it stands in the conversation at once, before its turn to be answered comes."""
        words = screen_words(language)
        conversation = self.conversations.get(thread) or self.conversations.begin()
        if conversation.busy:
            gr.Info(words("chat.one_at_a_time"))
        elif text.strip():
            conversation.turns.append(Turn(text.strip()))
            text = ""
        return messages(conversation, words, self._model()), conversation.thread, text

    def answer(self, thread: str, language: str, user: str, role: str) -> Iterator[list[gr.ChatMessage]]:
        """Answer the conversation's waiting question, showing each step as it happens."""
        words, conversation = screen_words(language), self.conversations.get(thread)
        if conversation is None or not conversation.busy or conversation.turns[-1].taken:
            yield messages(conversation, words, self._model())
            return
        turn = conversation.turns[-1]
        turn.taken = True
        try:
            for _ in self._follow(turn, Question(turn.question, clean_user(user), role, thread)):
                yield messages(conversation, words, self._model())
        except AssistantError as error:
            turn.problem = str(error)
        except Exception:
            # The screen is where a defect meets a person: they get a line, the log gets the trace.
            reference = uuid.uuid4().hex[:8]
            log.exception("defect %s while answering in thread %s", reference, thread)
            turn.problem = words("chat.defect", reference=reference)
        finally:
            turn.done, turn.shown = True, None
        yield messages(conversation, words, self._model())

    def _follow(self, turn: Turn, question: Question) -> Iterator[None]:
        """Yield after each change of the turn."""
        for event in self.app.assistant.stream(question, turn.stop):
            turn.note_understood()
            if isinstance(event, StepStarted):
                turn.steps.append(Step(event.tool, event.arguments))
            elif isinstance(event, StepProgress):
                turn.steps[-1].progress = event.progress
            elif isinstance(event, StepFinished):
                turn.steps[-1].record = event.record
            elif isinstance(event, Finished):
                turn.answer, turn.replaced = event.answer, self._replaced(event.answer)
                yield from self._appear(turn, event.answer)
            yield

    def stop(self, thread: str, language: str) -> None:
        """End the search that is running, keeping the best plan so far."""
        conversation = self.conversations.get(thread)
        if conversation and self.can_stop(thread):
            conversation.turns[-1].stop.set()
            gr.Info(screen_words(language)("chat.stopping"))
        else:
            gr.Info(screen_words(language)("chat.nothing_to_stop"))

    def can_stop(self, thread: str) -> bool:
        """Whether a search is running that has a plan to keep."""
        conversation = self.conversations.get(thread)
        turn = conversation.turns[-1] if conversation and conversation.busy else None
        running = turn is not None and bool(turn.steps) and turn.steps[-1].record is None
        return turn is not None and running and turn.steps[-1].progress is not None and not turn.stop.is_set()

    def answered(self, thread: str, *asked: str) -> Iterator[tuple[list[gr.ChatMessage], dict[str, Any]]]:
        """As `answer`, with the state of the button that stops a search: it can be pressed only where it would."""
        for shown in self.answer(thread, *asked):
            yield shown, gr.update(interactive=self.can_stop(thread))

    def _appear(self, turn: Turn, answer: Answer) -> Iterator[None]:
        """Let the answer's lines appear in a few pieces; its record is durable by now."""
        lines = len(answer.text.split("\n"))
        size = max(1, math.ceil(lines / self.settings.chunks))
        for shown in range(size, lines, size):
            turn.shown = shown
            yield
            time.sleep(self.settings.chunk_seconds)
        turn.shown = None

    def _replaced(self, answer: Answer) -> bool:
        """Whether the journal says that the text first written was replaced by the plain rendering."""
        recent = self.app.journal.latest(_LOOK_BACK)
        return any("replaced" in entry.body for entry in recent if entry.id == answer.journal_id)

    def _model(self) -> str:
        """The language model's name, once the assistant is made (making it takes seconds)."""
        assistant = vars(self.app).get("assistant")
        return str(assistant.chooser.identity().get("name", "")) if assistant else ""

    def again(self, thread: str, language: str) -> list[gr.ChatMessage]:
        """The conversation in another language of the screen."""
        return messages(self.conversations.get(thread), screen_words(language), self._model())

    def fresh(self) -> tuple[list[Any], str]:
        """A new conversation; the journal keeps the old one."""
        return [], ""


def example_messages(language: str) -> list[dict[str, str]]:
    """The example questions as the empty conversation shows them."""
    return [{"text": text, "display_text": text} for text in screen_words(language).lists["chat.examples"]]


@dataclass(frozen=True)
class Widgets:
    """What the page shows."""

    box: gr.Chatbot
    text: gr.Textbox
    send: gr.Button
    stop: gr.Button
    new: gr.Button


def lay_out(labels: Labels) -> Widgets:
    """The conversation above, the question below."""
    box = labels.make(
        gr.Chatbot,
        lambda w: {
            "label": w("chat.label"),
            "placeholder": f"## {w('chat.welcome')}\n{w('chat.welcome_more')}",
            "examples": example_messages(w.language),
        },
        show_label=False,
        autoscroll=False,  # the look's own script keeps the newest question in view
        height="max(400px, calc(100dvh - 256px))",
        buttons=[],
        allow_tags=False,
        latex_delimiters=[],
        allow_file_downloads=False,
        feedback_options=None,
        layout="bubble",
        elem_id="hda-chat",
    )
    with gr.Row(elem_classes="hda-ask"):
        text = labels.make(
            gr.Textbox,
            lambda w: {"label": w("chat.question"), "placeholder": w("chat.placeholder")},
            show_label=False,
            lines=1,
            max_lines=5,
            max_length=20_000,
            scale=8,
            container=False,
            elem_id="hda-question",
        )
        send = labels.make(gr.Button, lambda w: {"value": w("chat.send")}, variant="primary", scale=1, min_width=90)
        stop = labels.make(
            gr.Button,
            lambda w: {"value": w("chat.stop")},
            scale=1,
            min_width=90,
            interactive=False,
            elem_id="hda-stop",
        )
        new = labels.make(gr.Button, lambda w: {"value": w("chat.fresh")}, scale=1, min_width=170)
    return Widgets(box, text, send, stop, new)


def chat_page(app: App, session: Session, labels: Labels, settings: ScreenSettings) -> None:
    """Lay out the page inside the current tab and connect it."""
    chat = Chat(app, Conversations(settings.conversations), settings)
    show, thread = lay_out(labels), gr.State("")

    def example(event: gr.SelectData, thread: str, language: str) -> tuple[list[gr.ChatMessage], str, str]:
        return chat.start(str(event.value["text"]), thread, language)

    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    asked, taken_in = [show.text, thread, session.language], [show.box, thread, show.text]
    for event in (
        gr.on([show.send.click, show.text.submit], chat.start, asked, taken_in, **private),
        show.box.example_select(example, [thread, session.language], taken_in, **private),
    ):
        event.then(
            chat.answered,
            [thread, *session.inputs],
            [show.box, show.stop],
            concurrency_limit=settings.questions_at_once,
            concurrency_id="questions",
            **private,
        )
    show.stop.click(chat.stop, [thread, session.language], None, **private)
    show.new.click(chat.fresh, None, [show.box, thread], **private)
    session.language.change(chat.again, [thread, session.language], show.box, **private)
