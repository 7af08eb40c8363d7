"""Tells the price of a wish against a roster: who else could, what it costs in named units, who would change."""

from assistant.plan.explain.price import Price
from assistant.plan.result import Status
from assistant.plan.staffing.plan import RosterPlan
from assistant.plan.staffing.problem import RosterProblem
from assistant.tools.page import Page
from assistant.tools.proof import rule_words
from assistant.tools.roster_words import about, difference_words, person_name, say_changes
from assistant.tools.services import Services


def say_hours(page: Page, problem: RosterProblem, plan: RosterPlan, staff: str) -> None:
    """Hours against the contract; of a helper, where from and at what price."""
    say, helper, who = page.wording, problem.help.get(staff), person_name(page.wording, staff, problem)
    if helper is not None:
        key = "explain.lent" if helper.home else "explain.hired"
        page.reason(key, who=who, home=helper.home, points=say.count("point", helper.price))
        return
    row = next(row for row in plan.fairness if row.staff == staff)
    hours, contract = say.count("hour", row.hours), say.count("hour", row.contract_hours)
    page.reason("explain.hours", who=who, hours=hours, contract=contract)


def say_others(page: Page, others: int, blocked: dict[str, int]) -> None:
    """How many colleagues could simply be added to a shift, and what keeps the others away."""
    say = page.wording
    if not others:
        page.reason("explain.nobody_else")
        return
    able = say.count("colleague", blocked.get("", 0), bare=True)
    key = "explain.others_some" if blocked.get("") else "explain.others_none"
    page.reason(key, others=say.count("colleague", others), able=able)
    kept = [(kind, count) for kind, count in blocked.items() if kind]
    if kept:
        each = [
            say.say("explain.blocked", people=say.count("colleague", n, bare=True), why=say.word(f"blocked_{kind}"))
            for kind, n in kept
        ]
        page.reason("explain.kept_away", list=say.listed([text for text, _ in each]))


def say_price(page: Page, services: Services, problem: RosterProblem, price: Price, wish: str, who: str) -> None:
    """The price in points and named units, who else changes, and how sure it is; or the rules in the way."""
    say = page.wording
    if price.status is Status.INFEASIBLE:
        for rule in price.conflict.rules:
            words = rule_words(say, rule, lambda reason: about(say, reason, problem))
            page.row("conflict.row", rule=words)
        page.proof("explain.minimal" if price.conflict.minimal else "explain.not_minimal")
        return
    if price.status is Status.UNKNOWN:
        page.next_step("explain.unknown_next")
        return
    worse = difference_words(say, price.extra, worse=True)
    key = "dearer" if price.points > 0 else "same"
    page.reason(f"explain.{wish}_{key}", who=who, points=say.count("point", price.points))
    if worse:
        page.reason("explain.against", units=worse)
    if price.slack:
        page.reason("explain.plan_not_best", points=say.count("point", price.slack))
        page.next_step("explain.plan_not_best_next")
    better = difference_words(say, price.extra, worse=False)
    if better:
        page.reason("explain.in_return", units=better)
    others = len({change.staff for change in price.changes})
    page.reason(
        "explain.changes", days=say.count("changed_day", len(price.changes)), people=say.count("person", others)
    )
    say_changes(page, price.changes, problem, services.tools.max_rows)
    page.proof("explain.proven" if price.status is Status.OPTIMAL else "explain.found")
