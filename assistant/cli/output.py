"""What the command line prints: answers on stdout, errors on stderr, one JSON object where it is asked for."""

import json
import sys
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


def print_json(value: Any) -> None:
    """One JSON object on stdout, Chinese readable."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False))


def print_error(message: str) -> None:
    """An error for a person, on stderr."""
    print(message, file=sys.stderr)


def print_progress(seconds: float, cost: float, gap: float) -> None:
    """How good the best plan so far is, one line on stderr."""
    told = f"cost {cost:,.0f}, at most {100 * gap:.0f} % could be saved" if gap else f"cost {cost:,.0f}, proven best"
    print(f"\n    {seconds:4.0f} s: {told} (Ctrl-C keeps this plan)", end="", file=sys.stderr, flush=True)


def progress_bar() -> Progress:
    """A progress bar with time left, on stderr so that stdout stays clean."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
