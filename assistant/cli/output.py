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
