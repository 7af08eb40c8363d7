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
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, func, insert, select

from assistant.records import tables as t
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
        held: Movements in the store when it was asked.
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
    held: int
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


def measure(messages: int, folder: Path, held: int) -> Load:
    """Import so many messages in this process, add older years until so many movements are held, then ask."""
    feed = folder / "feed.hl7"
    write_feed(feed, messages)
    store = Store.open(folder / "home")
    wall, cpu = time.perf_counter(), time.process_time()
    report = import_paths(store, [feed])
    seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    database = folder / "home" / "records.db"
    movements = add_years(store, held)
    asked = _ask(store)
    store.close()
    mib = feed.stat().st_size / 2**20, database.stat().st_size / 2**20
    return Load(messages, seconds, cpu_seconds, peak, report.new, report.visits, movements, *mib, asked)


def add_years(store: Store, held: int) -> int:
    """Copy all movements and stays to earlier times until the store holds so many movements.

    Returns:
        The number of movements held.
    """
    m = t.movements.c
    count, first, last = store.read(select(func.count(), func.min(m.time), func.max(m.time)))[0]
    copies = max(0, -(-held // max(1, count)) - 1)
    with store.engine.begin() as connection:
        for copy in range(1, copies + 1):
            back = copy * (last - first + 1)
            for table in (t.movements, t.stays):
                told = {name: _earlier(table.c[name], back, copy) for name in table.c.keys()}  # noqa: SIM118
                connection.execute(insert(table).from_select(list(told), select(*told.values()).where(_own(table))))
        connection.exec_driver_sql("ANALYZE")
    return int(count * (copies + 1))


def _earlier(column: Column[Any], back: int, copy: int) -> ColumnElement[Any]:
    """The column of a copy: its keys are others, its times lie earlier; a stay that is still open has ended there."""
    if column.name in ("event", "visit"):
        return column.concat(f"-{copy}")
    if column.name == "end":
        return func.coalesce(column, func.max(column).over()) - back
    return column - back if column.name in ("time", "recorded", "start", "expected_end") else column


def _own(table: Table) -> ColumnElement[bool]:
    """What was imported, not what was copied before."""
    return table.c.visit.not_like("%-%-%")


def _ask(store: Store) -> dict[str, tuple[float, float]]:
    """Every measure for one unit and for the whole hospital, for now and for a moment in the middle of the records."""
    tool, now = make_tool(Services(store, _no_search)), store.clock()
    assert now is not None
    taken: dict[str, tuple[float, float]] = {}
    for name in _MEASURES:
        for unit in (None, "ICU"):  # flows and lengths of stay over the usual period of the tool
            raw = {"measure": name, "unit": unit}
            taken[f"{name} {unit or 'all'}"] = _milliseconds(tool, raw, Context(now))
    past = {"measure": "occupancy", "at": (now - timedelta(days=30)).isoformat()}
    taken["occupancy a month ago"] = _milliseconds(tool, past, Context(now))
    return taken


def _no_search() -> Search:
    raise AssertionError("the state is read from the records, not searched for")


def _milliseconds(tool: Tool, raw: Mapping[str, object], context: Context) -> tuple[float, float]:
    """Wall clock and processor time; the first call, which loads modules, is left out."""
    walls, cpus = [], []
    for _ in range(_ASKED + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        tool.run(tool.arguments(**raw), context)
        walls.append(1000 * (time.perf_counter() - wall))
        cpus.append(1000 * (time.process_time() - cpu))
    return min(walls[1:]), statistics.median(cpus[1:])


def run(sizes: Sequence[int], held: int) -> list[Load]:
    """Each size in a process of its own, so that the peaks of memory are theirs."""
    loads = []
    for size in sizes:
        with (
            tempfile.TemporaryDirectory() as folder,
            ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        ):
            loads.append(pool.submit(measure, size, Path(folder), held).result())
    return loads


def main(argv: list[str]) -> int:
    """Entry of `python -m eval records_load`."""
    parser = argparse.ArgumentParser(prog="python -m eval records_load", description=__doc__)
    sizes = [20_000, 200_000]
    parser.add_argument("--messages", nargs="+", type=int, default=sizes, help="sizes of the feeds, in messages")
    parser.add_argument("--held", type=int, default=1_000_000, help="movements held when the state is asked for")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args(argv)
    loads = run(options.messages, options.held)
    if options.json:
        rates = [{**asdict(x), "per_second": x.per_second, "per_cpu_second": x.per_cpu_second} for x in loads]
        print(json.dumps({"load": os.getloadavg()[0], "imports": rates}))
        return 0
    for load in loads:
        print(
            f"{load.messages:>9,} messages ({load.file_mib:,.0f} MiB): {load.per_second:,.0f}/s "
            f"({load.per_cpu_second:,.0f} per CPU second), peak memory {load.peak_mib:,.0f} MiB, "
            f"{load.visits:,} visits; {load.held:,} movements held, store {load.store_mib:,.0f} MiB"
        )
        for name, (wall, cpu) in load.asked_ms.items():
            print(f"   show_state {name:24} {wall:6.0f} ms, {cpu:6.0f} ms of processor time")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return 0
