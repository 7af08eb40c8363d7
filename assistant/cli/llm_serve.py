"""assistant llm serve: start vLLM with the right flags, wait until it answers, say what was done."""

import argparse
import contextlib
import shlex
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.status import Status

from assistant.app import App, open_app
from assistant.cli.output import print_error, print_json
from assistant.errors import SetupError
from assistant.llm.checkpoint import checkpoint_folder
from assistant.llm.families import OWN
from assistant.llm.hardware import Hardware, find_hardware
from assistant.llm.installed import VARIABLE, Program, find_vllm
from assistant.llm.launch import LOOPBACK, Launch, Wanted, plan_launch
from assistant.llm.settings import models_folder, server_key

LOG = Path("logs") / "language-model-server.log"
_STATUS_CHARACTERS = 100


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "serve",
        help="start vLLM with the right flags for this machine",
        description="Start vLLM with the flags that fit the language model and the machine found; runs until Ctrl-C.",
        epilog=f"vLLM needs an environment of its own: {VARIABLE} names its Python. Arguments after -- go to vLLM.",
    )
    parser.add_argument(
        "--model",
        default="",
        help=f"'{OWN}' for our own checkpoint, or a name at the model hub, or a folder (default: by GPU memory)",
    )
    parser.add_argument(
        "--host", default=LOOPBACK, help=f"address to listen on (default: {LOOPBACK}, this machine only)"
    )
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000)")
    parser.add_argument("--gpus", type=int, help="GPUs of this machine to use (default: all)")
    parser.add_argument(
        "--nodes", type=int, default=1, help="machines joined by Ray, with as many GPUs each (default: 1)"
    )
    parser.add_argument("--context", type=int, help="longest prompt and answer in tokens (default: by memory)")
    parser.add_argument("--parser", default="", help="vLLM's tool-call parser (default: by the language model's name)")
    parser.add_argument("--python", default="", help=f"Python of vLLM's environment (default: {VARIABLE})")
    parser.add_argument("--wait", type=float, default=1800, help="longest start in seconds, download included")
    parser.add_argument("--dry-run", action="store_true", help="show what would be started, start nothing")
    parser.add_argument("vllm_arguments", nargs="*", metavar="-- VLLM ARGUMENT", help="more arguments for vLLM")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Start it and stay until it ends or is interrupted."""
    from assistant.llm.serving import Server  # loads an HTTP client: not for every command

    app = open_app()
    hardware = find_hardware()
    program, trouble = _program(arguments, app)
    launch = plan_launch(_wanted(arguments), hardware, program.command, _checkpoint(app, arguments.model))
    if arguments.dry_run:
        _say(arguments, launch, hardware, program, {"dry_run": True, "vllm_missing": trouble or None})
        return 0
    if trouble:
        raise SetupError(trouble)
    server = Server(launch, (app.home / LOG).resolve(), key=server_key())
    with _ended_by_signals():
        try:
            server.start()
            with _progress() as progress:
                seconds = server.wait(arguments.wait, progress)
            _say(
                arguments,
                launch,
                hardware,
                program,
                {"seconds": round(seconds, 1), "pid": server.pid, "log": str(server.log)},
            )
            server.watch()
        finally:
            server.stop()
    return 0


def _wanted(arguments: argparse.Namespace) -> Wanted:
    return Wanted(
        model=arguments.model,
        host=arguments.host,
        port=arguments.port,
        gpus=arguments.gpus,
        nodes=arguments.nodes,
        parser=arguments.parser,
        context=arguments.context,
        extra=tuple(arguments.vllm_arguments),
    )


def _program(arguments: argparse.Namespace, app: App) -> tuple[Program, str]:
    """vLLM, or what is missing; a dry run is of use without it."""
    try:
        return find_vllm(arguments.python or app.settings.llm.vllm_python), ""
    except SetupError as missing:
        return Program(("vllm", "serve"), "", own=True), str(missing)


def _checkpoint(app: App, model: str) -> Path | None:
    """Our checkpoint's folder; None if it was not built, which matters only where it is to be served."""
    try:
        return checkpoint_folder(models_folder(app.settings.llm, app.home)).resolve()
    except SetupError:
        if model == OWN:
            raise
        return None


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[float, str], None]]:
    """A line on stderr with the seconds so far and what the log says last."""
    console = Console(stderr=True)
    with Status("starting the language model server", console=console) as status:

        def tell(seconds: float, line: str) -> None:
            status.update(f"starting the language model server, {seconds:.0f} s  {_readable(line)}")

        yield tell


def _readable(line: str) -> str:
    # Square brackets would be read as markup.
    return line[:_STATUS_CHARACTERS].replace("[", "(").replace("]", ")")


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Being asked to end (by a service manager, say) ends the server as well."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        print_error("The language model server was stopped.")
    finally:
        signal.signal(signal.SIGTERM, before)


def _say(
    arguments: argparse.Namespace, launch: Launch, hardware: Hardware, program: Program, more: dict[str, Any]
) -> None:
    """What was done (or would be), and how the settings point at it."""
    body = {
        "model": launch.served_name,
        "base_url": launch.base_url,
        "command": launch.command_line(),
        "vllm": program.version,
        "hardware": hardware.in_words(),
        "join": list(launch.join),
        "notes": list(launch.notes),
        "settings": settings_for(launch),
        **more,
    }
    if arguments.json:
        print_json(body)
    else:
        print(_as_text(body))
    sys.stdout.flush()  # whoever waits for this line reads a pipe


def settings_for(launch: Launch) -> str:
    """The lines of settings.toml that make the assistant use the server."""
    return f'[llm]\nkind = "served"\nbase_url = "{launch.base_url}"\nmodel = "{launch.served_name}"'


def _as_text(body: dict[str, Any]) -> str:
    head = "Would start" if "dry_run" in body else f"Ready after {body['seconds']} s"
    lines = [f"{head}: {body['model']} at {body['base_url']}", f"Machine: {body['hardware']}"]
    lines += [f"vLLM {body['vllm']}"] if body["vllm"] else []
    lines += [f"Process {body['pid']}, log in {shlex.quote(body['log'])}"] if "pid" in body else []
    lines += ["Command:", f"  {body['command']}"]
    lines += ["Join the machines first:", *(f"  {line}" for line in body["join"])] if body["join"] else []
    lines += [f"Note: {note}" for note in body["notes"]]
    lines += [f"Missing: {body['vllm_missing']}"] if body.get("vllm_missing") else []
    lines += ["To use it, in settings.toml:", *(f"  {line}" for line in body["settings"].splitlines())]
    return "\n".join([*lines, "Then try: assistant llm check"])
