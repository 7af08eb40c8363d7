"""assistant ui: the Gradio screen.

The screen is a neighbour of the command line, not a part of it; it is started as the program it is.
"""

import argparse
import os
import sys


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("ui", help="open the screen")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=7860, help="port (default: 7860)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Become the screen's process, so that one Ctrl-C ends it."""
    sys.stdout.flush()
    command = [sys.executable, "-m", "assistant.ui", "--host", arguments.host, "--port", str(arguments.port)]
    os.execv(sys.executable, command)
