"""Solves public shift-scheduling instances and says how close the result is to the best known cost.

    python -m eval roster INSTANCE.txt --seconds 60 --out SOLUTION.csv

Progress goes to stderr, one line of summary (or `--json`) to stdout. The best feasible roster found so far is written
while the search runs and again at its end, also on SIGTERM and SIGINT. The form follows the ending of `--out`: `.csv`
and `.txt` (a line per person: name, then a cell per day, `-` for free, parted by blanks, which is what the benchmark's
scorer reads), `.json` (an object of lists) and `.roster` or `.xml` (Roster XML). Several instances or a folder give a
table beside `best_known.csv` where that lies beside them; `--out` is then a folder.
"""

import argparse
import csv
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import RecordError
from assistant.plan.roster.problem import RosterProblem
from assistant.plan.roster.solve import Progress, Solved, solve, solve_steps
from eval.roster_instance import check_form, read_instance, write_roster

WRITE_EVERY_SECONDS = 3.0


@dataclass
class Reporter:
    """Prints every better roster or bound, and writes rosters now and then."""

    problem: RosterProblem
    out: Path | None
    quiet: bool
    _written: float = -WRITE_EVERY_SECONDS

    def __call__(self, state: Progress) -> None:
        """Called by the solver."""
        if not self.quiet:
            cost = "none yet" if state.roster is None else f"{state.cost:.0f}"
            bound = f"{state.bound:.0f}" if state.bound > -1e9 else "none yet"
            print(f"{state.seconds:7.1f} s  cost {cost}  bound {bound}", file=sys.stderr, flush=True)
        if self.out and state.roster is not None and time.monotonic() - self._written >= WRITE_EVERY_SECONDS:
            write_roster(self.problem, state.roster, self.out)
            self._written = time.monotonic()


def run_one(path: Path, arguments: argparse.Namespace, out: Path | None) -> dict[str, Any]:
    """Solves one instance and writes its roster.

    Returns:
        JSON types: instance, cost, feasible, violations, bound, optimal, best_known, gap_percent, seconds, out.
    """
    began = time.monotonic()
    problem = read_instance(path)
    report = Reporter(problem, out, arguments.quiet)
    if arguments.steps is not None:
        solved = solve_steps(problem, arguments.steps, arguments.seed, report)
    else:
        left = arguments.seconds - (time.monotonic() - began)
        solved = solve(problem, left, arguments.seed, arguments.workers, report)
    if out:
        write_roster(problem, solved.roster, out)
    return _row(path, solved, best_known(path), out)


def _row(path: Path, solved: Solved, known: dict[str, str], out: Path | None) -> dict[str, Any]:
    best = _number(known.get("ub_best_seen"))
    return {
        "instance": path.stem,
        "cost": solved.cost,
        "feasible": solved.feasible,
        "violations": list(solved.broken[:20]),
        "bound": solved.bound,
        "optimal": solved.optimal,
        "best_known": best,
        "gap_percent": round(100 * (solved.cost - best) / best, 3) if best and solved.feasible else None,
        "gurobi_10_minutes": _number(known.get("t10_Gurobi_CurtoisQu2014")),
        "ejection_chain_10_minutes": _number(known.get("t10_EjectionChain_CurtoisQu2014")),
        "seconds": round(solved.seconds, 1),
        "repeatable": solved.repeatable,
        "stopped": solved.stopped,
        "out": str(out) if out else None,
    }


def _number(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdigit() else None


def best_known(path: Path) -> dict[str, str]:
    """The instance's line of `best_known.csv` beside it, empty where there is none."""
    table = path.parent / "best_known.csv"
    name = "".join(letter for letter in path.stem if letter.isdigit())
    if not table.is_file():
        return {}
    with table.open(encoding="utf-8-sig", newline="") as lines:
        return next((row for row in csv.DictReader(lines) if row.get("instance") in {name, path.stem}), {})


def summary(row: dict[str, Any]) -> str:
    """One line on one instance."""
    parts = [f"{row['instance']}: cost {row['cost']}", "feasible" if row["feasible"] else "NOT FEASIBLE"]
    parts.append("bound " + ("unknown" if row["bound"] is None else str(row["bound"])))
    if row["optimal"]:
        parts.append("proven optimal")
    if row["gap_percent"] is not None:
        parts.append(f"best known {row['best_known']} (gap {row['gap_percent']:.2f} %)")
    return ", ".join([*parts, f"{row['seconds']} s"])


def table(rows: list[dict[str, Any]]) -> str:
    """Markdown table of several instances."""
    lines = [
        "| instance | cost | bound | best known | gap % | Gurobi 10 min | ejection chain 10 min | s |",
        "|---" * 8 + "|",
    ]
    for row in rows:
        cost = (
            f"{row['cost']}" + ("" if row["feasible"] else " NOT FEASIBLE") + (" (optimal)" if row["optimal"] else "")
        )
        keys = ("bound", "best_known", "gap_percent", "gurobi_10_minutes", "ejection_chain_10_minutes", "seconds")
        cells = ["" if row[key] is None else str(row[key]) for key in keys]
        lines.append("| " + " | ".join([row["instance"], cost, *cells]) + " |")
    return "\n".join(lines)


def instances_of(paths: list[Path]) -> list[Path]:
    """Files, and the instances of folders, in the order of their numbers."""
    found: list[Path] = []
    for path in paths:
        inside = [file for file in path.glob("*.txt") if "SECTION_HORIZON" in file.read_text(errors="replace")]
        found += sorted(inside, key=lambda file: (len(file.stem), file.stem)) if path.is_dir() else [path]
    if not found:
        raise RecordError(
            f"No instance found in {', '.join(map(str, paths))}; files *.txt with SECTION_HORIZON expected"
        )
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval roster", description=__doc__.split("\n\n")[0])
    parser.add_argument("instances", type=Path, nargs="+", metavar="INSTANCE.txt", help="files, or folders of them")
    parser.add_argument("--seconds", type=float, default=60.0, help="wall clock for each instance (default 60)")
    parser.add_argument("--out", type=Path, help="roster (.csv, .txt, .json, .roster, .xml); a folder for several")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, help="processes (default: one per core, at most 4)")
    parser.add_argument("--steps", type=int, help="stop after so many neighbourhoods, not by the clock: repeatable")
    parser.add_argument("--json", action="store_true", help="one JSON object (one instance) or list on stdout")
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")
    return parser


def main(argv: list[str]) -> int:
    """0 when every roster is feasible, else 1."""
    arguments = _parser().parse_args(argv)
    paths = instances_of(arguments.instances)
    one = len(paths) == 1 and not arguments.instances[0].is_dir()
    if arguments.seconds <= 0 or (arguments.workers is not None and arguments.workers < 1):
        raise RecordError("--seconds must be above 0 and --workers 1 or more")
    if one and arguments.out:
        check_form(arguments.out)
    rows = []
    for path in paths:
        out = arguments.out if one or not arguments.out else arguments.out / f"{path.stem}.csv"
        rows.append(run_one(path, arguments, out))
        if not arguments.json:
            print(summary(rows[-1]), flush=True)
        if rows[-1]["stopped"]:
            break
    if arguments.json:
        print(json.dumps(rows[0] if one else rows))
    elif not one:
        print("\n" + table(rows))
    return 0 if all(row["feasible"] for row in rows) else 1
