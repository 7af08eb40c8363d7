"""assistant settings: the settings in force."""

import argparse

from assistant.app import open_app
from assistant.cli.output import print_json


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("settings", help="show the settings in force")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print them as TOML sections would hold them; secrets are never settings."""
    app = open_app()
    values = app.settings.to_json()
    if arguments.json:
        print_json({"home": str(app.home), **values})
        return 0
    print(f"# data folder: {app.home}")
    for part, table in values.items():
        print(f"\n[{part}]")
        for name, value in table.items():
            print(f"{name} = {value!r}")
    return 0
