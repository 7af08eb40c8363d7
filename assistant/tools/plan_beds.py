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
from assistant.tools.risk_words import say_bed_risk
from assistant.tools.services import Services
from assistant.tools.state_beds import needs_words
from assistant.tools.tool import Context, Outcome, Proposal, Source, Tool
from assistant.tools.wording import Said, wording


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
    plan = solve(problem, services.plan, watch=context.watch)
    data: dict[str, Any] = {"plan": plan.to_json()}
    if plan.result.objective is None:
        page.headline("beds.headline_infeasible", at=say.moment(problem.at))
        say_conflict(page, plan.result, lambda reason: reason.subject)
        return page.outcome(data)
    _Told(page, services, problem, plan, unit).tell()
    _later_start(page, arguments, context)
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
            raise ToolError("A bed plan reaches at most 28 days ahead.", code="too_far")
    return unit, problem_from_records(services.store, at, unit.code if unit else None, arguments.days, services.plan)


def _later_start(page: Page, arguments: PlanBedsArguments, context: Context) -> None:
    """A plan asked for a later day is still the plan of those who wait now; that has to be said."""
    if arguments.start and (asked := moment(arguments.start, context.at)).date() > context.at.date():
        page.caveat("beds.later_start", day=page.wording.day(asked))


def _summary(page: Page, problem: BedProblem, plan: BedPlan) -> str:
    say = page.wording
    placed, waiting = len(plan.assignments), say.count("patient", len(problem.waiting))
    figure = say.count("patient", placed, bare=True)
    return say.say("beds.summary", placed=figure, waiting=waiting, at=say.moment(problem.at))[0]


class _Told:
    """The sentences of one bed plan.

    A question about one unit shows the placements that unit wants or gives; the plan itself is the hospital's, since
    patients compete for beds across units.
    """

    def __init__(self, page: Page, services: Services, problem: BedProblem, plan: BedPlan, unit: Unit | None) -> None:
        self._page, self._services, self._problem, self._plan = page, services, problem, plan
        self._asked, self._unit = unit, unit.code if unit else ""
        self._say = page.wording
        # Why a patient lies in another unit than the one waited for, by visit.
        self._because = {
            reason.subject: str(reason.values.get("because", ""))
            for reason in plan.result.reasons
            if reason.kind == "wrong_unit"
        }

    def tell(self) -> None:
        """Headline, transfers, placements, what is opened, who is left and why, proof, next step."""
        if self._asked:
            self._unit_headline(self._asked)
        else:
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
        say_bed_risk(self._page, self._services, self._problem, self._plan, self._asked)
        say_proof(self._page, self._plan.result, "beds")
        if self._plan.rule_check:
            self._page.caveat("beds.rules_broken", count=self._say.count("rule", len(self._plan.rule_check)))
        self._changes()
        self._page.caveat("beds.caveat")
        self._page.next_step("beds.next")

    def _urgency(self, placement: Placement) -> tuple[int, datetime]:
        """Most urgent first, then the longest wait."""
        patient = self._problem.patient_by_visit[placement.visit]
        return patient.acuity or 9, patient.since or self._problem.at

    def _headline(self) -> None:
        say, placed, waiting = self._say, len(self._plan.assignments), len(self._problem.waiting)
        later = sum(placement.start > self._problem.at for placement in self._plan.assignments)
        if placed < waiting:
            key = "headline_some" if placed else "headline_none_one" if waiting == 1 else "headline_none"
        elif later:
            key = "headline_all_later"
        else:
            key = "headline_one" if waiting == 1 else "headline_all"
        self._page.headline(
            f"beds.{key}",
            at=say.moment(self._problem.at),
            waiting=say.count("waiting_patient", waiting),
            placed=self._figure(placed),
            unplaced=self._figure(waiting - placed),
            now_placed=self._figure(placed - later),
            later=self._figure(later),
        )
        if placed > 1:
            self._page.reason("beds.order")

    def _unit_headline(self, unit: Unit) -> None:
        """What the plan means for the unit that was asked about, then for the hospital."""
        say, plan, problem = self._say, self._plan, self._problem
        arriving = sum(placement.bed.split("/")[0] == unit.code for placement in plan.assignments)
        wanting = {patient.visit for patient in problem.waiting if patient.wants == unit.code}
        placed = sum(placement.visit in wanting for placement in plan.assignments)
        self._page.headline(
            "beds.unit", unit=say.unit(unit), arriving=say.count("patient", arriving), at=say.moment(problem.at)
        )
        if wanting:
            self._page.reason(
                "beds.unit_waiting", waiting=say.count("patient", len(wanting)), placed=self._figure(placed)
            )
        else:
            self._page.reason("beds.unit_nobody", unit=say.unit(unit))
        self._page.reason(
            "beds.whole",
            placed=self._figure(len(plan.assignments)),
            waiting=say.count("waiting_patient", len(problem.waiting)),
        )

    def _figure(self, number: int) -> str:
        """A bare number in English, with its measure word in Chinese."""
        return self._say.count("patient", number, bare=True)

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
            start=self._say.short_moment(placement.start),
            reason=self._why(self._because.get(placement.visit, ""), there=True),
            **self._wait(patient),
            **self._bed(address),
        )

    def _unplaced(self, reason: Reason) -> None:
        patient = self._problem.patient_by_visit[reason.subject]
        if self._concerns(patient.wants, ""):
            target = self._called(patient.wants)
            why = self._why(reason.kind)
            self._page.row("beds.unplaced", patient=reason.subject, target=target, reason=why, **self._wait(patient))

    def _why(self, kind: str, there: bool = False) -> str:
        """Why no bed was given, or, with `there`, none of the unit waited for."""
        words = self._say.words
        reason = words.get(f"reason_{kind}", words["reason_no_suitable_bed"])
        return words.get(f"there_{kind}", reason) if there else reason

    def _changes(self) -> None:
        """What would change the plan: in general, and for those left over what the solver's own check found."""
        self._page.change("beds.change")
        unplaced = [reason for reason in self._plan.unplaced if self._concerns(self._wants(reason), "")]
        for rule, key in (("bed_closed", "beds.change_closed"), ("isolation_needed", "beds.change_isolation")):
            helped = [reason.subject for reason in unplaced if rule in reason.values.get("would_fit_without", ())]
            if helped:
                self._page.change(key, patients=self._say.listed(helped, either=True))

    def _wants(self, reason: Reason) -> str:
        return self._problem.patient_by_visit[reason.subject].wants

    def _wait(self, patient: Patient) -> dict[str, str]:
        at = self._problem.at.replace(second=0, microsecond=0)
        waited = at - (patient.since or at)
        return {
            "place": self._place(patient),
            "needs": needs_words(self._say, patient),
            "hours": self._say.duration(max(timedelta(0), waited)),
        }

    def _place(self, patient: Patient) -> str:
        """Where staff find the patient now, since only a pseudonym is shown."""
        if not patient.unit:
            return self._say.word("place_unknown")
        _, room, bed = patient.bed.split("/") if patient.bed else ("", "", "")
        key = "beds.place_bed" if bed else "beds.place"
        words, typed = self._say.say(key, unit=self._called(patient.unit), room=room, bed=bed)
        return Said(words, *typed)

    def _bed(self, address: list[str]) -> dict[str, str]:
        return {"unit": self._called(address[0]), "room": address[1], "bed": address[2]}

    def _called(self, code: str) -> str:
        return self._say.unit_short(self._services.unit_by_code(code))

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
