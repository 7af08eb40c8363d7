"""Whether the grammar of a question admits the calls of its example."""

from collections.abc import Sequence

from assistant.llm.constrain import calls_grammar
from assistant.llm.descriptions import ToolDescription
from assistant.llm.examples import Example
from assistant.llm.hermes import written
from assistant.llm.spans import normal


class Admitter:
    """Checks examples against the grammar, with a tokenizer of single bytes: no weights are needed.

    Args:
        tools: The catalogue.
        max_steps: Most calls of a question.
    """

    def __init__(self, tools: Sequence[ToolDescription], max_steps: int = 3) -> None:
        from llguidance import LLMatcher, LLTokenizer  # its package pulls in torch

        self._matcher = LLMatcher
        self._tokenizer = LLTokenizer("byte")
        self._tools, self._max_steps = tools, max_steps

    def admits(self, example: Example) -> bool:
        """Whether the calls of the example can be written for its question."""
        before = [normal(turn.question) for turn in reversed(example.earlier)]
        grammar = calls_grammar(self._tools, normal(example.question), before, self._max_steps)
        matcher = self._matcher(self._tokenizer, self._matcher.grammar_from_lark(grammar), log_level=0)
        reply = written(example.calls, self._tools).encode()
        return bool(matcher.try_consume_tokens(list(reply)) == len(reply) and matcher.is_accepting())
