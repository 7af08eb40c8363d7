"""What forecasts said against what came: error, weighted interval score, coverage, drift."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from assistant.forecast.backtest import pinball_loss
from assistant.forecast.drift import Drift, find_drift
from assistant.forecast.kept import KeptForecast
from assistant.forecast.methods import rooted

COVERS = (50, 80, 95)
"""Central intervals that are scored, in percent."""
_LEAST_SPREAD = 0.25  # standard deviations on the square root scale; a forecast that claims less is held to this


@dataclass(frozen=True, eq=False)
class Score:
    """How good the forecasts of one series were.

    Attributes:
        measure, unit, item, counts: What was forecast.
        forecasts: Number of forecasts with at least one day that has come.
        days: Days scored, each lead of a day once.
        mae: Mean absolute error of the median, in counts.
        bias: Mean of actual minus median; positive: more came than was expected.
        wis: Mean weighted interval score, in counts (twice the mean pinball loss over the levels given).
        coverage: Share of days inside the central interval, by percent; intervals that were not given are absent.
        drift: The latest alarm, or None.
        rows: A row per day scored: day, lead (days after the last day seen), actual, a column per level.
        region, disease: Of an outbreak, whose days are the last days of weeks; else None.
    """

    measure: str
    unit: str | None
    item: str | None
    counts: str
    forecasts: int
    days: int
    mae: float
    bias: float
    wis: float
    coverage: dict[int, float]
    drift: Drift | None
    rows: pd.DataFrame
    region: str | None = None
    disease: str | None = None

    @property
    def step(self) -> str:
        """What one outcome is of: `day` or `week`."""
        return "day" if self.region is None else "week"


def score(kept: Sequence[KeptForecast], truth: pd.Series, since: date) -> Score | None:
    """Score the forecasts of one series.

    Args:
        kept: Forecasts of one measure of one unit, in any order.
        truth: What was counted, by day; days that are not known are absent or NaN. It is multiplied by the scale of
            each forecast (hours a patient).
        since: Days before this one are left out.

    Returns:
        None if no day of any of the forecasts has come yet.
    """
    parts = [rows for one in kept if len(rows := _rows(one, truth, since))]
    if not parts:
        return None
    table = pd.concat(parts).sort_values(["day", "lead", "made_at"])
    # Asked twice on one day: the same forecast, or the same with an hour more of records. It counts once.
    table = table.drop_duplicates(["day", "lead"], keep="last").reset_index(drop=True)
    levels = level_columns(table)
    quantiles, actual = table[levels].to_numpy(float), table["actual"].to_numpy(float)
    errors = actual - table[0.5].to_numpy(float)
    first = kept[0]
    return Score(
        first.measure,
        first.unit,
        first.item,
        first.counts,
        forecasts=len(parts),
        days=len(table),
        mae=float(np.abs(errors).mean()),
        bias=float(errors.mean()),
        wis=2 * float(pinball_loss(actual, quantiles, tuple(levels)).mean()),
        coverage=coverage_of(actual, quantiles, levels),
        drift=_drift(table, levels),
        rows=table,
        region=first.region,
        disease=first.disease,
    )


def level_columns(table: pd.DataFrame) -> list[float]:
    """The columns of a scored table that are quantile levels."""
    return sorted(float(column) for column in table.columns if isinstance(column, float))


def coverage_of(actual: np.ndarray, quantiles: np.ndarray, levels: Sequence[float]) -> dict[int, float]:
    """Share of rows inside each central interval of `COVERS` whose two levels were given."""
    found = {}
    place = {round(1000 * level): number for number, level in enumerate(levels)}
    for percent in COVERS:
        low, high = place.get(500 - 5 * percent), place.get(500 + 5 * percent)
        if low is not None and high is not None:
            found[percent] = float(((actual >= quantiles[:, low]) & (actual <= quantiles[:, high])).mean())
    return found


def is_outside(row: pd.Series, percent: int) -> bool:
    """Whether the actual count of a scored row fell outside the central interval."""
    low, high = (500 - 5 * percent) / 1000, (500 + 5 * percent) / 1000
    return bool(low in row.index and not row[low] <= row["actual"] <= row[high])


def _rows(kept: KeptForecast, truth: pd.Series, since: date) -> pd.DataFrame:
    """The days of a forecast that have come, with what came."""
    actual = truth.reindex(kept.quantiles.index).to_numpy(float) * kept.scale
    days = pd.DatetimeIndex(kept.quantiles.index)
    rows = kept.quantiles.reset_index(drop=True)
    rows.insert(0, "day", days)
    rows.insert(1, "lead", (days - pd.Timestamp(kept.last_seen)).days)
    rows.insert(2, "made_at", kept.made_at)
    rows.insert(3, "actual", actual)
    return rows[np.isfinite(actual) & (days >= pd.Timestamp(since))]


def _drift(table: pd.DataFrame, levels: Sequence[float]) -> Drift | None:
    """One error a day: that of the forecast that knew most."""
    if not {0.1, 0.9} <= set(levels):
        return None
    latest = table.drop_duplicates("day", keep="first")  # the shortest lead stands first
    low, median, high = (rooted(latest[level].to_numpy(float)) for level in (0.1, 0.5, 0.9))
    spread = np.maximum((high - low) / 2.563, _LEAST_SPREAD)
    errors = (rooted(latest["actual"].to_numpy(float)) - median) / spread
    return find_drift([day.date() for day in latest["day"]], errors.tolist())
