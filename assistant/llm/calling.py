"""Chooses the steps over tool calling: any chat model that is told the tools and must call one at least."""

from collections.abc import Callable, Sequence
from typing import Any

import httpx
import openai
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.messages.tool import tool_call

from assistant.errors import LanguageModelError
from assistant.llm.deadline import Deadline, within
from assistant.llm.descriptions import EarlierTurn, RawCall, ToolDescription
from assistant.llm.examples import prompt_text, sha256_of_prompts
from assistant.llm.faults import OUTPUT_INVALID, UNREACHABLE, fault
from assistant.llm.limits import check_length, latest, without_repeats
from assistant.llm.parsing import calls_or_fault
from assistant.llm.settings import LanguageModelSettings

SYSTEM = "understand/system-tools.md"
_REFUSED = frozenset({400, 413, 422})
# What the client raises over an answer that breaks off, or that is no chat completion.
HALF_AN_ANSWER = (ValueError, TypeError, LookupError, AttributeError)


class ToolCallingChooser:
    """Steps from a chat model with tool calling (served or scripted).

    The tools travel as JSON schemas, not as classes: so a malformed call comes back to us, is asked for again, and
    is checked at our own door like every other. The outcomes of earlier calls are not told, since they may hold
    text from records.

    Args:
        language_model: The chat model.
        settings: Attempts, seconds, steps.
        identity: What the journal is told about the chat model.
    """

    def __init__(
        self, language_model: BaseChatModel, settings: LanguageModelSettings, identity: dict[str, Any]
    ) -> None:
        self._language_model = language_model
        self._settings = settings
        self._identity = identity
        self._system = SystemMessage(prompt_text(SYSTEM).strip())

    def choose(
        self, question: str, language: str, earlier: Sequence[EarlierTurn], tools: Sequence[ToolDescription]
    ) -> list[RawCall]:
        """See `StepChooser.choose`."""
        check_length(question, self._settings)
        deadline = Deadline(self._settings.timeout_seconds)
        asked = self._language_model.bind_tools([tool.as_function() for tool in tools], tool_choice="required")
        names = {tool.name for tool in tools}
        messages = [self._system, *_conversation(latest(earlier, self._settings)), HumanMessage(question)]
        wrong = ""
        for _ in range(self._settings.attempts):
            nudge = [HumanMessage(_nudge(wrong))] if wrong else []
            reply = ask(lambda prompt=[*messages, *nudge]: asked.invoke(prompt), deadline)  # type: ignore[misc]
            calls, wrong = calls_or_fault(reply, names, self._settings.max_steps)
            if calls:
                return without_repeats(calls)
        raise fault(
            f"The language model gave no usable tool call in {self._settings.attempts} attempts; the last time "
            f"{wrong}. Ask in other words, or check the model and its tool-call parser with `assistant llm check`.",
            OUTPUT_INVALID,
        )

    def identity(self) -> dict[str, Any]:
        """See `StepChooser.identity`."""
        return {**self._identity, "prompt_sha256": sha256_of_prompts(SYSTEM)}


def ask(work: Callable[[], AIMessage], deadline: Deadline) -> AIMessage:
    """The reply to one request, with everything that can go wrong on the way as `LanguageModelError`."""
    try:
        return within(deadline, work)
    except LanguageModelError:
        raise
    except (openai.OpenAIError, httpx.HTTPError) as error:
        raise from_server(error, deadline) from error
    except HALF_AN_ANSWER as error:
        raise unreadable(error) from error


def unreadable(error: Exception) -> Exception:
    """The error for an answer that breaks off or is no chat completion."""
    return fault(f"The language model server's answer cannot be read: {error}", OUTPUT_INVALID)


def from_server(error: Exception, deadline: Deadline) -> Exception:
    """The client's error in our words."""
    if isinstance(error, openai.APITimeoutError | httpx.TimeoutException) and not _no_connection(error):
        return deadline.missed()
    if isinstance(error, openai.APIStatusError):
        said = str(error.message)[:300]
        # A request that is refused for what it holds says nothing about the server.
        code = OUTPUT_INVALID if error.status_code in _REFUSED else UNREACHABLE
        return fault(f"The language model server answered {error.status_code}: {said}", code)
    return fault(
        f"The language model server cannot be reached ({error}). Start one with `assistant llm serve`, "
        "or choose the embedded kind in the settings.",
        UNREACHABLE,
    )


def _no_connection(error: BaseException | None) -> bool:
    """Whether it was the connection that took too long: then nobody is there, rather than somebody slow.

    By name, since the client's own HTTP library is not the one used here.
    """
    while error is not None:
        if type(error).__name__ == "ConnectTimeout":
            return True
        error = error.__cause__
    return False


def _conversation(earlier: Sequence[EarlierTurn]) -> list[BaseMessage]:
    messages: list[BaseMessage] = []
    for number, turn in enumerate(earlier):
        calls = [
            tool_call(name=call.name, args=dict(call.arguments), id=f"earlier_{number}_{place}")
            for place, call in enumerate(turn.calls)
        ]
        messages += [HumanMessage(turn.question), AIMessage("", tool_calls=calls)]
        messages += [ToolMessage("done", tool_call_id=str(call["id"])) for call in calls]
    return messages


def _nudge(wrong: str) -> str:
    return f"Your last reply could not be used: {wrong}. Reply with tool calls only, with arguments as JSON."
