"""plan_staffing for the whole hospital: a roster for each unit, nurses lent between them, agency nurses at a price."""

from dataclasses import dataclass, replace
from operator import itemgetter

from assistant.errors import ToolError
from assistant.plan.jsonable import encode
from assistant.plan.result import Status
from assistant.plan.risk.staffing import ShiftRisk, expected_short, shift_risks
from assistant.plan.staffing.house import HouseRoster, Loan, plan_house
from assistant.plan.staffing.lending import UnitRoster
from assistant.plan.staffing.problem import RosterProblem
from assistant.records.units import Unit
from assistant.tools.cover import Cover
from assistant.tools.page import Page
from assistant.tools.roster_words import person_name, shift_name
from assistant.tools.services import Services
from assistant.tools.tool import Context, Outcome, Proposal, Source
from assistant.tools.wording import wording


@dataclass(frozen=True)
class Part:
    """One unit: what is planned, and what its cover rests on."""

    unit: Unit
    problem: RosterProblem
    cover: Cover


def plan_house_rosters(services: Services, context: Context, parts: list[Part]) -> Outcome:
    """Solve all units' rosters and say what they are, who helps where, what it costs, and how good it is."""
    if not parts:
        raise ToolError("No unit has nurses and shifts on record; import a staff file.", code="no_staff")
    house = plan_house([part.problem for part in parts], services.plan, context.watch)
    say = wording(context.language)
    source = Source("plan:staffing", "plan", say.word("source_roster_plan"), as_of=context.at.isoformat("T", "minutes"))
    told = _Told(Page(say, source), services, house, {part.unit.code: part for part in parts})
    risks = told.tell()
    proposals = tuple(told.proposal(unit) for unit in house.units.values() if _usable(house, unit))
    data = {
        "units": {code: unit.plan.to_json() for code, unit in house.units.items()},
        "loans": encode(list(house.loans)),
        "agency": [{"unit": code, **encode(duty)} for code, duty in house.agency],
        "check": encode(list(house.check)),
        "risk": {code: encode(rows) for code, rows in risks.items()},
    }
    # What was to be planned where nothing was found is kept, so that it can be asked what stands in the way.
    without = [unit for unit in house.units.values() if unit.plan.result.objective is None]
    attempt = told.proposal(without[0]) if without else None
    return replace(told.page.outcome(data, attempt=attempt), proposals=proposals)


def _usable(house: HouseRoster, unit: UnitRoster) -> bool:
    return bool(unit.plan.assignments) and not unit.plan.rule_check and not house.check


class _Told:
    """The sentences of the hospital's rosters."""

    def __init__(self, page: Page, services: Services, house: HouseRoster, parts: dict[str, Part]) -> None:
        self.page, self._services, self._house, self._parts = page, services, house, parts
        self._say = page.wording
        self._limit = services.tools.max_rows
        days = next(iter(parts.values())).problem.days
        self._span = self._say.span(days[0], days[-1])

    def tell(self) -> dict[str, tuple[ShiftRisk, ...]]:
        """All of it; returns each unit's risks."""
        self._headline()
        self._rules()
        for unit in self._house.units.values():
            self._unit(unit)
        self._lent()
        self._agency()
        risks = self._risk()
        if any(unit.plan.result.objective is None for unit in self._house.units.values()):
            self.page.next_step("house.none_next")
        optimal = sum(unit.plan.result.status is Status.OPTIMAL for unit in self._house.units.values())
        units = self._say.count("unit", len(self._house.units))
        self.page.proof("house.proof", optimal=self._say.count("unit", optimal, bare=True), units=units)
        self.page.caveat("roster.caveat")
        self.page.next_step("house.next")
        return risks

    def proposal(self, unit: UnitRoster) -> Proposal:
        """One unit's roster as a proposal of its own, with what help it rests on."""
        shifts = self._say.count("shift", len(unit.plan.assignments))
        called = self._say.unit(self._parts[unit.problem.unit].unit)
        summary = self._say.say("roster.summary", unit=called, span=self._span, shifts=shifts)[0]
        origin = {"unit": unit.problem.unit, "help": encode(unit.help)}
        return Proposal("staffing", summary, unit.plan.to_json(), unit.problem.to_json(), origin)

    def _headline(self) -> None:
        plans = [unit.plan for unit in self._house.units.values()]
        short = sum(bool(row.short or row.short_skills) for plan in plans for row in plan.coverage)
        people = {duty.staff for plan in plans for duty in plan.assignments}
        self.page.headline(
            "house.headline_short" if short else "house.headline",
            units=self._say.count("unit", len(plans)),
            span=self._span,
            shifts=self._say.count("shift", sum(len(plan.assignments) for plan in plans)),
            people=self._say.count("nurse", len(people)),
            short=self._say.count("shift", short),
        )

    def _rules(self) -> None:
        broken = len(self._house.check) + sum(len(unit.plan.rule_check) for unit in self._house.units.values())
        if broken:
            self.page.caveat("roster.rules_broken", count=self._say.count("rule", broken))
        else:
            self.page.reason("house.rules_hold")
        self.page.reason("house.demand", percent=self._say.percent(100 * self._services.tools.cover_quantile))

    def _unit(self, unit: UnitRoster) -> None:
        plan = unit.plan
        called = self._say.unit_short(self._parts[plan.unit].unit)
        short = sum(bool(row.short or row.short_skills) for row in plan.coverage)
        self.page.row(
            ("house.unit_short" if short else "house.unit") if plan.assignments else "house.unit_none",
            unit=called,
            shifts=self._say.count("shift", len(plan.assignments)),
            people=self._say.count("nurse", len({duty.staff for duty in plan.assignments})),
            short=self._say.count("shift", short),
        )

    def _lent(self) -> None:
        loans = self._house.loans
        if not loans:
            self.page.reason("house.nobody_lent")
            return
        staff = {loan.staff for loan in loans}
        self.page.reason(
            "house.lent", shifts=self._say.count("shift", len(loans)), people=self._say.count("nurse", len(staff))
        )
        for loan in sorted(loans, key=lambda loan: (loan.day, loan.unit, loan.shift, loan.staff))[: self._limit]:
            self._loan(loan)
        if len(loans) > self._limit:
            self.page.row("house.lent_more", shifts=self._say.count("shift", len(loans) - self._limit))

    def _loan(self, loan: Loan) -> None:
        here = self._parts[loan.unit]
        self.page.row(
            "house.loan_instead" if loan.instead else "house.loan",
            who=person_name(self._say, loan.staff, self._parts[loan.home].problem),
            home=self._say.unit_short(self._parts[loan.home].unit),
            unit=self._say.unit_short(here.unit),
            day=self._say.short_day(loan.day),
            shift=shift_name(self._say, loan.shift, here.problem),
            instead=shift_name(self._say, loan.instead, self._parts[loan.home].problem),
        )

    def _agency(self) -> None:
        hired, prices = self._house.agency, self._services.plan.help
        if not hired:
            return
        self.page.reason(
            "house.agency" if prices.agency_price else "house.agency_unpriced",
            shifts=self._say.count("shift", len(hired)),
            price=self._say.number(prices.agency_price, prices.currency, 2),
            total=self._say.number(prices.agency_price * len(hired), prices.currency, 2),
            currency=prices.currency,
        )
        for code, duty in sorted(hired, key=lambda item: (item[1].day, item[0], item[1].shift))[: self._limit]:
            part = self._parts[code]
            shift = shift_name(self._say, duty.shift, part.problem)
            self.page.row(
                "house.hired", unit=self._say.unit_short(part.unit), day=self._say.short_day(duty.day), shift=shift
            )
        if len(hired) > self._limit:
            self.page.row("house.hired_more", shifts=self._say.count("shift", len(hired) - self._limit))

    def _risk(self) -> dict[str, tuple[ShiftRisk, ...]]:
        risks = {
            code: shift_risks(self._house.units[code].plan.coverage, part.cover.ratios, part.cover.expected)
            for code, part in self._parts.items()
        }
        every = [(risk.short, code, risk) for code, rows in risks.items() for risk in rows]
        if not every:
            self.page.caveat("risk.unknown")
            return risks
        chance, code, worst = max(every, key=itemgetter(0))
        self.page.reason(
            "house.risk",
            expected=self._say.count("shift", sum(expected_short(rows) for rows in risks.values())),
            all=self._say.count("shift", len(every)),
            unit=self._say.unit_short(self._parts[code].unit),
            day=self._say.short_day(worst.day),
            shift=shift_name(self._say, worst.shift, self._parts[code].problem),
            chance=self._say.percent(100 * chance),
        )
        self.page.caveat("risk.counted")
        return risks
