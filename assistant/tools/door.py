"""The one door: every call is validated, run and journalled here, also those that fail.

Whatever comes in (a dict, broken JSON, an unknown tool) ends as a `CallRecord` with a status; only defects of our
own code raise.
"""

import difflib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from assistant.errors import AssistantError, JournalError, ToolError
from assistant.journal.book import Journal
from assistant.journal.entry import digest
from assistant.tools.forecasts_used import collecting
from assistant.tools.tool import Context, Outcome, Tool

OK = "ok"
REJECTED = "rejected"  # did not pass the door: unknown tool, malformed or unknown arguments
FAILED = "failed"  # passed, but the tool could not do it (unknown unit, no history, not available)


@dataclass(frozen=True)
class Fault:
    """Why one argument of a call does not fit, for an answer in the user's language.

    Attributes:
        argument: Its name; empty for the whole call.
        kind: `missing`, `too_large`, `too_small`, `no_choice`, `not_known`, `too_long`, `no_value`, `no_object`.
        came: What came, shortened.
        limit: The highest or lowest value, or the longest text.
        choices: The values there are.
    """

    argument: str
    kind: str
    came: str = ""
    limit: str = ""
    choices: tuple[str, ...] = ()


class BadArgumentsError(ToolError):
    """A call that does not fit its tool; carries the faults one by one."""

    def __init__(self, message: str, faults: Sequence[Fault]) -> None:
        super().__init__(message, code="bad_arguments")
        self.faults = tuple(faults)


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
        faults: Of a call that was rejected for its arguments.
        forecasts: Ids of the kept forecasts that it used.
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
    faults: tuple[Fault, ...] = ()
    forecasts: tuple[str, ...] = ()


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
    used: list[str] = []
    try:
        tool = _find(tools, name)
        arguments = _validated(tool, raw)
        shown = arguments.model_dump(exclude_none=True)
        with collecting() as used:
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
    faults = getattr(error, "faults", ())
    faults = faults if status == REJECTED else ()
    told = str(error or "")
    return CallRecord(name, shown, status, outcome, told, code, tuple(near), entry.id, seconds, faults, tuple(used))


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
            raise BadArgumentsError(
                f"{tool.name} takes its arguments as one JSON object; {type(values).__name__} came.",
                [Fault("", "no_object")],
            )
        return tool.arguments.model_validate(values)
    except json.JSONDecodeError as error:
        raise BadArgumentsError(
            f"The arguments of {tool.name} are not JSON: {error.msg} at character {error.pos}.",
            [Fault("", "no_object")],
        ) from error
    except ValidationError as error:
        faults = "; ".join(_told(fault) for fault in error.errors())
        known = ", ".join(tool.arguments.model_fields)
        raise BadArgumentsError(
            f"{tool.name} cannot be called so: {faults}. Arguments: {known}.",
            [_fault(tool, fault) for fault in error.errors()],
        ) from error


def _told(fault: Any) -> str:
    place = ".".join(str(part) for part in fault["loc"]) or "arguments"
    came = fault.get("input")
    shown = f" (came: {str(came)[:60]!r})" if not isinstance(came, dict) else ""
    return f"{place}: {fault['msg'].lower()}{shown}"


# Kinds of pydantic's errors with the name of the bound in their context.
_KINDS = {
    "missing": ("missing", ""),
    "extra_forbidden": ("not_known", ""),
    "literal_error": ("no_choice", ""),
    "string_too_long": ("too_long", "max_length"),
    "less_than_equal": ("too_large", "le"),
    "greater_than_equal": ("too_small", "ge"),
}


def _fault(tool: Tool, fault: Any) -> Fault:
    kind, bound = _KINDS.get(fault["type"], ("no_value", ""))
    argument = str(fault["loc"][0]) if fault["loc"] else ""
    limit = fault.get("ctx", {}).get(bound, "")
    choices: list[Any] = []
    if kind == "no_choice":
        schema = tool.arguments.model_json_schema()["properties"].get(argument, {})
        choices = schema.get("enum") or next((c["enum"] for c in schema.get("anyOf", ()) if "enum" in c), [])
    came = "" if isinstance(fault.get("input"), dict) else str(fault.get("input"))[:60]
    return Fault(argument, kind, came, f"{limit:g}" if isinstance(limit, float) else str(limit), tuple(choices))


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
