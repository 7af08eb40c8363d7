"""Forecasts of many series at once, on several processor cores or machines; the same results as one after another."""

import os
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pandas as pd

from assistant.forecast.cluster import run_on_cluster
from assistant.forecast.daily import DEFAULTS, SeriesForecast, forecast_series
from assistant.forecast.settings import ForecastSettings

_CHUNK = 20  # series handed to a process at a time


def forecast_many(
    series: Mapping[str, pd.Series],
    days: int,
    settings: ForecastSettings = DEFAULTS,
    workers: int | None = None,
    cluster: str = "",
) -> dict[str, SeriesForecast]:
    """Forecast each daily series for its next `days` days.

    Args:
        series: Counts by day, by name; cleaned here.
        days: Number of days to forecast.
        settings: See `ForecastSettings`.
        workers: Processes; None for one a core, 1 for none beside this one.
        cluster: Address of a Ray cluster to run on (see `cluster`); empty for this machine.

    Raises:
        ToolError: `no_history`, if one of them has no usable day.
        SetupError: The cluster does not answer, or Ray is not installed.
    """
    jobs = [(values, days, settings) for values in series.values()]
    if cluster:
        return dict(zip(series, run_on_cluster(jobs, cluster), strict=True))
    count = workers or os.cpu_count() or 1
    if count == 1 or len(jobs) <= _CHUNK:
        return dict(zip(series, map(_one, jobs), strict=True))
    # Processes that are made anew: one that is split off while other threads run may hang on their locks.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_alone) as pool:
        return dict(zip(series, pool.map(_one, jobs, chunksize=_CHUNK), strict=True))


def _alone() -> None:
    """One thread a process: the processes already use all cores."""
    os.environ["OMP_NUM_THREADS"] = "1"


def _one(job: tuple[pd.Series, int, ForecastSettings]) -> SeriesForecast:
    values, days, settings = job
    return forecast_series(values, days, settings)
