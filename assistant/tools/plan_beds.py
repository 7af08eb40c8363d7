"""plan_beds: where the waiting patients should go, which transfers make room, who stays unplaced and why."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pydantic import Field

from assistant.errors import ToolError
from assistant.plan.beds.from_records import problem_from_records
from assistant.plan.beds.plan import BedPlan, Placement
from assistant.plan.beds.problem import BedProblem, Patient
from assistant.plan.beds.solve import solve
from assistant.plan.result import Reason
from assistant.records.units import Unit
from assistant.tools.arguments import Arguments, copied, copied_time
from assistant.tools.page import Page
from assistant.tools.periods import moment
from assistant.tools.proof import say_conflict, say_proof
from assistant.tools.services import Services
from assistant.tools.state_beds import needs_words
from assistant.tools.tool import Context, Outcome, Proposal, Source, Tool
from assistant.tools.wording import wording


class PlanBedsArguments(Arguments):
    """Arguments of plan_beds."""

    unit: str | None = copied("Unit by code or name; empty for the whole hospital.")
    start: str | None = copied_time("From when, ISO or in words; empty for now.")
    days: int = Field(default=1, ge=1, le=28, description="Days to plan.")


def plan_beds(services: Services, arguments: PlanBedsArguments, context: Context) -> Outcome:
    """Solve the bed problem and say who goes where, why, and how good the plan is proven to be."""
    unit, problem = _problem(services, arguments, context)
    say = wording(context.language)
    source = Source("plan:beds", "plan", say.word("source_bed_plan"), as_of=problem.at.isoformat(timespec="minutes"))
    page = Page(say, source)
    if not problem.waiting:
        page.headline("beds.headline_none_waiting", at=say.moment(problem.at))
        return page.outcome({"plan": None})
    plan = solve(problem, services.plan)
    data: dict[str, Any] = {"plan": plan.to_json()}
    if plan.result.objective is None:
        page.headline("beds.headline_infeasible", at=say.moment(problem.at))
        say_conflict(page, plan.result, str)
        return page.outcome(data)
    _Told(page, services, problem, plan, unit).tell()
    proposal = (
        None if plan.rule_check else Proposal("beds", _summary(page, problem, plan), data["plan"], problem.to_json())
    )
    return page.outcome(data, proposal=proposal)


def inputs(services: Services, arguments: PlanBedsArguments, context: Context) -> dict[str, Any]:
    """What the bed plan would be computed from now."""
    return _problem(services, arguments, context)[1].to_json()


def _problem(services: Services, arguments: PlanBedsArguments, context: Context) -> tuple[Unit | None, BedProblem]:
    unit = services.unit(arguments.unit)
    at = context.at
    # "Tonight" and "today" mean the patients who wait now; only another day moves the clock of the plan.
    if arguments.start:
        asked = moment(arguments.start, context.at)
        if asked.date() < at.date():
            at = asked
        elif asked.date() > at.date() + timedelta(days=28):
            raise ToolError("A bed plan reaches at most 28 days ahead.", code="bad_arguments")
    return unit, problem_from_records(services.store, at, unit.code if unit else None, arguments.days, services.plan)


def _summary(page: Page, problem: BedProblem, plan: BedPlan) -> str:
    say = page.wording
    placed, waiting = say.number(len(plan.assignments), "patient"), say.number(len(problem.waiting), "patient")
    return say.say("beds.summary", placed=placed, waiting=waiting, at=say.moment(problem.at))[0]


class _Told:
    """The sentences of one bed plan.

    A question about one unit shows the placements that unit wants or gives; the plan itself is the hospital's, since
    patients compete for beds across units.
    """

    def __init__(self, page: Page, services: Services, problem: BedProblem, plan: BedPlan, unit: Unit | None) -> None:
        self._page, self._services, self._problem, self._plan = page, services, problem, plan
        self._unit = unit.code if unit else ""
        self._say = page.wording

    def tell(self) -> None:
        """Headline, transfers, placements, what is opened, who is left and why, proof, next step."""
        self._headline()
        for transfer in self._plan.transfers:
            origin, target = transfer.from_bed.split("/")[0], transfer.to_bed.split("/")
            if self._concerns(origin, target[0]):
                self._page.row(
                    "beds.transfer", patient=transfer.visit, origin=self._called(origin), **self._bed(target)
                )
        for placement in sorted(self._plan.assignments, key=self._urgency):
            self._placement(placement)
        for code, count in self._plan.surge:
            self._page.row("beds.surge", unit=self._called(code), count=self._say.count("surge_bed", count))
        for reason in self._plan.unplaced:
            self._unplaced(reason)
        say_proof(self._page, self._plan.result, "beds")
        if self._plan.rule_check:
            self._page.caveat("beds.rules_broken", count=self._say.count("rule", len(self._plan.rule_check)))
        self._page.change("beds.change")
        self._page.caveat("beds.caveat")
        self._page.next_step("beds.next")

    def _urgency(self, placement: Placement) -> tuple[int, datetime]:
        """Most urgent first, then the longest wait."""
        patient = self._problem.patient_by_visit[placement.visit]
        return patient.acuity or 9, patient.since or self._problem.at

    def _headline(self) -> None:
        say = self._say
        tonight = [placement for placement in self._plan.assignments if placement.night == 0]
        common = {"waiting": say.number(len(self._problem.waiting), "patient"), "at": say.moment(self._problem.at)}
        left = len(self._problem.waiting) - len(self._plan.assignments)
        if not left and len(tonight) == len(self._plan.assignments):
            self._page.headline("beds.headline_all", **common)
            return
        placed = say.number(len(self._plan.assignments), "patient")
        self._page.headline("beds.headline_some", **common, placed=placed, unplaced=say.number(left, "patient"))

    def _placement(self, placement: Placement) -> None:
        address = placement.bed.split("/")
        if not self._concerns(placement.wanted, address[0]):
            return
        patient = self._problem.patient_by_visit[placement.visit]
        key = "beds.row_wrong_unit" if placement.wrong_unit else "beds.row"
        if placement.surge:
            key = "beds.row_surge"
        elif placement.start > self._problem.at:
            key = "beds.row_later"
        self._page.row(
            key,
            patient=placement.visit,
            target=self._called(placement.wanted),
            start=self._say.moment(placement.start),
            **self._wait(patient),
            **self._bed(address),
        )

    def _unplaced(self, reason: Reason) -> None:
        patient = self._problem.patient_by_visit[reason.subject]
        if self._concerns(patient.wants, ""):
            why = self._say.word(f"reason_{reason.kind}")
            target = self._called(patient.wants)
            self._page.row("beds.unplaced", patient=reason.subject, target=target, reason=why, **self._wait(patient))

    def _wait(self, patient: Patient) -> dict[str, str]:
        waited = self._problem.at - (patient.since or self._problem.at)
        hours = max(timedelta(0), waited) / timedelta(hours=1)
        return {
            "place": self._place(patient),
            "needs": needs_words(self._say, patient),
            "hours": self._say.count("hour", hours),
        }

    def _place(self, patient: Patient) -> str:
        """Where staff find the patient now, since only a pseudonym is shown."""
        if not patient.unit:
            return self._say.word("place_unknown")
        _, room, bed = patient.bed.split("/") if patient.bed else ("", "", "")
        key = "beds.place_bed" if bed else "beds.place"
        return self._say.say(key, unit=self._called(patient.unit), room=room, bed=bed)[0]

    def _bed(self, address: list[str]) -> dict[str, str]:
        return {"unit": self._called(address[0]), "room": address[1], "bed": address[2]}

    def _called(self, code: str) -> str:
        return self._say.unit(self._services.unit_by_code(code))

    def _concerns(self, *codes: str) -> bool:
        return not self._unit or self._unit in codes


def make_tool(services: Services) -> Tool:
    """The tool with its records bound in."""
    return Tool(
        "plan_beds",
        "Propose beds for the waiting patients, with transfers and surge beds where needed.",
        PlanBedsArguments,
        partial(plan_beds, services),
        inputs=partial(inputs, services),
    )
