"""How good a plan is proven to be, and which rules stand in the way of one."""

from collections.abc import Callable
from typing import Any

from assistant.plan.result import Reason, Result, Status
from assistant.tools.page import Page
from assistant.tools.wording import Wording


def say_proof(page: Page, result: Result, section: str) -> None:
    """Optimal only where it was proven; otherwise the gap that is left and the time that was taken."""
    say = page.wording
    if result.stopped:
        page.proof("proof.stopped", seconds=say.count("second", max(1, round(result.seconds))))
    if result.status is Status.OPTIMAL:
        page.proof(f"{section}.optimal")
    elif result.objective and not result.bound:
        page.proof("proof.no_bound", seconds=say.count("second", max(1, round(result.seconds))))
    else:
        seconds = say.count("second", max(1, round(result.seconds)))
        page.proof(f"{section}.feasible", seconds=seconds, gap=say.percent(100 * (result.gap or 0)))


def say_conflict(page: Page, result: Result, called: Callable[[Reason], str]) -> None:
    """The smallest set of rules that cannot hold together, one line each, and what to do.

    Args:
        page: Where to say it.
        result: Of the solver.
        called: Says whom or what a rule is about.
    """
    for reason in result.conflict:
        page.row("conflict.row", rule=rule_words(page.wording, reason, called))
    page.next_step("conflict.next" if result.conflict else "conflict.none_named")


def rule_words(say: Wording, reason: Reason, called: Callable[[Reason], str]) -> str:
    """A rule in the hospital's words, with its own figures; a kind without a sentence keeps its name."""
    key = f"rules.{reason.kind}"
    if key not in say.sentences:
        return f"{reason.kind.replace('_', ' ')} ({called(reason)})"
    return say.say(key, who=called(reason), **_figures(say, reason.values))[0]


def _figures(say: Wording, values: dict[str, Any]) -> dict[str, str]:
    """The named values of a rule in words; those that a rule lacks are empty and its sentence does not use them."""
    hours = values.get("hours", values.get("minutes", 0) / 60)
    return {
        "hours": say.count("hour", hours),
        "days": say.count("day", _number(values.get("days"))),
        "nights": say.count("night", _number(values.get("nights"))),
        "nurses": say.count("nurse", _number(values.get("nurses"))),
        "people": say.count("nurse", _number(values.get("people"))),
        "percent": say.percent(_number(values.get("percent"))),
        "skill": str(values.get("skill", "")),
    }


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
