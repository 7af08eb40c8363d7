"""Forecasts of many series on several machines, by Ray; the same results as on one.

Needs the extra `cluster` on every machine (`pip install -e ".[cluster]"`). Start Ray there with `ray start --head` on
the first machine and `ray start --address=HOST:6379` on the others, and give `HOST:6379` as the address. Ray's reports
of its use to its makers are switched off: nothing leaves the hospital.
"""

import os
from collections.abc import Sequence
from typing import Any

import pandas as pd

from assistant.errors import SetupError
from assistant.forecast.daily import SeriesForecast, forecast_series
from assistant.forecast.settings import ForecastSettings

Job = tuple[pd.Series, int, ForecastSettings]
_CHUNK = 20  # series of one task: a second of work, so that sending it does not count


def run_on_cluster(jobs: Sequence[Job], address: str) -> list[SeriesForecast]:
    """Each job's forecast, in their order.

    Args:
        jobs: Series, days ahead, settings.
        address: Of the cluster's first machine, `HOST:PORT`; `auto` for the one that this machine belongs to.

    Raises:
        SetupError: Ray is not installed, or no cluster answers there.
    """
    ray = _ray()
    joined_here = not ray.is_initialized()
    if joined_here:
        try:
            ray.init(address=address, log_to_driver=False, logging_level="error")
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise SetupError(
                f"No Ray cluster answers at {address} ({error}). Start one with 'ray start --head', or leave the "
                "cluster out."
            ) from error
    try:
        task = ray.remote(_run)
        chunks = [list(jobs[first : first + _CHUNK]) for first in range(0, len(jobs), _CHUNK)]
        return [told for part in ray.get([task.remote(chunk) for chunk in chunks]) for told in part]
    finally:
        if joined_here:
            ray.shutdown()


def _run(jobs: list[Job]) -> list[SeriesForecast]:
    return [forecast_series(values, days, settings) for values, days, settings in jobs]


def _ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise SetupError(
            'Forecasts on a cluster need Ray, which is not installed: pip install -e ".[cluster]" on every machine.'
        ) from error
    return ray
