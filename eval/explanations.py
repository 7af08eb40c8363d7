"""Times of explanations and what-if questions on a hospital's own plans: median and worst, per kind of question.

The plans are those kept in the data folder (the newest roster of a unit, the newest bed plan); where there is none, one
is made. A call-in is also asked of one roster of 267 nurses. Every question is asked of people, shifts and patients
drawn with a seed. Wall-clock seconds depend on what else the machine does, so the processor's seconds are given beside
them.
"""

import argparse
import json
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from assistant.app import App, open_app
from assistant.errors import ToolError
from assistant.plan.proposals import StoredProposal
from assistant.settings import home_folder
from assistant.tools.asked_plan import BEDS, STAFFING
from eval.large_unit import keep_large_roster

Question = tuple[str, str, dict[str, Any]]


def main(argv: list[str]) -> int:
    """Ask, measure, print a table and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m eval explanations", description=__doc__)
    parser.add_argument("--home", type=Path, default=None, help="data folder (default: ASSISTANT_HOME)")
    parser.add_argument("--unit", default="ICU", help="unit whose roster is asked about (default: ICU)")
    parser.add_argument("--questions", type=int, default=5, help="questions of each kind (default: 5)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True, help="JSON file for the figures")
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(shutil.copytree(given.home or home_folder(), Path(folder) / "home"))
        app = open_app(home)
        asked = list(questions(app, given.unit, given.questions, given.seed))
        asked += call_ins(keep_large_roster(app, given.unit), given.questions, given.seed)
        times = measured(app, asked)
    given.out.write_text(json.dumps(times, indent=1), encoding="utf-8")
    print("| question | number | wall median / worst (s) | processor median / worst (s) |\n|---|---|---|---|")
    for kind, row in times.items():
        wall, busy = (f"{row[f'{of}median']:.1f} / {row[f'{of}worst']:.1f}" for of in ("", "processor_"))
        print(f"| {kind} | {row['questions']} | {wall} | {busy} |")
    return 0


def measured(app: App, asked: list[Question]) -> dict[str, dict[str, float]]:
    """Seconds by kind of question, on the wall and of the processor (all threads)."""
    seconds: dict[str, list[tuple[float, float]]] = {}
    for kind, tool, arguments in asked:
        began, busy = time.monotonic(), time.process_time()
        record, _ = app.call_tool(tool, arguments, app.context())
        seconds.setdefault(kind, []).append((time.monotonic() - began, time.process_time() - busy))
        if record.status != "ok":
            print(f"eval: {kind} {arguments}: {record.error}", file=sys.stderr)
    return {kind: _summary(rows) for kind, rows in seconds.items()}


def _summary(rows: list[tuple[float, float]]) -> dict[str, float]:
    wall, busy = [row[0] for row in rows], [row[1] for row in rows]
    return {
        "questions": len(rows),
        "median": statistics.median(wall),
        "worst": max(wall),
        "processor_median": statistics.median(busy),
        "processor_worst": max(busy),
    }


def questions(app: App, unit: str, count: int, seed: int) -> Iterator[Question]:
    """Questions on the newest roster of the unit and the newest bed plan."""
    rng = random.Random(seed)
    roster = _plan(app, STAFFING, lambda p: p.inputs.get("unit") == unit, "plan_staffing", {"unit": unit})
    plan, name = roster.plan, {"plan": roster.id}
    people = [person["staff"] for person in roster.inputs["people"]]
    shifts = [shift["shift"] for shift in roster.inputs["shifts"]]
    for _ in range(count):
        duty = rng.choice(plan["assignments"])
        where = {"subject": duty["staff"], "day": duty["day"]}
        yield "roster why", "explain", {"kind": "why", **where, **name}
        other = {"subject": rng.choice(people), "day": rng.choice(plan["days"]), "shift": rng.choice(shifts)}
        yield "roster why_not", "explain", {"kind": "why_not", **other, **name}
        absent = {"change": "staff_absent", "who": duty["staff"], "day": duty["day"]}
        yield "roster what_if absent", "what_if", {**absent, **name}
    yield "roster what_if demand", "what_if", {"change": "demand", "amount": "10%", **name}
    yield "roster sensitivity", "explain", {"kind": "sensitivity", **name}
    yield "roster conflict", "explain", {"kind": "conflict", **name}
    beds = _plan(app, BEDS, lambda p: bool(p.plan["assignments"]), "plan_beds", {})
    for _ in range(count):
        placed = rng.choice(beds.plan["assignments"])
        yield "beds why", "explain", {"kind": "why", "subject": placed["visit"], "plan": beds.id}
        target = rng.choice([unit["code"] for unit in beds.inputs["units"] if unit["kind"] != "emergency"])
        other = {"subject": placed["visit"], "alternative": target}
        yield "beds why_not", "explain", {"kind": "why_not", **other, "plan": beds.id}
    closed = {"change": "beds_closed", "amount": 2, "unit": placed["wanted"]}
    yield "beds what_if", "what_if", {**closed, "plan": beds.id}
    yield "beds sensitivity", "explain", {"kind": "sensitivity", "plan": beds.id}


def call_ins(roster: StoredProposal, count: int, seed: int) -> Iterator[Question]:
    """Call-ins of one nurse, and of three at once, on a roster of a large unit."""
    rng = random.Random(seed)
    for _ in range(count):
        duties = rng.sample(roster.plan["assignments"], 3)
        for who in ([duties[0]], duties):
            names, day = " and ".join(duty["staff"] for duty in who), duties[0]["day"]
            asked = {"change": "staff_absent", "who": names, "day": day, "plan": roster.id}
            yield f"{len(roster.inputs['people'])} nurses, {len(who)} absent", "what_if", asked


def _plan(
    app: App, kind: str, fits: Callable[[StoredProposal], bool], tool: str, arguments: dict[str, Any]
) -> StoredProposal:
    """The newest plan that fits, made now where there is none."""
    for proposal in app.proposals.all():
        if proposal.kind == kind and fits(proposal) and "origin" not in proposal.made:
            return proposal
    record, made = app.call_tool(tool, arguments, app.context())
    if made is None:
        raise ToolError(f"No plan to ask about could be made: {record.error or 'none was found'}.")
    return made
