"""Tool calls as text, in the Hermes format that vLLM's `hermes` parser reads: `<tool_call>{...}</tool_call>`.

Without white space inside the JSON: every blank would be a token to compute.
"""

import json
import re
import uuid
from collections.abc import Sequence

from langchain_core.messages.tool import ToolCall, tool_call

from assistant.llm.descriptions import RawCall, ToolDescription

OPENING, CLOSING, BETWEEN = "<tool_call>", "</tool_call>", "\n"
_CALL = re.compile(f"{OPENING}(.*?){CLOSING}", re.DOTALL)


def written(calls: Sequence[RawCall], tools: Sequence[ToolDescription] = ()) -> str:
    """Calls as the embedded language model reads and writes them, arguments in the catalogue's order."""
    orders = {tool.name: tool.ordered for tool in tools}
    return BETWEEN.join(f"{OPENING}{_json(call, orders.get(call.name, ()))}{CLOSING}" for call in calls)


def _json(call: RawCall, names: Sequence[str]) -> str:
    order = {name: place for place, name in enumerate(names)}
    arguments = dict(sorted(call.arguments.items(), key=lambda item: order.get(item[0], len(order))))
    return json.dumps({"name": call.name, "arguments": arguments}, ensure_ascii=False, separators=(",", ":"))


def tool_calls_from(text: str) -> list[ToolCall]:
    """Calls of a Hermes text in LangChain's form; none if it is something else."""
    try:
        rows = [json.loads(call) for call in _CALL.findall(text)]
        return [tool_call(name=row["name"], args=row["arguments"], id=f"call_{uuid.uuid4().hex[:12]}") for row in rows]
    except (ValueError, KeyError, TypeError):
        return []
