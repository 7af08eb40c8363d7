"""How a question is read: in one width and in simplified characters; and back to how it was written."""

from collections.abc import Sequence
from typing import Any

from assistant.llm.descriptions import EarlierTurn, RawCall
from assistant.llm.spans import normal
from assistant.records.characters import simplified


def as_read(text: str) -> str:
    """The text as language model, grammar and shortlist read it."""
    return simplified(normal(text))


def turns_as_read(turns: Sequence[EarlierTurn]) -> list[EarlierTurn]:
    """The turns before, with their calls, as they are read."""
    return [
        EarlierTurn(
            as_read(turn.question),
            tuple(
                RawCall(call.name, {name: _read(value) for name, value in call.arguments.items()})
                for call in turn.calls
            ),
        )
        for turn in turns
    ]


def as_written(calls: Sequence[RawCall], texts: Sequence[str]) -> list[RawCall]:
    """The calls with copied texts as they were written.

    Args:
        calls: Their texts stand in the texts as read.
        texts: The question, then earlier ones, the last first.
    """
    written = [normal(text) for text in texts]
    if all(simplified(text) == text for text in written):
        return list(calls)
    return [
        RawCall(call.name, {name: _written(value, written) for name, value in call.arguments.items()}) for call in calls
    ]


def _read(value: Any) -> Any:
    return simplified(value) if isinstance(value, str) else value


def _written(value: Any, texts: Sequence[str]) -> Any:
    if not isinstance(value, str):
        return value
    for text in texts:
        place = simplified(text).find(value)
        if place >= 0:
            return text[place : place + len(value)]
    return value
