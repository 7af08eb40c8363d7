"""COVID-19 by country: weekly cases, recoveries and deaths, forecast 1 to 12 weeks ahead, beside standard methods.

Read by `python -m eval forecasting FOLDER` when the folder has national cumulative counts. There are no tables as they
were known, so this measures the light method on clean data, not on first reports: each origin sees the days up to it
only, and cleans them by themselves; the truth is the cleaned final series. Peers are a random walk and AutoARIMA of
statsforecast, both on the fourth root, where they do best.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assistant.forecast.outbreak.clean import weekly_counts
from assistant.forecast.outbreak.levels import LEVELS, MEDIAN, Array, interval_score
from assistant.forecast.outbreak.light import forecast_light
from assistant.forecast.outbreak.panel import Panel, panel_of

MEASURES = {"cases": "Confirmed", "recovered": "Recovered", "deaths": "Deaths"}
STEPS = 12
SPANS = {"1": (1, 1), "2-4": (2, 4), "5-8": (5, 8), "9-12": (9, 12), "1-12": (1, 12)}
_LEAST_WEEKS = 12


@dataclass(frozen=True)
class Origins:
    """Which past days are forecast from: `count` of them, `weeks` apart, the last one 12 weeks before the end."""

    count: int = 5
    weeks: int = 13


def new_counts(table: pd.DataFrame, measure: str) -> dict[str, pd.Series]:
    """Daily new counts by country from cumulative ones; a series ends where its office stopped counting."""
    found = {}
    for country, rows in table.groupby("Country", observed=True):
        total = rows.set_index("Date")[MEASURES[measure]].sort_index().astype(float)
        stopped = np.flatnonzero((total.diff() < -0.5 * total.shift()).to_numpy() & (total.shift() > 1000).to_numpy())
        total = total.iloc[: stopped[0]] if len(stopped) else total
        daily = total.diff().iloc[1:]
        last = np.flatnonzero(daily.to_numpy() > 0)
        if len(last):  # weeks of zeros at the end are an office that no longer reports
            found[str(country)] = daily.iloc[: last[-1] + 1]
    return found


def weekly_table(daily: dict[str, pd.Series], until: pd.Timestamp | None = None) -> pd.Series:
    """Cleaned weekly counts by (location, date) of what was reported up to a day."""
    parts = {name: weekly_counts(series[:until]).weekly for name, series in daily.items() if len(series[:until]) > 14}
    joined = pd.concat({name: weekly for name, weekly in parts.items() if len(weekly)}, names=["location", "date"])
    return joined.astype(float)


def compare_methods(table: pd.DataFrame, origins: Origins, peers: bool = True) -> pd.DataFrame:
    """Mean WIS over the random walk's by measure and span of weeks, and coverage: a row a measure and method."""
    rows = []
    for measure in MEASURES:
        daily = new_counts(table, measure)
        truth = weekly_table(daily)
        scores: dict[str, list[Array]] = {}
        for panel, actual in _tasks(daily, truth, origins):
            print(
                f"{measure} from {panel.weeks[-1]:%Y-%m-%d}: {len(panel.keys)} countries", file=sys.stderr, flush=True
            )
            for name, quantiles in _forecasts(panel, peers).items():
                scores.setdefault(name, []).append(_scored(quantiles, actual))
        rows += [_row(measure, name, parts, scores["random walk"]) for name, parts in scores.items()]
    return pd.DataFrame(rows)


def _tasks(daily: dict[str, pd.Series], truth: pd.Series, origins: Origins) -> Iterator[tuple[Panel, Array]]:
    """Panels as seen at each origin, and what came: (series, step)."""
    last = truth.index.get_level_values("date").max() - pd.Timedelta(7 * STEPS, unit="D")
    for k in range(origins.count - 1, -1, -1):
        origin = last - pd.Timedelta(7 * origins.weeks * k, unit="D")
        panel = panel_of(weekly_table(daily, origin), "counts", {}, seasonal=False)
        known = np.isfinite(panel.values).sum(axis=1) >= _LEAST_WEEKS
        known &= np.isfinite(panel.values[:, -1]) & (np.nansum(panel.values[:, -8:], axis=1) > 0)
        keys = tuple(key for key, keep in zip(panel.keys, known, strict=True) if keep)
        panel = Panel(panel.source, keys, panel.weeks, panel.values[known], panel.population[known], False)
        ends = [panel.weeks[-1] + pd.Timedelta(7 * s, unit="D") for s in range(1, STEPS + 1)]
        actual = truth.unstack("date").reindex(index=list(keys), columns=ends).to_numpy(float)
        yield panel, actual


def _forecasts(panel: Panel, peers: bool) -> dict[str, Array]:
    found = {"light method": forecast_light(panel, STEPS).quantiles}
    return found | _statsforecast(panel, peers)


def _statsforecast(panel: Panel, with_arima: bool) -> dict[str, Array]:
    """Quantiles of the peers, (series, step, level)."""
    from statsforecast import StatsForecast
    from statsforecast.models import AutoARIMA, Naive

    models = [Naive(alias="random walk")] + ([AutoARIMA(season_length=1, alias="AutoARIMA")] if with_arima else [])
    wide = pd.DataFrame(np.maximum(panel.values, 0.0) ** 0.25, index=list(panel.keys), columns=panel.weeks)
    long = wide.stack().reset_index()
    long.columns = pd.Index(["unique_id", "ds", "y"])
    central = [round(100 * (1 - 2 * level), 3) for level in LEVELS[:MEDIAN]]
    out = StatsForecast(models, freq="7D").forecast(df=long, h=STEPS, level=central).set_index("unique_id")
    found = {}
    for model in models:
        lows = [out[f"{model.alias}-lo-{_named(c)}"] for c in central]
        highs = [out[f"{model.alias}-hi-{_named(c)}"] for c in reversed(central)]
        table = pd.concat([*lows, out[model.alias], *highs], axis=1).to_numpy(float)
        shaped = table.reshape(-1, STEPS, len(LEVELS))
        order = list(dict.fromkeys(out.index))
        shaped = shaped[[order.index(key) for key in panel.keys]]
        found[str(model.alias)] = np.sort(np.maximum(shaped, 0.0) ** 4, axis=-1)
    return found


def _named(level: float) -> str:
    return f"{level:g}" if level != int(level) else f"{level:.1f}"


def _scored(quantiles: Array, actual: Array) -> Array:
    """(series, step, score): WIS, WIS of log(1 + count), inside 50 %, 80 %, 95 %; NaN where the truth is unknown."""
    wis = interval_score(quantiles, actual)
    log_wis = interval_score(np.log1p(quantiles), np.log1p(np.maximum(actual, 0)))
    inside = [(actual >= quantiles[..., a]) & (actual <= quantiles[..., b]) for a, b in ((6, 16), (3, 19), (1, 21))]
    seen = [np.where(np.isfinite(actual), one, np.nan) for one in inside]
    return np.stack([wis, log_wis, *seen], axis=-1)


def _row(measure: str, name: str, parts: list[Array], base: list[Array]) -> dict[str, object]:
    """Relative scores by span; large countries decide WIS, log WIS counts all alike."""
    mine, theirs = np.concatenate(parts), np.concatenate(base)
    row: dict[str, object] = {"measure": measure, "method": name, "tasks": int(np.isfinite(mine[..., 0]).sum())}
    for label, (low, high) in SPANS.items():
        a, b = mine[:, low - 1 : high], theirs[:, low - 1 : high]
        row[f"wis {label}"] = np.nanmean(a[..., 0]) / np.nanmean(b[..., 0])
        row[f"log {label}"] = np.nanmean(a[..., 1]) / np.nanmean(b[..., 1])
    return row | {f"c{c}": float(np.nanmean(mine[..., 2 + k])) for k, c in enumerate((50, 80, 95))}
