"""Imports feeds of growing length: messages a second, peak memory, and how long questions about the state then take.

Each import runs in a process of its own on a fresh SQLite store. The feed is written for the purpose (`big_feed`):
a hospital of 30 units with some 580 patients in the house, a message for each movement.
"""

import argparse
import json
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

from assistant.records.importing import import_paths
from assistant.records.store import Store
from assistant.tools.services import Search, Services
from assistant.tools.show_state import make_tool
from assistant.tools.tool import Context, Tool
from eval.big_feed import write_feed

_ASKED = 7  # times
_MEASURES = ("occupancy", "free_beds", "waiting", "length_of_stay", "admissions", "discharges", "transfers")


@dataclass(frozen=True)
class Load:
    """One import.

    Attributes:
        cpu_seconds: Of the importing process.
        peak_mib: Most memory that process held.
        new, visits: Movements stored, visits rebuilt.
        file_mib, store_mib: Sizes of the feed and of the database.
        asked_ms: Milliseconds of `show_state` by measure, on what was imported: the quickest of several by the wall
            clock, and the median of processor time (other work on the machine does not count).
    """

    messages: int
    seconds: float
    cpu_seconds: float
    peak_mib: float
    new: int
    visits: int
    file_mib: float
    store_mib: float
    asked_ms: dict[str, tuple[float, float]]

    @property
    def per_second(self) -> float:
        """Messages per second of wall clock."""
        return self.messages / self.seconds

    @property
    def per_cpu_second(self) -> float:
        """Messages per second of processor time."""
        return self.messages / max(self.cpu_seconds, 1e-9)


def measure(messages: int, folder: Path) -> Load:
    """Import so many messages in this process, then ask."""
    feed = folder / "feed.hl7"
    write_feed(feed, messages)
    store = Store.open(folder / "home")
    wall, cpu = time.perf_counter(), time.process_time()
    report = import_paths(store, [feed])
    seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    asked = _ask(store)
    store.close()
    sizes = [path.stat().st_size / 2**20 for path in (feed, folder / "home" / "records.db")]
    return Load(messages, seconds, cpu_seconds, peak, report.new, report.visits, *sizes, asked)


def _ask(store: Store) -> dict[str, tuple[float, float]]:
    """Every measure for one unit and for the whole hospital, for now and for a moment in the middle of the records."""
    tool, now = make_tool(Services(store, _no_search)), store.clock()
    assert now is not None
    taken: dict[str, tuple[float, float]] = {}
    for name in _MEASURES:
        for unit in (None, "ICU"):
            when = {"start": (now - timedelta(days=90)).isoformat(), "end": now.isoformat()}
            raw = {"measure": name, "unit": unit, **({} if name in _MEASURES[:3] else when)}
            taken[f"{name} {unit or 'all'}"] = _milliseconds(tool, raw, Context(now))
    past = {"measure": "occupancy", "at": (now - timedelta(days=30)).isoformat()}
    taken["occupancy a month ago"] = _milliseconds(tool, past, Context(now))
    return taken


def _no_search() -> Search:
    raise AssertionError("the state is read from the records, not searched for")


def _milliseconds(tool: Tool, raw: dict[str, object], context: Context) -> tuple[float, float]:
    """Wall clock and processor time; the first call, which loads modules, is left out."""
    walls, cpus = [], []
    for _ in range(_ASKED + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        tool.run(tool.arguments(**raw), context)
        walls.append(1000 * (time.perf_counter() - wall))
        cpus.append(1000 * (time.process_time() - cpu))
    return min(walls[1:]), statistics.median(cpus[1:])


def run(sizes: Sequence[int]) -> list[Load]:
    """Each size in a process of its own, so that the peaks of memory are theirs."""
    loads = []
    for size in sizes:
        with (
            tempfile.TemporaryDirectory() as folder,
            ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        ):
            loads.append(pool.submit(measure, size, Path(folder)).result())
    return loads


def main(argv: list[str]) -> int:
    """Entry of `python -m eval records_load`."""
    parser = argparse.ArgumentParser(prog="python -m eval records_load", description=__doc__)
    sizes = [20_000, 200_000, 1_000_000]
    parser.add_argument("--messages", nargs="+", type=int, default=sizes, help="sizes of the feeds, in messages")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args(argv)
    loads = run(options.messages)
    if options.json:
        rates = [{**asdict(x), "per_second": x.per_second, "per_cpu_second": x.per_cpu_second} for x in loads]
        print(json.dumps({"load": os.getloadavg()[0], "imports": rates}))
        return 0
    for load in loads:
        print(
            f"{load.messages:>9,} messages ({load.file_mib:,.0f} MiB): {load.per_second:,.0f}/s "
            f"({load.per_cpu_second:,.0f} per CPU second), peak memory {load.peak_mib:,.0f} MiB, "
            f"{load.visits:,} visits, store {load.store_mib:,.0f} MiB"
        )
        for name, (wall, cpu) in load.asked_ms.items():
            print(f"   show_state {name:24} {wall:6.0f} ms, {cpu:6.0f} ms of processor time")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return 0
