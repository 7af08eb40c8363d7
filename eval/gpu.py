"""Throughput and time to first token of our checkpoint behind vLLM, and the speed of training, on a GPU.

`make gpu-report` does all of it and adds a table to eval/LOG.md. With `--base-url` any running server is measured,
also one on a CPU; then nothing is trained unless `--train` says so.
"""

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant import __version__
from assistant.errors import SetupError
from assistant.llm.checkpoint import build_base, checkpoint_folder
from assistant.llm.embedded import conversation
from assistant.llm.families import OWN
from assistant.llm.hardware import Hardware, find_hardware
from assistant.llm.held import MOST_TOKENS
from assistant.llm.installed import find_vllm
from assistant.llm.launch import Wanted, plan_launch
from assistant.llm.serving import Server
from assistant.llm.settings import LanguageModelSettings, models_folder, server_key
from assistant.llm.shortlist import own_shortlist, question_grammar
from assistant.llm.spans import normal
from assistant.settings import home_folder
from assistant.tools.catalogue import tool_descriptions
from eval.cases_understanding import Case, read_cases
from eval.load import Load, measure

USERS = (1, 16, 64, 256)
LOG = Path(__file__).with_name("LOG.md")
CASES = Path(__file__).parent / "cases" / "understanding.jsonl"
_TEXT_TOKENS = 128
_START_SECONDS = 1800.0
_ROLES = {"human": "user", "ai": "assistant"}
_COLUMNS = {
    "work": "work",
    "users": "users",
    "requests": "requests",
    "errors": "errors",
    "requests_s": "requests/s",
    "written_s": "tokens/s written",
    "read_s": "tokens/s read",
    "first_median": "first token, median s",
    "first_p90": "90 % s",
    "total_median": "whole reply, median s",
    "total_p90": "90 % s",
}


def main(argv: Sequence[str]) -> int:
    """Measure, print the table, add it to the log. Raises SetupError where there is no GPU."""
    options = _options(argv)
    hardware = find_hardware()
    if not options.base_url and not hardware.gpus:
        raise SetupError(
            f"No GPU was found here ({hardware.in_words()}), so nothing was measured. Run this on a machine with one, "
            "or measure a running server with --base-url http://HOST:PORT/v1."
        )
    report = {"model": options.model, "machine": hardware.in_words(), "version": __version__, "commit": _commit()}
    report["command"] = shlex.join(["python", "-m", "eval", "gpu", *argv])
    with _server(options, hardware) as (base_url, served):
        report |= {"server": served, "serving": serving_rows(base_url, options)}
    steps = options.train if options.train is not None else (0 if options.base_url else 200)
    report["training"] = training_row(steps) if steps else None
    if options.out:
        options.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    entry = as_entry(report, options.date)
    print(entry)
    if not options.no_log:
        add_to_log(options.log, entry)
        print(f"added to {options.log}", file=sys.stderr)
    return 0


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval gpu", description=__doc__)
    parser.add_argument("--base-url", default="", help="of a running server, with /v1 (default: start one here)")
    parser.add_argument("--model", default=OWN, help=f"name under which it is offered (default: {OWN})")
    parser.add_argument("--users", default=",".join(map(str, USERS)), help="numbers of users at once (%(default)s)")
    parser.add_argument("--seconds", type=float, default=20.0, help="per measurement (%(default)s)")
    parser.add_argument("--cases", type=Path, default=CASES, help="questions that are asked (%(default)s)")
    parser.add_argument("--train", type=int, help="training steps (default: 200 on a GPU, 0 with --base-url)")
    parser.add_argument("--out", type=Path, help="the figures as JSON")
    parser.add_argument("--log", type=Path, default=LOG, help="where the table is added (%(default)s)")
    parser.add_argument("--no-log", action="store_true", help="print the table only")
    parser.add_argument("--date", default=time.strftime("%Y-%m-%d"), help="of the entry (default: today)")
    options = parser.parse_args(argv)
    try:
        options.users = [int(number) for number in options.users.split(",")]
    except ValueError:
        parser.error(f"--users takes numbers with commas between them, not {options.users!r}")
    if min(options.users) < 1:
        parser.error("--users takes numbers above 0")
    return options


@contextmanager
def _server(options: argparse.Namespace, hardware: Hardware) -> Iterator[tuple[str, str]]:
    """Address and command line of the server that is measured; one that is started here ends here."""
    if options.base_url:
        yield options.base_url.rstrip("/"), f"running at {options.base_url}"
        return
    models = models_folder(LanguageModelSettings(), home_folder())
    wanted = Wanted(model=options.model)
    launch = plan_launch(wanted, hardware, find_vllm().command, checkpoint_folder(models).resolve())
    server = Server(launch, (home_folder() / "logs" / "gpu-report-server.log").resolve(), key=server_key())
    try:
        server.start()
        seconds = server.wait(_START_SECONDS, lambda passed, line: None)
        yield launch.base_url, f"ready after {seconds:.0f} s: {launch.command_line()}"
    finally:
        server.stop()


def serving_rows(base_url: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    """One row per kind of work and number of users."""
    cases, _ = read_cases(options.cases)
    works = {"text": _text_bodies(options.model, cases)}
    if options.model == OWN:
        works = {"calls": _call_bodies(cases), **works}
    rows = []
    for work, bodies in works.items():
        measure(base_url, bodies, min(4, len(bodies)), 2.0, server_key())  # the first requests warm everything up
        for users in options.users:
            load = measure(base_url, bodies, users, options.seconds, server_key())
            rows.append({"work": work, **load.row()})
            _tell(work, load)
    return rows


def _tell(work: str, load: Load) -> None:
    row = load.row()
    print(f"{work}, {load.users} users: {row['written_s']} tokens/s, first {row['first_median']} s", file=sys.stderr)
    for error in sorted({one.error for one in load.seen if one.error})[:3]:
        print(f"  error: {error}", file=sys.stderr)


def _call_bodies(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Questions as the assistant asks them: the conversation alone, held to the question's own grammar."""
    tools = tool_descriptions()
    bodies = []
    for case in cases:
        messages = conversation(normal(case.question), case.earlier, tools)
        grammar = question_grammar(
            case.question, case.earlier, tools, LanguageModelSettings().max_steps, own_shortlist()
        )
        bodies.append(
            {
                "model": OWN,
                "messages": [{"role": _ROLES[message.type], "content": message.text} for message in messages],
                "temperature": 0,
                "max_completion_tokens": MOST_TOKENS,
                "structured_outputs": {"grammar": grammar},
            }
        )
    return bodies


def _text_bodies(model: str, cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Plain text of one length, whatever the language model would rather say: for comparisons of machines."""
    return [
        {
            "model": model,
            "messages": [{"role": "user", "content": case.question}],
            "temperature": 0,
            "max_completion_tokens": _TEXT_TOKENS,
            "ignore_eos": True,
            "chat_template_kwargs": {"enable_thinking": False},
        }
        for case in cases
    ]


def training_row(steps: int) -> dict[str, Any]:
    """Train for so many steps into a folder that is thrown away; tokens per second, and a whole run's time from it."""
    import torch

    from assistant.tuning.dataset import make_dataset, read_set
    from assistant.tuning.lora import TuneSettings
    from assistant.tuning.train import HISTORY, train

    on_gpu = torch.cuda.is_available()
    settings = TuneSettings(workers=1, batch_tokens=16_384 if on_gpu else 1400, check_every=max(steps, 1))
    base = build_base(models_folder(LanguageModelSettings(), home_folder()))
    with tempfile.TemporaryDirectory() as folder:
        data, out = Path(folder) / "data", Path(folder) / "run"
        make_dataset(data, tell=lambda line: print(line, file=sys.stderr))
        examples = len(read_set(data / "train.jsonl"))
        train(base, data, out, settings, steps=steps)
        last = json.loads((out / HISTORY).read_text(encoding="utf-8").splitlines()[-1])
        per_epoch = _epoch_tokens(base, data)
    speed = last["tokens"] / max(last["seconds"], 1)
    return {
        "device": torch.cuda.get_device_name() if on_gpu else "CPU",
        "steps": last["step"],
        "batch_tokens": settings.batch_tokens,
        "tokens": last["tokens"],
        "seconds": last["seconds"],
        "tokens_s": round(speed),
        "examples": examples,
        "epochs": settings.epochs,
        "whole_run_minutes": round(per_epoch * settings.epochs / speed / 60, 1),
    }


def _epoch_tokens(base: Path, data: Path) -> int:
    from transformers import AutoTokenizer

    from assistant.tuning.dataset import read_set
    from assistant.tuning.encode import encode

    tokenizer, tools = AutoTokenizer.from_pretrained(base, local_files_only=True), tool_descriptions()
    return sum(len(encode(row, tokenizer, tools).tokens) for row in read_set(data / "train.jsonl"))


def as_entry(report: dict[str, Any], date: str) -> str:
    """The entry of the log, in Markdown."""
    head = list(_COLUMNS.values())
    lines = [
        f"## {date} · {report['model']} behind vLLM, by number of users (commit {report['commit']})",
        "",
        f"Machine: {report['machine']}. Server: {report['server']}. Command: `{report['command']}`. `calls`: "
        f"questions, each held to its own grammar; `text`: {_TEXT_TOKENS} tokens of plain text.",
        "",
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
    ]
    lines += [f"| {' | '.join(_cell(row[key]) for key in _COLUMNS)} |" for row in report["serving"]]
    training = report["training"]
    if training:
        lines += [
            "",
            f"Training on {training['device']}: {training['tokens_s']:,} tokens/s over {training['steps']} steps of "
            f"{training['batch_tokens']:,} tokens; a whole run ({training['examples']:,} examples, "
            f"{training['epochs']:g} epochs) takes {training['whole_run_minutes']} min at that speed.",
        ]
    return "\n".join([*lines, ""])


def _cell(value: Any) -> str:
    return "–" if value is None else f"{value:,}" if isinstance(value, int | float) else str(value)


def add_to_log(log: Path, entry: str) -> None:
    """Put the entry above the others, below the introduction."""
    text = log.read_text(encoding="utf-8") if log.exists() else "# Log of measurements\n\n"
    place = text.find("\n## ") + 1 or len(text)
    log.write_text(f"{text[:place]}{entry}\n{text[place:]}", encoding="utf-8")


def _commit() -> str:
    try:
        command = ["git", "rev-parse", "--short", "HEAD"]
        told = subprocess.run(command, capture_output=True, text=True, timeout=10, cwd=LOG.parent, check=True)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return told.stdout.strip()
