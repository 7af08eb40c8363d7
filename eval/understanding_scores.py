"""What the understanding evaluation reports: accuracies with their uncertainty, confusion, latency, the misses."""

import math
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from eval.cases_understanding import Outcome

_Z = 1.959964  # 95 % of the normal distribution lie within so many standard deviations


def wilson(hits: int, count: int) -> list[float]:
    """The 95 % interval of a share by Wilson's score, which also holds near 0 and 1 (Wilson 1927).

    Args:
        hits: How often it was so.
        count: Out of how many, one at least.
    """
    share, z2 = hits / count, _Z**2
    middle = share + z2 / (2 * count)
    reach = _Z * math.sqrt(share * (1 - share) / count + z2 / (4 * count**2))
    scale = 1 + z2 / count
    # Exact at the ends, where rounding would leave a sliver.
    low = 0.0 if hits == 0 else (middle - reach) / scale
    high = 1.0 if hits == count else (middle + reach) / scale
    return [round(low, 4), round(high, 4)]


def summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The report over all cases, per language, per expected tools, and per both; one outcome at least."""
    return {
        "all": scores(outcomes),
        "languages": _by(outcomes, lambda outcome: outcome.case.language),
        "tools": _by(outcomes, expected_tools),
        "languages_tools": _by(outcomes, lambda outcome: f"{outcome.case.language} {expected_tools(outcome)}"),
        "confusion": _confusion(outcomes),
        "latency_seconds": latency([outcome.seconds for outcome in outcomes]),
        "misses": [_miss(outcome) for outcome in outcomes if not outcome.arguments],
    }


def scores(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Shares of cases with the right tools, and with all arguments right besides, each with its 95 % interval."""
    count = len(outcomes)
    tools = sum(outcome.tools for outcome in outcomes)
    arguments = sum(outcome.arguments for outcome in outcomes)
    return {
        "cases": count,
        "tool_accuracy": round(tools / count, 4),
        "tool_accuracy_95": wilson(tools, count),
        "all_arguments_accuracy": round(arguments / count, 4),
        "all_arguments_accuracy_95": wilson(arguments, count),
        "errors": sum(bool(outcome.error) for outcome in outcomes),
    }


def latency(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 90th percentile and longest, in seconds."""
    ordered = sorted(seconds)
    p90 = ordered[min(len(ordered) - 1, int(0.9 * len(ordered)))]
    return {"median": round(statistics.median(ordered), 3), "p90": round(p90, 3), "max": round(ordered[-1], 3)}


def expected_tools(outcome: Outcome) -> str:
    """The expected tools of a case, joined by `+`."""
    return _names(outcome.case.expect)


def confused(confusion: dict[str, dict[str, int]]) -> list[tuple[int, str, str]]:
    """How often, expected tools, predicted tools: the wrong ones only, most frequent first."""
    wrong = [
        (count, expected, predicted)
        for expected, row in confusion.items()
        for predicted, count in row.items()
        if predicted != expected
    ]
    return sorted(wrong, key=lambda row: (-row[0], row[1:]))


def _by(outcomes: Sequence[Outcome], key: Callable[[Outcome], str]) -> dict[str, Any]:
    groups = sorted({key(outcome) for outcome in outcomes})
    return {group: scores([outcome for outcome in outcomes if key(outcome) == group]) for group in groups}


def _confusion(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    """Expected tools (joined by +) to predicted tools to number of cases."""
    table: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        table.setdefault(expected_tools(outcome), Counter())[_names(outcome.predicted) or "none"] += 1
    return {expected: dict(row.most_common()) for expected, row in sorted(table.items())}


def _names(calls: Sequence[Any]) -> str:
    return "+".join(call.name for call in calls)


def _miss(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.case.id,
        "question": outcome.case.question,
        "expected": [call.as_dict() for call in outcome.case.expect],
        "predicted": [call.as_dict() for call in outcome.predicted],
        "error": outcome.error,
    }
