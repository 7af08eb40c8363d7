"""assistant journal: list, show, verify, export; reading it is itself recorded."""

import argparse
import json
from typing import Any

from assistant.app import App, open_app
from assistant.cli.output import print_error, print_json
from assistant.cli.session import user_of
from assistant.errors import ToolError
from assistant.journal.entry import Entry
from assistant.journal.verify import verify


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("journal", help="list, show and verify the record of all answers and decisions")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    listing = verbs.add_parser("list", help="entries, newest first")
    listing.add_argument("--kind", help="only this kind: call, answer, proposal, decision, import, read")
    listing.add_argument("--text", help="only entries that contain this text")
    listing.add_argument("--limit", type=int, default=20, help="at most this many (default: 20)")
    listing.set_defaults(run=list_entries)
    showing = verbs.add_parser("show", help="one entry, whole")
    showing.add_argument("id", help="e.g. J-000042")
    showing.set_defaults(run=show)
    verbs.add_parser("verify", help="check every byte, link and the end").set_defaults(run=verify_journal)
    replaying = verbs.add_parser("replay", help="compute an answer again (not available yet)")
    replaying.add_argument("id")
    replaying.set_defaults(run=replay)
    exporting = verbs.add_parser("export", help="all entries for an auditor")
    exporting.add_argument("--format", choices=("ndjson", "fhir"), default="ndjson", help="ndjson (default)")
    exporting.set_defaults(run=export)
    for verb in (listing, showing, verbs.choices["verify"], replaying, exporting):
        verb.add_argument("--json", action="store_true", help="print one JSON object")
        verb.add_argument("--user", default=None, help="who reads (default: the name you are logged in with)")


def as_json(entry: Entry) -> dict[str, Any]:
    """An entry with its id."""
    return {"id": entry.id, **vars(entry)}


def list_entries(arguments: argparse.Namespace) -> int:
    """One line an entry."""
    app = open_app()
    found = []
    for entry in app.journal.latest(10**9):
        if arguments.kind and entry.kind != arguments.kind:
            continue
        if arguments.text and arguments.text.lower() not in json.dumps(entry.body, ensure_ascii=False).lower():
            continue
        found.append(entry)
        if len(found) >= arguments.limit:
            break
    _note_reading(app, arguments, "list")
    if arguments.json:
        print_json({"entries": [as_json(entry) for entry in found]})
    else:
        print("\n".join(_line(entry) for entry in found) or "The journal is empty.")
    return 0


def _line(entry: Entry) -> str:
    body = entry.body
    what = (
        body.get("question") or body.get("tool") or body.get("summary") or body.get("verdict") or body.get("site") or ""
    )
    return f"{entry.id}  {entry.time[:19]}Z  {entry.kind:8s}  {body.get('user', '')!s:12.12s}  {str(what)[:80]}"


def show(arguments: argparse.Namespace) -> int:
    """One entry as indented JSON."""
    app = open_app()
    entry = app.journal.get(arguments.id)
    _note_reading(app, arguments, entry.id)
    if arguments.json:
        print_json(as_json(entry))
    else:
        print(json.dumps(as_json(entry), ensure_ascii=False, indent=2))
    return 0


def verify_journal(arguments: argparse.Namespace) -> int:
    """Exit code 1 if an entry does not hold; names the first."""
    found = verify(open_app().journal)
    if arguments.json:
        print_json(vars(found))
    elif found.ok:
        print(f"{found.entries} entries, all as they were written. Head: {found.head}")
    if not found.ok:
        print_error(
            f"assistant: the journal does not hold. {found.problem} Restore it from a backup; nothing was repaired."
        )
    return 0 if found.ok else 1


def replay(arguments: argparse.Namespace) -> int:
    """Not built yet; says so."""
    raise ToolError("journal replay is not available yet in this version. `assistant journal show` has all inputs.")


def export(arguments: argparse.Namespace) -> int:
    """All entries, one JSON object a line."""
    if arguments.format == "fhir":
        raise ToolError("Export as FHIR is not available yet in this version; use --format ndjson.")
    app = open_app()
    entries = list(app.journal.entries())
    _note_reading(app, arguments, "export")
    if arguments.json:
        print_json({"entries": [as_json(entry) for entry in entries]})
        return 0
    for entry in entries:
        print(entry.line().decode(), end="")
    return 0


def _note_reading(app: App, arguments: argparse.Namespace, what: str) -> None:
    app.journal.append("read", {"user": user_of(arguments), "what": what})
