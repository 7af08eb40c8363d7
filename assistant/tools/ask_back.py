"""ask_back: ask the user for what is missing."""

from functools import partial
from typing import Literal

from pydantic import Field

from assistant.tools.arguments import Arguments
from assistant.tools.page import Page
from assistant.tools.services import Services
from assistant.tools.tool import Context, Outcome, Source, Tool
from assistant.tools.wording import wording

Missing = Literal[
    "measure", "unit", "item", "at", "start", "end", "days", "weeks", "disease", "region", "doses", "goal",
    "change", "amount", "who", "day", "shift", "plan", "kind", "subject", "alternative", "query", "question",
]  # fmt: skip


class AskBackArguments(Arguments):
    """Arguments of ask_back."""

    missing: Missing = Field(description="The argument that is needed.")


def ask_back(services: Services, arguments: AskBackArguments, context: Context) -> Outcome:
    """A question to the user; with the units that there are, where a unit is missing and they are not too many."""
    say = wording(context.language)
    page = Page(say, Source("assistant", "policy", say.word("source_assistant")))
    units = services.store.units() if arguments.missing == "unit" else []
    if 1 < len(units) <= services.tools.max_rows:
        page.headline("ask_back.unit_known", names=say.listed([say.unit(unit) for unit in units], either=True))
    else:
        key = f"ask_back.{arguments.missing}"
        page.headline(key if key in say.sentences else "ask_back.other")
    return page.outcome({"missing": arguments.missing, "units": [unit.code for unit in units]})


def make_tool(services: Services) -> Tool:
    """The tool with its records bound in."""
    summary = "Ask the user for something that the question leaves out."
    return Tool("ask_back", summary, AskBackArguments, partial(ask_back, services))
