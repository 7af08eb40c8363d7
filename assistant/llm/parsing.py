"""Reads the calls out of what a language model wrote."""

from typing import Any

from langchain_core.messages import AIMessage

from assistant.llm.descriptions import RawCall


def calls_or_fault(reply: AIMessage, names: set[str], max_steps: int) -> tuple[list[RawCall], str]:
    """The calls of a reply, or why it cannot be used (then no calls).

    Args:
        reply: What the language model answered.
        names: Tools that may be called.
        max_steps: Calls beyond this number are left out: the steps of a question are bounded.
    """
    for broken in reply.invalid_tool_calls:
        return [], f"the arguments of {broken.get('name')!r} are not a JSON object: {str(broken.get('args'))[:200]!r}"
    calls = [RawCall(call["name"], _plain(call["args"])) for call in reply.tool_calls]
    if not calls:
        return [], f"no tool was called, but it said: {reply.text[:200]!r}"
    unknown = [call.name for call in calls if call.name not in names]
    if unknown:
        return [], f"there is no tool {unknown[0]!r}; there are {', '.join(sorted(names))}"
    return calls[:max_steps], ""


def _plain(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments without those given as null: leaving one out says the same."""
    return {name: value for name, value in arguments.items() if value is not None}
