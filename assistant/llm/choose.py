"""Chooses the steps for a question with the embedded language model, held to the catalogue by a grammar."""

from collections.abc import Sequence
from typing import Any

from assistant.llm.descriptions import EarlierTurn, RawCall, ToolDescription
from assistant.llm.embedded import EmbeddedChatModel, conversation
from assistant.llm.faults import OUTPUT_INVALID, fault
from assistant.llm.limits import check_length, latest, without_repeats
from assistant.llm.parsing import calls_or_fault
from assistant.llm.reading import as_read, as_written, turns_as_read
from assistant.llm.settings import LanguageModelSettings
from assistant.llm.shortlist import Shortlist, question_grammar


class EmbeddedChooser:
    """Steps from the embedded language model.

    It has learned the tools, so its prompt holds the conversation and nothing else.

    Args:
        language_model: The embedded one.
        settings: How many earlier turns, steps and seconds.
        shortlist: Narrows the tools before the language model chooses; None leaves all open.
    """

    def __init__(
        self, language_model: EmbeddedChatModel, settings: LanguageModelSettings, shortlist: Shortlist | None = None
    ) -> None:
        self._language_model = language_model
        self._shortlist = shortlist
        self._settings = settings

    def choose(
        self, question: str, language: str, earlier: Sequence[EarlierTurn], tools: Sequence[ToolDescription]
    ) -> list[RawCall]:
        """See `StepChooser.choose`. The reply is greedy: asking again would give the same, so it is asked once."""
        check_length(question, self._settings)
        turns = turns_as_read(latest(earlier, self._settings))
        asked = as_read(question)
        grammar = question_grammar(asked, turns, tools, self._settings.max_steps, self._shortlist)
        messages = conversation(asked, turns, tools)
        reply = self._language_model.invoke(messages, grammar=grammar, seconds=self._settings.timeout_seconds)
        calls, wrong = calls_or_fault(reply, {tool.name for tool in tools}, self._settings.max_steps)
        if wrong:
            raise fault(f"The embedded language model's reply cannot be used: {wrong}.", OUTPUT_INVALID)
        said = [question, *(turn.question for turn in reversed(latest(earlier, self._settings)))]
        return without_repeats(as_written(calls, said))

    def warm(self) -> None:
        """See `Warmable.warm`."""
        self._language_model.load()

    def identity(self) -> dict[str, Any]:
        """See `StepChooser.identity`."""
        return self._language_model.identity()
