"""Small random rosters and the answer by trying every one of them."""

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from assistant.plan.explain.measures import cost_of
from assistant.plan.settings import RosterWeights
from assistant.plan.staffing.check import check_roster
from assistant.plan.staffing.problem import Duty, RosterProblem, RosterRules
from assistant.records.staff import Absence, Person, RosterEntry, Wish, WishKind
from tests.plan.worlds import EARLY, LATE, NIGHT, day, nurses, ward


def small_ward(seed: int, hard: bool = False) -> RosterProblem:
    """Two or three nurses, two or three days, two or three shifts; at most some thousand rosters."""
    rng = random.Random(seed)
    count, days = rng.choice([(2, 2), (2, 3), (3, 2)])
    shifts = rng.choice([(EARLY, LATE), (EARLY, NIGHT), (EARLY, LATE, NIGHT)])
    people = tuple(
        replace(
            person,
            nights=rng.random() > 0.3,
            skills=("charge",) if rng.random() < 0.5 else (),
            hours_per_week=rng.choice([0.0, 0.0, 28.0, 56.0]),
        )
        for person in nurses(count)
    )
    codes = [shift.shift for shift in shifts]
    needs = {(d, code): rng.choice([0, 1, 1, 2]) for d in range(days) for code in codes if rng.random() < 0.8}
    names = [person.staff for person in people]
    return ward(
        days,
        people,
        needs,
        shifts,
        skills={"charge": 1} if rng.random() < 0.4 else {},
        rules=RosterRules(
            cover_hard=hard,
            max_consecutive_days=rng.choice([1, 2, 6]),
            max_consecutive_nights=rng.choice([1, 4]),
            nights_in_a_block=rng.choice([1, 3]),
            max_hours_in_seven_days=rng.choice([16.0, 48.0]),
        ),
        absences=tuple(Absence(name, day(0), day(0), "leave") for name in names if rng.random() < 0.2),
        wishes=tuple(
            Wish(
                name,
                day(rng.randrange(days)),
                rng.choice(list(WishKind)),
                rng.choice(["", codes[0]]),
                rng.choice([1, 3]),
            )
            for name in names
            if rng.random() < 0.5
        ),
        history=tuple(RosterEntry(name, "ICU", day(-1), codes[-1]) for name in names if rng.random() < 0.3),
    )


def rosters(problem: RosterProblem) -> Iterator[tuple[Duty, ...]]:
    """Every roster, right or wrong: each person a shift or none on each day."""
    cells = [(person.staff, day) for person in problem.people for day in problem.days]
    choices = ("", *problem.shift_types)
    for picked in product(choices, repeat=len(cells)):
        yield tuple(sorted(Duty(*cell, shift) for cell, shift in zip(cells, picked, strict=True) if shift))


def alone_of(problem: RosterProblem, person: Person) -> RosterProblem:
    """The problem with this person and nobody else."""
    return replace(
        problem,
        people=(person,),
        absences=tuple(a for a in problem.absences if a.staff == person.staff),
        wishes=(),
        history=tuple(h for h in problem.history if h.staff == person.staff),
        forced=tuple(f for f in problem.forced if f.staff == person.staff),
        forbidden=tuple(f for f in problem.forbidden if f.staff == person.staff),
    )


def valid_costs(problem: RosterProblem) -> dict[tuple[Duty, ...], float]:
    """Every roster that keeps all rules, with its cost; person by person, so that few have to be tried whole."""
    soft = replace(problem, rules=replace(problem.rules, cover_hard=False))
    ways = []
    for person in problem.people:
        alone = alone_of(soft, person)
        ways.append([duties for duties in rosters(alone) if not check_roster(alone, duties)])
    found = {}
    for parts in product(*ways):
        duties = tuple(sorted(duty for part in parts for duty in part))
        if not problem.rules.cover_hard or not check_roster(problem, duties):
            found[duties] = cost_of(problem, duties, RosterWeights())
    return found
