"""Last values that leave a series' course are taken back in part, the more the oftener such jumps were mended."""

import numpy as np
import pandas as pd

from assistant.forecast.outbreak.doubt import Doubt
from assistant.forecast.outbreak.panel import Panel


def growing(weeks: int = 20, regions: int = 8, growth: float = 0.05) -> Panel:
    """Regions that grow together, with the unrest of counts."""
    rng = np.random.default_rng(3)
    mean = np.linspace(100, 800, regions)[:, None] * np.exp(growth * np.arange(weeks))
    dates = pd.date_range("2024-01-06", periods=weeks, freq="7D")
    keys = tuple(f"{k:02d}" for k in range(regions))
    return Panel("admissions", keys, dates, rng.poisson(mean).astype(float), np.full(regions, 1e6), False)


def with_last(panel: Panel, region: int, factor: float) -> Panel:
    values = panel.values.copy()
    values[region, -1] *= factor
    return panel.with_values(values)


def test_a_backlog_in_one_region_is_taken_back_and_the_others_stay() -> None:
    panel = growing()
    settled = Doubt().settled(with_last(panel, 2, 6.0))
    assert abs(settled.values[2, -1] / panel.values[2, -1] - 1) < 0.35
    others = np.delete(settled.values[:, -1] / panel.values[:, -1], 2)
    assert np.all(np.abs(others - 1) < 0.1)


def test_hospitals_that_are_missing_in_the_second_table_of_all_are_noticed() -> None:
    panel = growing(weeks=2)
    settled = Doubt().settled(with_last(panel, 2, 0.15))
    assert settled.values[2, -1] > 0.6 * panel.values[2, -1]


def test_a_rise_of_all_regions_is_believed() -> None:
    panel = growing()
    values = panel.values.copy()
    values[:, -1] *= 2
    assert np.allclose(Doubt().settled(panel.with_values(values)).values[:, -1], values[:, -1], rtol=0.1)


def test_a_region_that_keeps_growing_faster_is_believed() -> None:
    panel = growing()
    values = panel.values.copy()
    values[4] = np.round(200 * np.exp(0.4 * np.maximum(0, np.arange(20) - 14)))
    assert np.isclose(Doubt().settled(panel.with_values(values)).values[4, -1], values[4, -1], rtol=0.1)


def test_jumps_that_later_tables_confirm_are_believed_more_than_those_that_were_mended() -> None:
    panel, believed, doubted = growing(), Doubt(), Doubt()
    steps = panel.values.copy()
    for region, week in enumerate(range(12, 18)):  # each region steps up by itself, for good
        steps[region, week:] *= 3
        now = panel.weeks[week]
        believed.settled(panel.with_values(steps).until(now))
        doubted.settled(with_last(panel.until(now), region, 3.0))
    last = with_last(panel, 7, 3.0)
    kept = believed.settled(last.with_values(np.where(np.arange(8)[:, None] < 6, steps, last.values)))
    taken = doubted.settled(last)
    assert kept.values[7, -1] > 1.5 * taken.values[7, -1]


def test_unknown_values_and_a_first_week_pass() -> None:
    panel = growing()
    values = panel.values.copy()
    values[1] = np.nan
    values[3, -1] = np.nan
    settled = Doubt().settled(panel.with_values(values)).values
    assert np.isnan(settled[1]).all() and np.isnan(settled[3, -1])
    first = panel.until(panel.weeks[0])
    assert np.array_equal(Doubt().settled(first).values, first.values)
