"""The one door: every call is validated, run and journalled here, also those that fail.

Whatever comes in (a dict, broken JSON, an unknown tool) ends as a `CallRecord` with a status; only defects of our
own code raise.
"""

import difflib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from assistant.errors import AssistantError, JournalError, ToolError
from assistant.journal.book import Journal
from assistant.journal.entry import digest
from assistant.tools.tool import Context, Outcome, Tool

OK = "ok"
REJECTED = "rejected"  # did not pass the door: unknown tool, malformed or unknown arguments
FAILED = "failed"  # passed, but the tool could not do it (unknown unit, no history, not available)


@dataclass(frozen=True)
class CallRecord:
    """One call as it happened.

    Attributes:
        tool: Name as it came in.
        arguments: As validated, or as they came in if they were rejected.
        status: `ok`, `rejected`, `failed`.
        outcome: Set when ok.
        error, error_code, near: Set otherwise; `error` is written for a person.
        journal_id: The entry that holds this call.
        seconds: Time the call took.
    """

    tool: str
    arguments: dict[str, Any]
    status: str
    outcome: Outcome | None
    error: str
    error_code: str
    near: tuple[str, ...]
    journal_id: str
    seconds: float


def call(tools: Mapping[str, Tool], name: str, raw: Any, context: Context, journal: Journal) -> CallRecord:
    """Validate, run and journal one call.

    Args:
        tools: The catalogue.
        name: Which tool, as it came in.
        raw: Arguments as a dict or as JSON text.
        context: What the session says.
        journal: Where the call is recorded.

    Raises:
        JournalError: The record could not be made durable; then nothing may be shown.
    """
    began = time.monotonic()
    shown: dict[str, Any] = raw if isinstance(raw, dict) else {"raw": str(raw)[:2000]}
    status, outcome, error = OK, None, None
    try:
        tool = _find(tools, name)
        arguments = _validated(tool, raw)
        shown = arguments.model_dump(exclude_none=True)
        outcome = tool.run(arguments, context)
    except JournalError:
        raise
    except AssistantError as problem:
        error = problem
        status = REJECTED if getattr(problem, "code", "") in {"unknown_tool", "bad_arguments"} else FAILED
    seconds = time.monotonic() - began
    entry = journal.append("call", _body(name, shown, status, outcome, error, context, seconds))
    code = getattr(error, "code", "") if error else ""
    near = getattr(error, "near", ()) if error else ()
    return CallRecord(name, shown, status, outcome, str(error or ""), code, tuple(near), entry.id, seconds)


def _find(tools: Mapping[str, Tool], name: str) -> Tool:
    if name in tools:
        return tools[name]
    near = difflib.get_close_matches(name, tools, n=3)
    raise ToolError(
        f"There is no tool '{name[:60]}'. Tools: {', '.join(sorted(tools))}.", code="unknown_tool", near=near
    )


def _validated(tool: Tool, raw: Any) -> BaseModel:
    try:
        values = json.loads(raw) if isinstance(raw, str) else raw
        if not isinstance(values, dict):
            raise ToolError(
                f"{tool.name} takes its arguments as one JSON object; {type(values).__name__} came.",
                code="bad_arguments",
            )
        return tool.arguments.model_validate(values)
    except json.JSONDecodeError as error:
        raise ToolError(
            f"The arguments of {tool.name} are not JSON: {error.msg} at character {error.pos}.", code="bad_arguments"
        ) from error
    except ValidationError as error:
        faults = "; ".join(_fault(fault) for fault in error.errors())
        known = ", ".join(tool.arguments.model_fields)
        raise ToolError(
            f"{tool.name} cannot be called so: {faults}. Arguments: {known}.", code="bad_arguments"
        ) from error


def _fault(fault: Any) -> str:
    place = ".".join(str(part) for part in fault["loc"]) or "arguments"
    came = fault.get("input")
    shown = f" (came: {str(came)[:60]!r})" if not isinstance(came, dict) else ""
    return f"{place}: {fault['msg'].lower()}{shown}"


def _body(
    name: str,
    arguments: dict[str, Any],
    status: str,
    outcome: Outcome | None,
    error: AssistantError | None,
    context: Context,
    seconds: float,
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "tool": name[:100],
        "arguments": json_safe(arguments),
        "status": status,
        "user": context.user,
        "role": context.role,
        "thread": context.thread,
        "at": context.at.isoformat(),
        "language": context.language,
        "seconds": round(seconds, 3),
    }
    if error is not None:
        body["error"] = {"code": getattr(error, "code", "error"), "message": str(error)}
    if outcome is not None:
        body["text"] = outcome.text
        body["facts"] = [asdict(fact) for fact in outcome.facts]
        body["sources"] = [asdict(source) for source in outcome.sources]
        body["data_sha256"] = digest(json_safe(outcome.data))
    return json_safe(body)


def json_safe(value: Any) -> Any:
    """Tuples as lists, lone surrogates and control characters replaced: what canonical JSON can hold."""
    if isinstance(value, dict):
        return {json_safe(str(key)): json_safe(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_safe(item) for item in value]
    if isinstance(value, str):
        return str(value).encode("utf-8", "replace").decode("utf-8")
    return value
