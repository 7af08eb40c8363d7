"""Does the recalibration of intervals win their coverage back after a shift? On COVID's onset and on simulated shifts.

Every series is forecast every day from the days before it, 1 to 7 days ahead, with the same expected path; only the
intervals differ: `fixed` takes all errors from before the shift and nothing later, `pooled` the errors of the last 150
days, all weighing the same, `adapted` what the assistant gives. Coverage of the 50, 80 and 95 % intervals is counted
in the eight weeks before the shift, the eight weeks after it, and the ten weeks after those.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assistant.errors import RecordError
from assistant.forecast.backtest import Backtest, backtest_of, pinball_loss
from assistant.forecast.intervals import Spread, recalibrated, spread_of
from assistant.forecast.methods import Array, Past, mixed_paths, rooted
from assistant.forecast.settings import ForecastSettings

SETTINGS = ForecastSettings()
WAYS = ("fixed", "pooled", "adapted")
COVERS = (50, 80, 95)
HORIZON, WARM_DAYS = 7, 150
_FILES = ("jhu_national_daily_cumulative.parquet", "italy_daily.parquet")
PHASES = {"before": (-56, 0), "after": (0, 56), "later": (56, 126)}
_ITALY_SHIFT = pd.Timestamp("2020-10-05")
_ONSET_CASES, _FIRST_DAYS = 10.0, 21


def onset(folder: Path) -> dict[str, tuple[pd.Series, pd.Timestamp]]:
    """New confirmed cases by day and country; the shift is the first of the days with ten cases a day as a weekly mean.

    Countries with at least 35 days before it and 130 after it. Days with a negative count are taken as 0.
    """
    table = pd.read_parquet(folder / _FILES[0])
    found = {}
    for country, part in table.groupby("Country", observed=True):
        series = part.set_index("Date")["Confirmed"].astype(float).sort_index().diff().clip(lower=0).dropna()
        above = series.rolling(7).mean() >= _ONSET_CASES
        shift = above.idxmax()
        place = int((series.index < shift).sum())
        if above.any() and place >= 35:
            found[f"COVID-19 cases 2020, {country}"] = (series.iloc[: place + 130], pd.Timestamp(str(shift)))
    return found


def second_wave(folder: Path) -> dict[str, tuple[pd.Series, pd.Timestamp]]:
    """Patients in hospital with COVID-19 by Italian region, into the autumn wave of 2020."""
    table = pd.read_parquet(folder / _FILES[1])
    found = {}
    for region, part in table.groupby("region", observed=True):
        series = part.set_index("date")["hospital_occupied"].astype(float).sort_index()
        series = series[~series.index.duplicated(keep="last")].asfreq("D").interpolate()
        found[f"Italian hospitals autumn 2020, {region}"] = (series.loc[:"2021-02-15"], _ITALY_SHIFT)
    return found


def simulated(count: int) -> dict[str, tuple[pd.Series, pd.Timestamp]]:
    """Poisson counts with a week whose level jumps by half, and others whose scatter grows threefold."""
    found = {}
    for seed in range(count):
        draw = np.random.default_rng(seed)
        days = pd.date_range("2024-01-01", periods=660)
        shift = days[520]
        rate = 60 * np.where(days.dayofweek < 5, 1.1, 0.75)
        jump = draw.poisson(rate * np.where(days >= shift, 1.5, 1.0)).astype(float)
        noise = np.where(days >= shift, 3.0, 1.0) * draw.normal(0, np.sqrt(rate))
        wild = np.maximum(0, np.round(rate + noise))
        found[f"simulated level +50 %, {seed}"] = (pd.Series(jump, days), shift)
        found[f"simulated scatter x3, {seed}"] = (pd.Series(wild, days), shift)
    return found


def score_series(series: pd.Series, shift: pd.Timestamp) -> pd.DataFrame:
    """Coverage and loss of every way to make intervals, a row per way, day of origin and step."""
    counts = series.to_numpy(dtype=float)
    place = int((series.index < shift).sum())
    origins = list(range(max(_FIRST_DAYS, place - 56 - WARM_DAYS - 30), len(counts) - 1))
    paths = mixed_paths(Past.of(rooted(counts)), origins, HORIZON, SETTINGS)
    test = backtest_of(counts, np.ones(len(counts), dtype=bool), origins, paths, HORIZON)
    rows = []
    for way, spreads in _spreads(test, place).items():
        for number, origin in enumerate(origins):
            if origin >= max(place - 56, origins[0] + 2 * HORIZON):
                rows += _rows(test, number, spreads[number], way, origin - place)
    return pd.DataFrame(rows)


def _spreads(test: Backtest, shift: int) -> dict[str, list[Spread]]:
    """The intervals that each way gives at each origin, from errors known then."""
    steps = np.arange(1, HORIZON + 1)
    fixed, pooled = [], []
    for origin in test.origins:
        known = test.errors_known_at(origin)
        recent = (test.origins < origin) & (test.origins >= origin - WARM_DAYS)
        fixed.append(_spread(np.where(test.origins[:, None] + steps <= min(origin, shift), known, np.nan)))
        pooled.append(_spread(known[recent]))
    adapted = recalibrated([*pooled, pooled[-1]], test.errors, test.origins, SETTINGS.levels, SETTINGS.adapt_rate)
    return {"fixed": fixed, "pooled": pooled, "adapted": adapted[:-1]}


def _spread(errors: Array) -> Spread:
    """Before anything is known: a standard normal one, which is not scored."""
    if not np.isfinite(errors).any():
        return spread_of(np.full((1, HORIZON), 1.0), SETTINGS.levels)
    return spread_of(errors, SETTINGS.levels)


def _rows(test: Backtest, number: int, spread: Spread, way: str, day: int) -> list[dict[str, Any]]:
    quantiles, actual = spread.around(test.paths[number]), test.actual[number]
    loss = pinball_loss(np.nan_to_num(actual), quantiles, SETTINGS.levels)
    levels = [round(1000 * level) for level in SETTINGS.levels]
    rows = []
    for step in np.flatnonzero(np.isfinite(actual)):
        inside = {
            f"in_{percent}": bool(
                quantiles[step, levels.index(500 - 5 * percent)]
                <= actual[step]
                <= quantiles[step, levels.index(500 + 5 * percent)]
            )
            for percent in COVERS
        }
        rows.append({"way": way, "day": day + int(step), "step": int(step) + 1, "wis": 2 * float(loss[step]), **inside})
    return rows


def report_on(series: dict[str, tuple[pd.Series, pd.Timestamp]]) -> list[dict[str, Any]]:
    """A line for each kind of series, way and phase."""
    parts = []
    for name, (values, shift) in series.items():
        parts.append(score_series(values, shift).assign(kind=name.rsplit(",", 1)[0]))
        print(f"scored {name}", file=sys.stderr, flush=True)
    table = pd.concat(parts)
    lines = []
    for (kind, way), part in table.groupby(["kind", "way"], sort=False):
        for phase, (start, end) in PHASES.items():
            rows = part[(part["day"] >= start) & (part["day"] < end)]
            lines.append(
                {
                    "series": kind,
                    "intervals": way,
                    "phase": phase,
                    "n": len(rows),
                    "wis": round(float(rows["wis"].mean()), 3),
                    **{f"in_{percent}": round(float(rows[f"in_{percent}"].mean()), 3) for percent in COVERS},
                }
            )
    return lines


def as_table(lines: list[dict[str, Any]]) -> str:
    """The report as a Markdown table: a row per series and way, coverage by phase."""
    phases = list(PHASES)
    head = ["series", "intervals", *(f"{phase}: 50 / 80 / 95 %, WIS" for phase in phases)]
    rows = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    grouped: dict[tuple[str, str], dict[str, str]] = {}
    for line in lines:
        cell = " / ".join(f"{line[f'in_{percent}']:.2f}" for percent in COVERS) + f", {line['wis']:.2f}"
        grouped.setdefault((line["series"], line["intervals"]), {})[line["phase"]] = cell
    rows += ["| " + " | ".join([*key, *(cells[phase] for phase in phases)]) + " |" for key, cells in grouped.items()]
    return "\n".join(rows)


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m eval recalibration [DIR] [--most N] [--simulated N] [--rate R] [--out R.json]`."""
    global SETTINGS
    parser = argparse.ArgumentParser(prog="python -m eval recalibration", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/data/forecast/covid19"))
    parser.add_argument("--most", type=int, default=12, help="most series of a kind (default 12)")
    parser.add_argument("--simulated", type=int, default=4, help="simulated series of each kind (default 4)")
    parser.add_argument("--rate", type=float, default=SETTINGS.adapt_rate, help="step size of the recalibration")
    parser.add_argument("--out", type=Path, help="where the report is written, JSON")
    arguments = parser.parse_args(argv)
    SETTINGS = replace(SETTINGS, adapt_rate=arguments.rate)
    missing = [name for name in _FILES if not (arguments.folder / name).is_file()]
    if missing:
        print(RecordError(f"{arguments.folder} lacks files of COVID-19 series", missing), file=sys.stderr)
        return 2
    kinds = (onset(arguments.folder), second_wave(arguments.folder), simulated(arguments.simulated))
    lines = report_on({name: one for kind in kinds for name, one in list(kind.items())[: arguments.most]})
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        report = {"data": str(arguments.folder), "rate": arguments.rate, "table": lines}
        arguments.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(as_table(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
