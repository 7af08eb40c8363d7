"""Hourly emergency arrivals: 48 hours ahead from midnight, ours against the empirical hour of the week and others."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from assistant.forecast.backtest import pinball_loss
from assistant.forecast.hourly import forecast_hours, train_hours
from assistant.forecast.methods import Array
from eval.demand import peer_quantiles

_HOURS, _WEEK = 48, 168
_TEST_DAYS = 365
_PLACE = "US"
_FITTED_HOURS = 28 * 24
_PEERS = {"autoets": "AutoETS, four weeks", "autoarima": "AutoARIMA, four weeks"}


def score_hours(counts: pd.Series, levels: Sequence[float], peers: Sequence[str] = ()) -> dict[str, Any]:
    """Mean pinball loss and coverage over the last year; every fifth midnight is an origin.

    Our model is trained once, on the hours before that year; the others are fitted at each origin.

    Args:
        counts: By hour.
        levels: Quantile levels.
        peers: `autoets`, `autoarima`: also those, with a season of a day, on the last four weeks (longer histories
            take them minutes and know no more of the day).
    """
    hourly = counts[~counts.index.duplicated(keep="last")].asfreq("h").interpolate()
    start = len(hourly) - _TEST_DAYS * 24
    start -= hourly.index[start].hour
    model = train_hours(hourly.iloc[:start], _PLACE)
    origins = range(start, len(hourly) - _HOURS, 5 * 24)
    rows: dict[str, list[tuple[Array, Array]]] = {}
    for origin in origins:
        history, actual = hourly.iloc[:origin], hourly.iloc[origin : origin + _HOURS].to_numpy(dtype=float)
        told = {
            "ours": forecast_hours(model, history, _HOURS, tuple(levels)).to_numpy(),
            "empirical hour of the week": _empirical(history, levels, 26),
            "Poisson, hour of the week": _poisson(history, levels),
            "seasonal naive": _naive(history, levels),
        }
        told |= {_PEERS[peer]: _fitted(peer, history) for peer in peers}
        for method, quantiles in told.items():
            rows.setdefault(method, []).append((actual, quantiles))
    return {"origins": len(origins), "first": f"{hourly.index[start]:%Y-%m-%d}", "methods": _lines(rows, levels)}


def _empirical(history: pd.Series, levels: Sequence[float], weeks: int) -> Array:
    table = history.to_numpy(dtype=float)[-weeks * _WEEK :].reshape(weeks, _WEEK)
    return np.quantile(table, levels, axis=0).T[:_HOURS]


def _poisson(history: pd.Series, levels: Sequence[float]) -> Array:
    """A Poisson count around the mean of the same hour of the week over the last year."""
    from scipy.stats import poisson

    table = history.to_numpy(dtype=float)[-52 * _WEEK :].reshape(52, _WEEK)
    return np.asarray(poisson.ppf(np.asarray(levels)[None, :], table.mean(axis=0)[:_HOURS, None]))


def _naive(history: pd.Series, levels: Sequence[float]) -> Array:
    """Last week again, with the quantiles of the differences between one week and the next over half a year."""
    values = history.to_numpy(dtype=float)
    off = (values[_WEEK:] - values[:-_WEEK])[-26 * _WEEK :]
    return np.maximum(values[-_WEEK:][:_HOURS, None] + np.quantile(off, levels)[None, :], 0.0)


def _fitted(peer: str, history: pd.Series) -> Array:
    from statsforecast.models import AutoARIMA, AutoETS

    if peer == "autoets":
        return peer_quantiles(AutoETS(season_length=24), history.iloc[-_FITTED_HOURS:], _HOURS)
    arima = AutoARIMA(season_length=24, max_p=2, max_q=2, max_P=1, max_Q=1, max_order=3, approximation=True)
    return peer_quantiles(arima, history.iloc[-_FITTED_HOURS:], _HOURS)


def _lines(rows: dict[str, list[tuple[Array, Array]]], levels: Sequence[float]) -> list[dict[str, Any]]:
    lines = []
    for method, pairs in rows.items():
        actual = np.concatenate([pair[0] for pair in pairs])
        quantiles = np.concatenate([pair[1] for pair in pairs])
        line: dict[str, Any] = {"method": method}
        line["pinball"] = round(float(pinball_loss(actual, quantiles, tuple(levels)).mean()), 4)
        for percent in (50, 80, 95):
            low, high = (list(levels).index((500 + side * 5 * percent) / 1000) for side in (-1, 1))
            inside = (actual >= quantiles[:, low]) & (actual <= quantiles[:, high])
            line[f"in_{percent}"] = round(float(inside.mean()), 3)
        lines.append(line)
    return lines
