"""assistant quality: check the records by every rule and print the table."""

import argparse

from assistant.app import open_app
from assistant.cli.output import print_json, progress_bar


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "quality",
        help="check the quality of the records and print the table",
        description="Check the records by every rule: by kind as the OHDSI data quality catalogue has them, and by "
        "the hospital's own list. What fails is kept as findings, which `show_state` and the screen show.",
    )
    parser.add_argument("--all", action="store_true", help="list every check, not only those that failed")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language of the table")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check and print; findings are no failure of the command."""
    app = open_app()
    with progress_bar() as bar:
        task = bar.add_task("checking", total=None)
        table = app.check_quality(lambda group: bar.update(task, description=f"checking {group}"))
    if arguments.json:
        print_json(table.to_json())
    else:
        print("\n".join(table.lines(arguments.lang, arguments.all)))
    return 0
