"""How long forecasts take: one unit, and a thousand units with three years of days each.

The units are simulated (Poisson counts with a week and a slow wave), so that nothing has to be at hand.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assistant.forecast.daily import SeriesForecast, forecast_series
from assistant.forecast.many import forecast_many


def units(count: int, days: int) -> dict[str, pd.Series]:
    """Daily counts of simulated units, small and large."""
    draws = np.random.default_rng(0)
    index = pd.date_range("2023-01-02", periods=days)
    wave = 1 + 0.2 * np.sin(2 * np.pi * np.arange(days) / 365)
    week = np.where(index.dayofweek < 5, 1.1, 0.75)
    means = np.exp(draws.uniform(np.log(2), np.log(200), count))
    return {f"U{n:04d}": pd.Series(draws.poisson(m * wave * week).astype(float), index) for n, m in enumerate(means)}


def on_cluster(made: dict[str, pd.Series], told: dict[str, SeriesForecast], nodes: int) -> dict[str, Any]:
    """The same on a Ray cluster of `nodes` nodes on this machine: seconds, and whether every number is the same."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    for _ in range(nodes - 1):
        cluster.add_node(num_cpus=1)
    try:
        began = time.perf_counter()
        there = forecast_many(made, 28, cluster=cluster.address)
        seconds = time.perf_counter() - began
    finally:
        cluster.shutdown()
    same = all(there[name].quantiles.equals(told[name].quantiles) for name in told)
    return {"nodes": nodes, "seconds": round(seconds, 1), "same": same}


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m eval demand_scale [--units N] [--days D] [--workers W] [--nodes N] [--out R.json]`."""
    parser = argparse.ArgumentParser(prog="python -m eval demand_scale", description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=1000)
    parser.add_argument("--days", type=int, default=3 * 365, help="days of history (default three years)")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--nodes", type=int, default=0, help="also on a local Ray cluster of so many nodes")
    parser.add_argument("--out", type=Path, help="where the report is written, JSON")
    arguments = parser.parse_args(argv)
    made = units(arguments.units, arguments.days)
    first, second = list(made.values())[:2]
    forecast_series(first, 7)  # imports, untimed
    began, cpu = time.perf_counter(), time.process_time()
    forecast_series(second, 28)
    one = {"seconds": round(time.perf_counter() - began, 3), "cpu": round(time.process_time() - cpu, 3)}
    began, before = time.perf_counter(), os.times()
    told = forecast_many(made, 28, workers=arguments.workers)
    after = os.times()
    spent = sum(after[:4]) - sum(before[:4])
    report: dict[str, Any] = {
        "units": len(told),
        "days": arguments.days,
        "workers": arguments.workers,
        "one_unit": one,
        "all_units": {"seconds": round(time.perf_counter() - began, 1), "cpu": round(spent, 1)},
        "load_average": [round(load, 1) for load in os.getloadavg()],
    }
    if arguments.nodes:
        report["cluster"] = on_cluster(made, told, arguments.nodes)
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
