"""Data quality: faults planted in a simulated hospital's files and found by the rules; or the table of given files."""

import argparse
import json
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from assistant.records.importing import import_paths
from assistant.records.quality import data_quality
from assistant.records.quality_kept import check_and_keep
from assistant.records.quality_table import QualityTable
from assistant.records.rules.settings import QualitySettings
from assistant.records.store import Store
from assistant.sample.create import create_hospital
from assistant.sample.settings import SampleSettings

# Planted fault: the rules under any of which it is found. A message that is cut breaks one of several rules.
_CUT = ("no_header", "missing_pid", "missing_pv1", "no_message_type", "unreadable_time", "no_patient_number")
EXPECTED: dict[str, tuple[str, ...]] = {
    "resent": ("duplicate_message",),
    "resent encounter": ("duplicate_message",),
    "repeated": ("repeated_event",),
    "late": ("late_entry",),
    "cancelled": ("cancelled_event",),
    "test": ("test_message",),
    "test encounter": ("test_message",),
    "cut": _CUT,
    "cut encounter": ("unreadable_json",),
    "repeated stock row": ("duplicate_row",),
    "negative stock count": ("negative_stock",),
    "sentinel stock count": ("sentinel",),
}


@dataclass(frozen=True)
class Recall:
    """Faults of the kinds that break the same rules: how many were planted, found, and found without any planted.

    `false` is what the same rules find in the same hospital's clean files.
    """

    kinds: str
    rules: str
    planted: int
    found: int
    false: int

    @property
    def recall(self) -> float:
        """Share of the planted ones that were found."""
        return min(1.0, self.found / self.planted) if self.planted else 1.0


def recall(dirty: Store, clean: Store, planted: dict[str, int]) -> list[Recall]:
    """Planted and found, by the rules that should find them."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for kind, rules in EXPECTED.items():
        groups.setdefault(rules, []).append(kind)
    counts = [Counter(dict(zip(table["rule"], table["count"], strict=True))) for table in map(_table, (dirty, clean))]
    rows = []
    for rules, kinds in groups.items():
        found, false = (sum(count[rule] for rule in rules) for count in counts)
        total = sum(planted.get(kind, 0) for kind in kinds)
        rows.append(Recall(", ".join(kinds), ", ".join(rules), total, int(found), int(false)))
    return rows


def _table(store: Store) -> Any:
    """Findings, a row for each rule."""
    return data_quality(store).groupby("rule", as_index=False)["count"].sum()


def run_planted(settings: SampleSettings, folder: Path) -> dict[str, Any]:
    """Make the hospital twice, dirty and clean; import both, check both."""
    planted: dict[str, int] = {}
    stores: list[tuple[Store, QualityTable]] = []
    times: dict[str, Any] = {}
    for name, dirt in (("dirty", settings.dirt), ("clean", 0.0)):
        report = create_hospital(folder / name, replace(settings, dirt=dirt))
        planted = planted or report.planted
        store, began = Store.open(folder / f"home-{name}"), time.perf_counter()
        import_paths(store, [report.feed])
        imported = time.perf_counter()
        table = QualityTable(check_and_keep(store), QualitySettings(), store.clock())
        times[name] = {"import": round(imported - began, 1), "checks": round(time.perf_counter() - imported, 2)}
        stores.append((store, table))
    rows = recall(stores[0][0], stores[1][0], planted)
    tables = {name: _totals(table) for name, (_, table) in zip(times, stores, strict=True)}
    for store, _ in stores:
        store.close()
    other = {kind: count for kind, count in planted.items() if kind not in EXPECTED}
    shown = [{**asdict(row), "recall": row.recall} for row in rows]
    return {"recall": shown, "planted_without_rule": other, "tables": tables, "seconds": times}


def _totals(table: QualityTable) -> dict[str, Any]:
    body = table.to_json()
    return {name: body[name] for name in ("checks_run", "checks_failed", "checks_not_possible", "failed_by_severity")}


def main(argv: list[str]) -> int:
    """Print the recall by kind of fault, or the table of the files given; exit code 1 if a planted fault was missed."""
    parser = argparse.ArgumentParser(prog="python -m eval quality", description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, help="files to import and check; none: a simulated hospital")
    parser.add_argument("--days", type=int, default=30, help="days of the simulated hospital")
    parser.add_argument("--scale", type=float, default=0.4, help="its size (1: about 300 beds)")
    parser.add_argument("--dirt", type=float, default=0.05, help="share of messages that are spoilt")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, help="write the result as JSON, too")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        if arguments.paths:
            return _check_files(arguments.paths, Path(folder), arguments.out)
        settings = SampleSettings(seed=arguments.seed, days=arguments.days, scale=arguments.scale, dirt=arguments.dirt)
        result = run_planted(settings, Path(folder))
    for row in result["recall"]:
        print(f"{row['kinds']}: planted {row['planted']}, found {row['found']} "
              f"({row['rules']}), recall {row['recall']:.2f}; in clean files {row['false']}")  # fmt: skip
    print(f"planted, but no fault of a rule: {result['planted_without_rule']}")
    print(f"checks: {result['tables']}; seconds: {result['seconds']}")
    _write(arguments.out, result)
    return int(any(row["recall"] < 1 for row in result["recall"]))


def _check_files(paths: list[Path], folder: Path, out: Path | None) -> int:
    store = Store.open(folder)
    report = import_paths(store, paths)
    began = time.perf_counter()
    table = QualityTable(check_and_keep(store), QualitySettings(), store.clock())
    print("\n".join([*report.lines(), "", *table.lines(), f"checked in {time.perf_counter() - began:.2f} s"]))
    _write(out, table.to_json())
    store.close()
    return int(report.failed)


def _write(out: Path | None, result: dict[str, Any]) -> None:
    if out:
        out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
