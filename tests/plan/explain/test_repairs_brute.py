"""Conflict: the smallest repairs of small random rosters agree with trying every roster; none breaks law or ratio."""

from dataclasses import replace
from itertools import product

import pytest

from assistant.plan.explain.repairs import MOST_CHANGES, Repairs, all_smallest_sets, repairs
from assistant.plan.result import Reason
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.check import check_roster
from assistant.plan.staffing.problem import RosterProblem, RosterRules
from assistant.records.staff import Absence
from tests.plan.explain.brute import alone_of, rosters, small_ward
from tests.plan.explain.test_why_not_brute import asked
from tests.plan.worlds import day, nurses, ward

SETTINGS = PlanSettings(seconds=5, workers=1, patience=20)
PROBLEMS = 200
MAY = {"forced", "forbidden", "absence", "contract_least", "contract_most", "cover", "cover_skill"}


def smallest_by_trying(problem: RosterProblem) -> set[frozenset[tuple[str, str]]]:
    """Sets of broken rules over all rosters, those that no smaller set is part of, up to the size asked for.

    Person by person first: of each person's ways only those matter that break a smallest set of own rules for the same
    shifts.
    """
    soft = replace(problem, rules=replace(problem.rules, cover_hard=False))
    ways = []
    for person in problem.people:
        alone = alone_of(soft, person)
        mine = []
        for duties in rosters(alone):
            broken = frozenset((reason.kind, reason.subject) for reason in check_roster(alone, duties))
            if {kind for kind, _ in broken} <= MAY and len(broken) <= MOST_CHANGES:
                mine.append((duties, broken))
        ways.append(mine)
    found: set[frozenset[tuple[str, str]]] = set()
    for parts in product(*ways):
        broken = frozenset().union(*(part[1] for part in parts))
        if len(broken) > MOST_CHANGES:
            continue
        if problem.rules.cover_hard:
            duties = tuple(sorted(duty for part in parts for duty in part[0]))
            cover = [reason for reason in check_roster(problem, duties) if reason.kind.startswith("cover")]
            broken |= {(reason.kind, reason.subject) for reason in cover}
        if len(broken) <= MOST_CHANGES:
            found.add(broken)
    return {one for one in found if not any(other < one for other in found)}


@pytest.mark.parametrize("block", range(10))
def test_smallest_repairs_agree_with_trying_everything(block: int) -> None:
    for seed in range(block * PROBLEMS // 10, (block + 1) * PROBLEMS // 10):
        plain = small_ward(seed, hard=seed % 2 == 0)
        forced, forbidden = asked(plain, seed)
        problem = replace(plain, forced=forced, forbidden=forbidden)
        found, complete = all_smallest_sets(problem, SETTINGS)
        assert complete, seed
        sets = {frozenset((reason.kind, reason.subject) for reason in one) for one in found}
        assert sets == smallest_by_trying(problem), seed


def short_handed(**more: object) -> Repairs:
    """Two nurses, one on leave, two needed on the early shift."""
    problem = ward(1, nurses(2), {(0, "E"): 2}, rules=RosterRules(cover_hard=True), **more)
    return repairs(problem, SETTINGS)


def test_leave_can_move_or_an_agency_nurse_can_come() -> None:
    found = short_handed(absences=(Absence("A", day(0), day(0), "annual leave"),))
    assert found.complete
    assert [{rule.kind for rule in one.changes} for one in found.found] == [{"absence"}, {"cover"}]
    assert [len(one.agency) for one in found.found] == [0, 1]


def test_the_sick_are_never_called_in() -> None:
    found = short_handed(absences=(Absence("A", day(0), day(0), "sickness"),))
    assert [{rule.kind for rule in one.changes} for one in found.found] == [{"cover"}]
    assert all(one.measures.missing_nurses == 0 for one in found.found)


def test_a_possible_roster_needs_no_repair() -> None:
    assert short_handed().possible


def test_without_staff_only_agency_nurses_help() -> None:
    found = repairs(ward(1, (), {(0, "E"): 2}, rules=RosterRules(cover_hard=True)), SETTINGS)
    assert [len(one.agency) for one in found.found] == [2]


def test_a_missing_skill_is_hired() -> None:
    hard = RosterRules(cover_hard=True)
    found = repairs(ward(1, nurses(2), {(0, "E"): 1}, skills={"charge": 1}, rules=hard), SETTINGS)
    assert [rule.kind for rule in found.found[0].changes] == ["cover_skill"]
    assert len(found.found[0].agency) == 1


def test_a_repair_that_the_checker_faults_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solver and checker are separate; where they disagree the checker has the last word, and nothing is complete."""
    from assistant.plan.explain import repairs as repairing

    fault = Reason("rest", "B", {"minutes": 660})
    monkeypatch.setattr(repairing, "check_roster", lambda problem, duties: (fault,))
    found = short_handed(absences=(Absence("A", day(0), day(0), "annual leave"),))
    assert found.found == ()
    assert not found.complete
