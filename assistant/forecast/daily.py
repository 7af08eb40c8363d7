"""The forecast of a bare daily series: backtest, intervals from its errors, or the simple method where that fails."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from assistant.errors import ToolError
from assistant.forecast.backtest import Accuracy, accuracy_of, run_backtest
from assistant.forecast.fallback import SIMPLE_METHOD, Fallback, need_fallback, simple_quantiles
from assistant.forecast.intervals import spread_of
from assistant.forecast.methods import METHOD, Array, mixed_path, naive_path, rooted
from assistant.forecast.series import DailyHistory, clean
from assistant.forecast.settings import ForecastSettings

DEFAULTS = ForecastSettings()


@dataclass(frozen=True, eq=False)
class SeriesForecast:
    """The forecast of a bare daily series; attributes as in `Forecast`."""

    quantiles: pd.DataFrame
    history: DailyHistory
    method: str
    fallback: Fallback | None
    accuracy: Accuracy


def forecast_series(
    history: DailyHistory | pd.Series,
    days: int,
    settings: ForecastSettings = DEFAULTS,
    is_level: bool = False,
    lead: int = 0,
) -> SeriesForecast:
    """Forecast a daily series that need not come from the records.

    Args:
        history: Counts by day; a bare series is cleaned first.
        days: Number of days to forecast.
        settings: See `ForecastSettings`.
        is_level: A number present at a time, not events of a day; only the simple method cares.
        lead: Days to pass over between the history's last day and the first one forecast.

    Raises:
        ToolError: `no_history` if there is no usable day.
    """
    cleaned = history if isinstance(history, DailyHistory) else clean(history, settings)
    if cleaned.values.empty:
        raise ToolError(
            "There is no history to forecast from: no day holds a usable count. Import records first "
            "(assistant import PATH).",
            code="no_history",
        )
    fallback = need_fallback(cleaned, settings)
    horizon = lead + days
    if fallback:
        table, accuracy = simple_quantiles(cleaned, fallback, horizon, is_level, settings.levels), Accuracy()
    else:
        table, accuracy = _learned(
            tuple(cleaned.values.to_numpy(dtype=float)), cleaned.observed.tobytes(), horizon, lead, settings
        )
    first = cleaned.values.index[-1] + pd.Timedelta(days=lead + 1)
    quantiles = pd.DataFrame(
        np.round(table[lead:], 2), index=pd.date_range(first, periods=days, name="day"), columns=list(settings.levels)
    )
    return SeriesForecast(quantiles, cleaned, SIMPLE_METHOD if fallback else METHOD, fallback, accuracy)


# The same history gives the same forecast: what was learned once is kept, keyed by its content.
@lru_cache(maxsize=128)
def _learned(
    values: tuple[float, ...], observed: bytes, horizon: int, lead: int, settings: ForecastSettings
) -> tuple[Array, Accuracy]:
    """Quantiles of all steps by the seasonal method, and its backtest."""
    counts = np.array(values)
    seen = np.frombuffer(observed, dtype=bool)
    ours = run_backtest(counts, seen, horizon, mixed_path, settings)
    naive = run_backtest(counts, seen, horizon, naive_path, settings)
    spread = spread_of(ours.errors, settings.levels)
    table = spread.around(mixed_path(rooted(counts), horizon, settings))
    table.setflags(write=False)  # it is shared by all who ask again
    return table, accuracy_of(ours, naive, lead, settings)
