"""assistant listen: HL7 v2 over MLLP (not built yet)."""

import argparse

from assistant.errors import SetupError


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("listen", help="receive HL7 v2 over MLLP (not available yet)")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=2575)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Not built yet; says so."""
    raise SetupError("`assistant listen` is not available yet in this version. Import files: `assistant import PATH`.")
