"""What a language model is told about the tools, and what passes between it and the agent, as plain data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True)
class ToolDescription:
    """A tool as the language model sees it.

    Attributes:
        name: Word of the catalogue.
        summary: One sentence.
        parameters: JSON schema of the arguments: an object with `properties` and `required`.
        copied: Text arguments that must be copied from the question (names, times, search words).
        times: Those of them that take a time; only words that name one can be copied there.
    """

    name: str
    summary: str
    parameters: Mapping[str, Any]
    copied: tuple[str, ...] = ()
    times: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """Arguments that a call must carry."""
        return tuple(self.parameters.get("required", ()))

    @property
    def arguments(self) -> dict[str, Mapping[str, Any]]:
        """Schema of each argument, with the "or null" of optional ones taken away (leaving it out says the same)."""
        properties: Mapping[str, Any] = self.parameters.get("properties", {})
        return {name: without_null(schema) for name, schema in properties.items()}

    @property
    def ordered(self) -> tuple[str, ...]:
        """Argument names in the order in which calls are written: the required ones first."""
        names = self.parameters.get("properties", {})
        return (*(name for name in names if name in self.required), *(n for n in names if n not in self.required))

    def as_function(self) -> dict[str, Any]:
        """The description in the OpenAI `tools` format."""
        return {
            "type": "function",
            "function": {"name": self.name, "description": self.summary, "parameters": dict(self.parameters)},
        }


@dataclass(frozen=True)
class RawCall:
    """A call as the language model wrote it: nothing is checked yet but that it names a tool of the list.

    Attributes:
        name: The tool.
        arguments: Name to value.
    """

    name: str
    arguments: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """The call as JSON types."""
        return {"name": self.name, "arguments": dict(self.arguments)}


@dataclass(frozen=True)
class EarlierTurn:
    """A question asked before in the same conversation, and the calls it led to (never their outcomes)."""

    question: str
    calls: tuple[RawCall, ...] = ()


class StepChooser(Protocol):
    """Turns a question into the calls that answer it."""

    def choose(
        self, question: str, language: str, earlier: Sequence[EarlierTurn], tools: Sequence[ToolDescription]
    ) -> list[RawCall]:
        """The calls, in order, one at least.

        Args:
            question: What the user wrote.
            language: `en` or `zh`.
            earlier: The turns before, oldest first.
            tools: What may be called.

        Raises:
            LanguageModelError: No usable reply (`model_output_invalid`), too late, or not reachable.
        """

    def identity(self) -> dict[str, Any]:
        """Kind, name, weights, prompt hash and versions, for the journal."""


class Writer(Protocol):
    """Turns facts into an answer."""

    def write(self, question: str, language: str, facts: Sequence[str], passages: Sequence[str]) -> Iterator[str]:
        """The answer, piece by piece.

        Args:
            question: What the user asked.
            language: `en` or `zh`.
            facts: What may be said, one sentence each, with its source id in brackets.
            passages: What may be cited, each beginning with its source id in brackets.

        Raises:
            LanguageModelError: Not reachable, too late, or nothing written.
        """

    def identity(self) -> dict[str, Any]:
        """Kind, name, prompt hash and versions, for the journal."""


@runtime_checkable
class Warmable(Protocol):
    """A chooser that takes seconds to load and can do so before the first question."""

    def warm(self) -> None:
        """Load what the first question would wait for."""


def without_null(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of the value itself where `schema` is "this or null"; joined with what stands beside it."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice.get("type") != "null"]
    if len(choices) != 1:
        return schema
    return {**{key: value for key, value in schema.items() if key != "anyOf"}, **choices[0]}
