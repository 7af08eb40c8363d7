"""Writes the answer with a served language model, from facts and passages only; it has no tools here."""

import string
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import openai
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage

from assistant.llm.calling import HALF_AN_ANSWER, from_server, unreadable
from assistant.llm.deadline import Deadline, each_within
from assistant.llm.examples import prompt_text, sha256_of_prompts
from assistant.llm.faults import OUTPUT_INVALID, fault
from assistant.llm.settings import LanguageModelSettings

LANGUAGES = ("en", "zh")
_HEADINGS = {
    "en": {"question": "Question", "facts": "Facts", "passages": "Passages", "none": "(none)"},
    "zh": {"question": "问题", "facts": "事实", "passages": "文段", "none": "（无）"},
}


class ChatWriter:
    """A writer over any chat model; the answer is streamed.

    Args:
        language_model: The chat model.
        settings: Seconds and sentences.
        identity: What the journal is told about the chat model.
    """

    def __init__(
        self, language_model: BaseChatModel, settings: LanguageModelSettings, identity: dict[str, Any]
    ) -> None:
        self._language_model = language_model
        self._settings = settings
        self._identity = identity
        self._system = {
            # Filled at once, so that a name missing in the prompt file fails at load and not with the first user.
            language: string.Template(prompt_text(f"write/{language}.md")).substitute(sentences=settings.sentences)
            for language in LANGUAGES
        }

    def write(self, question: str, language: str, facts: Sequence[str], passages: Sequence[str]) -> Iterator[str]:
        """See `Writer.write`."""
        deadline = Deadline(self._settings.timeout_seconds)
        prompt = [SystemMessage(self._system[language]), HumanMessage(_material(question, language, facts, passages))]
        wrote = False
        try:
            for piece in each_within(deadline, lambda: self._language_model.stream(prompt)):
                wrote = wrote or bool(piece.text.strip())
                yield piece.text
        except (openai.OpenAIError, httpx.HTTPError) as error:
            raise from_server(error, deadline) from error
        except HALF_AN_ANSWER as error:
            raise unreadable(error) from error
        if not wrote:
            raise fault("The language model wrote nothing.", OUTPUT_INVALID)

    def identity(self) -> dict[str, Any]:
        """See `Writer.identity`."""
        prompts = sha256_of_prompts(*(f"write/{language}.md" for language in LANGUAGES))
        return {**self._identity, "prompt_sha256": prompts}


def _material(question: str, language: str, facts: Sequence[str], passages: Sequence[str]) -> str:
    words = _HEADINGS[language]
    parts = []
    for heading, lines in (("facts", facts), ("passages", passages)):
        listed = "\n".join(f"- {line}" for line in lines) or words["none"]
        parts.append(f"## {words[heading]}\n{listed}")
    return "\n\n".join([*parts, f"## {words['question']}\n{question}"])
