"""Hospital demand forecasts on public series, against seasonal naive, empirical week, AutoETS and AutoARIMA.

Two tables. Daily: German ICU beds, NHS beds, ambulance calls, emergency arrivals and discharges, at 1, 7 and 28 days
from rolling origins. Hourly: emergency arrivals of one hospital, 48 hours ahead, each origin at midnight. Every method
sees the days before the origin only and gives the same quantile levels. A sample of series and origins is taken, evenly
by size and in time; the report says which.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assistant.errors import RecordError
from assistant.forecast.backtest import pinball_loss
from assistant.forecast.daily import forecast_series
from assistant.forecast.methods import Array
from assistant.forecast.sequence.member import SequenceMember
from eval.demand import FAMILIES, HORIZONS, SETTINGS, Family, peer_quantiles, quantiles_of
from eval.operations_hourly import score_hours
from eval.operations_sequence import trained_before

METHODS = ("ours", "ours_sequence", "empirical_week", "autoets", "autoarima", "naive")
_LONGEST = max(HORIZONS)
_HOURLY_FILE = "uihc_ed_arrivals_hourly.parquet"


def daily_quantiles(method: str, history: pd.Series, learned: SequenceMember | None) -> Array:
    """Quantiles of the next days by one of `METHODS`, a row per day."""
    if method == "ours_sequence":
        members = [learned] if learned else []
        return forecast_series(history, _LONGEST, SETTINGS, members=members).quantiles.to_numpy()
    if method == "empirical_week":
        return _empirical(history)
    if method == "autoarima":
        from statsforecast.models import AutoARIMA

        peer = AutoARIMA(season_length=SETTINGS.season_days, max_p=3, max_q=3, max_order=5, approximation=True)
        return peer_quantiles(peer, history, _LONGEST)
    return quantiles_of(method, history, _LONGEST)


def _empirical(history: pd.Series) -> Array:
    """Quantiles of the same weekday over the last half year."""
    counts = history.to_numpy(dtype=float)[-26 * 7 :]
    weeks = len(counts) // 7
    table = counts[-7 * weeks :].reshape(weeks, 7)
    return np.quantile(table, SETTINGS.levels, axis=0).T[np.arange(_LONGEST) % 7]


def score_daily(
    series: pd.Series, family: Family, learned: SequenceMember | None, methods: Sequence[str]
) -> list[dict[str, Any]]:
    """Loss and coverage of every method, horizon and origin of one series."""
    daily = series[~series.index.duplicated(keep="last")].asfreq("D").interpolate()
    rows = []
    for place in range(family.origins):
        origin = len(daily) - _LONGEST - family.spacing_days * place
        if origin < 60:
            break
        history, actual = daily.iloc[max(0, origin - SETTINGS.history_days) : origin], daily.iloc[origin:]
        truth = actual.to_numpy(dtype=float)[:_LONGEST]
        for method in methods:
            began = time.process_time()
            quantiles = daily_quantiles(method, history, learned)
            seconds = time.process_time() - began
            loss = pinball_loss(truth, quantiles, SETTINGS.levels)
            rows += [
                {
                    "origin": f"{actual.index[0]:%Y-%m-%d}",
                    "method": method,
                    "horizon": horizon,
                    "wis": 2 * float(loss[:horizon].mean()),
                    "seconds": seconds,
                    **_coverage(truth[:horizon], quantiles[:horizon]),
                }
                for horizon in HORIZONS
            ]
    return rows


def _coverage(truth: Array, quantiles: Array) -> dict[str, float]:
    found = {}
    for percent in (50, 80, 95):
        low, high = (SETTINGS.levels.index((500 + side * 5 * percent) / 1000) for side in (-1, 1))
        found[f"in_{percent}"] = float(((truth >= quantiles[:, low]) & (truth <= quantiles[:, high])).mean())
    return found


def evaluate(
    folder: Path, most: int, origins: int, methods: Sequence[str], spacing: int | None = None
) -> dict[str, Any]:
    """The report, JSON types only.

    Args:
        folder: The files.
        most: Most series of a family.
        origins: Most origins of a series; where `spacing` is given, of every family.
        methods: Of `METHODS`.
        spacing: Days between two origins; None for each family's own.

    Raises:
        RecordError: Files are missing; all of them at once.
    """
    missing = [family.file for family in FAMILIES.values() if not (folder / family.file).is_file()]
    if missing:
        raise RecordError(f"{folder} lacks files of the public daily series", missing)
    rows: list[dict[str, Any]] = []
    cards = {}
    for name, family in FAMILIES.items():
        fewer = replace(family, origins=min(family.origins, origins))
        if spacing:
            fewer = replace(family, origins=origins, spacing_days=spacing)
        found = family.read(pd.read_parquet(folder / family.file))
        chosen = {key: found[key] for key in list(found)[:most]}
        learned, cards[name] = trained_before(found, fewer, _LONGEST) if "ours_sequence" in methods else (None, {})
        for key, series in chosen.items():
            rows += [{"family": name, "series": key, **row} for row in score_daily(series, fewer, learned, methods)]
        print(f"scored {name}", file=sys.stderr, flush=True)
    table = pd.DataFrame(rows)
    hourly = pd.read_parquet(folder / _HOURLY_FILE).set_index("timestamp")["Arrivals"].astype(float)
    return {
        "data": str(folder),
        "levels": list(SETTINGS.levels),
        "sample": {
            "series_of_a_family": most,
            "origins_of_a_series": origins,
            "days_between": spacing,
            "forecasts": len(table) // len(methods),
        },
        "sequence": cards,
        "cpu_seconds_median": table.groupby("method")["seconds"].median().round(3).to_dict(),
        "daily": _summaries(table, methods),
        "hourly": score_hours(hourly, SETTINGS.levels, [peer for peer in methods if peer.startswith("auto")]),
    }


def _summaries(table: pd.DataFrame, methods: Sequence[str]) -> list[dict[str, Any]]:
    """A line for each family (and all), horizon and method."""
    lines = []
    for family in [*table["family"].unique(), "all"]:
        for horizon in HORIZONS:
            part = table[(table["horizon"] == horizon) & ((table["family"] == family) | (family == "all"))]
            by_series = part.pivot_table(index=["family", "series"], columns="method", values="wis")
            logs = np.log(by_series.clip(lower=1e-9))
            for method in methods:
                own = part[part["method"] == method]
                lines.append(
                    {
                        "family": family,
                        "days": horizon,
                        "method": method,
                        "forecasts": len(own),
                        "wis": round(float(by_series[method].mean()), 3),
                        "to_naive": round(float(np.exp((logs[method] - logs["naive"]).mean())), 3),
                        **{name: round(float(own[name].mean()), 3) for name in ("in_50", "in_80", "in_95")},
                    }
                )
    return lines


def as_tables(report: dict[str, Any]) -> str:
    """Both tables in Markdown, ready for the log."""
    methods = list(dict.fromkeys(line["method"] for line in report["daily"]))
    head = f"| series | days | n | {' | '.join(methods)} | our 50 / 80 / 95 % |"
    rows = [head, "|---|--:|--:|" + "--:|" * len(methods) + "---|"]
    keys = list(dict.fromkeys((line["family"], line["days"]) for line in report["daily"]))
    for family, days in keys:
        lines = {one["method"]: one for one in report["daily"] if (one["family"], one["days"]) == (family, days)}
        ours = lines["ours"]
        cells = [family, days, ours["forecasts"], *(f"{lines[method]['to_naive']:.3f}" for method in methods)]
        cells.append(" / ".join(f"{ours[name]:.2f}" for name in ("in_50", "in_80", "in_95")))
        rows.append("| " + " | ".join(map(str, cells)) + " |")
    rows += ["", "| hourly emergency arrivals, 48 h | pinball | 50 / 80 / 95 % |", "|---|--:|---|"]
    for line in report["hourly"]["methods"]:
        inside = " / ".join(f"{line[name]:.2f}" for name in ("in_50", "in_80", "in_95"))
        rows.append(f"| {line['method']} | {line['pinball']:.4f} | {inside} |")
    return "\n".join(rows)


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m eval operations DIR [--series N] [--origins N] [--spacing D] [--methods A,B] [--out R.json]`."""
    parser = argparse.ArgumentParser(prog="python -m eval operations", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/data/forecast/ops"))
    parser.add_argument("--series", type=int, default=4, help="most series of a family (default 4)")
    parser.add_argument("--origins", type=int, default=3, help="most origins of a series (default 3)")
    parser.add_argument("--spacing", type=int, help="days between two origins (default: each family's own)")
    parser.add_argument("--methods", default=",".join(METHODS), help=f"of {', '.join(METHODS)}; naive is always there")
    parser.add_argument("--out", type=Path, help="where the report is written, JSON")
    arguments = parser.parse_args(argv)
    asked = arguments.methods.split(",")
    if unknown := [method for method in asked if method not in METHODS]:
        parser.error(f"unknown methods {', '.join(unknown)}; there are {', '.join(METHODS)}")
    methods = [method for method in METHODS if method in {*asked, "ours", "naive"}]
    try:
        report = evaluate(arguments.folder, arguments.series, arguments.origins, methods, arguments.spacing)
    except RecordError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(as_tables(report))
    print("CPU seconds per forecast, median:", report["cpu_seconds_median"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
