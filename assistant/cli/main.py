"""`assistant`: the command line. Each command is one file; this one puts them together."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence

from assistant import __version__
from assistant.cli import (
    ask,
    forecast,
    journal,
    knowledge,
    listen,
    llm,
    proposals,
    quality,
    records,
    sample,
    screen,
    settings,
    tool,
)
from assistant.cli.output import print_error
from assistant.errors import AssistantError

Run = Callable[[argparse.Namespace], int]
_COMMANDS = (
    records,
    quality,
    ask,
    tool,
    forecast,
    screen,
    listen,
    journal,
    proposals,
    llm,
    knowledge,
    sample,
    settings,
)
_FAILED, _INTERRUPTED = 1, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code.

    Errors that are written for people are printed on stderr; anything else is a defect and shows its trace.
    """
    _quiet_libraries()
    arguments = parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except AssistantError as error:
        print_error(f"assistant: {error}")
        return _FAILED
    except BrokenPipeError:
        # The reader of a pipe went away (| head); not our error. Close stdout so that exit does not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED
    except KeyboardInterrupt:
        print_error("Stopped. What was stored before stays stored.")
        return _INTERRUPTED


def parser() -> argparse.ArgumentParser:
    """The parser with all commands."""
    top = argparse.ArgumentParser(
        prog="assistant",
        description="A decision assistant that a hospital runs by itself: explained and auditable plans.",
        epilog="State lies in ASSISTANT_HOME (default ./.assistant); ASSISTANT_DATABASE_URL names another database.",
    )
    top.add_argument("--version", action="version", version=f"assistant {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in _COMMANDS:
        command.add(commands)
    return top


def _quiet_libraries() -> None:
    """Only the command line configures logging; libraries speak up from warnings on."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    for name in ("transformers", "chromadb", "httpx", "cmdstanpy", "bm25s", "fugue"):
        logging.getLogger(name).setLevel(logging.ERROR)


if __name__ == "__main__":
    sys.exit(main())
