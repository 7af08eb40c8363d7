"""How good a plan is proven to be, and which rules stand in the way of one."""

from assistant.plan.result import Reason, Result, Status
from assistant.tools.page import Page
from assistant.tools.wording import Wording


def say_proof(page: Page, result: Result, section: str) -> None:
    """Optimal only where it was proven; otherwise the gap that is left."""
    say = page.wording
    seconds = say.count("second", max(0.1, result.seconds))
    if result.status is Status.OPTIMAL:
        page.proof(f"{section}.optimal", seconds=seconds)
    else:
        page.proof(f"{section}.feasible", seconds=seconds, gap=say.percent(100 * (result.gap or 0)))


def say_conflict(page: Page, result: Result) -> None:
    """The smallest set of rules that cannot hold together, one line each, and what to do."""
    for reason in result.conflict:
        page.row("conflict.row", rule=rule_words(page.wording, reason))
    page.next_step("conflict.next" if result.conflict else "conflict.none_named")


def rule_words(say: Wording, reason: Reason) -> str:
    """A rule in the hospital's words: its name, whom it is about, and its typed values."""
    name = say.words.get(f"rule_{reason.kind}", reason.kind.replace("_", " "))
    details = [reason.subject, *(f"{key.replace('_', ' ')} {value}" for key, value in reason.values.items())]
    shown = ", ".join(detail for detail in details if detail)
    return f"{name} ({shown})" if shown else name
