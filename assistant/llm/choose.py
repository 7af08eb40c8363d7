"""Chooses the steps for a question with the embedded language model, held to the catalogue by a grammar."""

from collections.abc import Sequence
from typing import Any

from assistant.llm.constrain import calls_grammar
from assistant.llm.descriptions import EarlierTurn, RawCall, ToolDescription
from assistant.llm.embedded import EmbeddedChatModel, conversation
from assistant.llm.faults import OUTPUT_INVALID, fault
from assistant.llm.limits import check_length, latest, without_repeats
from assistant.llm.parsing import calls_or_fault
from assistant.llm.settings import LanguageModelSettings
from assistant.llm.spans import normal


class EmbeddedChooser:
    """Steps from the embedded language model.

    It has learned the tools, so its prompt holds the conversation and nothing else.

    Args:
        language_model: The embedded one.
        settings: How many earlier turns, steps and seconds.
    """

    def __init__(self, language_model: EmbeddedChatModel, settings: LanguageModelSettings) -> None:
        self._language_model = language_model
        self._settings = settings

    def choose(
        self, question: str, language: str, earlier: Sequence[EarlierTurn], tools: Sequence[ToolDescription]
    ) -> list[RawCall]:
        """See `StepChooser.choose`. The reply is greedy: asking again would give the same, so it is asked once."""
        check_length(question, self._settings)
        turns = latest(earlier, self._settings)
        asked = normal(question)
        before = [normal(turn.question) for turn in reversed(turns)]
        grammar = calls_grammar(tools, asked, before, self._settings.max_steps)
        messages = conversation(asked, turns, tools)
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
        return self._language_model.identity()
