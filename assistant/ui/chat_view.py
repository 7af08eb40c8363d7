"""A conversation as chat messages: question, a bubble for the reading and for each step, answer, chart, sources."""

from collections.abc import Iterable
from typing import Any

import gradio as gr

from assistant.tools.door import FAILED, OK, REJECTED, CallRecord
from assistant.tools.watched import Progress
from assistant.ui.answer_view import answer_html, answer_parts, footer_html, sources_html
from assistant.ui.charts import figure
from assistant.ui.conversation import Conversation, Step, Turn
from assistant.ui.safe import inert, marked, tag
from assistant.ui.words import ScreenWords

_MAX_ARGUMENT = 200
# In which a question can be understood; tests have others.
MODES = ("served", "embedded", "forms")


def messages(conversation: Conversation | None, words: ScreenWords, model: str = "") -> list[gr.ChatMessage]:
    """All messages of a conversation, in the language of the screen (answers stay in the question's)."""
    turns = conversation.turns if conversation else []
    return [message for number, turn in enumerate(turns, 1) for message in _turn(number, turn, words, model)]


def _turn(number: int, turn: Turn, words: ScreenWords, model: str) -> Iterable[gr.ChatMessage]:
    yield gr.ChatMessage(tag("div", inert(turn.question), "hda-question"), role="user")
    if turn.understood is not None or not turn.done:
        yield _reading(number, turn, words, model)
    for place, step in enumerate(turn.steps, 1):
        yield _step(f"{number}.{place}", step, turn, words)
    if turn.answer is not None:
        yield gr.ChatMessage(_answer(turn, words))
    if turn.problem:
        yield gr.ChatMessage(tag("div", marked(turn.problem), "hda-problem", role="alert"))


def _reading(number: int, turn: Turn, words: ScreenWords, model: str) -> gr.ChatMessage:
    """The bubble of the understanding step: open while it runs, then closed with its duration."""
    if turn.understood is None:
        lines, title = [words("chat.understanding_waits")], words("chat.understanding")
        metadata: Any = {"title": inert(title), "id": f"{number}", "status": "pending"}
    else:
        steps = words.count("step", len(turn.steps))
        lines = [words("chat.understood_steps", steps=steps) if turn.steps else words("chat.understood_none")]
        metadata = {"title": inert(words("chat.understood")), "id": f"{number}", "status": "done"}
        metadata["duration"] = round(turn.understood, 1)
    used = turn.answer.language_model if turn.answer else {}
    if used.get("name") or model:
        lines.append(words("chat.language_model", name=str(used.get("name") or model)))
    if turn.answer and turn.answer.mode in MODES:
        lines.append(words(f"chat.mode_{turn.answer.mode}"))
    body = tag("div", "<br>".join(inert(line) for line in lines), "hda-step")
    return gr.ChatMessage(body, metadata=metadata)


def _step(name: str, step: Step, turn: Turn, words: ScreenWords) -> gr.ChatMessage:
    """The bubble of one tool call."""
    label = words.known("tool", step.tool, words("tool.unknown"))
    metadata: Any = {
        "title": inert(f"{label}: {_status(step, words)}"),
        "id": name,
        "status": "done" if step.record or turn.done else "pending",
    }
    if step.record:
        metadata["duration"] = round(step.record.seconds, 1)
    return gr.ChatMessage(_step_body(step, words), metadata=metadata)


def _status(step: Step, words: ScreenWords) -> str:
    if step.record is None:
        return words("chat.step_running")
    known = {OK: "chat.step_ok", FAILED: "chat.step_failed", REJECTED: "chat.step_rejected"}
    return words(known[step.record.status]) if step.record.status in known else step.record.status


def _step_body(step: Step, words: ScreenWords) -> str:
    arguments = step.record.arguments if step.record else step.arguments
    rows = [tag("dt", inert("tool")) + tag("dd", tag("code", inert(step.tool)))]
    for key, value in arguments.items():
        shown = str(value)[:_MAX_ARGUMENT]
        rows.append(tag("dt", inert(key)) + tag("dd", tag("code", inert(shown))))
    if not arguments:
        rows.append(tag("dt", inert(words("chat.arguments"))) + tag("dd", inert(words("chat.no_arguments"))))
    if step.progress and not step.record:
        rows.append(tag("dt", inert(words("chat.so_far"))) + tag("dd", _progress(step.progress, words)))
    if step.record:
        came = step.record.outcome.text.split("\n")[0] if step.record.outcome else step.record.error
        rows.append(tag("dt", inert(words("chat.came_back"))) + tag("dd", inert(came)))
        rows.append(tag("dt", "") + tag("dd", inert(words("chat.recorded", id=step.record.journal_id)), "hda-muted"))
    return tag("dl", "".join(rows), "hda-step")


def _progress(progress: Progress, words: ScreenWords) -> str:
    """How good the best plan so far is: a bar that is full when nothing better can exist, and the same in words."""
    saved = f"{100 * progress.gap:.0f}"
    told = words("chat.progress", seconds=f"{progress.seconds:.0f}", cost=f"{progress.cost:,.0f}", gap=saved)
    bar = f'<progress max="1" value="{1 - progress.gap:.3f}" aria-label="{inert(words("chat.so_far"))}"></progress>'
    return f"{bar}<br>{inert(told)}"


def _answer(turn: Turn, words: ScreenWords) -> list[Any]:
    """The answer's blocks; charts, sources and record follow once its text has appeared."""
    answer = turn.answer
    assert answer is not None
    if turn.shown is not None:
        return [answer_html(answer, turn.shown)]
    parts = answer_parts(answer)
    charts = [_charts(record, words) for record in answer.records]
    if len(parts) != len(charts):
        parts, charts = ["".join(parts)], [[chart for several in charts for chart in several]]
    blocks: list[Any] = [block for part, drawn in zip(parts, charts, strict=True) for block in (part, *drawn)]
    blocks.append(sources_html(answer, words) + footer_html(answer, words, turn.replaced))
    return blocks


def _charts(record: CallRecord, words: ScreenWords) -> list[Any]:
    """The charts of one step."""
    drawn = [figure(spec, words) for spec in (record.outcome.charts if record.outcome else ())]
    return [
        gr.Plot(chart, show_label=False, container=False, elem_classes="hda-chart")
        for chart in drawn
        if chart is not None
    ]
