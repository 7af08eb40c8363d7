"""Chooses the steps with our own checkpoint behind a server, held to the same grammar as in process.

The prompt is the same (the conversation alone, by the checkpoint's chat template), the grammar is the same (vLLM's
guidance backend reads llguidance's dialect), and so the same weights give the same calls.
"""

from collections.abc import Sequence
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage

from assistant.llm.calling import ask
from assistant.llm.deadline import Deadline
from assistant.llm.descriptions import EarlierTurn, RawCall, ToolDescription
from assistant.llm.embedded import conversation
from assistant.llm.faults import OUTPUT_INVALID, fault
from assistant.llm.hermes import tool_calls_from
from assistant.llm.limits import check_length, latest, without_repeats
from assistant.llm.parsing import calls_or_fault
from assistant.llm.reading import as_read, as_written, turns_as_read
from assistant.llm.settings import LanguageModelSettings
from assistant.llm.shortlist import Shortlist, question_grammar

# The longest reply, as in process.
MOST_TOKENS = 300


class HeldChooser:
    """Steps from our checkpoint behind a server with structured outputs.

    Args:
        language_model: The client; asked greedily.
        settings: How many earlier turns, steps and seconds.
        identity: What the journal is told about the server.
        shortlist: As in process.
    """

    def __init__(
        self,
        language_model: BaseChatModel,
        settings: LanguageModelSettings,
        identity: dict[str, Any],
        shortlist: Shortlist | None = None,
    ) -> None:
        self._language_model = language_model
        self._shortlist = shortlist
        self._settings = settings
        self._identity = identity

    def choose(
        self, question: str, language: str, earlier: Sequence[EarlierTurn], tools: Sequence[ToolDescription]
    ) -> list[RawCall]:
        """See `StepChooser.choose`. The reply is greedy: asking again would give the same, so it is asked once."""
        check_length(question, self._settings)
        deadline = Deadline(self._settings.timeout_seconds)
        turns = turns_as_read(latest(earlier, self._settings))
        asked = as_read(question)
        grammar = question_grammar(asked, turns, tools, self._settings.max_steps, self._shortlist)
        prompt = conversation(asked, turns, tools)
        held = self._language_model.bind(
            extra_body={"structured_outputs": {"grammar": grammar}}, max_completion_tokens=MOST_TOKENS
        )
        reply = ask(lambda: held.invoke(prompt), deadline)
        text = reply.text.strip()
        if not admitted(text, grammar):
            raise fault(
                f"The server's reply is not held to the grammar: {text[:200]!r}. Its structured outputs need the "
                "guidance backend; `assistant llm serve --model embedded` starts it so.",
                OUTPUT_INVALID,
            )
        read = AIMessage(text, tool_calls=tool_calls_from(text))
        calls, wrong = calls_or_fault(read, {tool.name for tool in tools}, self._settings.max_steps)
        if wrong:
            raise fault(f"The served language model's reply cannot be used: {wrong}.", OUTPUT_INVALID)
        said = [question, *(turn.question for turn in reversed(latest(earlier, self._settings)))]
        return without_repeats(as_written(calls, said))

    def identity(self) -> dict[str, Any]:
        """See `StepChooser.identity`."""
        return self._identity


def admitted(text: str, grammar: str) -> bool:
    """Whether the grammar admits just this text; checked here too, since a server may ignore what it does not know.

    Args:
        text: A whole reply; one that was cut short is not admitted.
        grammar: In llguidance's Lark dialect.
    """
    from llguidance import LLMatcher, LLTokenizer  # only where a server is asked

    matcher = LLMatcher(LLTokenizer("byte"), LLMatcher.grammar_from_lark(grammar), log_level=0)
    reply = list(text.encode())
    return bool(matcher.try_consume_tokens(reply) == len(reply) and matcher.is_accepting())
