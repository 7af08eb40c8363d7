"""assistant ui: the Gradio screen."""

import argparse

from assistant.app import open_app


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("ui", help="open the screen")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=7860, help="port (default: 7860)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted."""
    from assistant.ui.screen import serve  # loads Gradio, which takes seconds: only for this command

    serve(open_app(), arguments.host, arguments.port)
    return 0
