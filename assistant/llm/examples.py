"""Examples of questions and their calls, and the prompt files of the package."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from assistant.errors import SetupError
from assistant.llm.descriptions import EarlierTurn, RawCall


@dataclass(frozen=True)
class Example:
    """A question, what was asked before it, and the calls that answer it."""

    language: str
    question: str
    calls: tuple[RawCall, ...]
    earlier: tuple[EarlierTurn, ...] = ()

    def uses_only(self, names: set[str]) -> bool:
        """Whether all its calls name tools of `names`."""
        turns = [self.calls, *(turn.calls for turn in self.earlier)]
        return all(call.name in names for calls in turns for call in calls)


def prompt_text(path: str) -> str:
    """Text of a file under `prompts/`, as package data.

    Raises:
        SetupError: The file is not there.
    """
    file = resources.files("assistant.prompts").joinpath(path)
    try:
        return file.read_text(encoding="utf-8")
    except OSError as missing:
        raise SetupError(f"The prompt {path} is missing from the installation. Run `make setup`.") from missing


def sha256_of_prompts(*paths: str) -> str:
    """One hash over several prompt files, for the journal."""
    return hashlib.sha256("\x00".join(prompt_text(path) for path in paths).encode()).hexdigest()


def read_examples(text: str) -> list[Example]:
    """The examples of a JSON-lines text.

    Raises:
        SetupError: A line cannot be read; names the line.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(_example(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            raise SetupError(
                f"Example in line {number} cannot be read: {wrong!r}. Expected lang, question and calls."
            ) from wrong
    return found


def _example(row: Mapping[str, Any]) -> Example:
    earlier = tuple(EarlierTurn(turn["question"], calls_from(turn["calls"])) for turn in row.get("earlier", ()))
    return Example(row["lang"], row["question"], calls_from(row["calls"]), earlier)


def calls_from(rows: Sequence[Mapping[str, Any]]) -> tuple[RawCall, ...]:
    """Calls from JSON types."""
    return tuple(RawCall(row["name"], dict(row["arguments"])) for row in rows)
