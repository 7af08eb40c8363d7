"""A language model whose replies are given in advance, for tests."""

from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.tool import invalid_tool_call, tool_call
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from pydantic import PrivateAttr

from assistant.llm.faults import OUTPUT_INVALID, fault


class ScriptedChatModel(BaseChatModel):
    """Returns `replies` in order, whatever it is asked; keeps what it was asked in `seen`.

    A reply may be a message (also with `invalid_tool_calls`), a text, or an exception, which is raised.

    Attributes:
        replies: The messages, texts and exceptions, in order.
    """

    replies: list[Any]
    _seen: list[list[BaseMessage]] = PrivateAttr(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    @property
    def seen(self) -> list[list[BaseMessage]]:
        """The prompts so far."""
        return self._seen

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        """The same model: what it says is fixed."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        place = len(self._seen)
        self._seen.append(messages)
        if place >= len(self.replies):
            raise fault(
                f"The scripted language model has {len(self.replies)} replies and was asked once more.", OUTPUT_INVALID
            )
        reply = self.replies[place]
        if isinstance(reply, Exception):
            raise reply
        message = AIMessage(reply) if isinstance(reply, str) else reply
        return ChatResult(generations=[ChatGeneration(message=message)])


def calling(*calls: tuple[str, dict[str, Any] | str]) -> AIMessage:
    """A reply that calls tools: pairs of name and arguments; arguments given as text are malformed JSON."""
    good = [tool_call(name=n, args=a, id=f"call_{i}") for i, (n, a) in enumerate(calls) if isinstance(a, dict)]
    bad = [
        invalid_tool_call(name=n, args=a, id=f"call_{i}", error="not JSON")
        for i, (n, a) in enumerate(calls)
        if isinstance(a, str)
    ]
    return AIMessage("", tool_calls=good, invalid_tool_calls=bad)
