"""assistant knowledge: build the search index anew."""

import argparse

from assistant.app import open_app
from assistant.cli.output import print_json, progress_bar


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("knowledge", help="build the search index over handbook and records")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    building = verbs.add_parser("build", help="build the index anew, whatever state it is in")
    building.add_argument("--json", action="store_true", help="print one JSON object")
    building.set_defaults(run=build)


def build(arguments: argparse.Namespace) -> int:
    """Build the index."""
    with progress_bar() as bar:
        task = bar.add_task("indexing", total=None)
        report = open_app().build_index(lambda done, total: bar.update(task, completed=done, total=total))
    if arguments.json:
        print_json(vars(report))
    else:
        print(f"{report.passages} passages in the index, {report.embedded} embedded anew, {report.removed} removed.")
    return 0
