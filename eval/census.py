"""Imports feeds into an empty store and compares the census cell by cell with the truth."""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd

from assistant.errors import AssistantError, RecordError
from assistant.records.importing import import_paths
from assistant.records.report import ImportReport
from assistant.records.settings import RecordsSettings
from assistant.records.state import census_at
from assistant.records.store import Store

_SHOWN = 10  # differing cells that are printed


@dataclass
class CensusScore:
    """How far the census of the imported feeds agrees with the truth.

    Attributes:
        cells: Cells of the truth, its TOTAL column included.
        differing: How many of them differ.
        first: The first of them: time, unit, truth, ours.
        units_not_in_truth: Units that the feeds name and the truth does not; they count in TOTAL only.
    """

    cells: int
    differing: int
    first: list[dict[str, object]] = field(default_factory=list)
    units_not_in_truth: list[str] = field(default_factory=list)


def compare(store: Store, truth: pd.DataFrame) -> CensusScore:
    """Compare the store's census with the truth.

    Args:
        store: With the feeds imported.
        truth: Index of times; a column per unit, and TOTAL; units that the feeds do not name count as 0.
    """
    times = pd.DatetimeIndex(truth.index)
    ours = census_at(store, times)
    ours["TOTAL"] = ours.sum(axis=1)
    extra = sorted(set(ours.columns) - set(truth.columns))
    wrong = (ours.reindex(columns=truth.columns, fill_value=0) != truth).to_numpy()
    first: list[dict[str, object]] = []
    for row, column in zip(*wrong.nonzero(), strict=True):
        if len(first) == _SHOWN:
            break
        unit = truth.columns[column]
        got = int(ours[unit].iloc[row]) if unit in ours else 0
        first.append({"time": str(times[row]), "unit": str(unit), "truth": int(truth.iloc[row, column]), "ours": got})
    return CensusScore(int(truth.size), int(wrong.sum()), first, extra)


def read_truth(path: Path) -> pd.DataFrame:
    """The truth as a table: times as index, a column per unit."""
    try:
        frame = pd.read_csv(path, index_col="time", parse_dates=["time"])
    except (OSError, ValueError) as error:
        raise RecordError(f"{path} should be a CSV with a column `time` and one per unit: {error}.") from error
    return frame.fillna(0).astype(int)


def main(argv: list[str]) -> int:
    """Entry of `python -m eval census`; 0 if no cell differs, 1 if some do, 2 if something cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m eval census", description=__doc__)
    parser.add_argument("feeds", nargs="+", type=Path, metavar="FEED", help="HL7 v2, FHIR or CSV, or folders")
    parser.add_argument("--truth", required=True, type=Path, metavar="CENSUS.csv")
    parser.add_argument("--zone", default="", help="the site's time zone; default: the clock as the feeds write it")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args(argv)
    began = time.perf_counter()
    try:
        truth = read_truth(options.truth)
        with tempfile.TemporaryDirectory() as home:
            store = Store.open(Path(home))
            report = import_paths(store, options.feeds, settings=RecordsSettings(zone=options.zone))
            score = compare(store, truth)
            store.close()
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 2
    _print(score, report, time.perf_counter() - began, options.json)
    return 1 if score.differing or report.failed else 0


def _print(score: CensusScore, report: ImportReport, seconds: float, as_json: bool) -> None:
    if as_json:
        print(json.dumps({**asdict(score), "seconds": seconds, "import": report.to_json()}, ensure_ascii=False))
        return
    for line in [*report.fault_lines("en"), *report.lines("en")]:
        print(line)
    print(f"{score.differing:,} differing cells of {score.cells:,}")
    for cell in score.first:
        print(f"  {cell['time']} {cell['unit']}: truth {cell['truth']}, ours {cell['ours']}")
    if score.units_not_in_truth:
        print(f"  units that the truth does not name: {', '.join(score.units_not_in_truth)}")
    read, aside = sum(f.read for f in report.files), sum(f.quarantined for f in report.files)
    print(f"{read:,} messages and resources read, {report.new:,} new, {aside:,} quarantined, {seconds:.1f} s in all")
