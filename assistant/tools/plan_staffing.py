"""plan_staffing: a roster proposal for a unit, checked, with cover, fairness and proof."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from pydantic import Field

from assistant.errors import ToolError
from assistant.plan.jsonable import encode
from assistant.plan.result import Status
from assistant.plan.staffing.from_records import NURSING_ROLES, problem_from_records
from assistant.plan.staffing.plan import CoverRow, RosterPlan
from assistant.plan.staffing.problem import RosterProblem
from assistant.plan.staffing.solve import solve
from assistant.records.times import resolve
from assistant.records.units import Unit
from assistant.tools.arguments import Arguments, copied_required, copied_time
from assistant.tools.cover import Cover, cover_for
from assistant.tools.house_words import means_house
from assistant.tools.page import Page
from assistant.tools.plan_house import Part, plan_house_rosters
from assistant.tools.proof import say_conflict, say_proof
from assistant.tools.risk_words import say_roster_risk
from assistant.tools.roster_words import about, person_name, shift_name
from assistant.tools.services import Services
from assistant.tools.tool import Context, Outcome, Proposal, Source, Tool, Value
from assistant.tools.wording import Said, Wording, wording


class PlanStaffingArguments(Arguments):
    """Arguments of plan_staffing."""

    unit: str = copied_required("Unit by code or name, or the whole hospital.")
    start: str | None = copied_time("First day, ISO or in words; empty for next Monday.")
    days: int = Field(default=14, ge=1, le=56, description="Days to plan.")


def plan_staffing(services: Services, arguments: PlanStaffingArguments, context: Context) -> Outcome:
    """Solve the roster and say what it is, why, and how good."""
    if means_house(arguments.unit):
        return plan_house_rosters(services, context, _parts(services, arguments, context))
    unit, problem, cover = _problem(services, arguments, context)
    say = wording(context.language)
    page = Page(say, _source(context))
    plan = solve(problem, services.plan, watch=context.watch)
    span = {"unit": say.unit(unit), "span": say.span(problem.days[0], problem.days[-1])}
    data: dict[str, Any] = {"plan": plan.to_json(), "cover": _cover_json(cover), "risk": []}
    if plan.result.objective is None:
        _no_roster(page, plan, problem, span)
        summary = say.say("roster.headline_infeasible", **span)[0]
        return page.outcome(data, attempt=Proposal("staffing", summary, plan.to_json(), problem.to_json()))
    _headline(page, plan, span)
    _why(page, services, plan, problem, cover)
    data["risk"] = encode(say_roster_risk(page, plan, problem, cover))
    _shortfalls(page, services, plan, problem)
    _unmet_wishes(page, services, plan, problem)
    say_proof(page, plan.result, "roster")
    page.change("roster.change")
    page.caveat("roster.caveat")
    page.next_step("roster.next")
    proposal = None
    if not plan.rule_check:
        summary = say.say("roster.summary", **span, shifts=say.count("shift", len(plan.assignments)))[0]
        proposal = Proposal("staffing", summary, plan.to_json(), problem.to_json())
    return page.outcome(data, proposal=proposal)


def inputs(services: Services, arguments: PlanStaffingArguments, context: Context) -> dict[str, Any]:
    """What the roster would be computed from now; of the whole hospital, by unit."""
    if means_house(arguments.unit):
        return {part.unit.code: part.problem.to_json() for part in _parts(services, arguments, context)}
    return _problem(services, arguments, context)[1].to_json()


def _parts(services: Services, arguments: PlanStaffingArguments, context: Context) -> list[Part]:
    """Every unit that has nurses and shifts."""
    store = services.store
    codes = [
        unit.code
        for unit in store.units()
        if store.shifts(unit.code) and any(person.role in NURSING_ROLES for person in store.people(unit.code))
    ]
    each = [arguments.model_copy(update={"unit": code}) for code in codes]
    return [Part(*_problem(services, one, context)) for one in each]


def _problem(
    services: Services, arguments: PlanStaffingArguments, context: Context
) -> tuple[Unit, RosterProblem, Cover]:
    unit = services.unit(arguments.unit)
    if unit is None:
        raise ToolError("A roster needs a unit.", code="bad_arguments")
    start = _first_day(arguments.start, context)
    if not services.store.people(unit.code):
        name = wording(context.language).unit(unit)
        raise ToolError(wording(context.language).say("roster.no_staff", unit=name)[0], code="no_staff")
    cover = cover_for(services, unit, start, arguments.days, context.at)
    problem = problem_from_records(services.store, unit.code, start, arguments.days, cover.demand, services.plan)
    return unit, problem, cover


def _first_day(start: str | None, context: Context) -> date:
    """The named day, else next Monday: rosters run from Monday."""
    if start:
        return resolve(start, context.at).day
    today = context.at.date()
    return today + timedelta(days=7 - today.weekday())


def _source(context: Context) -> Source:
    title = wording(context.language).word("source_roster_plan")
    return Source("plan:staffing", "plan", title, as_of=context.at.isoformat(timespec="minutes"))


def _cover_json(cover: Cover) -> dict[str, Any]:
    forecast = cover.forecast.to_json() if cover.forecast else None
    return {
        "patients": cover.patients,
        "day_ratio": cover.day_ratio,
        "night_ratio": cover.night_ratio,
        "forecast": forecast,
    }


def _no_roster(page: Page, plan: RosterPlan, problem: RosterProblem, span: dict[str, Any]) -> None:
    if plan.result.status is Status.INFEASIBLE:
        page.headline("roster.headline_infeasible", **span)
        say_conflict(page, plan.result, lambda reason: about(page.wording, reason, problem))
    else:
        page.headline("roster.headline_unknown", **span, seconds=page.wording.count("second", plan.result.time_limit))
        page.next_step("roster.unknown_next")


def _lacking(row: CoverRow) -> bool:
    """A nurse or a skill is missing."""
    return bool(row.short or row.short_skills)


def _headline(page: Page, plan: RosterPlan, span: dict[str, Any]) -> None:
    say = page.wording
    short = [row for row in plan.coverage if _lacking(row)]
    people = {duty.staff for duty in plan.assignments}
    page.headline(
        "roster.headline_short" if short else "roster.headline",
        **span,
        shifts=say.count("shift", len(plan.assignments)),
        people=say.count("nurse", len(people)),
        short=say.count("shift", len(short)),
    )


def _why(page: Page, services: Services, plan: RosterPlan, problem: RosterProblem, cover: Cover) -> None:
    """What the cover rests on, that the rules hold, how evenly the burden lies, and the wishes."""
    say = page.wording
    key = "roster.demand" if cover.forecast else "roster.demand_fixed"
    page.reason(
        f"{key}_same" if cover.day_ratio == cover.night_ratio else key,
        patients=say.count("patient", cover.patients),
        percent=say.percent(100 * services.tools.cover_quantile),
        day_ratio=say.count("patient", cover.day_ratio, bare=True),
        night_ratio=say.count("patient", cover.night_ratio, bare=True),
    )
    if plan.rule_check:
        page.caveat("roster.rules_broken", count=say.count("rule", len(plan.rule_check)))
    else:
        rules = problem.rules
        page.reason(
            "roster.rules_hold",
            rest=say.count("hour", rules.rest_minutes / 60),
            hours=say.count("hour", rules.max_hours_per_week),
        )
    _fairness(page, plan, problem)
    above = sum(max(0, row.planned - row.need) for row in plan.coverage)
    if above:
        page.reason("roster.above", shifts=say.count("shift", above))
    wishes, met = sum(row.wishes for row in plan.fairness), sum(row.wishes_met for row in plan.fairness)
    if wishes:
        key = "roster.wishes_all" if met == wishes else "roster.wishes"
        page.reason(key, met=say.count("wish", met, bare=True), wishes=say.count("wish", wishes))


def _fairness(page: Page, plan: RosterPlan, problem: RosterProblem) -> None:
    """Fewest and most nights and weekend days of those who work; weekends only where the days have any."""
    say, working = page.wording, [row for row in plan.fairness if row.shifts]
    if not working:
        return
    nights = [row.nights for row in working]
    weekends = [row.weekend_days for row in working]
    page.reason(
        "roster.fairness" if any(day.weekday() >= 5 for day in problem.days) else "roster.fairness_nights",
        nights=_each(say, "night", nights),
        weekends=_each(say, "weekend_day", weekends),
    )


def _each(say: Wording, noun: str, counts: list[int]) -> Said:
    """`1 to 3 nights`, `up to 3 nights`, `2 nights`."""
    low, high = min(counts), max(counts)
    if low or not high:
        return say.between(low, high, noun)
    words = say.word("up_to").replace("#", say.count(noun, high))
    return Said(words, Value("low", low, noun), Value("high", high, noun))


def _shortfalls(page: Page, services: Services, plan: RosterPlan, problem: RosterProblem) -> None:
    """Each short shift by name: somebody has to fill it."""
    say, limit = page.wording, services.tools.max_rows
    short = [row for row in plan.coverage if _lacking(row)]
    for row in short[:limit]:
        where = {"day": say.short_day(row.day), "shift": shift_name(say, row.shift, problem)}
        if row.short:
            planned, needed = say.count("nurse", row.planned), say.count("nurse", row.need, bare=True)
            page.row("roster.row_short", **where, planned=planned, needed=needed)
        for skill, missing in row.short_skills:
            page.row("roster.row_skill", **where, missing=say.count("nurse", missing), skill=skill)
    if len(short) > limit:
        page.row("roster.row_more", shifts=say.count("shift", len(short) - limit))
    if short:
        page.next_step("roster.short_next")


def _unmet_wishes(page: Page, services: Services, plan: RosterPlan, problem: RosterProblem) -> None:
    """Whose wish is not met, since those people will ask."""
    say, limit = page.wording, services.tools.max_rows
    unmet = [reason for reason in plan.result.reasons if reason.kind == "unmet_wish"]
    for reason in unmet[:limit]:
        wish, shift = reason.values.get("wish"), shift_name(say, str(reason.values.get("shift") or ""), problem)
        key = {"want": "roster.unmet_want", "avoid": "roster.unmet_avoid"}.get(str(wish), "roster.unmet")
        page.row(
            key,
            who=person_name(say, reason.subject, problem),
            day=say.short_day(date.fromisoformat(str(reason.values["day"]))),
            shift=shift or say.word("any_shift"),
        )
    if len(unmet) > limit:
        page.row("roster.unmet_more", wishes=say.count("wish", len(unmet) - limit))


def make_tool(services: Services) -> Tool:
    """The tool with its records bound in."""
    return Tool(
        "plan_staffing",
        "Propose a roster for a unit: who works when, with cover, rule check and fairness.",
        PlanStaffingArguments,
        partial(plan_staffing, services),
        inputs=partial(inputs, services),
    )
