"""Chooses the steps for a question with the embedded language model: similar examples, and a grammar."""

import tomllib
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from assistant.llm.constrain import Shape, calls_grammar, shapes_grammar
from assistant.llm.descriptions import EarlierTurn, RawCall, ToolDescription
from assistant.llm.embedded import EmbeddedChatModel
from assistant.llm.examples import Example, ExampleBook, prompt_text, read_examples, sha256_of_prompts, written
from assistant.llm.faults import OUTPUT_INVALID, fault
from assistant.llm.limits import check_length, latest, without_repeats
from assistant.llm.parsing import calls_or_fault
from assistant.llm.settings import LanguageModelSettings
from assistant.llm.similar import Encode, HouseWords
from assistant.llm.spans import normal

SYSTEM, EXAMPLES, WORDS = "understand/system.md", "understand/examples.jsonl", "understand/words.toml"


class EmbeddedChooser:
    """Steps from the embedded language model: it sees the most similar examples, and a grammar holds it to the tools.

    Args:
        language_model: The embedded one.
        settings: How many examples, earlier turns, attempts and seconds.
        encode: Sentence vectors of English texts, for finding similar examples.
    """

    def __init__(
        self, language_model: EmbeddedChatModel, settings: LanguageModelSettings, encode: Encode | None = None
    ) -> None:
        self._language_model = language_model
        self._settings = settings
        self._system = SystemMessage(prompt_text(SYSTEM).strip())
        self._book = own_examples(encode)

    def choose(
        self, question: str, language: str, earlier: Sequence[EarlierTurn], tools: Sequence[ToolDescription]
    ) -> list[RawCall]:
        """See `StepChooser.choose`. The reply is greedy: asking again would give the same, so it is asked once."""
        check_length(question, self._settings)
        turns = latest(earlier, self._settings)
        asked = normal(question)
        near = self._near(asked, language, bool(turns), tools)
        grammar = self._grammar(asked, near, turns, tools)
        messages = [self._system, *_conversation(near, turns, tools), HumanMessage(asked)]
        reply = self._language_model.invoke(messages, grammar=grammar, seconds=self._settings.timeout_seconds)
        calls, wrong = calls_or_fault(reply, {tool.name for tool in tools}, self._settings.max_steps)
        if wrong:
            raise fault(f"The embedded language model's reply cannot be used: {wrong}.", OUTPUT_INVALID)
        return without_repeats(calls)

    def warm(self) -> None:
        """See `Warmable.warm`."""
        self._language_model.load()

    def identity(self) -> dict[str, Any]:
        """See `StepChooser.identity`."""
        prompts = sha256_of_prompts(SYSTEM, EXAMPLES, WORDS)
        return {**self._language_model.identity(), "prompt_sha256": prompts, "examples": self._settings.examples}

    def _near(self, question: str, language: str, follows: bool, tools: Sequence[ToolDescription]) -> list[Example]:
        """The most similar examples, most similar last."""
        names = {tool.name for tool in tools}
        limits = self._settings.examples, self._settings.nearly
        return self._book.nearest(question, language, follows, names, *limits)[::-1]

    def _grammar(
        self, question: str, near: Sequence[Example], turns: Sequence[EarlierTurn], tools: Sequence[ToolDescription]
    ) -> str:
        """What may be answered: the shapes of what is shown, or, if there are none, all calls of the catalogue."""
        before = [turn.question for turn in reversed(turns)]
        if self._settings.only_shown_shapes:
            shown = [*(example.calls for example in near), *(turn.calls for turn in turns if turn.calls)]
            grammar = shapes_grammar(tools, shapes_of(shown, tools), question, before)
            if grammar:
                return grammar
        return calls_grammar(tools, question, before, self._settings.max_steps)


def shapes_of(shown: Sequence[Sequence[RawCall]], tools: Sequence[ToolDescription]) -> list[list[Shape]]:
    """The shapes of the calls shown; a slot is open if any call shown of the same tool fills it, and for a unit."""
    known = {tool.name: tool for tool in tools}
    slots = {name: {"unit"} for name in known}
    for call in (call for calls in shown for call in calls if call.name in known):
        slots[call.name] |= set(call.arguments)
    return [
        [Shape(call.name, _closed(call, known[call.name]), frozenset(slots[call.name])) for call in calls]
        for calls in shown
        if all(call.name in known for call in calls)
    ]


def _closed(call: RawCall, tool: ToolDescription) -> dict[str, Any]:
    """The closed choices among the arguments of a call."""
    schemas = tool.arguments
    return {name: value for name, value in call.arguments.items() if "enum" in schemas.get(name, ())}


def _conversation(
    near: Sequence[Example], turns: Sequence[EarlierTurn], tools: Sequence[ToolDescription]
) -> list[BaseMessage]:
    """The examples, then the conversation so far."""
    shown = [turn for example in near for turn in (*example.earlier, EarlierTurn(example.question, example.calls))]
    return [
        message
        for turn in (*shown, *turns)
        for message in (HumanMessage(normal(turn.question)), AIMessage(written(turn.calls, tools)))
    ]


def own_examples(encode: Encode | None = None) -> ExampleBook:
    """The examples of the package, with its house words."""
    return ExampleBook(read_examples(prompt_text(EXAMPLES)), HouseWords(tomllib.loads(prompt_text(WORDS))), encode)
