"""Use of a stock item by day, from its counts, and the forecast of it.

The records hold counts, not withdrawals. Between two counts the fall, spread over the days between, is the use; a
rise is a delivery of unknown size, and the days before it say nothing. Where there are too few counts, the mean use
that the count itself states stands in, moved with the patients in the house, and the answer says so.
"""

import itertools
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from assistant.errors import ToolError
from assistant.forecast.backtest import Accuracy
from assistant.forecast.daily import SeriesForecast, forecast_series
from assistant.forecast.fallback import SIMPLE_METHOD, Fallback
from assistant.forecast.intermittent import is_intermittent, use_quantiles
from assistant.forecast.series import DailyHistory, clean
from assistant.forecast.settings import ForecastSettings
from assistant.records.stock import StockLevel
from assistant.records.store import Store

_SCATTER = 0.25  # of a day's use relative to its mean beyond chance, where only the mean is known
_METHODS = {"croston": "Croston", "sba": "Syntetos-Boylan", "tsb": "Teunter-Syntetos-Babai"}


@dataclass(frozen=True)
class StatedUse:
    """What the latest count says of an item.

    Attributes:
        item, name, name_zh, measure: Code, names and unit of measure.
        per_day: Mean use a day; None where no count states it.
        as_of: Day of the count.
    """

    item: str
    name: str
    name_zh: str
    measure: str
    per_day: float | None
    as_of: pd.Timestamp


def stated_use(store: Store, item: str, at: datetime) -> StatedUse:
    """The latest count of an item up to `at`.

    Raises:
        ToolError: `no_history`, if it was never counted before.
    """
    counts = [level for level in store.stock(item) if level.as_of <= at.date()]
    if not counts:
        raise ToolError(
            f"{item} was not counted before {at:%Y-%m-%d}, so its use cannot be forecast. Import stock counts.",
            code="no_history",
        )
    last = max(counts, key=lambda level: level.as_of)
    known = [level.used_per_day for level in counts if level.as_of == last.as_of and level.used_per_day is not None]
    use = max(known) if known else None
    return StatedUse(item, last.name, last.name_zh, last.unit_of_measure, use, pd.Timestamp(last.as_of))


def use_by_day(store: Store, item: str, at: datetime) -> pd.Series:
    """Pieces used by day, as far as counts up to `at` tell; days that they do not tell are absent."""
    return use_between([level for level in store.stock(item) if level.as_of <= at.date()])


def use_between(counts: list[StockLevel]) -> pd.Series:
    """Use by day from counts of one item: the fall between two counts, spread evenly over the days between.

    A count stands for the end of its day. Where the stock rose there was a delivery: those days are absent.
    """
    totals: dict[pd.Timestamp, float] = {}
    for level in counts:
        if level.on_hand >= 0:
            day = pd.Timestamp(level.as_of)
            totals[day] = totals.get(day, 0.0) + level.on_hand
    days = sorted(totals)
    used: dict[pd.Timestamp, float] = {}
    for before, after in itertools.pairwise(days):
        fall, apart = totals[before] - totals[after], (after - before).days
        if fall >= 0:
            used |= {before + pd.Timedelta(days=n): fall / apart for n in range(1, apart + 1)}
    return pd.Series(used, dtype=float, index=pd.DatetimeIndex(list(used)))


def forecast_use(
    store: Store, stated: StatedUse, days: int, at: datetime, crowding: float, settings: ForecastSettings
) -> SeriesForecast:
    """Quantiles of an item's use on the `days` days after the day of `at`.

    Args:
        store: The records.
        stated: What the latest count says.
        days: Days ahead.
        at: The records' clock.
        crowding: Patients expected in the house relative to the weeks before; moves a mean that is only stated.
        settings: See `ForecastSettings`.

    Raises:
        ToolError: `no_history`, if neither counts nor a stated mean tell of its use.
    """
    history = clean(use_by_day(store, stated.item, at), settings)
    lead = max(0, (pd.Timestamp(at.date()) - history.values.index[-1]).days) if len(history.values) else 0
    if len(history.values) < settings.least_days or lead > settings.stale_days:
        return _from_stated(stated, days, at, crowding, history, settings)
    use = history.values.to_numpy(dtype=float)
    if not is_intermittent(use):
        return forecast_series(history, days, settings, lead=lead)
    table, name = use_quantiles(use, days, settings.levels)
    series = forecast_series(history, days, settings, lead=lead)
    quantiles = pd.DataFrame(table, index=series.quantiles.index, columns=series.quantiles.columns)
    return SeriesForecast(quantiles.round(2), history, f"{_METHODS[name]}, bootstrap", None, series.accuracy)


def _from_stated(
    stated: StatedUse, days: int, at: datetime, crowding: float, history: DailyHistory, settings: ForecastSettings
) -> SeriesForecast:
    """A Poisson count around the stated mean, its rate scattered by a quarter."""
    if stated.per_day is None:
        raise ToolError(
            f"Nothing is known of the use of {stated.item}: it was counted too rarely, and no count states a mean use "
            "a day. Import counts of three weeks, or the column used_per_day.",
            code="no_history",
        )
    from scipy.stats import nbinom, poisson

    mean = stated.per_day * crowding
    if mean > 0:
        shape = 1 / _SCATTER**2
        row = nbinom.ppf(settings.levels, shape, shape / (shape + mean))
    else:
        row = poisson.ppf(settings.levels, 0.0)
    index = pd.date_range(pd.Timestamp(at.date()) + pd.Timedelta(days=1), periods=days, name="day")
    quantiles = pd.DataFrame(np.tile(row, (days, 1)), index=index, columns=list(settings.levels))
    why = Fallback(
        "stated_use",
        f"The records hold {len(history.values)} days of use of {stated.item}; the mean use stated by the count of "
        f"{stated.as_of:%Y-%m-%d} stands in, {crowding:.2f} times for the patients expected.",
    )
    return SeriesForecast(quantiles, history, SIMPLE_METHOD, why, Accuracy())
