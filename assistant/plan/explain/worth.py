"""What one more, and one less, of each thing is worth to a roster: by solving it again with it, best first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from assistant.plan.explain.measures import Measures, cost_of, measures_of
from assistant.plan.explain.near import Near, Replanned, circles, is_clean, widest
from assistant.plan.explain.price import as_proven
from assistant.plan.explain.suppose import ABSENT, DEMAND, EXTRA, Supposed, suppose
from assistant.plan.result import Status
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.local.improve import changes_for, improve
from assistant.plan.staffing.local.tables import encodable
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.staffing.score import coverage_of
from assistant.plan.staffing.skills import has_skill
from assistant.plan.watch import Run
from assistant.records.staff import Person


@dataclass(frozen=True)
class Worth:
    """What one step of one thing changes.

    Attributes:
        thing: `nurse`, `agency_nurse` (called as needed), `skill`, `weekly_hour`, `day_in_a_row`, `patient`, or
            `shift_need` (one nurse less needed on the tightest shift).
        step: +1 or -1.
        subject: Skill, or who is taken away, or the shift (`day shift`); empty otherwise.
        saved: Cost points saved; negative where it costs.
        change: The same in named units, after less before.
        proven: Both rosters are the best among the people who were free.
    """

    thing: str
    step: int
    saved: float
    change: Measures
    proven: bool
    subject: str = ""


def worths(
    problem: RosterProblem, published: Sequence[Duty], settings: PlanSettings, bound: float = 0.0
) -> tuple[Worth, ...]:
    """Every step that makes sense for the roster, the most worth first.

    All are searched among the same people, and so is the roster as it is: like is compared with like.

    Args:
        problem: What the roster was computed from.
        published: The roster.
        settings: Weights and limits.
        bound: No roster of `problem` costs less by these weights, as far as is proven.
    """
    free, plain = _as_it_is(problem, published, settings, bound)
    if not plain.found:
        return ()
    steps = _steps(problem, published)
    idle = _nothing_loosens(problem, plain, free, steps, settings)
    rows = [
        _no_difference(step, plain) if step in idle else _worth(problem, plain, free, step, settings) for step in steps
    ]
    return tuple(sorted((row for row in rows if row is not None), key=lambda row: (-row.saved, row.thing, -row.step)))


def _as_it_is(
    problem: RosterProblem, published: Sequence[Duty], settings: PlanSettings, bound: float
) -> tuple[frozenset[str], Replanned]:
    """The most people among whom the roster as it is can be proven best, and that roster."""
    known = as_proven(problem, published, settings, bound)
    if known is not None:
        return widest(problem, published, settings), known
    best: tuple[frozenset[str], Replanned] | None = None
    for free in circles(problem, published, (), settings):
        found = Near(problem, published, free, settings, start=best[1].duties if best else None).cheapest()
        if best is not None and found.status is not Status.OPTIMAL:
            break
        best = (free, found)
    assert best is not None  # there is a first circle always
    return best


@dataclass(frozen=True)
class _Step:
    thing: str
    step: int
    problem: RosterProblem
    touched: frozenset[str] = frozenset()
    subject: str = ""


def _worth(
    problem: RosterProblem, plain: Replanned, free: frozenset[str], step: _Step, settings: PlanSettings
) -> Worth | None:
    """One step, searched again; None if no roster was found with it."""
    if _changes_nothing(plain, step, settings):
        return _no_difference(step, plain)
    people, away = {person.staff for person in step.problem.people}, step.problem.absent_days
    kept = [duty for duty in plain.duties if duty.staff in people and (duty.staff, duty.day) not in away]
    who = (free & people) | step.touched
    far = len(who) == len(people) and (step.thing == "patient" or not is_clean(step.problem, kept))
    start = _improved(step.problem, kept, settings) if far else kept
    found = Near(step.problem, kept, who, settings, start=start).cheapest()
    if not found.found:
        return None
    weights = settings.roster_weights
    change = measures_of(step.problem, found.duties, weights) - measures_of(problem, plain.duties, weights)
    # What only loosens the problem cannot make it dearer: a search cut short would say so.
    saved = plain.cost - found.cost
    saved = max(0.0, saved) if step.step > 0 and step.thing in _ONLY_LOOSENS else saved
    proven = found.status is Status.OPTIMAL and plain.status is Status.OPTIMAL
    return Worth(step.thing, step.step, saved, change, proven, step.subject)


def _no_difference(step: _Step, plain: Replanned) -> Worth:
    return Worth(step.thing, step.step, 0.0, Measures(), plain.status is Status.OPTIMAL, step.subject)


def _nothing_loosens(
    problem: RosterProblem, plain: Replanned, free: frozenset[str], steps: Sequence[_Step], settings: PlanSettings
) -> list[_Step]:
    """The steps that only loosen, if even all of them together are proven to save nothing; else none.

    One search for what would otherwise take one each: most rosters are not held back by any of them.
    """
    loose = [step for step in steps if step.step > 0 and step.thing in _ONLY_LOOSENS]
    joined = frozenset(staff for step in loose for staff in step.touched)
    found = Near(_all_at_once(problem, loose), plain.duties, free | joined, settings).cheapest()
    return loose if found.status is Status.OPTIMAL and found.cost >= plain.cost else []


def _all_at_once(problem: RosterProblem, steps: Sequence[_Step]) -> RosterProblem:
    """The problem with everybody's skills, all extra people and the loosest limits of the steps."""
    people: dict[str, Person] = {person.staff: person for person in problem.people}
    for person in (person for step in steps for person in step.problem.people):
        skills = people.get(person.staff, person).skills
        more = tuple(skill for skill in person.skills if skill not in skills)
        people[person.staff] = replace(person, skills=(*skills, *more))
    every = [problem.rules, *(step.problem.rules for step in steps)]
    rules = replace(
        problem.rules,
        max_hours_per_week=max(each.max_hours_per_week for each in every),
        max_hours_in_seven_days=max(each.max_hours_in_seven_days for each in every),
        max_consecutive_days=max(each.max_consecutive_days for each in every),
    )
    return replace(problem, people=tuple(people.values()), rules=rules)


def _improved(problem: RosterProblem, duties: Sequence[Duty], settings: PlanSettings) -> Sequence[Duty]:
    """A good roster of the whole unit to begin with, where the one without the step is far from the best with it."""
    if not encodable(problem):
        return duties
    changes = changes_for(problem, settings, _IMPROVE_SECONDS)
    return sorted(improve(problem, settings, duties, changes, Run(), settings.explain.seconds * settings.patience)[0])


_IMPROVE_SECONDS = 0.25


def _changes_nothing(plain: Replanned, step: _Step, settings: PlanSettings) -> bool:
    """Whether a step that only tightens leaves the best roster as it is: then no other can have become cheaper."""
    if step.step > 0 or step.thing not in _ONLY_TIGHTENS:
        return False
    cost = cost_of(step.problem, plain.duties, settings.roster_weights)
    return cost == plain.cost and is_clean(step.problem, plain.duties)


_ONLY_LOOSENS = frozenset({"agency_nurse", "skill", "weekly_hour", "day_in_a_row"})
_ONLY_TIGHTENS = frozenset({"skill", "weekly_hour", "day_in_a_row"})


def _steps(problem: RosterProblem, published: Sequence[Duty]) -> list[_Step]:
    steps = [*_staff(problem, published), *_skills(problem, published), *_rules(problem), *_patients(problem)]
    return [*steps, *_tightest(problem, published)]


def _staff(problem: RosterProblem, published: Sequence[Duty]) -> list[_Step]:
    """One nurse more with a contract and one from the bank; and the best-employed one without rare skills gone."""
    owed = [person.hours_per_week for person in problem.people if person.hours_per_week]
    hired = Person("EXTRA-0", "", problem.unit, hours_per_week=median(owed) if owed else 0.0)
    bank = replace(hired, hours_per_week=0.0)
    found = [
        _Step(thing, 1, suppose(problem, [Supposed(EXTRA, people=(person,))]), frozenset({person.staff}))
        for thing, person in (("nurse", hired), ("agency_nurse", bank))
        if thing == "agency_nurse" or owed
    ]
    load = Counter(duty.staff for duty in published)
    needed = {skill for need in problem.demand for skill, count in need.skills if count}
    plain = [p.staff for p in problem.people if load[p.staff] and not any(has_skill(p, skill) for skill in needed)]
    if plain:
        gone = max(plain, key=lambda staff: (load[staff], staff))
        found.append(_Step("nurse", -1, suppose(problem, [Supposed(ABSENT, (gone,))]), frozenset({gone}), gone))
    return found


def _skills(problem: RosterProblem, published: Sequence[Duty]) -> list[_Step]:
    """One person more, and one less, with each skill that shifts ask for."""
    found = []
    load = Counter(duty.staff for duty in published)
    for skill in sorted({skill for need in problem.demand for skill, count in need.skills if count}):
        for step in (1, -1):
            able = [p for p in problem.people if has_skill(p, skill) == (step < 0) and load[p.staff]]
            if able:
                person = max(able, key=lambda p: (load[p.staff], p.staff))
                skills = (*person.skills, skill) if step > 0 else tuple(s for s in person.skills if s != skill)
                role = person.role if step > 0 else "nurse"
                people = tuple(replace(p, skills=skills, role=role) if p == person else p for p in problem.people)
                found.append(_Step("skill", step, replace(problem, people=people), frozenset({person.staff}), skill))
    return found


def _rules(problem: RosterProblem) -> list[_Step]:
    """One hour more or less a week, one day more or less in a row. What the law says about them is for the reader."""
    rules = problem.rules
    found = []
    for step in (1, -1):
        longer = replace(
            rules,
            max_hours_per_week=rules.max_hours_per_week + step,
            max_hours_in_seven_days=rules.max_hours_in_seven_days + step,
        )
        found.append(_Step("weekly_hour", step, replace(problem, rules=longer)))
        if rules.max_consecutive_days + step >= 1:
            days = replace(rules, max_consecutive_days=rules.max_consecutive_days + step)
            found.append(_Step("day_in_a_row", step, replace(problem, rules=days)))
    return found


def _patients(problem: RosterProblem) -> list[_Step]:
    """One patient more and less on every shift, by the ratio that the demand was made with."""
    ratios = tuple(
        (need.shift, need.patients / need.nurses) for need in problem.demand if need.patients and need.nurses
    )
    if len({shift for shift, _ in ratios}) < len({need.shift for need in problem.demand}):
        return []
    least: dict[str, float] = {}
    for shift, ratio in ratios:
        least[shift] = max(least.get(shift, 0.0), ratio)
    return [
        _Step("patient", -step, suppose(problem, [Supposed(DEMAND, amount=float(step), ratios=tuple(least.items()))]))
        for step in (1, -1)
    ]


def _tightest(problem: RosterProblem, published: Sequence[Duty]) -> list[_Step]:
    """One nurse less needed on the shift that lacks most."""
    short = [row for row in coverage_of(problem, published) if row.short]
    if not short:
        return []
    row = max(short, key=lambda row: row.short)
    demand = tuple(
        replace(need, nurses=need.nurses - 1) if (need.day, need.shift) == (row.day, row.shift) else need
        for need in problem.demand
    )
    return [_Step("shift_need", 1, replace(problem, demand=demand), subject=f"{row.day} {row.shift}")]
