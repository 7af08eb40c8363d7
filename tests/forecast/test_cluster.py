"""Forecasts on a Ray cluster: the same as on this machine, and what is said where there is none."""

import sys
from collections.abc import Callable

import pandas as pd
import pytest

from assistant.errors import SetupError
from assistant.forecast.daily import forecast_series
from assistant.forecast.many import forecast_many
from assistant.forecast.settings import ForecastSettings

FEW = ForecastSettings(folds=15, fit_days=70)


def test_two_nodes_say_what_one_machine_says(weekly: Callable[..., pd.Series], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    pytest.importorskip("ray", reason='Ray is not installed (pip install -e ".[cluster]")')
    from ray.cluster_utils import Cluster

    series = {f"u{seed}": weekly(70, seed=seed) for seed in range(42)}
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    try:
        cluster.add_node(num_cpus=1)
        there = forecast_many(series, 5, FEW, cluster=cluster.address)
    finally:
        cluster.shutdown()
    assert list(there) == list(series)
    for name, values in series.items():
        pd.testing.assert_frame_equal(there[name].quantiles, forecast_series(values, 5, FEW).quantiles)


def test_without_ray_the_extra_is_named(weekly: Callable[..., pd.Series], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SetupError, match="cluster"):
        forecast_many({"a": weekly(40)}, 5, FEW, cluster="auto")
