"""The embedded language model: SmolLM2-135M-Instruct in process, on a CPU, held to a grammar.

transformers computes the logits, llguidance says which tokens the grammar admits, and the loop between them is
ours, for three reasons: tokens that the grammar forces are not computed one by one but read in a single pass with
the next one that is a choice (most of a JSON call is forced); the key-values of the prompt's unchanged beginning
are kept from question to question; and a deadline is looked at between any two passes.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr

from assistant.llm import checkpoint
from assistant.llm.descriptions import EarlierTurn, ToolDescription
from assistant.llm.faults import OUTPUT_INVALID, TOO_LATE, fault
from assistant.llm.hermes import tool_calls_from, written
from assistant.llm.network import Guide, Network
from assistant.llm.spans import normal

_ROLES = {"system": "system", "human": "user", "ai": "assistant"}


class EmbeddedChatModel(BaseChatModel):
    """LangChain chat model over the embedded checkpoint; greedy, so that the same prompt gives the same reply.

    Call it with `invoke(messages, grammar=..., seconds=...)`: the reply is Hermes tool calls, also given as
    `tool_calls`. Without a grammar it continues the conversation as plain text. The weights are loaded at the
    first call (or by `load()`); one question is computed at a time.

    Attributes:
        folder: The checkpoint (`checkpoint.checkpoint_folder`).
        threads: CPU threads.
        dtype: `float32` or `bfloat16`.
        seconds: Longest time for one reply, with the wait for those before it, loading not counted.
        most_tokens: Longest reply.
    """

    folder: Path
    threads: int = 1
    dtype: str = "float32"
    seconds: float = 30
    most_tokens: int = 300
    _lock: Any = PrivateAttr(default_factory=threading.Lock)
    _network: Network | None = PrivateAttr(default=None)

    @property
    def _llm_type(self) -> str:
        return "embedded"

    def identity(self) -> dict[str, Any]:
        """Which weights and which runtime, for the journal."""
        made = checkpoint.card(self.folder)
        return {
            "kind": "embedded",
            "name": made["name"],
            "weights_sha256": made["weights_sha256"],
            "dtype": self.dtype,
            "versions": {name: metadata.version(name) for name in ("transformers", "torch", "llguidance")},
        }

    def load(self) -> float:
        """Load the weights unless they are there; the seconds that loading took."""
        with self._lock:
            return self._ready().seconds_to_load

    def _ready(self) -> Network:
        if self._network is None:
            self._network = Network(self.folder, self.threads, self.dtype)
        return self._network

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        grammar: str | None = kwargs.get("grammar")
        seconds, began = float(kwargs.get("seconds", self.seconds)), time.monotonic()
        with self._turn(seconds):
            loading = time.monotonic()
            network = self._ready()
            deadline = began + seconds + (time.monotonic() - loading)
            shared = 1 if messages and messages[0].type == "system" else 0
            network.start(network.tokens(_markup(messages[:shared])), deadline)
            text = self._reply(network, chat_markup(messages[shared:]), grammar, deadline)
        message = AIMessage(text, tool_calls=tool_calls_from(text) if grammar else [])
        return ChatResult(generations=[ChatGeneration(message=message)])

    @contextmanager
    def _turn(self, seconds: float) -> Iterator[None]:
        """One question is computed at a time; waiting for those before counts as well."""
        if not self._lock.acquire(timeout=seconds):
            raise fault(f"Other questions kept the embedded language model for {seconds:g} seconds.", TOO_LATE)
        try:
            yield
        finally:
            self._lock.release()

    def _reply(self, network: Network, prompt: str, grammar: str | None, deadline: float) -> str:
        """Greedy continuation of the prompt, at most `most_tokens` long."""
        guide = Guide(network, grammar)
        written = guide.forced()
        unread = [*network.tokens(prompt), *written]
        while len(written) < self.most_tokens and not guide.stopped():
            token = guide.best(network.read(unread, deadline))
            if token == network.tokenizer.eos_token_id:
                break
            guide.take(token)
            unread = [token, *guide.forced()]
            written += unread
        if grammar and not guide.complete():
            raise fault(f"The embedded reply was still not complete after {len(written)} tokens.", OUTPUT_INVALID)
        return str(network.tokenizer.decode(written, skip_special_tokens=True))


def conversation(
    question: str, turns: Sequence[EarlierTurn] = (), tools: Sequence[ToolDescription] = ()
) -> list[BaseMessage]:
    """The messages from which the embedded language model chooses: the turns before, then the question.

    Args:
        question: Normalised (`spans.normal`).
        turns: Oldest first.
        tools: Whose arguments' order the calls of earlier turns are written in.
    """
    said = [
        message
        for turn in turns
        for message in (HumanMessage(normal(turn.question)), AIMessage(written(turn.calls, tools)))
    ]
    return [*said, HumanMessage(question)]


def chat_markup(messages: Sequence[BaseMessage]) -> str:
    """The messages in ChatML, ending where the reply begins (the same as the checkpoint's chat template)."""
    return _markup(messages) + "<|im_start|>assistant\n"


def _markup(messages: Sequence[BaseMessage]) -> str:
    # What a user writes must not be able to end his turn and begin another one.
    return "".join(
        f"<|im_start|>{_ROLES[message.type]}\n{message.text.replace('<|', '< |')}<|im_end|>\n" for message in messages
    )
