"""Why not: on small random rosters, price and impossibility agree with trying every roster."""

import random
from dataclasses import replace

import pytest

from assistant.plan.explain.differences import differences
from assistant.plan.explain.price import price_of
from assistant.plan.result import Status
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.problem import Duty, RosterProblem
from tests.plan.explain.brute import small_ward, valid_costs

SETTINGS = PlanSettings(seconds=5, workers=1, patience=20)
PROBLEMS = 200


def asked(problem: RosterProblem, seed: int) -> tuple[tuple[Duty, ...], tuple[Duty, ...]]:
    """A duty to force, or one to forbid, or one of each."""
    rng = random.Random(1000 + seed)
    pick = lambda: Duty(  # noqa: E731
        rng.choice(problem.people).staff, rng.choice(problem.days), rng.choice(["", *problem.shift_types])
    )
    kind = rng.choice(["force", "force", "forbid", "both"])
    return ((pick(),) if kind != "forbid" else ()), ((pick(),) if kind != "force" else ())


@pytest.mark.parametrize("block", range(10))
def test_price_and_impossibility_agree_with_trying_everything(block: int) -> None:
    for seed in range(block * PROBLEMS // 10, (block + 1) * PROBLEMS // 10):
        problem = small_ward(seed, hard=seed % 4 == 0)
        plain = valid_costs(problem)
        if not plain:
            continue
        published = min(plain, key=lambda duties: (plain[duties], duties))
        forced, forbidden = asked(problem, seed)
        wished = replace(problem, forced=forced, forbidden=forbidden)
        allowed = valid_costs(wished)
        price = price_of(problem, published, SETTINGS, forced, forbidden)
        assert (price.status is Status.INFEASIBLE) == (not allowed), seed
        if allowed:
            assert price.status is Status.OPTIMAL, seed
            assert price.points == min(allowed.values()) - plain[published], seed
            best = [duties for duties, cost in allowed.items() if cost == min(allowed.values())]
            fewest = min(len(differences(published, duties)) for duties in best)
            assert len(price.changes) == fewest, seed
        else:
            assert price.conflict.minimal, seed
