"""ask_back: ask the user for what is missing."""

from typing import Literal

from pydantic import Field

from assistant.tools.arguments import Arguments
from assistant.tools.page import Page
from assistant.tools.tool import Context, Outcome, Source, Tool
from assistant.tools.wording import wording

Missing = Literal[
    "measure", "unit", "item", "at", "start", "end", "days", "weeks", "disease", "region", "doses", "goal",
    "change", "amount", "who", "day", "shift", "plan", "kind", "subject", "alternative", "query", "question",
]  # fmt: skip


class AskBackArguments(Arguments):
    """Arguments of ask_back."""

    missing: Missing = Field(description="The argument that is needed.")


def ask_back(arguments: AskBackArguments, context: Context) -> Outcome:
    """A question to the user."""
    say = wording(context.language)
    page = Page(say, Source("assistant", "policy", say.word("source_assistant")))
    key = f"ask_back.{arguments.missing}"
    page.headline(key if key in say.sentences else "ask_back.other")
    return page.outcome({"missing": arguments.missing})


def make_tool() -> Tool:
    """The tool."""
    return Tool("ask_back", "Ask the user for something that the question leaves out.", AskBackArguments, ask_back)
