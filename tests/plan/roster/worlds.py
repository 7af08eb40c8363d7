"""Small roster problems for the tests."""

import numpy as np

from assistant.plan.roster.problem import Cover, Person, Request, RosterProblem, Shift


def person(name: str = "A", **changes: object) -> Person:
    """A contract without narrow limits, with changes."""
    rules: dict[str, object] = {
        "most_shifts": {},
        "most_minutes": 480 * 10,
        "least_minutes": 0,
        "most_in_row": 5,
        "least_in_row": 2,
        "least_off": 2,
        "most_weekends": 1,
    }
    return Person(name, **{**rules, **changes})  # type: ignore[arg-type]


def ward(seed: int = 0, people: int = 8, days: int = 14) -> RosterProblem:
    """Early and late shifts for a few people, with wishes and days off at random."""
    random = np.random.default_rng(seed)
    names = [f"P{number}" for number in range(people)]
    staff = [
        person(name, least_minutes=480 * 6, most_minutes=480 * 9, days_off=frozenset({int(random.integers(days))}))
        for name in names
    ]
    wishes = [
        Request(str(random.choice(names)), int(random.integers(days)), str(random.choice(["E", "L"])),
                int(random.integers(1, 4)), bool(random.random() < 0.6))
        for _ in range(people * 3)
    ]  # fmt: skip
    cover = [Cover(day, shift, int(random.integers(1, 4)), 100, 1) for day in range(days) for shift in ("E", "L")]
    return RosterProblem(days, [Shift("E", 480), Shift("L", 480, frozenset({"E"}))], staff, wishes, cover)
