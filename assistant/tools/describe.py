"""A tool as plain data, for language models and forms."""

from typing import Any

from assistant.llm.descriptions import ToolDescription
from assistant.tools.tool import Tool


def describe(tool: Tool) -> ToolDescription:
    """One tool as plain data: name, summary, JSON schema, arguments that must be copied from the question."""
    schema: dict[str, Any] = tool.arguments.model_json_schema()
    properties = {name: _simple(field) for name, field in schema.get("properties", {}).items()}
    copied = tuple(name for name, field in schema.get("properties", {}).items() if field.get("copied"))
    times = tuple(name for name in copied if schema["properties"][name].get("time"))
    parameters = {
        "type": "object",
        "properties": properties,
        "required": schema.get("required", []),
        "additionalProperties": False,
    }
    return ToolDescription(tool.name, tool.summary, parameters, copied, times)


def _simple(field: dict[str, Any]) -> dict[str, Any]:
    """A field's schema without the `null` alternative: an absent argument is left out, never null."""
    kept = {key: value for key, value in field.items() if key not in {"anyOf", "copied", "time", "title", "default"}}
    for alternative in field.get("anyOf", ()):
        if alternative.get("type") != "null":
            kept |= {key: value for key, value in alternative.items() if key != "title"}
    return kept
