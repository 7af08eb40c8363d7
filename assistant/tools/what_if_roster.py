"""Tells a roster planned again after a change: who changes, what it comes to before and after, how sure it is."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from assistant.plan.explain.measures import Measures
from assistant.plan.explain.replan import Replan, replan
from assistant.plan.explain.suppose import ABSENT, DEMAND, Supposed, suppose, touched_by
from assistant.plan.jsonable import decode, encode
from assistant.plan.result import Status
from assistant.plan.risk.staffing import expected_short, shift_risks
from assistant.plan.staffing.problem import RosterProblem
from assistant.tools.asked_plan import AskedRoster, as_roster, has_changed
from assistant.tools.cover import cover_for
from assistant.tools.inputs_now import inputs_now
from assistant.tools.page import Page
from assistant.tools.proof import rule_words
from assistant.tools.roster_words import about, person_name, say_changes, shift_name
from assistant.tools.services import Services
from assistant.tools.supposed_roster import read_roster_change
from assistant.tools.tool import Context, Outcome, Proposal, Source
from assistant.tools.wording import Wording, wording


def what_if_roster(services: Services, asked: Any, context: Context, roster: AskedRoster) -> Outcome:
    """Apply the change upon those supposed before, plan again near the published roster, and tell both."""
    change = read_roster_change(services, asked, context, roster)
    root, earlier = _root(services, roster)
    changes = (*earlier, change)
    new = suppose(roster.problem, [change])
    found = replan(
        root.problem,
        root.plan.assignments,
        new,
        touched_by(new, [change]),
        root.weighed(services.plan),
        start=roster.plan.assignments,
    )
    say = wording(context.language)
    made = str(root.proposal.made.get("at", ""))
    page = Page(say, Source("plan:staffing", "plan", say.word("source_roster_plan"), as_of=made))
    what = say.listed([change_words(say, item, new) for item in changes])
    data: dict[str, Any] = {"plan_id": root.proposal.id, "what_if": encode(found), "supposed": encode(list(changes))}
    _Told(page, services, new, found, what).tell(changes)
    if found.plan.assignments and not any(item.change == DEMAND for item in changes):
        data["risk"] = _say_risk(page, services, root, found)
    page.caveat("whatif.base", plan=root.proposal.id)
    if has_changed(root.proposal, lambda proposal: inputs_now(services, proposal)):
        data["records_changed"] = True
        page.caveat("explain.changed")
    kept = _proposal(say, root, changes, new, found, what)
    if found.plan.assignments and not found.plan.rule_check:
        return page.outcome(data, proposal=kept)
    return page.outcome(data, attempt=kept)


def _root(services: Services, roster: AskedRoster) -> tuple[AskedRoster, tuple[Supposed, ...]]:
    """The published plan, and what was supposed upon it already."""
    origin = roster.proposal.made.get("origin")
    if not origin or "plan" not in origin or services.proposals is None:
        return roster, ()
    return as_roster(services.proposals.get(origin["plan"])), decode(tuple[Supposed, ...], origin["changes"])


def _say_risk(page: Page, services: Services, root: AskedRoster, found: Replan) -> dict[str, float] | None:
    """Shifts that will turn out short on average by the forecast, before and after; None without a forecast."""
    days = root.problem.days
    at = datetime.fromisoformat(str(root.proposal.made["at"]))
    cover = cover_for(services, services.unit_by_code(root.problem.unit), days[0], len(days), at)
    if not cover.expected:
        return None
    before, after = (
        expected_short(shift_risks(plan.coverage, cover.ratios, cover.expected)) for plan in (root.plan, found.plan)
    )
    say = page.wording
    page.reason("whatif.risk", before=say.count("shift", before), after=say.count("shift", after))
    return {"before": before, "after": after}


def _proposal(
    say: Wording,
    root: AskedRoster,
    changes: tuple[Supposed, ...],
    new: RosterProblem,
    found: Replan,
    what: str,
) -> Proposal:
    summary = say.say("whatif.summary", what=what, plan=root.proposal.id)[0]
    origin = {"plan": root.proposal.id, "changes": encode(list(changes))}
    return Proposal("staffing", summary, found.plan.to_json(), new.to_json(), origin)


def change_words(say: Wording, change: Supposed, problem: RosterProblem) -> str:
    """A change in words: `Li Na and Wang Na are absent on Tue 17 Mar`."""
    names = say.listed([person_name(say, staff, problem) for staff in change.staff])
    who = names or say.listed([person_name(say, person.staff, problem) for person in change.people])
    days = say.listed([say.short_day(day) for day in change.days])
    shift = shift_name(say, change.shift, problem) if change.shift else ""
    when = say.say(f"whatif.when{'_day' * bool(days)}{'_shift' * bool(shift)}", days=days, shift=shift)[0]
    key = change.change
    if key == DEMAND:
        key = ("demand_more" if change.amount >= 0 else "demand_fewer") + "_percent" * change.percent
    amount = say.percent(abs(change.amount)) if change.percent else say.count("patient", abs(change.amount))
    one = len(change.staff) + len(change.people) == 1
    if change.change != DEMAND:
        key += "_one" if one else "_many"
    return say.say(f"whatif.{key}", who=who, when=when, amount=amount)[0]


class _Told:
    """The sentences of one re-planned roster."""

    def __init__(self, page: Page, services: Services, problem: RosterProblem, found: Replan, what: str) -> None:
        self._page, self._services, self._problem, self._found, self._what = page, services, problem, found, what
        self._say = page.wording

    def tell(self, changes: tuple[Supposed, ...]) -> None:
        """Headline, both side by side, who changes, proof, next step."""
        say, found = self._say, self._found
        if found.status is Status.INFEASIBLE:
            self._impossible()
            return
        if found.status is Status.UNKNOWN:
            self._page.headline("whatif.unknown", what=self._what)
            self._page.next_step("explain.unknown_next")
            return
        others = [change for change in found.changes if not _own(change.staff, change.day, changes)]
        people = len({change.staff for change in others})
        key = "headline" if others else "headline_nobody"
        self._page.headline(
            f"whatif.{key}{'_short' * bool(found.after.short_shifts)}",
            what=self._what,
            days=say.count("changed_day", len(others)),
            people=say.count("person", people),
            short=say.count("shift", found.after.short_shifts),
        )
        self._side_by_side()
        if len(changes) > 1:
            self._page.reason("whatif.together")
        say_changes(self._page, found.changes, self._problem, self._services.tools.max_rows)
        self._page.proof("whatif.proven" if found.status is Status.OPTIMAL else "whatif.found")
        if any(not change.days and change.change == ABSENT for change in changes):
            self._page.change("whatif.whole_plan")
        self._page.next_step("whatif.next")

    def _impossible(self) -> None:
        self._page.headline("whatif.impossible", what=self._what)
        for rule in self._found.conflict.rules:
            words = rule_words(self._say, rule, lambda reason: about(self._say, reason, self._problem))
            self._page.row("conflict.row", rule=words)
        self._page.proof("explain.minimal" if self._found.conflict.minimal else "explain.not_minimal")
        self._page.next_step("conflict.next")

    def _side_by_side(self) -> None:
        """Every measure that changes, and the short shifts and the cost in any case."""
        say, found = self._say, self._found
        for field in fields(Measures):
            three = [getattr(side, field.name) for side in (found.before, found.nothing_done, found.after)]
            if field.name in ("short_shifts", "cost") or len(set(three)) > 1:
                before, nothing, after = (say.number(number) for number in three)
                what = say.word(f"measure_{field.name}")
                self._page.reason("whatif.side", what=what, before=before, nothing=nothing, after=after)


def _own(staff: str, day: Any, changes: tuple[Supposed, ...]) -> bool:
    """A day that differs because the question says so, not because somebody has to help."""
    return any(
        staff in (*change.staff, *(person.staff for person in change.people))
        and (not change.days or day in change.days)
        for change in changes
    )
