"""Chooses the steps for a question with the embedded language model: similar examples, and a grammar."""

import tomllib
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from assistant.llm.constrain import calls_grammar
from assistant.llm.descriptions import EarlierTurn, RawCall, ToolDescription
from assistant.llm.embedded import EmbeddedChatModel
from assistant.llm.examples import ExampleBook, prompt_text, read_examples, sha256_of_prompts, written
from assistant.llm.faults import OUTPUT_INVALID, fault
from assistant.llm.limits import check_length, latest, without_repeats
from assistant.llm.parsing import calls_or_fault
from assistant.llm.settings import LanguageModelSettings
from assistant.llm.similar import HouseWords
from assistant.llm.spans import normal

SYSTEM, EXAMPLES, WORDS = "understand/system.md", "understand/examples.jsonl", "understand/words.toml"


class EmbeddedChooser:
    """Steps from the embedded language model: it sees the most similar examples, and a grammar holds it to the tools.

    Args:
        language_model: The embedded one.
        settings: How many examples, earlier turns, attempts and seconds.
    """

    def __init__(self, language_model: EmbeddedChatModel, settings: LanguageModelSettings) -> None:
        self._language_model = language_model
        self._settings = settings
        self._system = SystemMessage(prompt_text(SYSTEM).strip())
        self._book = own_examples()

    def choose(
        self, question: str, language: str, earlier: Sequence[EarlierTurn], tools: Sequence[ToolDescription]
    ) -> list[RawCall]:
        """See `StepChooser.choose`. The reply is greedy: asking again would give the same, so it is asked once."""
        check_length(question, self._settings)
        turns = latest(earlier, self._settings)
        asked = normal(question)
        grammar = calls_grammar(tools, asked, [turn.question for turn in reversed(turns)], self._settings.max_steps)
        messages = [self._system, *self._shown(asked, language, turns, tools), HumanMessage(asked)]
        reply = self._language_model.invoke(messages, grammar=grammar, seconds=self._settings.timeout_seconds)
        calls, wrong = calls_or_fault(reply, {tool.name for tool in tools}, self._settings.max_steps)
        if wrong:
            raise fault(f"The embedded language model's reply cannot be used: {wrong}.", OUTPUT_INVALID)
        return without_repeats(calls)

    def identity(self) -> dict[str, Any]:
        """See `StepChooser.identity`."""
        prompts = sha256_of_prompts(SYSTEM, EXAMPLES, WORDS)
        return {**self._language_model.identity(), "prompt_sha256": prompts, "examples": self._settings.examples}

    def _shown(
        self, question: str, language: str, turns: Sequence[EarlierTurn], tools: Sequence[ToolDescription]
    ) -> list[BaseMessage]:
        """The examples, most similar last, then the conversation so far."""
        names = {tool.name for tool in tools}
        near = self._book.nearest(question, language, bool(turns), names, self._settings.examples)
        shown: list[BaseMessage] = []
        for example in reversed(near):
            for turn in (*example.earlier, EarlierTurn(example.question, example.calls)):
                shown += _as_messages(turn, tools)
        for turn in turns:
            shown += _as_messages(turn, tools)
        return shown


def own_examples() -> ExampleBook:
    """The examples of the package, with its house words."""
    return ExampleBook(read_examples(prompt_text(EXAMPLES)), HouseWords(tomllib.loads(prompt_text(WORDS))))


def _as_messages(turn: EarlierTurn, tools: Sequence[ToolDescription]) -> list[BaseMessage]:
    return [HumanMessage(normal(turn.question)), AIMessage(written(turn.calls, tools))]
