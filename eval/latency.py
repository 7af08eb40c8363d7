"""Seconds from question to answer, by step, and peak memory, with the language model of the settings."""

import argparse
import json
import platform
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from assistant.agent.question import Question
from assistant.app import open_app

QUESTIONS = (
    "How full is the ICU now and over the next 7 days?",
    "Where should the patients waiting tonight go?",
    "Draft a two-week roster for the ICU",
    "重症监护室现在有多满？",
    "What is the nurse to patient ratio in the ICU?",
)
STEPS = ("understand", "run", "write", "total")


def main(argv: list[str]) -> int:
    """Ask `--runs` questions in turn and report median, 90th percentile and the slowest, by step."""
    parser = argparse.ArgumentParser(prog="python -m eval latency", description=__doc__)
    parser.add_argument("--out", type=Path, help="write the report as JSON")
    parser.add_argument("--runs", type=int, default=20, help="questions asked in all (default: 20)")
    parser.add_argument("--home", type=Path, help="data folder (default: ASSISTANT_HOME)")
    arguments = parser.parse_args(argv)
    began = time.monotonic()
    app = open_app(arguments.home)
    app.assistant  # noqa: B018  composes the parts; the language model itself loads at the first question
    loaded = time.monotonic() - began
    asked: list[dict[str, Any]] = []
    for number in range(arguments.runs):
        question = QUESTIONS[number % len(QUESTIONS)]
        answer = app.assistant.ask(Question(question, user="eval", thread=f"latency-{number}"))
        asked.append({"question": question, "steps": [r.tool for r in answer.records], **answer.seconds})
        print(f"{number + 1}/{arguments.runs}  {answer.seconds['total']:6.2f} s  {question}", file=sys.stderr)
    report = {"composed_seconds": round(loaded, 2), "machine": machine(), "runs": len(asked), "first": asked[0]}
    report |= {step: summary([row[step] for row in asked[1:]]) for step in STEPS}
    report["by_question"] = {
        text: summary([row["total"] for row in asked[1:] if row["question"] == text]) for text in QUESTIONS
    }
    report["peak_memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps(report, ensure_ascii=False, indent=1))
    if arguments.out:
        arguments.out.write_text(json.dumps({**report, "asked": asked}, ensure_ascii=False, indent=1))
    return 0


def summary(seconds: list[float]) -> dict[str, float]:
    """Median, 90th percentile and slowest; empty for no runs."""
    if not seconds:
        return {}
    ordered = sorted(seconds)
    return {
        "median": round(statistics.median(ordered), 3),
        "p90": round(ordered[min(len(ordered) - 1, int(0.9 * len(ordered)))], 3),
        "slowest": round(ordered[-1], 3),
    }


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    import os

    return {"cpus": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
