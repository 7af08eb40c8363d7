"""Explains a bed plan: why a patient goes where, why not elsewhere, and what another bed would be worth."""

from collections.abc import Sequence
from typing import Any

from assistant.errors import ToolError
from assistant.plan.beds.plan import BedPlan, Placement
from assistant.plan.beds.problem import BedProblem, Choice, Patient
from assistant.plan.explain.beds_price import BedPrice, price_of_beds
from assistant.plan.explain.beds_worth import bed_worths
from assistant.plan.jsonable import encode
from assistant.plan.proposals import StoredProposal
from assistant.plan.result import Reason, Status
from assistant.tools.asked_plan import bed_settings, has_changed
from assistant.tools.bed_words import (
    bed_difference_words,
    bed_in,
    bed_name,
    no_such_patient,
    patient_in,
    place_in,
    say_bed_changes,
)
from assistant.tools.inputs_now import inputs_now
from assistant.tools.page import Page
from assistant.tools.proof import rule_words
from assistant.tools.services import Services
from assistant.tools.state_beds import needs_words
from assistant.tools.tool import Context, Outcome, Source
from assistant.tools.wording import wording


def explain_beds(services: Services, asked: Any, context: Context, proposal: StoredProposal) -> Outcome:
    """The explanation of a bed plan."""
    return _Explained(services, asked, context, proposal).outcome()


class _Explained:
    """One explanation in the making."""

    def __init__(self, services: Services, asked: Any, context: Context, proposal: StoredProposal) -> None:
        self._services, self._asked, self._proposal = services, asked, proposal
        self._problem, self._plan = BedProblem.from_json(proposal.inputs), BedPlan.from_json(proposal.plan)
        self._settings = bed_settings(services.plan, self._plan)
        self._say = wording(context.language)
        made = str(proposal.made.get("at", ""))
        self._page = Page(self._say, Source("plan:beds", "plan", self._say.word("source_bed_plan"), as_of=made))
        self._data: dict[str, Any] = {"plan_id": proposal.id, "kind": asked.kind}

    def outcome(self) -> Outcome:
        """Headline, reasons, price, who is placed differently, proof."""
        found = self._plan.result.objective is not None
        if self._asked.kind == "conflict":
            self._conflict(found)
        elif not found:
            raise ToolError("No plan was found, so nothing of it can be explained; ask for the conflict.", "no_roster")
        elif self._asked.kind in ("bottleneck", "sensitivity"):
            self._worths()
        else:
            self._why_or_why_not()
        self._page.caveat("explain.plan", plan=self._proposal.id)
        if self._settings.bed_weights != self._services.plan.bed_weights:
            self._data["weights_changed"] = True
            self._page.caveat("explain.weights")
        if has_changed(self._proposal, lambda proposal: inputs_now(self._services, proposal)):
            self._data["records_changed"] = True
            self._page.caveat("explain.changed")
        return self._page.outcome(self._data)

    def _conflict(self, found: bool) -> None:
        """The rules in the way. Without forced places there always is a plan, so giving those up is what helps."""
        if found:
            self._page.headline("bedwhy.possible")
            self._page.next_step("bedwhy.next")
            return
        result = self._plan.result
        self._data["conflict"] = encode(list(result.conflict))
        self._page.headline("bedwhy.conflict")
        self._rules(result.conflict, bool(result.conflict_minimal))
        self._page.next_step("bedwhy.conflict_next")

    def _rules(self, rules: Sequence[Reason], minimal: bool) -> None:
        for rule in rules:
            words = rule_words(self._say, rule, lambda reason: self._about(reason.subject))
            self._page.row("conflict.row", rule=words)
        self._page.proof("bedwhy.minimal" if minimal else "explain.not_minimal")

    def _why_or_why_not(self) -> None:
        """About a patient, or about the first who would want the place, or the plan as a whole."""
        asked = self._asked
        patient = patient_in(self._problem, asked.subject) or patient_in(self._problem, asked.alternative)
        place = self._place(asked.alternative) or ("" if patient else self._place(asked.subject))
        if patient is None and asked.kind == "why_not" and place:
            patient = self._who_could_want(place)
        if patient is None:
            if asked.subject and not place and not _is_thing(asked.subject):
                raise no_such_patient(self._problem, asked.subject)
            self._whole(place)
            return
        self._patient(patient, place)

    def _place(self, said: str | None) -> str:
        if not said or (patient_in(self._problem, said) and not bed_in(self._problem, said)):
            return ""
        if _is_thing(said):
            return ""
        return place_in(self._services, self._problem, said)

    def _who_could_want(self, place: str) -> Patient | None:
        """The first unplaced patient, else one who goes to another unit than the wanted one."""
        unplaced = [reason.subject for reason in self._plan.unplaced]
        elsewhere = [item.visit for item in self._plan.assignments if item.bed.split("/")[0] != place.split("/")[0]]
        found = next(iter([*unplaced, *elsewhere]), None)
        return self._problem.patient_by_visit.get(found) if found else None

    def _patient(self, patient: Patient, place: str) -> None:
        """Why this place, with the price of another unit; or the price of the place asked about."""
        put = next((item for item in self._plan.assignments if item.visit == patient.visit), None)
        moved = next((item for item in self._plan.transfers if item.visit == patient.visit), None)
        bed = put.bed if put else moved.to_bed if moved else ""
        self._tell_place(patient, put, bed)
        if self._asked.kind == "why" and bed and not place:
            unit = bed.split("/")[0]
            self._price(self._priced((), (Choice(patient.visit, unit),)), patient, unit, "without")
        else:
            wanted = place or (patient.wants if not bed else "")
            if wanted:
                self._price(self._priced((Choice(patient.visit, wanted),), ()), patient, wanted, "with")

    def _priced(self, forced: tuple[Choice, ...], forbidden: tuple[Choice, ...]) -> BedPrice:
        return price_of_beds(self._problem, self._plan, self._settings, forced, forbidden)

    def _tell_place(self, patient: Patient, put: Placement | None, bed: str) -> None:
        """Where the patient goes, needs, and why not the wanted unit or no bed."""
        say = self._say
        named = {
            "patient": patient.visit,
            "bed": bed_name(say, self._services, bed),
            "needs": needs_words(say, patient),
        }
        wanted = bed_name(say, self._services, patient.wants or patient.unit)
        key = "goes" if put else "moves" if bed else "waits" if patient.wants else "stays"
        self._page.headline(f"bedwhy.{key}", wanted=wanted, **named)
        reasons = [*self._plan.result.reasons, *self._plan.unplaced]
        mine = [reason for reason in reasons if reason.subject == patient.visit]
        for reason in mine:
            kind = str(reason.values.get("because", reason.kind))
            if f"reason_{kind}" in say.words:
                self._page.reason("bedwhy.because", wanted=wanted, reason=say.word(f"reason_{kind}"))
                break
        if put and not put.wrong_unit:
            self._page.reason("bedwhy.wanted", unit=wanted)

    def _price(self, price: BedPrice, patient: Patient, place: str, wish: str) -> None:
        say = self._say
        named = {"patient": patient.visit, "place": bed_name(say, self._services, place)}
        self._data["price"] = encode(price)
        if price.status is Status.INFEASIBLE:
            self._page.reason(f"bedwhy.{wish}_impossible", **named)
            self._rules(price.conflict.rules, price.conflict.minimal)
            return
        if price.status is Status.UNKNOWN:
            self._page.next_step("explain.unknown_next")
            return
        key = "dearer" if price.points else "same"
        self._page.reason(f"bedwhy.{wish}_{key}", points=say.count("point", price.points), **named)
        for kind, worse in (("against", True), ("in_return", False)):
            if units := bed_difference_words(say, price.extra, worse):
                self._page.reason(f"explain.{kind}", units=units)
        if price.changes:
            self._page.reason("bedwhy.changes", patients=say.count("patient", len(price.changes)))
        say_bed_changes(self._page, self._services, self._problem, price.changes)
        self._page.proof("bedwhy.proven" if price.status is Status.OPTIMAL else "bedwhy.found")
        self._page.next_step("bedwhy.next")

    def _about(self, subject: str) -> str:
        """Patient and place of a rule in words."""
        visit, _, place = subject.partition(" ")
        if place:
            return f"{visit}{self._say.word('comma')}{bed_name(self._say, self._services, place)}"
        return bed_name(self._say, self._services, subject) if "/" in subject else subject

    def _whole(self, place: str) -> None:
        """What the plan costs by reason, for one unit or all, and who is left and why."""
        say, plan = self._say, self._plan
        costs = {name: cost for name, cost in sorted(plan.result.costs.items(), key=lambda item: -item[1]) if cost}
        self._data["costs"] = costs
        self._page.headline(
            "bedwhy.whole",
            placed=say.count("patient", len(plan.assignments), bare=True),
            waiting=say.count("waiting_patient", len(self._problem.waiting)),
            transfers=say.count("transfer", len(plan.transfers)),
            points=say.count("point", plan.result.objective or 0),
        )
        for name, cost in costs.items():
            self._page.row("explain.whole_row", what=say.word(f"bedcost_{name}"), points=say.count("point", cost))
        unit = place.split("/")[0]
        for transfer in plan.transfers:
            if unit in ("", transfer.from_bed.split("/")[0], transfer.to_bed.split("/")[0]):
                origin = bed_name(say, self._services, transfer.from_bed)
                target = bed_name(say, self._services, transfer.to_bed)
                self._page.row("bedwhy.transfer", patient=transfer.visit, origin=origin, target=target)
        for reason in plan.unplaced:
            words = say.words.get(f"reason_{reason.kind}", say.word("reason_no_suitable_bed"))
            self._page.row("bedwhy.unplaced", patient=reason.subject, reason=words)
        self._page.next_step("bedwhy.next")

    def _worths(self) -> None:
        say = self._say
        rows = bed_worths(self._problem, self._plan, self._settings)
        self._data["worths"] = encode(list(rows))
        if not rows:
            self._page.headline("worth.unknown")
            self._page.next_step("explain.unknown_next")
            return
        shown = [row for row in rows if row.step > 0] if self._asked.kind == "bottleneck" else list(rows)
        best = next((row for row in rows if row.step > 0 and row.saved > 0), None)
        if best is None:
            self._page.headline("bedwhy.nothing")
        else:
            what = self._step(best.thing, best.subject, best.step)
            self._page.headline(f"worth.{self._asked.kind}", what=what, points=say.count("point", best.saved))
        for row in shown[: self._services.tools.max_rows]:
            key = "saves" if row.saved > 0 else "costs" if row.saved < 0 else "equal"
            units = bed_difference_words(say, row.change, worse=row.saved < 0)
            self._page.row(
                f"worth.{key}{'_units' * bool(units and row.saved)}",
                what=self._step(row.thing, row.subject, row.step),
                points=say.count("point", abs(row.saved)),
                units=units,
            )
        self._page.proof("bedwhy.worth_proven" if all(row.proven for row in shown) else "worth.found")
        self._page.next_step("worth.next_beds")

    def _step(self, thing: str, unit: str, step: int) -> str:
        where = bed_name(self._say, self._services, unit)
        return self._say.say(f"bedwhy.{thing}_{'more' if step > 0 else 'fewer'}", unit=where)[0]


def _is_thing(said: str) -> bool:
    """A topic (surge beds, a transfer), not a name."""
    words = {"surge", "transfer", "transfers", "isolation", "agency", "cost", "overtime", "side", "isolation room"}
    return bool(words & set(said.casefold().split())) or any(part in said for part in ("加床", "转科", "隔离"))
