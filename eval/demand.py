"""Measures the demand forecasts on public daily hospital series, beside seasonal naive and AutoETS.

Rolling origins: at each one every method sees the days before it only and forecasts 28 days, which are scored over
the first day, the first 7 and all 28. Families of series are shown apart, because ICU beds hang together from day to
day, discharges live by the week, and the winters of critical-care beds have only weeks to months of history each.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assistant.errors import RecordError
from assistant.forecast.backtest import pinball_loss
from assistant.forecast.daily import forecast_series
from assistant.forecast.methods import Array
from assistant.forecast.settings import ForecastSettings

HORIZONS = (1, 7, 28)
SETTINGS = ForecastSettings()
METHODS = ("ours", "autoets", "naive")


@dataclass(frozen=True)
class Family:
    """Public series of one kind.

    Attributes:
        file: Parquet file in the data folder.
        read: Turns the file into daily series by name.
        origins: Origins per series.
        spacing_days: Days between two of them; not a multiple of 7, so that they fall on all weekdays.
    """

    file: str
    read: Callable[[pd.DataFrame], dict[str, pd.Series]]
    origins: int
    spacing_days: int = 61


def _icu(table: pd.DataFrame) -> dict[str, pd.Series]:
    adults = table[table["group"] == "ERWACHSENE"]
    return _split(adults, "state", "date", "icu_beds_occupied")


def _ambulance(table: pd.DataFrame) -> dict[str, pd.Series]:
    return _split(table[table["area"] != "Trust"], "area", "date", "responses")  # Trust is the sum of the others


def _arrivals(table: pd.DataFrame) -> dict[str, pd.Series]:
    return {"Iowa": table.set_index("timestamp")["Arrivals"].astype(float).resample("1D").sum()}


def _discharges(table: pd.DataFrame) -> dict[str, pd.Series]:
    return _spread_by_size(_split(table, "trust", "date", "discharged_total"), shortest=800)


def _critical_care(table: pd.DataFrame) -> dict[str, pd.Series]:
    trusts = table[(table["org_code"] != "-") & (table["cc_open"] > 0)]  # "-" is the sum of all
    named = trusts.assign(name=trusts["org_code"].astype(str) + " " + trusts["winter"].astype(str))
    return _spread_by_size(_split(named, "name", "date", "cc_occupied"), shortest=90)


FAMILIES = {
    "ICU beds, German states": Family("de_icu_beds_daily.parquet", _icu, 6),
    "ambulance responses, South West": Family("sw_england_ambulance_daily.parquet", _ambulance, 6),
    "emergency arrivals, Iowa": Family("uihc_ed_arrivals_hourly.parquet", _arrivals, 12),
    "discharges, NHS trusts": Family("nhs_england_discharges_daily_by_trust.parquet", _discharges, 6),
    "critical-care beds, NHS, one winter": Family("nhs_england_winter_sitreps_daily.parquet", _critical_care, 3, 18),
}


def _split(table: pd.DataFrame, by: str, day: str, value: str) -> dict[str, pd.Series]:
    groups = table.dropna(subset=[value]).groupby(by, observed=True)
    return {str(name): part.set_index(day)[value].astype(float).sort_index() for name, part in groups}


def _spread_by_size(series: dict[str, pd.Series], shortest: int) -> dict[str, pd.Series]:
    """Series of enough days, in an order that any first few span small and large ones."""
    long = sorted((name for name in series if len(series[name]) >= shortest), key=lambda name: series[name].mean())
    stride = max(1, len(long) // 8)
    order = [name for start in range(stride) for name in long[start::stride]]
    return {name: series[name] for name in order}


def quantiles_of(method: str, history: pd.Series, horizon: int) -> Array:
    """Quantiles of the next days by one of `METHODS`, a row per day."""
    if method == "ours":
        return forecast_series(history, horizon, SETTINGS).quantiles.to_numpy()
    from statsforecast.models import AutoETS, SeasonalNaive  # two seconds, not needed for --help

    season = SETTINGS.season_days
    peer = AutoETS(season_length=season) if method == "autoets" else SeasonalNaive(season_length=season)
    return peer_quantiles(peer, history, horizon)


def peer_quantiles(peer: Any, history: pd.Series, horizon: int) -> Array:
    """Quantiles of a statsforecast method at the levels of `SETTINGS`."""
    covers = [round(100 * (1 - 2 * level)) for level in SETTINGS.levels if level < 0.5]
    answer = peer.forecast(y=history.to_numpy(dtype=float), h=horizon, level=sorted(covers))
    names = [*(f"lo-{cover}" for cover in covers), "mean", *(f"hi-{cover}" for cover in covers[::-1])]
    return np.maximum(np.column_stack([answer[name] for name in names]), 0.0)


def score_series(series: pd.Series, origins: int, spacing_days: int) -> Iterator[dict[str, Any]]:
    """Loss, coverage and seconds of every method and horizon at each origin of one series."""
    daily = series[~series.index.duplicated(keep="last")].asfreq("D").interpolate()
    longest = max(HORIZONS)
    for place in range(origins):
        origin = len(daily) - longest - spacing_days * place
        history, actual = daily.iloc[max(0, origin - SETTINGS.history_days) : origin], daily.iloc[origin:]
        truth = actual.to_numpy(dtype=float)[:longest]
        for method in METHODS:
            started = time.perf_counter()
            quantiles = quantiles_of(method, history, longest)
            seconds = time.perf_counter() - started
            loss = pinball_loss(truth, quantiles, SETTINGS.levels)
            low, high = SETTINGS.levels.index(0.1), SETTINGS.levels.index(0.9)
            inside = (truth >= quantiles[:, low]) & (truth <= quantiles[:, high])
            for horizon in HORIZONS:
                yield {
                    "origin": f"{actual.index[0]:%Y-%m-%d}",
                    "method": method,
                    "horizon": horizon,
                    "pinball": float(loss[:horizon].mean()),
                    "coverage_80": float(inside[:horizon].mean()),
                    "seconds": seconds,
                }


def evaluate(folder: Path, most_series: int) -> dict[str, Any]:
    """The report on all families, JSON types only.

    Raises:
        RecordError: Files are missing; all of them at once.
    """
    missing = [family.file for family in FAMILIES.values() if not (folder / family.file).is_file()]
    if missing:
        raise RecordError(f"{folder} lacks files of the public daily series", missing)
    quantiles_of("ours", pd.Series(range(30), index=pd.date_range("2024-01-01", periods=30)), 1)  # imports, untimed
    rows = []
    for name, family in FAMILIES.items():
        found = family.read(pd.read_parquet(folder / family.file))
        for series in list(found)[:most_series]:
            rows += [
                {"family": name, "series": series, **row}
                for row in score_series(found[series], family.origins, family.spacing_days)
            ]
        print(f"scored {name}", file=sys.stderr, flush=True)
    table = pd.DataFrame(rows)
    return {
        "data": str(folder),
        "levels": list(SETTINGS.levels),
        "seconds_per_forecast_median": {
            method: round(float(seconds), 3) for method, seconds in table.groupby("method")["seconds"].median().items()
        },
        "table": [_summary(part, str(family), horizon) for (family, horizon), part in _parts(table)],
    }


def _parts(table: pd.DataFrame) -> Iterator[tuple[tuple[str, int], pd.DataFrame]]:
    for family in [*FAMILIES, "all"]:
        for horizon in HORIZONS:
            kept = table[table["horizon"] == horizon]
            yield (family, horizon), kept if family == "all" else kept[kept["family"] == family]


def _summary(part: pd.DataFrame, family: str, horizon: int) -> dict[str, Any]:
    """One line: loss relative to seasonal naive (geometric mean over series, so that size does not matter)."""
    by_series = part.pivot_table(index=["family", "series"], columns="method", values="pinball")
    logs = np.log(by_series.clip(lower=1e-9))
    relative = {method: float(np.exp((logs[method] - logs["naive"]).mean())) for method in METHODS}
    return {
        "family": family,
        "days": horizon,
        "series": len(by_series),
        "forecasts": len(part) // len(METHODS),
        "pinball": {method: round(float(by_series[method].mean()), 3) for method in METHODS},
        "relative_to_naive": {method: round(relative[method], 3) for method in METHODS},
        "coverage_80": {
            method: round(float(part.loc[part["method"] == method, "coverage_80"].mean()), 3) for method in METHODS
        },
    }


def as_table(report: dict[str, Any]) -> str:
    """The report as one Markdown table, ready for the log."""
    lines = [
        "| series | days | n | pinball: ours | AutoETS | naive | to naive: ours | AutoETS | in 80 %: ours | AutoETS "
        "| naive |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in report["table"]:
        loss, relative, inside = row["pinball"], row["relative_to_naive"], row["coverage_80"]
        cells = [row["family"], row["days"], row["forecasts"], *(f"{loss[method]:.2f}" for method in METHODS)]
        cells += [f"{relative[method]:.3f}" for method in METHODS[:2]] + [f"{inside[method]:.2f}" for method in METHODS]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m eval demand [DIR] [--series N] [--out R.json]`."""
    parser = argparse.ArgumentParser(prog="python -m eval demand", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/data/forecast/ops"))
    parser.add_argument("--series", type=int, default=8, help="most series of a family (default 8: three minutes)")
    parser.add_argument("--out", type=Path, help="where the report is written, JSON")
    arguments = parser.parse_args(argv)
    try:
        report = evaluate(arguments.folder, arguments.series)
    except RecordError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(as_table(report))
    print("seconds per forecast, median:", report["seconds_per_forecast_median"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
