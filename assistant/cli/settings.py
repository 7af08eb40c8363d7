"""assistant settings: the settings in force."""

import argparse
import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from assistant.app import open_app
from assistant.cli.output import print_json


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("settings", help="show the settings in force")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print them as a settings file; secrets are never settings."""
    app = open_app()
    if arguments.json:
        print_json({"home": str(app.home), **app.settings.to_json()})
        return 0
    print(f"# data folder: {app.home}")
    print("\n".join(as_toml(asdict(app.settings))))
    return 0


def as_toml(tables: dict[str, Any], above: str = "") -> list[str]:
    """The settings as the lines of a settings.toml that would give just these; values that are not set are left out."""
    lines = []
    for name, table in tables.items():
        lines += ["", f"[{above}{name}]"]
        inner = {key: value for key, value in table.items() if isinstance(value, dict)}
        plain = {key: value for key, value in table.items() if value is not None and key not in inner}
        lines += [f"{key} = {_literal(value)}" for key, value in plain.items()]
        lines += as_toml(inner, f"{above}{name}.")
    return lines


def _literal(value: Any) -> str:
    """A value as TOML writes it; JSON agrees but for times, which stand without quotes."""
    return value.isoformat() if isinstance(value, datetime) else json.dumps(value, ensure_ascii=False)
