"""Explains a roster: why somebody works a shift, why not somebody else, and why it came out as it did."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Protocol

from assistant.errors import ToolError
from assistant.plan.explain.obstacles import counted, obstacles
from assistant.plan.explain.why_duty import WhyDuty, cover_at, why_duty, why_not_duty
from assistant.plan.explain.worth import worths
from assistant.plan.jsonable import encode
from assistant.plan.result import Status
from assistant.plan.staffing.problem import Duty
from assistant.records.staff import Person
from assistant.tools.asked_plan import AskedRoster, days_in, has_changed, is_person, is_unit, person_in, shift_in
from assistant.tools.explain_limits import say_conflicts, say_worths
from assistant.tools.inputs_now import inputs_now
from assistant.tools.page import Page
from assistant.tools.roster_prices import say_hours, say_others, say_price
from assistant.tools.roster_words import person_name, shift_name, shift_or_free
from assistant.tools.services import Services
from assistant.tools.tool import Context, Outcome, Source
from assistant.tools.wording import Wording, wording


class Asked(Protocol):
    """What is asked; the arguments of the tool."""

    kind: str
    subject: str | None
    alternative: str | None
    day: str | None
    shift: str | None


def explain_roster(services: Services, asked: Any, context: Context, roster: AskedRoster) -> Outcome:
    """The explanation of a roster."""
    return _Explained(services, asked, context, roster).outcome()


class _Explained:
    """One explanation in the making."""

    def __init__(self, services: Services, asked: Asked, context: Context, roster: AskedRoster) -> None:
        self._services, self._asked, self._context = services, asked, context
        self._proposal, self._problem, self._plan = roster.proposal, roster.problem, roster.plan
        self._duties, self._bound = roster.plan.assignments, roster.bound
        self._settings = roster.weighed(services.plan)
        self._say: Wording = wording(context.language)
        made = str(self._proposal.made.get("at", ""))
        self._page = Page(self._say, Source("plan:staffing", "plan", self._say.word("source_roster_plan"), as_of=made))
        self._data: dict[str, Any] = {"plan_id": self._proposal.id, "kind": asked.kind}

    def outcome(self) -> Outcome:
        """Headline, reasons, price, who else changes, proof, what to know about the plan."""
        if self._asked.kind in ("bottleneck", "sensitivity"):
            self._worths()
        elif self._asked.kind == "conflict" and not self._is_about_a_duty():
            say_conflicts(self._page, self._services, self._settings, self._problem, self._data)
        else:
            self._why_or_why_not()
        self._about_the_plan()
        return self._page.outcome(self._data)

    def _worths(self) -> None:
        self._need_a_roster()
        rows = worths(self._problem, self._duties, self._settings, self._bound)
        self._data["worths"] = encode(list(rows))
        say_worths(self._page, self._problem, rows, self._asked.kind)

    def _need_a_roster(self) -> None:
        if not self._duties:
            raise ToolError(
                "No roster was found, so nothing of it can be explained; ask for the conflict.", "no_roster"
            )

    def _why_or_why_not(self) -> None:
        """About a person if one is named, else about the roster as a whole."""
        self._need_a_roster()
        person = self._person(self._asked.subject)
        other = self._person(self._asked.alternative)
        if person is None and other is not None:
            person, other = other, None
        if person is None and (self._asked.day or self._asked.shift):
            self._shifts()
        elif person is None:
            self._whole()
        elif other is not None:
            self._rather(person, other)
        elif self._asked.day or self._asked.shift:
            self._one(person)
        else:
            self._person_summary(person)

    # --- who, when ---

    def _is_about_a_duty(self) -> bool:
        """Somebody on some day or shift: what stands in the way of that is a question of why not."""
        asked = self._asked
        return bool(self._duties and (asked.day or asked.shift) and self._person(asked.subject or asked.alternative))

    def _person(self, said: str | None) -> Person | None:
        """The person meant; None where the words name a unit or a topic."""
        if not said or is_unit(self._services, said):
            return None
        if is_person(self._services, self._problem, said) or not _is_topic(said):
            return person_in(self._services, self._problem, said)
        return None

    def _days(self) -> tuple[date, ...]:
        if not self._asked.day:
            return self._problem.days
        return days_in(self._problem.days, self._asked.day, self._context.at, every=True)

    def _shift(self) -> str:
        said = self._asked.shift
        # The same words for the day and the shift ("the weekend") name no shift.
        return shift_in(self._problem.shifts, said).shift if said and said != self._asked.day else ""

    def _duty(self, person: Person) -> Duty | None:
        """The person's first duty on the days and shift asked about."""
        days, shift = set(self._days()), self._shift()
        return next(
            (d for d in self._duties if d.staff == person.staff and d.day in days and shift in ("", d.shift)), None
        )

    # --- the questions ---

    def _one(self, person: Person) -> None:
        """Why this duty; or, where the person has none there or it is asked why not, what the other would take."""
        duty = self._duty(person)
        if self._asked.kind == "why" and duty is not None:
            self._why(why_duty(self._problem, self._duties, duty, self._settings, self._bound))
        elif duty is not None and not (self._asked.shift and self._asked.kind == "why_not" and not self._asked.day):
            self._why_not(person, (), self._first_block(person, duty), "why_free")
        else:
            self._why_not(person, (Duty(person.staff, self._wanted_day(person), self._shift()),), (), "why_on")

    def _first_block(self, person: Person, duty: Duty) -> tuple[Duty, ...]:
        """The duty asked about, and those of the next days right after it that are asked about too: a whole weekend."""
        days, shift = set(self._days()), self._shift()
        has = {d.day for d in self._duties if d.staff == person.staff and shift in ("", d.shift)}
        block = [day for day in (duty.day - timedelta(days=1), duty.day, duty.day + timedelta(days=1)) if day in days]
        return tuple(Duty(person.staff, day, shift) for day in block if day in has)

    def _wanted_day(self, person: Person) -> date:
        """The first of the days asked about on which the person has no such duty."""
        has = {duty.day for duty in self._duties if duty.staff == person.staff and self._shift() in ("", duty.shift)}
        return next((day for day in self._days() if day not in has), self._days()[0])

    def _rather(self, person: Person, other: Person) -> None:
        """One person's duty given to the other."""
        duty = self._duty(person)
        if duty is None:
            person, other = other, person
            duty = self._duty(person)
        if duty is None:
            raise ToolError("Neither of the two works then. Name a day on which one of them does.", code="no_such_duty")
        self._why_not(other, (Duty(other.staff, duty.day, duty.shift),), (duty,), "why_rather", instead=person)

    def _why(self, why: WhyDuty) -> None:
        say, duty = self._say, why.duty
        self._data["why"] = encode(why)
        place = self._place(duty)
        planned = say.count("nurse", why.cover.planned if why.cover else 1, bare=True)
        needed = say.count("nurse", why.cover.need if why.cover else 0)
        spare = why.cover is None or why.cover.planned > why.cover.need
        key = "explain.why_spare" if spare else "explain.why"
        self._page.headline(key, who=self._name(duty.staff), planned=planned, needed=needed, **place)
        say_hours(self._page, self._problem, self._plan, duty.staff)
        for skill in why.only_skill:
            self._page.reason("explain.only_skill", who=self._name(duty.staff), skill=skill)
        if why.wished or why.against_wish:
            self._page.reason("explain.wished" if why.wished else "explain.against_wish", who=self._name(duty.staff))
        say_others(self._page, why.others, why.blocked)
        say_price(self._page, self._services, self._problem, why.price, "without", self._name(duty.staff))

    def _why_not(
        self,
        person: Person,
        wanted: Sequence[Duty],
        unwanted: Sequence[Duty],
        key: str,
        instead: Person | None = None,
    ) -> None:
        duty = (*wanted, *unwanted)[0]
        price = why_not_duty(self._problem, self._duties, self._settings, wanted, unwanted, self._bound)
        self._data["why_not"] = {"wanted": encode(list(wanted)), "unwanted": encode(list(unwanted))}
        self._data["why_not"]["price"] = encode(price)
        named = {"who": self._name(person.staff), "instead": self._name(instead.staff) if instead else ""}
        verdict = {Status.INFEASIBLE: "impossible", Status.UNKNOWN: "unknown"}.get(price.status, "possible")
        days = self._say.listed([self._say.short_day(each.day) for each in (wanted or unwanted)])
        said = "why_free_day" if key == "why_free" and not duty.shift else key
        self._page.headline(f"explain.{said}_{verdict}", **named, **{**self._place(duty), "day": days})
        now = {(d.staff, d.day): d.shift for d in self._duties}.get((person.staff, duty.day), "")
        if key != "why_free":
            self._page.reason(
                "explain.as_planned",
                who=named["who"],
                day=self._say.short_day(duty.day),
                now=shift_or_free(self._say, now, self._problem),
            )
        cover = cover_at(self._problem, self._duties, duty.day, duty.shift) if duty.shift else None
        if cover is not None and wanted:
            planned, needed = self._say.count("nurse", cover.planned, bare=True), self._say.count("nurse", cover.need)
            self._page.reason("explain.covered", planned=planned, needed=needed, **self._place(duty))
        say_price(self._page, self._services, self._problem, price, "with", named["who"])

    def _person_summary(self, person: Person) -> None:
        """The whole roster of one person against contract, shares and wishes."""
        say, row = self._say, next(row for row in self._plan.fairness if row.staff == person.staff)
        self._data["person"] = encode(row)
        self._page.headline(
            "explain.person",
            who=self._name(person.staff),
            shifts=say.count("shift", row.shifts),
            hours=say.count("hour", row.hours),
            contract=say.count("hour", row.contract_hours),
            span=say.span(self._problem.days[0], self._problem.days[-1]),
        )
        if row.fair_nights is not None:
            share = say.count("night", row.fair_nights)
            self._page.reason("explain.person_nights", nights=say.count("night", row.nights), share=share)
        if row.fair_weekend_days is not None:
            share = say.count("weekend_day", row.fair_weekend_days)
            self._page.reason("explain.person_weekends", days=say.count("weekend_day", row.weekend_days), share=share)
        if row.wishes:
            met = say.count("wish", row.wishes_met, bare=True)
            self._page.reason("roster.wishes", met=met, wishes=say.count("wish", row.wishes))
        for duty in [duty for duty in self._duties if duty.staff == person.staff][: self._services.tools.max_rows]:
            self._page.row("explain.person_row", **self._place(duty))
        self._page.next_step("explain.person_next", who=self._name(person.staff))

    def _shifts(self) -> None:
        """Shifts of the days asked about, the shortest first: who is there, and why nobody else is."""
        say, days, shift = self._say, set(self._days()), self._shift()
        rows = [row for row in self._plan.coverage if row.day in days and shift in ("", row.shift)]
        row = max(rows, key=lambda row: row.short, default=None)
        if row is None:
            raise ToolError("Nobody is needed or planned there. Name another day or shift.", code="no_such_duty")
        found = obstacles(self._problem, self._duties, row.day, row.shift)
        self._data["shift"] = {"row": encode(row), "obstacles": encode(list(found))}
        planned, needed = say.count("nurse", row.planned, bare=True), say.count("nurse", row.need)
        where = self._place(Duty("", row.day, row.shift))
        self._page.headline("explain.covered", planned=planned, needed=needed, **where)
        there = [self._name(d.staff) for d in self._duties if (d.day, d.shift) == (row.day, row.shift)]
        if there:
            self._page.reason("explain.there", names=say.listed(there))
        say_others(self._page, len(found), counted(found))
        self._page.next_step("explain.whole_next")

    def _whole(self) -> None:
        """What the roster costs, by reason, and its short shifts."""
        say, result = self._say, self._plan.result
        costs = {name: cost for name, cost in sorted(result.costs.items(), key=lambda item: -item[1]) if cost}
        self._data["costs"] = costs
        self._page.headline(
            "explain.whole" if costs else "explain.whole_free",
            points=say.count("point", result.objective or 0),
            unit=say.unit(self._services.unit_by_code(self._problem.unit)),
            span=say.span(self._problem.days[0], self._problem.days[-1]),
        )
        for name, cost in costs.items():
            self._page.row("explain.whole_row", what=say.word(f"cost_{name}"), points=say.count("point", cost))
        short = [row for row in self._plan.coverage if row.short][: self._services.tools.max_rows]
        for row in short:
            planned, needed = say.count("nurse", row.planned), say.count("nurse", row.need, bare=True)
            where = {"day": say.short_day(row.day), "shift": shift_name(say, row.shift, self._problem)}
            self._page.row("roster.row_short", planned=planned, needed=needed, **where)
        self._page.next_step("explain.whole_next")

    def _about_the_plan(self) -> None:
        self._page.caveat("explain.plan", plan=self._proposal.id)
        if self._settings.roster_weights != self._services.plan.roster_weights:
            self._data["weights_changed"] = True
            self._page.caveat("explain.weights")
        if has_changed(self._proposal, lambda proposal: inputs_now(self._services, proposal)):
            self._data["records_changed"] = True
            self._page.caveat("explain.changed")

    def _name(self, staff: str) -> str:
        return person_name(self._say, staff, self._problem)

    def _place(self, duty: Duty) -> dict[str, str]:
        shift = shift_name(self._say, duty.shift, self._problem) if duty.shift else self._say.word("some_shift")
        return {"day": self._say.short_day(duty.day), "shift": shift}


_TOPICS = frozenset(
    [
        *("overtime", "surge", "bed", "beds", "nurse", "nurses", "agency", "bank", "transfer", "transfers", "room"),
        *(
            "isolation",
            "demand",
            "cost",
            "leave",
            "rule",
            "rest",
            "stay",
            "skill",
            "charge",
            "weekend",
            "hour",
            "hours",
        ),
        *("加班", "加床", "床", "护士", "外聘", "转科", "病房", "隔离", "规则", "休假", "需求", "成本", "工时"),
    ]
)


def _is_topic(said: str) -> bool:
    """A thing, not a name: then the roster is explained as a whole."""
    return any(word in said.casefold().split() or (not word.isascii() and word in said) for word in _TOPICS)
