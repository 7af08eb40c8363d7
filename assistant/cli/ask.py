"""assistant ask: one question, one answer."""

import argparse
import sys
import uuid

from assistant.agent.assistant import Finished
from assistant.agent.question import Answer, Question
from assistant.agent.run import StepFinished, StepProgress, StepStarted
from assistant.app import App, open_app
from assistant.cli.output import print_error, print_json, print_progress
from assistant.cli.session import add_when, add_who, at_of, user_of


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("ask", help="ask a question in English or Chinese", description="Ask one question.")
    parser.add_argument("question", help="the question, in quotes")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--thread", help="conversation to go on with (default: a new one; follow-ups need the same name)"
    )
    add_who(parser)
    add_when(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer; the exit code is 0 unless nothing could be looked up at all."""
    app = open_app()
    question = Question(
        arguments.question,
        user_of(arguments),
        arguments.role,
        arguments.thread or f"cli-{uuid.uuid4().hex[:12]}",
        arguments.lang or "",
        at_of(arguments, app),
    )
    answer = ask(app, question, quiet=arguments.json)
    if arguments.json:
        print_json(answer.to_json())
    else:
        print(as_text(answer))
    if answer.problem:
        print_error(f"assistant: {answer.problem}")
    return 1 if answer.problem else 0


def ask(app: App, question: Question, quiet: bool) -> Answer:
    """The answer; each step is told on stderr while it runs unless `quiet`."""
    for event in app.assistant.stream(question):
        if isinstance(event, Finished):
            return event.answer
        if quiet:
            continue
        if isinstance(event, StepStarted):
            shown = " ".join(f"{name}={value}" for name, value in event.arguments.items())
            print(f"  {event.tool} {shown} ...", end=" ", file=sys.stderr, flush=True)
        elif isinstance(event, StepProgress):
            print_progress(event.progress.seconds, event.progress.cost, event.progress.gap)
        elif isinstance(event, StepFinished):
            print(f" {event.record.status} ({event.record.seconds:.1f} s)", file=sys.stderr)
    raise AssertionError("stream ends with Finished")


def as_text(answer: Answer) -> str:
    """The answer with its sources and where it is recorded."""
    lines = [answer.text]
    if answer.sources:
        lines.append("")
        lines += [f"[{source.id}] {_cited(source)}" for source in answer.sources]
    if answer.facts:
        borne = "all of the answer grounded in them" if answer.grounded else "NOT all of the answer grounded in them"
        lines.append(f"[facts] {len(answer.facts)} ({answer.facts[0].id} to {answer.facts[-1].id}), {borne}")
    lines.append(f"[{answer.journal_id}]")
    return "\n".join(lines)


def _cited(source: object) -> str:
    parts = [getattr(source, name) for name in ("title", "section", "version", "as_of")]
    return ", ".join(part for part in parts if part)
