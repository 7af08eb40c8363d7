"""Use of stock items: from counts, intermittent, or stated."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import insert

from assistant.errors import ToolError
from assistant.forecast.demand import forecast_demand
from assistant.forecast.intermittent import best_rate, is_intermittent, rates_of, use_quantiles
from assistant.forecast.supplies import use_between
from assistant.records import tables as t
from assistant.records.stock import StockLevel
from assistant.records.store import Store
from tests.forecast.conftest import FIRST, SETTINGS

LEVELS = SETTINGS.levels
EVENING = FIRST + timedelta(days=60, hours=20)


def counted(store: Store, on_hand: list[float], used: float | None = None) -> Store:
    """Daily counts of one item that end on the day of `EVENING`."""
    first = EVENING.date() - timedelta(days=len(on_hand) - 1)
    with store.engine.begin() as connection:
        connection.execute(
            insert(t.stock),
            [
                {"item": "MASK", "name": "Mask", "as_of": first + timedelta(days=n), "on_hand": amount}
                | {"used_per_day": used}
                for n, amount in enumerate(on_hand)
            ],
        )
    return store


def test_use_is_the_fall_between_counts_and_a_delivery_says_nothing():
    days = [date(2026, 3, day) for day in (1, 2, 4, 5)]
    levels = [StockLevel("M", "M", day, hand) for day, hand in zip(days, (100.0, 90.0, 70.0, 500.0), strict=True)]
    use = use_between(levels)
    assert use.to_dict() == {
        pd.Timestamp("2026-03-02"): 10.0,
        pd.Timestamp("2026-03-03"): 10.0,
        pd.Timestamp("2026-03-04"): 10.0,
    }


def test_a_year_of_the_same_size_every_fourth_day_has_a_rate_of_a_quarter_of_it():
    use = np.tile([0.0, 0.0, 0.0, 8.0], 90)
    rates = rates_of(use)
    assert is_intermittent(use)
    assert rates.croston[-1] == pytest.approx(2.0, rel=0.01)
    assert rates.sba[-1] == pytest.approx(0.95 * 2.0, rel=0.01)
    assert rates.tsb[-1] == pytest.approx(2.0, rel=0.15)


def test_the_rate_falls_where_an_item_is_no_longer_used():
    use = np.concatenate([np.tile([0.0, 5.0], 60), np.zeros(60)])
    rates = rates_of(use)
    assert rates.tsb[-1] < 0.2
    assert rates.croston[-1] > 1.5  # Croston never hears of it
    assert best_rate(use)[0] == "tsb"


def test_intermittent_quantiles_cover_what_comes():
    draws = np.random.default_rng(4)
    inside = []
    for _ in range(30):
        use = (draws.random(400) < 0.3) * draws.integers(1, 10, 400).astype(float)
        table, _ = use_quantiles(use[:300], 100, LEVELS)
        low, high = table[:, LEVELS.index(0.1)], table[:, LEVELS.index(0.9)]
        inside.append(np.mean((use[300:] >= low) & (use[300:] <= high)))
    assert 0.8 <= np.mean(inside) <= 0.97


def test_an_item_never_used_may_still_be_used():
    table, _ = use_quantiles(np.zeros(60), 3, LEVELS)
    assert table[:, LEVELS.index(0.5)].max() == 0
    assert np.isfinite(table).all()


def test_daily_counts_are_learned_from(add_stays: Callable[..., Store]):
    store = add_stays(list(range(61)))
    use = np.random.default_rng(0).poisson(20, 60)
    counted(store, [5000.0, *(5000.0 - use.cumsum())])
    forecast = forecast_demand(store, "supply_use", None, 7, EVENING, SETTINGS, "mask")
    assert forecast.item == "MASK"
    assert not forecast.fallback_code
    assert 15 < forecast.quantiles[0.5].mean() < 25


def test_a_single_count_gives_its_stated_use_and_says_so(add_stays: Callable[..., Store]):
    store = counted(add_stays(list(range(61))), [900.0], used=30.0)
    forecast = forecast_demand(store, "supply_use", None, 7, EVENING, SETTINGS, "MASK")
    assert forecast.fallback_code == "stated_use"
    assert forecast.quantiles[0.5].mean() == pytest.approx(30, rel=0.2)
    assert "stands in" in forecast.fallback


@pytest.mark.parametrize(
    ("item", "code"), [(None, "bad_arguments"), ("gloves", "unknown_item"), ("MASK", "no_history")]
)
def test_what_is_not_known_of_an_item_is_refused(add_stays: Callable[..., Store], item, code):
    store = counted(add_stays(list(range(61))), [900.0])
    with pytest.raises(ToolError) as raised:
        forecast_demand(store, "supply_use", None, 7, EVENING, SETTINGS, item)
    assert raised.value.code == code
