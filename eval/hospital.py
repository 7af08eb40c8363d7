"""Solves instances of the integrated healthcare timetabling competition (2024) and says what the plans cost.

One instance and `--out FILE`, or several (or a folder of them) and `--out FOLDER`. Where `best_known.csv` lies beside
an instance, its published figures are shown beside ours. SIGINT and SIGTERM end the search; the best plan is written.
"""

import argparse
import csv
import json
import os
import signal
import statistics
import sys
import threading
import time
from pathlib import Path
from typing import Any

from assistant.errors import RecordError
from assistant.plan.hospital import HospitalPlan, HospitalResult, HospitalSettings, Step, solve
from eval.hospital_instance import Instance, read_instance, solution_of

PUBLISHED = {
    "best_known": "best_known_any_time",
    "best_in_10_minutes": "best_in_competition_rules_10min_4threads",
    "median_of_teams": "phase1_median",
    "python_hyperheuristic": "STORi_python_hyperheuristic_best",
}
"""Name in our reports, column of `best_known.csv`."""
SAY_EVERY = 2.0
"""Seconds between two lines of progress, and between two writings of the best plan so far."""


def main(argv: list[str]) -> int:
    """Command line; 0 if every plan keeps the hard rules."""
    started = time.monotonic() - _lived()
    options = _options(argv)
    stop = threading.Event()
    former = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        paths = _instances(options.instance)
        rows, busy = [], False
        for path in paths:
            row, still = _solve(path, options, len(paths) > 1, started, stop)
            rows.append(row)
            busy = busy or still
            if stop.is_set():
                break
            started = time.monotonic()
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
    _report(rows, options.json)
    code = 0 if all(row["feasible"] for row in rows) else 1
    if busy and _is_own_program():  # a thread that still compiles would make the interpreter's end hang or crash
        sys.stdout.flush()
        os._exit(code)
    return code


def _is_own_program() -> bool:
    """Whether this is `python -m eval`, and not another program that calls `main`."""
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    return spec is not None and spec.name == "eval.__main__"


def _lived() -> float:
    """Seconds since this command was started, imports included; 0 where another program calls `main`."""
    if not _is_own_program():
        return 0.0
    try:
        ticks = int(Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):  # not Linux
        return time.process_time()


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval hospital", description=__doc__)
    parser.add_argument("instance", type=Path, nargs="+", help="instances (JSON) or a folder of them")
    parser.add_argument("--seconds", type=float, default=60.0, help="time for each instance, reading included")
    parser.add_argument("--out", type=Path, required=True, help="solution file, or a folder for several instances")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="searches side by side, one a core")
    parser.add_argument("--tries", type=int, help="moves each worker tries; makes a run repeatable")
    parser.add_argument("--json", action="store_true", help="the report as one JSON object on stdout")
    return parser.parse_args(argv)


def _instances(given: list[Path]) -> list[Path]:
    """Files as given; of a folder its instances, that is all JSON files that are not solutions."""
    paths: list[Path] = []
    for path in given:
        if not path.is_dir():
            paths.append(path)
            continue
        inside = sorted(file for file in path.glob("*.json") if not file.name.startswith("sol_"))
        if not inside:
            raise RecordError(f"No instances (*.json) in the folder {path}")
        paths += inside
    return paths


def _solve(
    path: Path, options: argparse.Namespace, many: bool, started: float, stop: threading.Event
) -> tuple[dict[str, Any], bool]:
    """Solves one instance and writes its solution; returns the row of the report, and whether a thread is left."""
    instance = read_instance(path)
    target = options.out / f"sol_{path.stem}.json" if many or options.out.is_dir() else options.out
    target.parent.mkdir(parents=True, exist_ok=True)
    reserve = min(1.5, max(0.05, 0.02 * options.seconds))
    left = max(0.05, options.seconds - reserve - (time.monotonic() - started))
    settings = HospitalSettings(left, options.seed, options.workers, options.tries)
    writer = _Writer(path.stem, instance, target)
    result = solve(instance.problem, settings, writer.progress, stop)
    writer.write(result.plan)
    return _row(path, result, options.seed, time.monotonic() - started), result.busy


class _Writer:
    """Tells the progress on stderr and keeps the solution file up to date, so that even a killed run leaves one."""

    def __init__(self, name: str, instance: Instance, target: Path) -> None:
        self.name, self.instance, self.target = name, instance, target
        self.said = -SAY_EVERY

    def progress(self, step: Step) -> None:
        """Called by the search."""
        if step.seconds - self.said < SAY_EVERY:
            return
        self.said = step.seconds
        without = f", {step.missing} mandatory patients without a place" if step.missing else ""
        print(f"{self.name} {step.seconds:7.1f} s {step.share:4.0%}  cost {step.cost}{without}", file=sys.stderr)
        self.write(step.plan)

    def write(self, plan: HospitalPlan) -> None:
        """Replaces the file in one step."""
        partial = self.target.with_name(self.target.name + ".part")
        partial.write_text(json.dumps(solution_of(self.instance, plan)), encoding="utf-8")
        partial.replace(self.target)


def _row(path: Path, result: HospitalResult, seed: int, seconds: float) -> dict[str, Any]:
    """The report on one instance, JSON types only."""
    score = result.score
    published = _published(path)
    row: dict[str, Any] = {
        "instance": path.stem,
        "cost": score.cost,
        "feasible": score.feasible,
        "violations": score.violations,
        "parts": score.parts,
        "seconds": round(seconds, 1),
        "tries": result.tries,
        "first_cost": result.first_cost,
        "seed": seed,
        "repeatable": result.repeatable,
        "published": published,
    }
    if best := published.get("best_known"):
        row["gap"] = round((score.cost - best) / best, 5) if score.feasible else None
    return row


def _published(path: Path) -> dict[str, int]:
    """Published figures on this instance, if they lie beside it."""
    table = path.parent / "best_known.csv"
    if not table.is_file():
        return {}
    with table.open(newline="", encoding="utf-8") as lines:
        for line in csv.DictReader(lines):
            if line.get("instance") == path.stem:
                return {name: int(line[column]) for name, column in PUBLISHED.items() if line.get(column)}
    return {}


def _report(rows: list[dict[str, Any]], as_json: bool) -> None:
    """One line, a table, or JSON, on stdout."""
    gaps = [row["gap"] for row in rows if row.get("gap") is not None]
    mean = round(statistics.fmean(gaps), 5) if gaps else None
    if as_json:
        print(json.dumps(rows[0] if len(rows) == 1 else {"rows": rows, "mean_gap": mean}))
        return
    if len(rows) == 1:
        print(_line(rows[0]))
        return
    print("| instance | cost | violations | gap | " + " | ".join(PUBLISHED) + " | seconds |")
    print("|---" * (5 + len(PUBLISHED)) + "|")
    for row in rows:
        figures = " | ".join(str(row["published"].get(name, "")) for name in PUBLISHED)
        broken = sum(row["violations"].values())
        print(f"| {row['instance']} | {row['cost']} | {broken} | {_gap(row)} | {figures} | {row['seconds']} |")
    if mean is not None:
        print(f"\nmean gap to best known {100 * mean:.2f} % on {len(gaps)} of {len(rows)} instances")


def _line(row: dict[str, Any]) -> str:
    """Summary of one instance."""
    broken = {name: count for name, count in row["violations"].items() if count}
    parts = ", ".join(f"{name} {value}" for name, value in row["parts"].items())
    rules = "feasible" if not broken else f"breaks hard rules: {broken}"
    gap = f", {_gap(row)} above best known {row['published']['best_known']}" if _gap(row) else ""
    return (
        f"{row['instance']}: cost {row['cost']} ({parts}), {rules}{gap}, {row['seconds']} s, {row['tries']} moves tried"
    )


def _gap(row: dict[str, Any]) -> str:
    return f"{100 * row['gap']:.2f} %" if row.get("gap") is not None else ""
