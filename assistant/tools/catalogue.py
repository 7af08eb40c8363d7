"""The catalogue: every tool once, and the faces made from that one record."""

from typing import cast

from assistant.llm.descriptions import ToolDescription
from assistant.tools import (
    ask_back,
    check_forecasts,
    decline,
    explain,
    forecast_demand,
    forecast_outbreak,
    later,
    plan_beds,
    plan_staffing,
    search_knowledge,
    show_state,
    what_if,
)
from assistant.tools.describe import describe
from assistant.tools.services import Services
from assistant.tools.tool import Tool

ORDER = (
    "search_knowledge",
    "show_state",
    "forecast_demand",
    "plan_beds",
    "plan_staffing",
    "forecast_outbreak",
    "plan_supplies",
    "plan_vaccination",
    "what_if",
    "explain",
    "check_forecasts",
    "ask_back",
    "decline",
)
"""The catalogue's order, which language models see."""


def make_catalogue(services: Services) -> dict[str, Tool]:
    """All tools by name, in the catalogue's order."""
    tools = [
        search_knowledge.make_tool(services),
        show_state.make_tool(services),
        forecast_demand.make_tool(services),
        forecast_outbreak.make_tool(services),
        plan_beds.make_tool(services),
        plan_staffing.make_tool(services),
        *later.make_tools(),
        what_if.make_tool(services),
        explain.make_tool(services),
        check_forecasts.make_tool(services),
        ask_back.make_tool(services),
        decline.make_tool(),
    ]
    return {tool.name: tool for tool in sorted(tools, key=lambda tool: ORDER.index(tool.name))}


def descriptions(tools: dict[str, Tool]) -> list[ToolDescription]:
    """What a language model is told: all tools, so that a question for one still to come is not bent to another."""
    return [describe(tool) for tool in tools.values()]


def tool_descriptions() -> list[ToolDescription]:
    """What a language model is told, without any records: describing a tool does not run it."""
    return descriptions(make_catalogue(cast(Services, None)))
