"""assistant tool: call a tool directly, through the same door as the language model."""

import argparse
import json
from dataclasses import asdict
from typing import Any

from assistant.app import App, open_app
from assistant.cli.output import print_error, print_json, print_progress
from assistant.cli.session import add_when, add_who, at_of, user_of
from assistant.errors import ToolError
from assistant.plan.proposals import StoredProposal
from assistant.tools.door import OK, CallRecord
from assistant.tools.tool import Tool
from assistant.tools.watched import Progress


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "tool",
        help="call a tool directly",
        description="Call a tool directly: assistant tool NAME --argument value ... Without a name, all are listed.",
        add_help=False,
    )
    parser.add_argument("name", nargs="?", help="tool, e.g. show_state")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("-h", "--help", action="store_true", dest="wants_help", help="arguments of the tool")
    add_who(parser)
    add_when(parser)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Call the tool; exit code 1 if it was rejected or failed."""
    app = open_app()
    if arguments.name is None or arguments.wants_help or {"-h", "--help"} & set(arguments.rest):
        print(_help(app, arguments.name))
        return 0
    given = _pairs(arguments.rest)
    own = argparse.Namespace(**vars(arguments))
    for name in ("user", "role", "lang", "at"):
        # `--at` is an argument of show_state as well as the clock: for a tool that has it, it is the tool's.
        if name in given and (name != "at" or "at" not in _fields(app, arguments.name)):
            setattr(own, name, given.pop(name))
    as_json = own.json or given.pop("json", None) is not None
    context = app.context(at_of(own, app), own.lang or "en", user=user_of(own), role=own.role, thread="cli")
    record, proposal = app.call_tool(arguments.name, given, context, lambda told: _tell(told, as_json))
    if as_json:
        print_json(_as_json(record, proposal))
    elif record.outcome:
        print(record.outcome.text)
        print(f"[{proposal.id}] " * bool(proposal) + f"[{record.journal_id}]" if proposal else f"[{record.journal_id}]")
    if record.status != OK:
        print_error(f"assistant: {record.error}")
    return 0 if record.status == OK else 1


def _tell(told: Progress, quiet: bool) -> None:
    if not quiet:
        print_progress(told.seconds, told.cost, told.gap)


def _fields(app: App, name: str) -> set[str]:
    tool = app.tools.get(name)
    return set(tool.arguments.model_fields) if tool else set()


def _pairs(rest: list[str]) -> dict[str, str]:
    """`--days 7 --unit=ICU` as a dict; the door checks names and values."""
    pairs: dict[str, str] = {}
    words = list(rest)
    while words:
        word = words.pop(0)
        if not word.startswith("--") or len(word) < 3:
            raise ToolError(f"Arguments are given as --name value; '{word}' came.", code="bad_arguments")
        name, joined, value = word[2:].partition("=")
        name = name.replace("-", "_")
        if not joined and name != "json":
            if not words:
                raise ToolError(f"--{name} needs a value.", code="bad_arguments")
            value = words.pop(0)
        pairs[name] = value
    return pairs


def _as_json(record: CallRecord, proposal: StoredProposal | None) -> dict[str, Any]:
    body: dict[str, Any] = {"tool": record.tool, "arguments": record.arguments, "status": record.status}
    if record.outcome:
        outcome = asdict(record.outcome)
        body |= {name: outcome[name] for name in ("text", "facts", "data", "sources", "charts")}
    else:
        body["error"] = {"code": record.error_code, "message": record.error, "near": list(record.near)}
    body |= {"journal_id": record.journal_id, "proposal_id": proposal.id if proposal else None}
    body["seconds"] = round(record.seconds, 3)
    return json.loads(json.dumps(body, default=str))


def _help(app: App, name: str | None) -> str:
    """All tools, or the arguments of one; made from the tool's own record."""
    if name is None:
        head = "Tools (assistant tool NAME --help shows a tool's arguments):"
        return "\n".join([head, *(_tool_line(tool) for tool in app.tools.values())])
    tool = app.tools.get(name)
    if tool is None:
        raise ToolError(f"There is no tool '{name}'. Tools: {', '.join(app.tools)}.", code="unknown_tool")
    return "\n".join([f"assistant tool {tool.name} --argument value ...", tool.summary, "", *_argument_lines(tool)])


def _tool_line(tool: Tool) -> str:
    return f"  {tool.name:20s} {tool.summary}{'' if tool.available else ' (not available yet)'}"


def _argument_lines(tool: Tool) -> list[str]:
    schema = tool.arguments.model_json_schema()
    lines = []
    for name, field in schema.get("properties", {}).items():
        choices: list[Any] = field.get("enum") or next((c["enum"] for c in field.get("anyOf", ()) if "enum" in c), [])
        star = "*" if name in schema.get("required", ()) else " "
        shown = f" One of: {', '.join(map(str, choices))}." if choices else ""
        default = f" Default: {field['default']}." if field.get("default") is not None else ""
        lines.append(f"  --{name:14s}{star} {field.get('description', '')}{shown}{default}")
    return [*lines, "", "  * required"] if lines else ["  no arguments"]
