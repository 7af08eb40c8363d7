"""What one more, and one less, of each thing is worth to a roster: by solving it again with it, best first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from assistant.plan.explain.measures import Measures, measures_of
from assistant.plan.explain.near import Near, Replanned, circles
from assistant.plan.explain.suppose import ABSENT, DEMAND, EXTRA, Supposed, suppose
from assistant.plan.result import Status
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.staffing.score import coverage_of
from assistant.plan.staffing.skills import has_skill
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


def worths(problem: RosterProblem, published: Sequence[Duty], settings: PlanSettings) -> tuple[Worth, ...]:
    """Every step that makes sense for the roster, the most worth first.

    All are searched among the same people, and so is the roster as it is: like is compared with like. Wider circles
    would need longer searches than a question can wait for.
    """
    free = next(circles(problem, published, (), settings))
    plain = Near(problem, published, free, settings).cheapest()
    if not plain.found:
        return ()
    rows = [_worth(problem, published, free, plain, step, settings) for step in _steps(problem, published)]
    return tuple(sorted((row for row in rows if row is not None), key=lambda row: (-row.saved, row.thing, -row.step)))


@dataclass(frozen=True)
class _Step:
    thing: str
    step: int
    problem: RosterProblem
    touched: frozenset[str] = frozenset()
    subject: str = ""


def _worth(
    problem: RosterProblem,
    published: Sequence[Duty],
    free: frozenset[str],
    plain: Replanned,
    step: _Step,
    settings: PlanSettings,
) -> Worth | None:
    """One step, searched again; None if no roster was found with it."""
    people = {person.staff for person in step.problem.people}
    kept = [duty for duty in published if duty.staff in people]
    found = Near(step.problem, kept, (free & people) | step.touched, settings).cheapest()
    if not found.found:
        return None
    weights = settings.roster_weights
    change = measures_of(step.problem, found.duties, weights) - measures_of(problem, plain.duties, weights)
    # What only loosens the problem cannot make it dearer: a search cut short would say so.
    saved = plain.cost - found.cost
    saved = max(0.0, saved) if step.step > 0 and step.thing in _ONLY_LOOSENS else saved
    proven = found.status is Status.OPTIMAL and plain.status is Status.OPTIMAL
    return Worth(step.thing, step.step, saved, change, proven, step.subject)


_ONLY_LOOSENS = frozenset({"agency_nurse", "skill", "weekly_hour", "day_in_a_row"})


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
