"""What could change so that an impossible roster becomes possible: every smallest set of changes, tried and checked.

Only what a hospital may change is offered: a request, a ruled-out duty, planned leave, contract hours, or agency
nurses for a shift. Legal rest, limits of hours and nights, sickness and nurse-patient ratios are never given up: a
shift that stays short is filled with agency nurses, and the roster is checked again with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from assistant.plan.explain.measures import Measures, measures_of
from assistant.plan.explain.near import groups, part_of
from assistant.plan.explain.suppose import EXTRA, Supposed, suppose
from assistant.plan.result import Reason
from assistant.plan.rulebook import RuleKey
from assistant.plan.search import search
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.check import check_roster
from assistant.plan.staffing.goals import total_cost
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.staffing.rules import add_rules
from assistant.plan.staffing.score import coverage_of
from assistant.plan.staffing.variables import RosterModel
from assistant.records.staff import Person

MOST_CHANGES = 3
_CHANGEABLE = frozenset({"forced", "forbidden", "absence", "contract_least", "contract_most", "cover", "cover_skill"})
_NOT_MOVABLE = ("sick", "ill", "maternity", "bereave", "病", "产假", "丧")
"""Absences with such a reason cannot be moved."""


@dataclass(frozen=True)
class Repair:
    """One smallest set of changes.

    Attributes:
        changes: The rules that give way.
        agency: Nurses that have to be hired so that every shift has its ratio and skills.
        duties: A roster with it, agency nurses included; checked: no other rule is broken.
        measures: What that roster comes to.
    """

    changes: tuple[Reason, ...]
    agency: tuple[Duty, ...]
    duties: tuple[Duty, ...]
    measures: Measures


@dataclass(frozen=True)
class Repairs:
    """What would help.

    Attributes:
        possible: The problem needs no repair.
        found: Every smallest set of at most `MOST_CHANGES` changes, the smallest and then the cheapest first.
        complete: Proven that there are no others.
    """

    possible: bool
    found: tuple[Repair, ...] = ()
    complete: bool = True


def repairs(problem: RosterProblem, settings: PlanSettings) -> Repairs:
    """Every smallest repair of up to `MOST_CHANGES` changes, each solved again and checked."""
    sets, complete = all_smallest_sets(problem, settings)
    if sets and not sets[0]:
        return Repairs(possible=True)
    tried = [_tried(problem, rules, settings) for rules in sets]
    found = [repair for repair in tried if repair is not None]
    found.sort(key=lambda repair: (len(repair.changes), len(repair.agency), repair.measures.cost))
    return Repairs(False, tuple(found), complete and len(found) == len(tried))


def all_smallest_sets(problem: RosterProblem, settings: PlanSettings) -> tuple[list[tuple[Reason, ...]], bool]:
    """As `smallest_sets`; where cover is soft person by person, and those together whom a rule binds together."""
    if problem.rules.cover_hard:
        return smallest_sets(problem, settings)
    combined: list[tuple[Reason, ...]] = [()]
    complete = True
    for group in groups(problem):
        found, whole = smallest_sets(part_of(problem, (), group), settings)
        complete = complete and whole
        combined = [(*one, *other) for one in combined for other in found if len(one) + len(other) <= MOST_CHANGES]
    return sorted(combined, key=len), complete


def smallest_sets(problem: RosterProblem, settings: PlanSettings) -> tuple[list[tuple[Reason, ...]], bool]:
    """Every smallest set of rules whose giving way makes a roster possible, and whether that is all of them.

    The first set is empty where nothing has to give way. Found by size: each solution rules out its supersets.
    """
    model = RosterModel(problem, switchable=True)
    add_rules(model)
    book, cp = model.book, model.cp
    held = [key for key in book.switches if not _may_change(problem, key)]
    cp.add_bool_and([book.switches[key] for key in held])
    free = sorted(set(book.switches) - set(held))
    dropped = cp_model.LinearExpr.sum([1 - book.switches[key] for key in free]) if free else 0
    cp.add(dropped <= MOST_CHANGES)
    cp.minimize(dropped)
    found: list[tuple[Reason, ...]] = []
    limits = replace(settings, seconds=settings.explain.seconds)
    while True:
        result = search(cp, limits)
        if not result.found:
            return found, result.status.value == "infeasible"
        if result.status.value != "optimal":
            return found, False
        keys = [key for key in free if not result.solver.boolean_value(book.switches[key])]
        found.append(tuple(book.reasons[key] for key in keys))
        if not keys:
            return found, True
        cp.add_bool_or([book.switches[key] for key in keys])


def _may_change(problem: RosterProblem, key: RuleKey) -> bool:
    """Whether this rule may give way at all."""
    kind, subject = key
    if kind == "absence":
        reasons = [absence.reason.casefold() for absence in problem.absences if absence.staff == subject]
        return not any(word in reason for reason in reasons for word in _NOT_MOVABLE)
    return kind in _CHANGEABLE


def _tried(problem: RosterProblem, rules: Sequence[Reason], settings: PlanSettings) -> Repair | None:
    """A good roster without these rules, short shifts filled with agency nurses; None if it does not hold up."""
    model = RosterModel(problem, switchable=True)
    add_rules(model)
    off = {(rule.kind, rule.subject) for rule in rules}
    model.cp.add_bool_and([switch for key, switch in model.book.switches.items() if key not in off])
    # Any roster first, which is quick; then a cheaper one as far as the time lasts.
    duties = _duties(model, settings)
    if duties is None:
        return None
    model.cp.minimize(total_cost(model, settings.roster_weights))
    for duty, works in model.works.items():
        model.cp.add_hint(works, duty in duties)
    duties = _duties(model, replace(settings, seconds=settings.explain.seconds)) or duties
    filled, agency = _filled(problem, duties)
    whole = (*duties, *agency)
    broken = {(reason.kind, reason.subject) for reason in check_roster(filled, whole)}
    if not broken <= {key for key in off if not key[0].startswith("cover")}:
        return None
    return Repair(tuple(rules), agency, whole, measures_of(filled, whole, settings.roster_weights))


def _duties(model: RosterModel, settings: PlanSettings) -> tuple[Duty, ...] | None:
    found = search(model.cp, settings)
    if not found.found:
        return None
    return tuple(sorted(duty for duty, works in model.works.items() if found.solver.boolean_value(works)))


def _filled(problem: RosterProblem, duties: Sequence[Duty]) -> tuple[RosterProblem, tuple[Duty, ...]]:
    """The problem with as many agency nurses as its shifts lack, where cover is asked for, and their duties."""
    if not problem.rules.cover_hard:
        return problem, ()
    people: list[Person] = []
    agency: list[Duty] = []
    for row in coverage_of(problem, duties):
        skills = tuple(skill for skill, _ in row.short_skills)
        count = max([row.short, *(missing for _, missing in row.short_skills)])
        for _ in range(count):
            staff = f"AGENCY-{len(people) + 1}"
            people.append(Person(staff, f"Agency nurse {len(people) + 1}", problem.unit, "nurse", skills, 0.0))
            agency.append(Duty(staff, row.day, row.shift))
    return suppose(problem, [Supposed(EXTRA, people=tuple(people))]), tuple(agency)
