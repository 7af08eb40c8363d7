"""assistant llm tune: become the fine-tuning program, which stands beside the command line, not below it."""

import argparse
import os
import sys


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command; its own options are those of `python -m assistant.tuning`."""
    parser = verbs.add_parser(
        "tune",
        help="fine-tune the embedded language model: data, search, run, adopt",
        add_help=False,
        prefix_chars="\0",  # its options are for the other program, `--help` too
    )
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Become the program, so that one Ctrl-C ends it."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "assistant.tuning", *arguments.rest])
