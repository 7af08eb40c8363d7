"""Cost and hard rules, at the edges that the benchmark defines, and beside its independent scorer."""

import importlib.util

import numpy as np
import pytest

from assistant.errors import RecordError
from assistant.plan.roster.cost import broken_rules, cost_of
from assistant.plan.roster.problem import FREE, Cover, Request, RosterProblem, Shift
from eval.roster_instance import read_instance, write_roster
from tests.plan.roster.worlds import person

SHIFTS = (Shift("E", 480), Shift("L", 480, frozenset({"E"})))


def one(pattern: str, **changes: object) -> list[str]:
    """Rules broken by one person's pattern, e.g. `EE-LL`."""
    problem = RosterProblem(len(pattern), SHIFTS, [person(**changes)])
    return broken_rules(problem, np.array([["EL".find(cell) for cell in pattern]], dtype=np.int16))


@pytest.mark.parametrize(
    ("pattern", "changes", "fault"),
    [
        ("E--EE", {}, None),  # a run that touches the first day may be short
        ("EE--E", {}, None),  # and one that touches the last day
        ("--E--", {}, "1 days in a row from day 2, at least 2"),
        ("EE-EE", {}, "1 free days from day 2, at least 2"),
        ("-EE--", {}, None),  # a free run that touches the first day may be short
        ("EEEEEE", {}, "6 days in a row from day 0, at most 5"),
        ("LE---", {}, "E on day 1 may not follow L"),
        ("L-E--", {"least_in_row": 1, "least_off": 1}, None),
        ("-----EE-----EE", {}, "2 weekends, at most 1"),
        ("-----E", {"most_weekends": 0}, "1 weekends, at most 0"),
        ("EEE--", {"most_shifts": {"E": 2}}, "3 shifts E, at most 2"),
        ("EEE--", {"most_minutes": 960}, "1440 minutes, expected 0 to 960"),
        ("-----", {"least_minutes": 480}, "0 minutes, expected 480 to 4800"),
        ("EE---", {"days_off": frozenset({1})}, "works on day off 1"),
    ],
)
def test_hard_rules(pattern, changes, fault):
    assert one(pattern, **changes) == ([] if fault is None else [f"A: {fault}"])


def test_cost_is_cover_and_wishes():
    problem = RosterProblem(
        3,
        SHIFTS,
        [person("A"), person("B")],
        [Request("A", 0, "E", 7, wanted=True), Request("B", 1, "L", 5, wanted=False), Request("B", 2, "E", 3, True)],
        [Cover(0, "E", 2, 100, 1), Cover(1, "L", 0, 100, 2), Cover(2, "E", 1, 10, 1), Cover(2, "E", 1, 10, 1)],
    )
    roster = np.array([[FREE, 1, FREE], [FREE, 1, 0]], dtype=np.int16)
    assert cost_of(problem, roster) == 7 + 5 + 2 * 100 + 2 * 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"shifts": []}, "No shift is given"),
        ({"people": []}, "Nobody is given"),
        ({"people": [person(least_minutes=9000)]}, "contradict"),
        ({"people": [person(), person()]}, "given twice"),
        ({"people": [person(most_shifts={"X": 1})]}, "X is not a shift"),
        ({"cover": [Cover(0, "X", 1, 1, 1)]}, "not in the data"),
        ({"cover": [Cover(0, "E", 1, -1, 1)]}, "negative"),
        ({"requests": [Request("A", 9, "E", 1, True)]}, "not in the data"),
        ({"requests": [Request("A", 1, "E", -1, True)]}, "0 or more"),
        ({"days": 0}, "1 day or more"),
    ],
)
def test_bad_problems_are_refused_with_the_reason(changes, said):
    whole = {"days": 5, "shifts": SHIFTS, "people": [person()], **changes}
    with pytest.raises(RecordError, match=said):
        RosterProblem(**whole)


@pytest.mark.parametrize("ending", [".csv", ".txt", ".json", ".roster", ".xml"])
def test_the_independent_scorer_agrees_on_random_rosters(shared, tmp_path, ending):
    path = shared / "data/optimizer/shift_scheduling/Instance8.txt"
    spec = importlib.util.spec_from_file_location("shift_score", shared / "tools/shift_score.py")
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    problem, random = read_instance(path), np.random.default_rng(3)
    roster = random.integers(FREE, len(problem.shifts), (len(problem.people), problem.days)).astype(np.int16)
    write_roster(problem, roster, tmp_path / f"roster{ending}")
    instance = scorer.read_instance(path)
    judged = scorer.score(instance, scorer.read_solution(str(tmp_path / f"roster{ending}"), instance))
    assert judged["cost"] == cost_of(problem, roster)
    assert {line.split(":")[0] for line in broken_rules(problem, roster)} == {
        line.split()[1] for line in judged["where"]
    }
