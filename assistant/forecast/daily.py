"""The forecast of a bare daily series: backtest, intervals from its errors, or the simple method where that fails."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from assistant.errors import ToolError
from assistant.forecast.backtest import Accuracy, accuracy_of, backtest_of, origins_of
from assistant.forecast.calendar import holiday_flags
from assistant.forecast.fallback import SIMPLE_METHOD, Fallback, need_fallback, simple_quantiles
from assistant.forecast.members import Member, mixed_with
from assistant.forecast.memory import remembered
from assistant.forecast.methods import METHOD, Array, Past, mixed_paths, naive_paths, rooted, special_days
from assistant.forecast.schools import no_school
from assistant.forecast.series import DailyHistory, clean
from assistant.forecast.settings import ForecastSettings

DEFAULTS = ForecastSettings()


@dataclass(frozen=True, eq=False)
class SeriesForecast:
    """The forecast of a bare daily series; attributes as in `Forecast`.

    Attributes:
        shares: Mean share of each further method over the days asked, by its name.
        holiday_effect: What a public holiday adds to a day's count at the present level; 0 without a calendar.
        school_effect: What a day without school adds; 0 without school terms, or where breaks do not clearly differ.
    """

    quantiles: pd.DataFrame
    history: DailyHistory
    method: str
    fallback: Fallback | None
    accuracy: Accuracy
    shares: dict[str, float] = field(default_factory=dict)
    holiday_effect: float = 0.0
    school_effect: float = 0.0


@dataclass(frozen=True, eq=False)
class _Learned:
    """What was learned from a history; shared by all who ask again."""

    table: Array
    accuracy: Accuracy
    shares: dict[str, float]
    holiday_effect: float
    school_effect: float


def forecast_series(
    history: DailyHistory | pd.Series,
    days: int,
    settings: ForecastSettings = DEFAULTS,
    is_level: bool = False,
    lead: int = 0,
    members: Sequence[Member] = (),
) -> SeriesForecast:
    """Forecast a daily series that need not come from the records.

    Args:
        history: Counts by day; a bare series is cleaned first.
        days: Number of days to forecast.
        settings: See `ForecastSettings`.
        is_level: A number present at a time, not events of a day; only the simple method cares.
        lead: Days to pass over between the history's last day and the first one forecast.
        members: Further methods; each gets the share that its past errors on this series earn.

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
        table = simple_quantiles(cleaned, fallback, horizon, is_level, settings.levels)
        learned = _Learned(table, Accuracy(), {}, 0.0, 0.0)
    else:
        learned = _remembered(cleaned, horizon, lead, settings, tuple(members))
    first = cleaned.values.index[-1] + pd.Timedelta(days=lead + 1)
    quantiles = pd.DataFrame(
        np.round(learned.table[lead:], 2),
        index=pd.date_range(first, periods=days, name="day"),
        columns=list(settings.levels),
    )
    return SeriesForecast(
        quantiles,
        cleaned,
        SIMPLE_METHOD if fallback else METHOD,
        fallback,
        learned.accuracy,
        learned.shares,
        learned.holiday_effect,
        learned.school_effect,
    )


def _remembered(
    history: DailyHistory, horizon: int, lead: int, settings: ForecastSettings, members: tuple[Member, ...]
) -> _Learned:
    """The same history gives the same forecast: what was learned once is kept, keyed by its content."""
    first = str(history.values.index[0])
    key = (
        history.values.to_numpy(dtype=float).tobytes(),
        history.observed.tobytes(),
        first if settings.holidays or settings.school_terms else "",
        horizon,
        lead,
        settings,
        tuple(member.key for member in members),
    )
    return remembered(key, lambda: _learn(history, horizon, lead, settings, members))


def _learn(
    history: DailyHistory, horizon: int, lead: int, settings: ForecastSettings, members: tuple[Member, ...]
) -> _Learned:
    """Quantiles of all steps, and the backtest that they rest on."""
    counts = history.values.to_numpy(dtype=float)
    past = _past(history, horizon, settings)
    folds = origins_of(len(counts), settings)
    origins = [*folds, len(counts)]
    paths = mixed_paths(past, origins, horizon, settings)
    actual = backtest_of(counts, history.observed, folds, paths[:-1], horizon).actual
    shares: dict[str, float] = {}
    for member in members:
        theirs = member.paths(history.values, origins, horizon)
        paths, _, now = mixed_with(paths, theirs, actual, np.array(folds, dtype=float), member.first_share)
        shares[member.name] = round(float(now[lead:].mean()), 2)
    ours = backtest_of(counts, history.observed, folds, paths[:-1], horizon)
    naive = backtest_of(counts, history.observed, folds, naive_paths(past, folds, horizon, settings), horizon)
    table = ours.spreads(settings)[-1].around(paths[-1])
    table.setflags(write=False)  # it is shared by all who ask again
    added = [round(_added(past, effect[-1], settings), 2) for _, effect in special_days(past, settings.season_days)[1]]
    return _Learned(table, accuracy_of(ours, naive, lead, settings), shares, added[0], added[1] if added[1:] else 0.0)


def _past(history: DailyHistory, horizon: int, settings: ForecastSettings) -> Past:
    """The history with its holidays and days without school, up to the last day to be forecast."""
    first, days = history.values.index[0], len(history.values) + horizon
    free = no_school(first, days, settings.school_terms) if settings.school_terms else None
    roots = rooted(history.values.to_numpy(dtype=float))
    return Past(roots, holiday_flags(first, days, settings.holidays), free)


def _added(past: Past, effect: float, settings: ForecastSettings) -> float:
    """What an effect on the root adds to a count at the level of the last week."""
    level = float(past.roots[-settings.season_days :].mean())
    return float(max(level + effect, 0.0) ** 2 - level**2)
