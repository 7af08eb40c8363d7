"""Tells a bed plan made again after a change: who is placed differently, before and after, how sure it is."""

from dataclasses import fields
from typing import Any

from assistant.plan.beds.plan import BedPlan
from assistant.plan.beds.problem import BedProblem
from assistant.plan.explain.beds_measures import BedMeasures
from assistant.plan.explain.beds_suppose import (
    CLOSED,
    DEMAND,
    OPENED,
    BedReplan,
    BedSupposed,
    replan_beds,
    suppose_beds,
)
from assistant.plan.jsonable import decode, encode
from assistant.plan.proposals import StoredProposal
from assistant.plan.result import Status
from assistant.tools.asked_plan import bed_settings, has_changed
from assistant.tools.bed_words import bed_name, say_bed_changes
from assistant.tools.inputs_now import inputs_now
from assistant.tools.page import Page
from assistant.tools.proof import rule_words
from assistant.tools.services import Services
from assistant.tools.supposed_beds import read_bed_change
from assistant.tools.tool import Context, Outcome, Proposal, Source
from assistant.tools.wording import Wording, wording


def what_if_beds(services: Services, asked: Any, context: Context, proposal: StoredProposal) -> Outcome:
    """Apply the change upon those supposed before, plan again near the published plan, and tell both."""
    problem, plan = BedProblem.from_json(proposal.inputs), BedPlan.from_json(proposal.plan)
    change = read_bed_change(services, asked, problem, plan)
    root, earlier = _root(services, proposal)
    changes = (*earlier, change)
    new = suppose_beds(problem, [change])
    published = BedPlan.from_json(root.plan)
    settings = bed_settings(services.plan, published)
    found = replan_beds(BedProblem.from_json(root.inputs), published, new, settings)
    say = wording(context.language)
    made = str(root.made.get("at", ""))
    page = Page(say, Source("plan:beds", "plan", say.word("source_bed_plan"), as_of=made))
    what = say.listed([_change_words(say, services, item) for item in changes])
    data: dict[str, Any] = {"plan_id": root.id, "what_if": encode(found), "supposed": encode(list(changes))}
    _tell(page, services, new, found, what, changes)
    if asked.day:
        page.caveat("bedif.whole_plan")
    page.caveat("whatif.base", plan=root.id)
    if has_changed(root, lambda each: inputs_now(services, each)):
        data["records_changed"] = True
        page.caveat("explain.changed")
    summary = say.say("whatif.summary", what=what, plan=root.id)[0]
    origin = {"plan": root.id, "changes": encode(list(changes))}
    kept = Proposal("beds", summary, found.plan.to_json(), new.to_json(), origin)
    if found.plan.result.objective is None or found.plan.rule_check:
        return page.outcome(data, attempt=kept)
    return page.outcome(data, proposal=kept)


def _root(services: Services, proposal: StoredProposal) -> tuple[StoredProposal, tuple[BedSupposed, ...]]:
    """The published plan, and what was supposed upon it already."""
    origin = proposal.made.get("origin")
    if not origin or services.proposals is None:
        return proposal, ()
    return services.proposals.get(origin["plan"]), decode(tuple[BedSupposed, ...], origin["changes"])


def _change_words(say: Wording, services: Services, change: BedSupposed) -> str:
    """A change in words: `3 beds of 3A close`."""
    where = say.unit_short(services.unit_by_code(change.unit)) if change.unit else say.word("whole_hospital")
    if change.change in (CLOSED, OPENED):
        beds = say.count("bed", len(change.closed) + len(change.reopened) + len(change.added))
        return say.say(f"bedif.{change.change}", beds=beds, where=where)[0]
    if change.change == DEMAND:
        key = "demand_more" if change.coming else "demand_fewer"
        patients = say.count("patient", len(change.coming) + len(change.gone))
        return say.say(f"bedif.{key}", patients=patients, where=where)[0]
    choice = change.choice
    place = bed_name(say, services, choice.place) if choice and choice.place else say.word("whole_hospital")
    return say.say(f"bedif.{change.change}", patient=choice.visit if choice else "", place=place)[0]


def _tell(
    page: Page,
    services: Services,
    problem: BedProblem,
    found: BedReplan,
    what: str,
    changes: tuple[BedSupposed, ...],
) -> None:
    """Headline, both side by side, who is placed differently, proof, next step."""
    say = page.wording
    if found.status is Status.INFEASIBLE:
        page.headline("bedif.impossible", what=what)
        for rule in found.conflict.rules:
            page.row("conflict.row", rule=rule_words(say, rule, lambda reason: reason.subject))
        page.proof("bedwhy.minimal" if found.conflict.minimal else "explain.not_minimal")
        page.next_step("conflict.next")
        return
    if found.status is Status.UNKNOWN:
        page.headline("bedif.unknown", what=what)
        page.next_step("explain.unknown_next")
        return
    page.headline(
        "bedif.headline_waiting" if found.after.unplaced else "bedif.headline",
        what=what,
        patients=say.count("patient", len(found.changes)),
        unplaced=say.count("patient", found.after.unplaced),
        waiting=say.count("waiting_patient", len(problem.waiting)),
    )
    for field in fields(BedMeasures):
        three = [getattr(side, field.name) for side in (found.before, found.nothing_done, found.after)]
        if field.name in ("unplaced", "cost") or len(set(three)) > 1:
            before, nothing, after = (say.number(number) for number in three)
            page.reason(
                "whatif.side", what=say.word(f"measure_{field.name}"), before=before, nothing=nothing, after=after
            )
    if len(changes) > 1:
        page.reason("whatif.together")
    say_bed_changes(page, services, problem, found.changes)
    page.proof("bedif.proven" if found.status is Status.OPTIMAL else "whatif.found")
    lying = {patient.bed for patient in problem.patient_by_visit.values()}
    if any(set(change.closed) & lying for change in changes):
        page.caveat("bedif.occupied")
    page.next_step("whatif.next")
