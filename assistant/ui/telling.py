"""The small words of a story: who, when, which tool with which arguments, how it ended."""

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.ui.who import role_name
from assistant.ui.words import ScreenWords

Body = Mapping[str, Any]


def moment(time: str) -> str:
    """A journal time as people read it: to the second, in UTC."""
    return f"{time.replace('T', ' ')[:19]} UTC"


def who(body: Body, words: ScreenWords) -> dict[str, str]:
    """Name and role of the one who acted."""
    return {"user": str(body.get("user", "–")), "role": role_name(body.get("role", "–"), words)}


def quoted(text: Any, words: ScreenWords) -> str:
    """A text in quotation marks, belonging to the line before."""
    return f"\t{words('story.quoted', text=text or '')}"


def tool(step: Body, words: ScreenWords) -> str:
    """A tool by its name in words and its word in the catalogue."""
    name = str(step.get("tool", ""))
    return f"{words.known('tool', name, words('tool.unknown'))} ({name})"


def arguments(step: Body, words: ScreenWords) -> str:
    """Arguments as `name = value`, in one line."""
    found = step.get("arguments") or {}
    shown = [words("story.argument", key=key, value=flat(value)) for key, value in found.items()]
    return ", ".join(shown) or words("story.no_arguments")


def status(step: Body, words: ScreenWords) -> str:
    """How a step ended."""
    return words.known("chat", f"step_{step.get('status')}", str(step.get("status", "")))


def verdict(body: Body, words: ScreenWords) -> str:
    """What was decided."""
    return words.known("story", f"verdict_{body.get('verdict')}", str(body.get("verdict", "")))


def reason(body: Body, words: ScreenWords) -> str:
    """Why it was so decided."""
    return words("story.decision_reason", reason=body["reason"]) if body.get("reason") else words("story.no_reason")


def details(body: Body, words: ScreenWords, without: Sequence[str] = ()) -> list[str]:
    """Fields of an entry that have no words of their own."""
    return [
        words("story.detail", key=key.replace("_", " "), value=flat(value))
        for key, value in body.items()
        if key not in without
    ]


def flat(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {flat(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(flat(item) for item in value)
    return str(value)


def spaced(time: Any) -> str:
    """A time as people write it."""
    return str(time or "").replace("T", " ")
