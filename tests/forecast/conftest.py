"""Simulated daily counts, and stores that hold them as stays."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import insert

from assistant.forecast.settings import ForecastSettings
from assistant.records import tables as t
from assistant.records.store import Store
from assistant.records.wall import to_seconds

FIRST = datetime(2025, 12, 1)
SETTINGS = ForecastSettings(folds=20)


@pytest.fixture
def weekly() -> Callable[..., pd.Series]:
    """Poisson counts around `mean`, 60 % as many at weekends; `seed` decides the draw."""

    def make(days: int, mean: float = 20.0, seed: int = 0) -> pd.Series:
        index = pd.date_range(FIRST, periods=days)
        rate = np.where(index.dayofweek < 5, mean, 0.6 * mean)
        return pd.Series(np.random.default_rng(seed).poisson(rate).astype(float), index=index)

    return make


@pytest.fixture
def empty_store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "home")
    with store.engine.begin() as connection:
        connection.execute(
            insert(t.units),
            [
                {"unit": "ED", "name": "Emergency", "kind": "emergency"},
                {"unit": "3B", "name": "Respiratory Ward", "kind": "ward"},
            ],
        )
    yield store
    store.close()


@pytest.fixture
def add_stays(empty_store: Store) -> Callable[..., Store]:
    """Adds stays in 3B: `per_day` patients come at 10:00 on each of `days` and stay two nights."""

    def add(days: list[int], per_day: int = 6, label: str = "a", weekend: int | None = None) -> Store:
        stays, moves = [], []
        for day in days:
            came = FIRST + timedelta(days=day, hours=10)
            left = came + timedelta(days=2, hours=4)
            count = per_day if weekend is None or came.weekday() < 5 else weekend
            for number in range(count + day % 2):  # not flat
                visit = f"{label}{day}-{number}"
                stays.append(
                    {"visit": visit, "seq": 0, "unit": "3B", "visit_class": "I", "ended_by": "discharge"}
                    | {"start": to_seconds(came), "end": to_seconds(left)}
                )
                for trigger, moment in (("A01", came), ("A03", left)):
                    moves.append(
                        {"event": visit + trigger, "visit": visit, "source": "hl7", "trigger": trigger}
                        | {"time": to_seconds(moment), "recorded": to_seconds(moment)}
                    )
        with empty_store.engine.begin() as connection:
            connection.execute(insert(t.stays), stays)
            connection.execute(insert(t.movements), moves)
        return empty_store

    return add
