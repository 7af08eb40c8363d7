"""The catalogue: every tool once, and the faces made from that one record."""

from typing import Any

from assistant.llm.descriptions import ToolDescription
from assistant.tools import (
    ask_back,
    decline,
    forecast_demand,
    later,
    plan_beds,
    plan_staffing,
    search_knowledge,
    show_state,
)
from assistant.tools.services import Services
from assistant.tools.tool import Tool


def make_catalogue(services: Services) -> dict[str, Tool]:
    """All tools by name, in the catalogue's order."""
    tools = [
        search_knowledge.make_tool(services),
        show_state.make_tool(services),
        forecast_demand.make_tool(services),
        plan_beds.make_tool(services),
        plan_staffing.make_tool(services),
        *later.make_tools(),
        ask_back.make_tool(),
        decline.make_tool(),
    ]
    return {tool.name: tool for tool in tools}


def descriptions(tools: dict[str, Tool]) -> list[ToolDescription]:
    """What a language model is told: only tools that are available."""
    return [describe(tool) for tool in tools.values() if tool.available]


def describe(tool: Tool) -> ToolDescription:
    """One tool as plain data: name, summary, JSON schema, arguments that must be copied from the question."""
    schema: dict[str, Any] = tool.arguments.model_json_schema()
    properties = {name: _simple(field) for name, field in schema.get("properties", {}).items()}
    copied = tuple(name for name, field in schema.get("properties", {}).items() if field.get("copied"))
    parameters = {
        "type": "object",
        "properties": properties,
        "required": schema.get("required", []),
        "additionalProperties": False,
    }
    return ToolDescription(tool.name, tool.summary, parameters, copied)


def _simple(field: dict[str, Any]) -> dict[str, Any]:
    """A field's schema without the `null` alternative: an absent argument is left out, never null."""
    kept = {key: value for key, value in field.items() if key not in {"anyOf", "copied", "title", "default"}}
    for alternative in field.get("anyOf", ()):
        if alternative.get("type") != "null":
            kept |= {key: value for key, value in alternative.items() if key != "title"}
    return kept
