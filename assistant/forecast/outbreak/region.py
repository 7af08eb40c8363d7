"""The forecast of one surveillance series of the records: cleaned, forecast by the light method, explained."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from assistant.errors import ToolError
from assistant.forecast.outbreak.clean import Mended, weekly_counts
from assistant.forecast.outbreak.levels import LEVELS
from assistant.forecast.outbreak.light import Light, forecast_light
from assistant.forecast.outbreak.panel import Panel, panel_of
from assistant.records.store import Store
from assistant.records.surveillance import SeriesName, read_series

LEAST_WEEKS = 8
"""Fewer full weeks than this say nothing about a course."""
LONGEST_WAIT = 6
"""Weeks since the last full week after which a forecast would rest on nothing."""
_YEAR = 52


@dataclass(frozen=True)
class Leads:
    """Another measure of the same place whose changes go before this one's.

    Attributes:
        measure: Which.
        weeks: How many weeks before.
        likeness: Correlation of the weekly changes, 0 to 1.
    """

    measure: str
    weeks: int
    likeness: float


@dataclass(frozen=True, eq=False)
class OutbreakForecast:
    """Quantiles of the coming weeks of one series, and what explains them.

    Attributes:
        name: Region, disease, measure.
        made_at: Time of the question; nothing later was used.
        quantiles: Index last day of the week, a column per level, never negative.
        history: Cleaned weekly counts, whole weeks; NaN where nothing was reported.
        bridged: Weeks between the last reported week and the first one forecast that had to be bridged.
        change: Share by which the last week differs from the week before (0.1 is 10 % more); None where that was 0.
        growth: Mean weekly growth of the last four weeks, as a share; None where it cannot be told.
        season: Change from the last week to the last one forecast in the same weeks of earlier years, as shares.
        leads: The measure that goes before this one, if one clearly does.
        mended: What was mended in the reports.
        error, coverage, origins: Of the backtest on this series; `coverage` of the 80 % range.
        alike: Other series that the method has learned the usual course from.
        id: Under which the forecast is kept; empty if it is not.
    """

    name: SeriesName
    made_at: datetime
    quantiles: pd.DataFrame
    history: pd.Series
    bridged: int
    change: float | None
    growth: float | None
    season: tuple[float, ...]
    leads: Leads | None
    mended: Mended
    error: float | None
    coverage: float | None
    origins: int
    alike: int = 0
    id: str = ""
    method: str = field(default="autoregression of weekly changes, light", init=False)

    def to_json(self) -> dict[str, Any]:
        """The whole forecast in JSON types, for screen and journal."""
        known = self.history.dropna()
        return {
            "id": self.id,
            "region": self.name.region,
            "disease": self.name.disease,
            "measure": self.name.measure,
            "made_at": self.made_at.isoformat(),
            "weeks": _days(self.quantiles.index),
            "quantiles": self.by_level(),
            "history": {"weeks": _days(known.index), "values": [round(float(v), 2) for v in known]},
            "bridged": self.bridged,
            "change": self.change,
            "growth": self.growth,
            "season": list(self.season),
            "leads": None if self.leads is None else vars(self.leads),
            "mended": {
                "negative_days": self.mended.negative_days,
                "spread_gaps": self.mended.spread_gaps,
                "dumps": self.mended.dumps,
                "missing_weeks": self.mended.missing_weeks,
                "duplicates": self.mended.duplicates,
            },
            "accuracy": {"mae": self.error, "coverage_80": self.coverage, "origins": self.origins},
            "method": self.method,
        }

    def by_level(self) -> dict[str, list[float]]:
        """Values by level, in the order of the weeks."""
        return {f"{level:g}": [round(float(v), 2) for v in self.quantiles[level]] for level in self.quantiles}

    def chart(self, history_weeks: int = 52) -> dict[str, Any]:
        """A fan chart after the recent history; the caller adds title and axis labels."""
        recent = self.history.dropna().iloc[-history_weeks:]
        shown = {"x": _days(recent.index), "y": [round(float(v), 2) for v in recent]}
        return {"kind": "fan", "x": _days(self.quantiles.index), "history": shown, "quantiles": self.by_level()}


def forecast_region(
    store: Store, name: SeriesName, weeks: int, at: datetime, others: tuple[SeriesName, ...] = ()
) -> OutbreakForecast:
    """Forecast a series from what was reported up to `at`.

    Args:
        store: The records.
        name: The series.
        weeks: Weeks ahead, 1 to 12; the first is the week that `at` lies in.
        at: Nothing later is used.
        others: All series of the records; those of the same disease and measure help, other measures may lead.

    Raises:
        ToolError: `short_history`, `ended`: the series is too short or has ended long ago; says what is needed.
    """
    mended = _read(store, name, at)
    history = _trimmed(mended.weekly)
    _check(name, history, at)
    panel, alike = _panel(store, name, history, at, others)
    first = _week_of(at)
    # Weeks without reports up to now are forecast too; only those from now on are shown.
    waited = max(0, round((first - history.index[-1]).days / 7) - 1)
    light = forecast_light(panel, weeks + waited)
    table = pd.DataFrame(
        light.quantiles[0, waited:],
        index=[history.index[-1] + pd.Timedelta(7 * (waited + k), unit="D") for k in range(1, weeks + 1)],
        columns=[float(level) for level in LEVELS],
    )
    return _explained(store, name, table, history, mended, light, waited, at, others, alike)


def _read(store: Store, name: SeriesName, at: datetime) -> Mended:
    return weekly_counts(read_series(store, name.region, name.disease, name.measure, at))


def _trimmed(weekly: pd.Series) -> pd.Series:
    """From the first to the last reported week."""
    known = weekly.dropna()
    return weekly if known.empty else weekly.loc[known.index[0] : known.index[-1]]


def _week_of(at: datetime) -> pd.Timestamp:
    day = pd.Timestamp(at).normalize()
    return day + pd.Timedelta((5 - day.dayofweek) % 7, unit="D")


def _check(name: SeriesName, history: pd.Series, at: datetime) -> None:
    where = f"{name.disease} {name.measure} in {name.region}"
    full = int(history.notna().sum())
    if full < LEAST_WEEKS:
        raise ToolError(
            f"{where}: {full} full weeks of reports up to {at:%Y-%m-%d}; at least {LEAST_WEEKS} are needed for a "
            "forecast. Import more of the series, or ask again when there is more.",
            code="short_history",
        )
    waited = round((_week_of(at) - history.index[-1]).days / 7) - 1
    if waited > LONGEST_WAIT:
        raise ToolError(
            f"{where}: the last full week of reports ended on {history.index[-1]:%Y-%m-%d}, {waited} weeks before "
            f"{at:%Y-%m-%d}; at most {LONGEST_WAIT} weeks can be bridged. Import newer reports.",
            code="ended",
        )


def _panel(
    store: Store, name: SeriesName, history: pd.Series, at: datetime, others: tuple[SeriesName, ...]
) -> tuple[Panel, int]:
    """The series first, then those of the same disease and measure elsewhere, on the weeks of the first."""
    rows = [history]
    for other in others:
        if other != name and (other.disease, other.measure) == (name.disease, name.measure):
            weekly = _read(store, other, at).weekly.reindex(history.index)
            if weekly.notna().sum() >= LEAST_WEEKS:
                rows.append(weekly)
    joined = pd.concat(dict(enumerate(rows)), names=["location", "date"])
    return panel_of(joined, name.measure, {}, seasonal=False), len(rows) - 1


def _explained(
    store: Store,
    name: SeriesName,
    table: pd.DataFrame,
    history: pd.Series,
    mended: Mended,
    light: Light,
    waited: int,
    at: datetime,
    others: tuple[SeriesName, ...],
    alike: int,
) -> OutbreakForecast:
    known = history.to_numpy(float)
    error, coverage = float(light.error[0]), float(light.coverage[0])
    return OutbreakForecast(
        name=name,
        made_at=at,
        quantiles=table,
        history=history,
        bridged=waited,
        change=_share(known[-1], known[-2]),
        growth=_growth(known),
        season=_seasons(known, len(table) + waited),
        leads=_leads(store, name, history, at, others),
        mended=mended,
        error=error if np.isfinite(error) else None,
        coverage=coverage if np.isfinite(coverage) else None,
        origins=max(0, light.origins - 4) if np.isfinite(error) else 0,
        alike=alike,
    )


def _share(now: float, before: float) -> float | None:
    return float(now / before - 1) if np.isfinite(now) and before > 0 else None


def _growth(known: np.ndarray) -> float | None:
    """Mean weekly growth over four weeks, from means of two weeks, so that one odd week does not decide."""
    if len(known) < 6 or not np.isfinite(known[-6:]).all():
        return None
    now, before = known[-2:].mean(), known[-6:-4].mean()
    return float((now / before) ** 0.25 - 1) if now > 0 and before > 0 else None


def _seasons(known: np.ndarray, ahead: int) -> tuple[float, ...]:
    """What the same weeks of earlier years brought: the change over `ahead` weeks, from means of three weeks."""
    found = []
    for years in (1, 2, 3, 4, 5):
        start = len(known) - 1 - years * _YEAR
        if start < 1 or start + ahead + 1 >= len(known):
            continue
        before, after = known[start - 1 : start + 2].mean(), known[start + ahead - 1 : start + ahead + 2].mean()
        if np.isfinite(before) and np.isfinite(after) and before > 0:
            found.append(float(after / before - 1))
    return tuple(found)


def _leads(
    store: Store, name: SeriesName, history: pd.Series, at: datetime, others: tuple[SeriesName, ...]
) -> Leads | None:
    """The measure of the same region and disease whose changes, moved by 1 to 4 weeks, are most like this one's."""
    best: Leads | None = None
    own = _changes(history)
    for other in others:
        same = (other.region, other.disease) == (name.region, name.disease) and other.measure != name.measure
        if not same:
            continue
        theirs = _changes(_read(store, other, at).weekly.reindex(history.index))
        at_once = own.corr(theirs)
        for weeks in (1, 2, 3, 4):
            likeness = own.corr(theirs.shift(weeks))
            enough = (own.notna() & theirs.shift(weeks).notna()).sum() >= 26
            if enough and likeness > 0.5 and likeness > at_once and (best is None or likeness > best.likeness):
                best = Leads(other.measure, weeks, round(float(likeness), 2))
    return best


def _changes(weekly: pd.Series) -> pd.Series:
    """Change of the smoothed logarithm over two weeks."""
    smooth = np.log(weekly.clip(lower=0) + 1).rolling(3, min_periods=2).mean()
    return smooth.diff(2)


def _days(index: pd.Index) -> list[str]:
    return [f"{day:%Y-%m-%d}" for day in pd.DatetimeIndex(index)]
