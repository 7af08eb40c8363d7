"""Plans of a whole hospital against the clock: how soon there is one, and how good it is after 30 s and after long.

12 units with 267 nurses are rostered for 14 days, one unit after the other, each with a twelfth of the time; 302 beds
are planned for tonight and for 14 nights. Time limits are kept in deterministic time, so that costs do not depend on
how busy the machine is; the seconds shown are wall clock and do. `--risk` measures the risk that plans promise instead,
`--house` all units at once with lending between them.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from assistant.plan.beds.plan import BedPlan
from assistant.plan.beds.solve import solve as solve_beds
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.plan import RosterPlan
from assistant.plan.staffing.solve import solve as solve_roster
from assistant.plan.watch import Progress, gap_of
from eval.house import bed_problem, roster_problems

_PATIENCE = 30.0
"""So many times the limit on the clock before a run is cut: on a busy machine the deterministic limit must decide."""


@dataclass
class Row:
    """One problem at the short and at the long limit.

    Attributes:
        problem: Its name.
        first_seconds: Wall clock to the first plan that keeps every rule, at the short limit.
        short_cost, long_cost: Cost of the plan at each limit; bound: proven at the long limit.
        short_seconds, long_seconds: Wall clock.
        clean: Every hard rule holds in both plans, by the independent checker.
        repeatable: Neither run was stopped by the clock.
    """

    problem: str
    first_seconds: float
    short_cost: float
    long_cost: float
    bound: float
    short_seconds: float
    long_seconds: float
    clean: bool
    repeatable: bool

    @property
    def behind(self) -> float:
        """How far the short limit's plan is behind the better of the two, as a share of that one's cost."""
        return gap_of(self.short_cost, min(self.short_cost, self.long_cost))


@dataclass
class _Seen:
    """Wall clock of the first progress told."""

    began: float = field(default_factory=time.monotonic)
    first: float | None = None

    def __call__(self, seconds: float, cost: float, bound: float) -> None:
        if self.first is None:
            self.first = time.monotonic() - self.began


def main(argv: list[str]) -> int:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m eval plans", description=__doc__)
    parser.add_argument("--out", type=Path, help="write the report here as JSON")
    parser.add_argument("--seconds", type=float, default=30.0, help="the short limit for the whole hospital")
    parser.add_argument("--long", type=float, default=600.0, help="the long limit for the whole hospital")
    parser.add_argument("--units", help="only these units, e.g. ICU,3A (their share of the time stays the same)")
    parser.add_argument("--risk", action="store_true", help="promised and seen risk in simulated futures")
    parser.add_argument("--starts", type=int, default=24, help="with --risk: days on which plans are made")
    parser.add_argument("--futures", type=int, default=8, help="with --risk: futures for each")
    parser.add_argument("--seed", type=int, default=20, help="with --risk: of the simulated hospital")
    parser.add_argument("--year", type=int, default=2027, help="with --risk: the year in whose March the winter ends")
    parser.add_argument("--forecast-only", action="store_true", help="with --risk: leave out what is usual")
    parser.add_argument("--house", action="store_true", help="all units at once, some short of staff, with lending")
    arguments = parser.parse_args(argv)
    if arguments.house:
        from eval.plan_house import measure as measure_house

        report = measure_house(arguments.seconds)
    elif arguments.risk:
        from eval.plan_risk import measure

        usual = not arguments.forecast_only
        report = measure(arguments.starts, arguments.futures, arguments.seed, arguments.year, usual)
    else:
        report = _anytime(arguments)
    if arguments.out:
        arguments.out.write_text(json.dumps(report, indent=1), encoding="utf-8")
    return 0


def _anytime(arguments: argparse.Namespace) -> dict[str, Any]:
    problems = roster_problems()
    wanted = set(arguments.units.split(",")) if arguments.units else {problem.unit for problem in problems}
    _compile()
    rows = []
    for problem in problems:
        if problem.unit in wanted:
            limits = [seconds / len(problems) for seconds in (arguments.seconds, arguments.long)]
            rows.append(_row(f"roster {problem.unit}", partial(solve_roster, problem), *limits))
    house = _sum("roster, all units", rows)
    for nights in () if arguments.units else (1, 14):
        evening = bed_problem(nights)
        limits = [arguments.seconds, arguments.long]
        rows.append(_row(f"beds, nights: {nights}", partial(solve_beds, evening), *limits))
    _show([*rows, house])
    return {"rows": [asdict(row) | {"behind": row.behind} for row in [*rows, house]]}


def _compile() -> None:
    """Compiled code is made once per installation; that is no part of any plan's time."""
    problem = roster_problems(days=7)[-1]
    solve_roster(problem, PlanSettings(seconds=0.1))


def _row(name: str, solve: Callable[[PlanSettings, Progress], RosterPlan | BedPlan], short: float, long: float) -> Row:
    plans, seconds, seen = [], [], _Seen()
    for limit in (short, long):
        began = time.monotonic()
        plans.append(solve(PlanSettings(seconds=limit, patience=_PATIENCE), seen))
        seconds.append(time.monotonic() - began)
    results = [plan.result for plan in plans]
    row = Row(
        problem=name,
        first_seconds=seen.first or float("nan"),
        short_cost=results[0].objective or 0.0,
        long_cost=results[1].objective or 0.0,
        bound=results[1].bound or 0.0,
        short_seconds=seconds[0],
        long_seconds=seconds[1],
        clean=not any(plan.rule_check for plan in plans) and None not in [result.objective for result in results],
        repeatable=all(result.repeatable for result in results),
    )
    print(f"{name}: {row.short_cost:,.0f} -> {row.long_cost:,.0f}", file=sys.stderr, flush=True)
    return row


def _sum(name: str, rows: list[Row]) -> Row:
    """All units together; the first plan of the house is there when the last unit has its first."""

    def total(of: Callable[[Row], float]) -> float:
        return sum(map(of, rows))

    return Row(
        name,
        total(lambda row: row.first_seconds),
        total(lambda row: row.short_cost),
        total(lambda row: row.long_cost),
        total(lambda row: row.bound),
        total(lambda row: row.short_seconds),
        total(lambda row: row.long_seconds),
        all(row.clean for row in rows),
        all(row.repeatable for row in rows),
    )


def _show(rows: list[Row]) -> None:
    print("| problem | first plan, s | cost short | s | cost long | s | bound | short behind | clean | repeatable |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row.problem} | {row.first_seconds:.1f} | {row.short_cost:,.0f} | {row.short_seconds:.0f} "
            f"| {row.long_cost:,.0f} | {row.long_seconds:.0f} | {row.bound:,.0f} | {100 * row.behind:.1f} % "
            f"| {'yes' if row.clean else 'no'} | {'yes' if row.repeatable else 'no'} |"
        )
