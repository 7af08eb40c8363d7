"""Forecasts a season of a public forecast hub from what was known at each reference date, and scores it beside peers.

The forecaster is handed one table after the other, in the order in which they became known: it cannot look ahead.
What it has to choose (weights of its members, widths) it learns from its own forecasts of earlier weeks; the season
before the one asked for is run through first where the data has it, so that the first week already knows something.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from assistant.errors import RecordError
from assistant.forecast.outbreak.levels import Array, widen
from assistant.forecast.outbreak.method import Fan, OutbreakForecaster, OutbreakSettings, Snapshot
from assistant.forecast.outbreak.network import NetworkSettings
from assistant.forecast.outbreak.panel import panel_of
from assistant.forecast.outbreak.trees import TreeSettings
from eval.hub_data import COLUMNS, Hub, neighbours_of, open_hub, signals_of
from eval.hub_score import compare, hub_rows
from eval.outbreak_countries import Origins, compare_methods

_REHEARSED, _LEAST_WEEKS = 32, 26
COUNTRIES = "jhu_national_daily_cumulative.parquet"


def main(argv: list[str]) -> int:
    """Run one season; 0 when it was forecast and written."""
    parser = argparse.ArgumentParser(prog="python -m eval forecasting", description=__doc__)
    parser.add_argument("folder", type=Path, help="a hub's data, e.g. ../shared/data/forecast/flusight, or covid19")
    parser.add_argument("--season", help="e.g. 2024-25; the European hub's year begins in March")
    parser.add_argument("--out", type=Path, help="write the quantiles here, in the hubs' long form (CSV)")
    parser.add_argument("--light", action="store_true", help="lighter fits: about a quarter of the time")
    parser.add_argument("--origins", type=int, default=5, help="national counts only: past days to forecast from")
    options = parser.parse_args(argv)
    if not options.folder.is_dir():
        raise RecordError(f"{options.folder} is not a folder. Name a folder with a forecast hub's data.")
    if (options.folder / COUNTRIES).exists():
        return _countries(options.folder / COUNTRIES, options.origins)
    hub = open_hub(options.folder)
    if not options.season:
        raise RecordError(f"Which season? Name one with --season: {', '.join(sorted(hub.runs['season'].unique()))}.")
    began = time.perf_counter()
    settings = settings_for(hub)
    table = forecast_season(hub, options.season, settings.light() if options.light else settings)
    if options.out:
        hub_rows(hub, table).to_csv(options.out, index=False)
    print(f"{hub.kind} {options.season}: {len(table)} forecasts in {time.perf_counter() - began:.0f} s")
    _show(compare(hub, table, options.season))
    return 0


def _countries(path: Path, origins: int) -> int:
    """The folder of national cumulative counts: cases, recoveries and deaths beside standard methods."""
    began = time.perf_counter()
    table = compare_methods(pd.read_parquet(path), Origins(origins))
    _show(table)
    print(f"WIS and log WIS relative to the random walk, by weeks ahead; {time.perf_counter() - began:.0f} s")
    return 0


def _show(table: pd.DataFrame) -> None:
    with pd.option_context("display.width", 220, "display.max_columns", 30):
        print(table.round(4).to_string(index=False))


def forecast_season(hub: Hub, season: str, settings: OutbreakSettings | None = None) -> pd.DataFrame:
    """Quantiles for every reference date, location and horizon of a season: TASK and COLUMNS."""
    method = OutbreakForecaster(settings or settings_for(hub), say=_tell)
    method.rehearse(list(earlier_snapshots(hub, season)))
    runs, tables = hub.season_runs(season), []
    for number, (reference, when) in enumerate(runs, 1):
        fans = method.forecast(snapshot_at(hub, reference, when))
        tables += [_table(hub, reference, fan) for fan in fans]
        _tell(f"{reference:%Y-%m-%d} done ({number} of {len(runs)})")
    return pd.concat(tables, ignore_index=True)


def settings_for(hub: Hub) -> OutbreakSettings:
    """Influenza has decades to learn from, once a season; what COVID-19 teaches is weeks old, so it is fitted often."""
    if hub.kind == "flusight":
        return OutbreakSettings()
    network = NetworkSettings(seeds=2, hidden=32, epochs=4, least_batches=300)
    return OutbreakSettings(refit_weeks=8, trees=TreeSettings(bags=2, rounds=70, leaves=15, least=40), network=network)


def earlier_snapshots(hub: Hub, season: str) -> Iterator[Snapshot]:
    """The season before, to rehearse on: as it was known then; else as the first table tells it, cut off week by week.

    The latter only for influenza, whose first table goes back more than a year; nothing where there is too little.
    """
    runs = hub.season_runs(season)
    earlier = hub.earlier_runs(season)[-_REHEARSED:]
    for reference, when in earlier:
        yield snapshot_at(hub, reference, when)
    if earlier or hub.kind != "flusight":
        return
    for reference, _ in runs:
        then = reference - pd.Timedelta(364, unit="D")
        snapshot = snapshot_at(hub, then, runs[0][1])
        cut = tuple(panel.until(then - pd.Timedelta(7, unit="D")) for panel in snapshot.targets)
        if all(len(panel.weeks) >= _LEAST_WEEKS for panel in cut):
            yield Snapshot(then, cut, snapshot.signals)


def snapshot_at(hub: Hub, reference: pd.Timestamp, when: object) -> Snapshot:
    """What was known at a reference date, and the signals whose values were known by then.

    Only influenza has one season a year that its own decades of signals tell of. COVID-19 has waves; the hub whose
    truth begins in 2024 learns them, and what the calendar says, from the hubs beside it. In its first two years, of
    which the European hub tells, the calendar says little.
    """
    people, yearly, seasonal = hub.population(), hub.kind == "flusight", hub.kind != "covid19_eu_hub"
    leaders = {"death": "case"}
    targets = tuple(
        panel_of(hub.known_at(when, name), name, people, seasonal, leaders.get(name, ""), yearly)
        for name in hub.targets
    )
    ended = pd.Timestamp(reference.year - int(reference.month < 8), 8, 1)
    signals = [panel_of(table, name, {}) for name, table in signals_of(hub, ended)]
    if hub.kind == "covidhub":
        near = neighbours_of(hub, reference)
        signals += [panel_of(table, name, its, True, _led(name), False) for name, table, its in near]
    return Snapshot(reference, targets, tuple(signals))


def _led(name: str) -> str:
    return name.replace(" death", " case") if name.endswith(" death") else ""


def _table(hub: Hub, reference: pd.Timestamp, fan: Fan) -> pd.DataFrame:
    """The steps of a fan that the hub asks for."""
    parts = []
    for horizon in hub.horizons:
        step = round((hub.target_end(reference, horizon) - fan.last).days / 7)
        if step >= 1:
            part = pd.DataFrame(_at_step(fan, step), columns=COLUMNS)
            parts.append(part.assign(location=fan.keys, horizon=horizon))
    return pd.concat(parts).dropna(subset=COLUMNS).assign(target=fan.source, reference_date=reference)


def _at_step(fan: Fan, step: int) -> Array:
    """(series, level); beyond the last step, where no table came in time, the last one widened like a random walk."""
    steps = fan.quantiles.shape[1]
    if step <= steps:
        return fan.quantiles[:, step - 1]
    factor = (step / steps) ** 0.5
    return np.maximum(widen(fan.quantiles[:, -1], factor, factor), 0.0)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
