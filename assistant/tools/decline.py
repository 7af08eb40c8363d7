"""decline: refuse politely and say where to turn."""

from typing import Literal

from pydantic import Field

from assistant.tools.arguments import Arguments
from assistant.tools.page import Page
from assistant.tools.tool import Context, Outcome, Source, Tool
from assistant.tools.wording import wording


class DeclineArguments(Arguments):
    """Arguments of decline."""

    reason: Literal["clinical_advice", "not_allowed", "out_of_scope"] = Field(description="Why it is declined.")


def decline(arguments: DeclineArguments, context: Context) -> Outcome:
    """A polite refusal with the place to turn to."""
    say = wording(context.language)
    page = Page(say, Source("assistant", "policy", say.word("source_assistant")))
    page.headline(f"decline.{arguments.reason}")
    page.next_step(f"decline.{arguments.reason}_next")
    return page.outcome({"reason": arguments.reason})


def make_tool() -> Tool:
    """The tool."""
    return Tool(
        "decline",
        "Decline what is clinical advice, not allowed (approving, changing records) or has nothing to do with running "
        "the hospital.",
        DeclineArguments,
        decline,
    )
