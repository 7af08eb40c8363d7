"""Words for rosters: people, shifts, rules, who changes, and differences in named units."""

from collections.abc import Sequence
from datetime import date

from assistant.plan.explain.differences import Change
from assistant.plan.explain.measures import Measures
from assistant.plan.result import Reason
from assistant.plan.staffing.problem import RosterProblem
from assistant.tools.page import Page
from assistant.tools.wording import Wording


def about(say: Wording, reason: Reason, problem: RosterProblem) -> str:
    """Whom or which shift a rule is about."""
    values = reason.values
    shift = shift_name(say, str(values.get("shift", "")), problem)
    if "day" in values:
        day = say.short_day(date.fromisoformat(str(values["day"])))
        shift = f"{day}{say.word('comma')}{shift}" if shift else day
    staff = str(values.get("staff", reason.subject))
    person = person_name(say, staff, problem)
    if person != staff:
        return f"{person} ({shift})" if "day" in values else person
    return shift if "day" in values else reason.subject


def person_name(say: Wording, staff: str, problem: RosterProblem) -> str:
    """A person by name in the reader's language."""
    for person in problem.people:
        if person.staff == staff:
            return say.person(staff, person.name, person.name_zh)
    return staff


def shift_name(say: Wording, code: str, problem: RosterProblem) -> str:
    """A shift by name in the reader's language."""
    for shift in problem.shifts:
        if shift.shift == code:
            return (say.language == "zh" and shift.name_zh) or shift.name
    return code


def shift_or_free(say: Wording, code: str, problem: RosterProblem) -> str:
    """A shift by name, or that the day is free."""
    return shift_name(say, code, problem) if code else say.word("free_day")


def say_changes(page: Page, changes: Sequence[Change], problem: RosterProblem, limit: int) -> None:
    """Who changes, one line each; beyond the limit their number."""
    say = page.wording
    for change in changes[:limit]:
        page.row(
            "explain.change",
            day=say.short_day(change.day),
            who=person_name(say, change.staff, problem),
            before=shift_or_free(say, change.before, problem),
            after=shift_or_free(say, change.after, problem),
        )
    if len(changes) > limit:
        page.row("explain.more_changes", changes=say.count("changed_day", len(changes) - limit))


def difference_words(say: Wording, extra: Measures, worse: bool) -> str:
    """What gets worse (or better) and by how much, in named units; empty where nothing does."""
    found = extra.worse() if worse else extra.better()
    prefix = "more" if worse else "fewer"
    return say.listed(
        [say.count(f"{prefix}_{name}", amount) for name, amount in found.items() if name != "short_shifts"]
    )
