"""`python -m assistant.ui`: the screen as a program of its own."""

import argparse
import sys
import threading

from assistant.app import App, open_app
from assistant.errors import AssistantError
from assistant.ui.screen import open_screen


def main() -> int:
    """Serve the screen until interrupted; errors for people go to stderr."""
    parser = argparse.ArgumentParser(prog="assistant ui", description="Open the screen.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=7860, help="port (default: 7860)")
    arguments = parser.parse_args()
    try:
        app = open_app()
        screen, address = open_screen(app, arguments.host, arguments.port)
        print(f"The screen is open at {address}  (Ctrl-C ends it)", flush=True)
        threading.Thread(target=_warm, args=(app,), daemon=True).start()
        screen.block_thread()
    except AssistantError as error:
        print(f"assistant: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _warm(app: App) -> None:
    """Load the language model while the user reads the page; what is missing is told now and again when asked."""
    try:
        app.warm()
    except AssistantError as error:
        print(f"assistant: {error}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
