"""Tells what limits a roster: the worth of one more of each thing, and what would make an impossible one possible."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from assistant.plan.explain.repairs import MOST_CHANGES, Repair, repairs
from assistant.plan.explain.worth import Worth
from assistant.plan.jsonable import encode
from assistant.plan.result import Reason
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.problem import RosterProblem
from assistant.tools.page import Page
from assistant.tools.roster_words import about, difference_words, person_name, shift_name
from assistant.tools.services import Services
from assistant.tools.wording import Wording


def say_worths(page: Page, problem: RosterProblem, rows: Sequence[Worth], kind: str) -> None:
    """A table, best first; for a bottleneck only what loosens, and what binds most in the headline."""
    say = page.wording
    if not rows:
        page.headline("worth.unknown")
        page.next_step("explain.unknown_next")
        return
    loosening = [row for row in rows if row.step > 0]
    shown = loosening if kind == "bottleneck" else rows
    best = next((row for row in loosening if row.saved > 0), None)
    if best is None:
        page.headline("worth.nothing")
    else:
        key = "bottleneck" if kind == "bottleneck" else "sensitivity"
        page.headline(f"worth.{key}", what=_step_words(say, best, problem), points=say.count("point", best.saved))
    for row in shown:
        _say_row(page, row, problem)
    if any(row.saved > 0 for row in shown if row.step < 0):
        page.reason("worth.spare")
    page.proof("worth.proven" if all(row.proven for row in shown) else "worth.found")
    page.caveat("worth.caveat")
    page.next_step("worth.next")


def _say_row(page: Page, row: Worth, problem: RosterProblem) -> None:
    say = page.wording
    key = "saves" if row.saved > 0 else "costs" if row.saved < 0 else "equal"
    units = difference_words(say, row.change, worse=row.saved < 0)
    page.row(
        f"worth.{key}{'_units' * bool(units and row.saved)}",
        what=_step_words(say, row, problem),
        points=say.count("point", abs(row.saved)),
        units=units,
    )


def _step_words(say: Wording, row: Worth, problem: RosterProblem) -> str:
    """`one more nurse`, `one nurse fewer needed on Tue 17 Mar, Night`."""
    subject = row.subject
    if row.thing == "nurse" and subject:
        subject = person_name(say, subject, problem)
    if row.thing == "shift_need":
        day, shift = subject.split(" ", 1)
        subject = f"{say.short_day(date.fromisoformat(day))}{say.word('comma')}{shift_name(say, shift, problem)}"
    direction = "more" if row.step > 0 else "fewer"
    return say.say(f"worth.{row.thing}_{direction}", subject=subject)[0]


def say_conflicts(
    page: Page, services: Services, settings: PlanSettings, problem: RosterProblem, data: dict[str, Any]
) -> None:
    """Every smallest repair, each checked; or that the roster needs none."""
    say = page.wording
    found = repairs(problem, settings)
    data["repairs"] = encode(found)
    if found.possible:
        page.headline("conflict.possible")
        page.next_step("conflict.possible_next")
        return
    if not found.found:
        page.headline("conflict.no_repair", most=say.count("change", MOST_CHANGES))
        page.next_step("conflict.no_repair_next")
        return
    page.headline("conflict.repairs", ways=say.count("way", len(found.found)), most=say.count("change", MOST_CHANGES))
    for repair in found.found[: services.tools.max_rows]:
        words = say.listed([_repair_words(say, rule, problem, repair) for rule in repair.changes])
        short = say.count("shift", repair.measures.short_shifts)
        page.row(
            "conflict.repair_short" if repair.measures.short_shifts else "conflict.repair", words=words, short=short
        )
    lacks = any(repair.measures.short_shifts for repair in found.found)
    page.reason("conflict.checked_short" if lacks else "conflict.checked")
    page.proof("conflict.complete" if found.complete else "conflict.not_complete")
    page.next_step("conflict.repairs_next")


def _repair_words(say: Wording, rule: Reason, problem: RosterProblem, repair: Repair) -> str:
    where = about(say, rule, problem)
    place = (rule.values.get("day"), rule.values.get("shift"))
    count = sum((duty.day.isoformat(), duty.shift) == place for duty in repair.agency)
    return say.say(
        f"repairs.{rule.kind}",
        who=where,
        nurses=say.count("nurse", count),
        skill=str(rule.values.get("skill", "")),
        hours=say.count("hour", float(rule.values.get("hours", 0))),
    )[0]
