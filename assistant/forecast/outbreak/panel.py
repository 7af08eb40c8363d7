"""Weekly series of many regions as one table, and the scale on which all of them can be learned from together.

Counts and rates are taken to their fourth root, which makes the spread of small and large waves alike, and then
divided by a typical high of the same series, so that a hospital's admissions, visits to doctors and rates of
different decades lie on one scale (Ray et al. 2024, "flusion").
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from assistant.forecast.outbreak.levels import Array

_HIGH = 95  # percentile that counts as the typical high of a series
_SHORT = 10.0  # weeks of history that weigh as much as what is known from the other series
_SHIFT = 0.01  # share of the typical level added before the root, so that zero does not stretch the scale


def log_counts(values: Array) -> Array:
    """Logarithm of one more than each count; NaN where unknown."""
    return np.asarray(np.log(np.maximum(values, 0.0) + 1))


@dataclass(frozen=True, eq=False)
class Panel:
    """Weekly values of several series.

    Attributes:
        source: What is measured, e.g. `admissions`; series of one source share a scale.
        keys: Names of the series (regions).
        weeks: Last day of each week, regular, rising.
        values: (series, week), counts or rates, never negative; NaN where unknown.
        population: (series,) people; NaN where unknown.
        seasonal: Whether the calendar says something about the course (influenza: yes, a new disease: no).
        leader: Source of a panel with the same keys whose course goes before this one's (deaths follow cases).
        yearly: Whether there is one season a year, in winter, and little to learn from the rest (influenza); a disease
            may follow the calendar and yet come in several waves a year (COVID-19).
    """

    source: str
    keys: tuple[str, ...]
    weeks: pd.DatetimeIndex
    values: Array
    population: Array
    seasonal: bool = True
    leader: str = ""
    yearly: bool = True

    def until(self, week: pd.Timestamp) -> "Panel":
        """What lies before or at `week`."""
        keep = self.weeks <= week
        return replace(self, weeks=self.weeks[keep], values=self.values[:, np.asarray(keep)])

    def held(self, weeks: int = 8) -> "Panel":
        """The same with last weeks not reported yet, up to so many, set to the last known value."""
        after = np.flip(np.cumsum(np.flip(np.isfinite(self.values), axis=1), axis=1), axis=1) == 0
        filled = pd.DataFrame(self.values).ffill(axis=1, limit=weeks).to_numpy(float)
        return self.with_values(np.where(after, filled, self.values))

    def with_values(self, values: Array) -> "Panel":
        """The same series with other values of the same shape."""
        return replace(self, values=values)


def panel_of(
    table: pd.Series,
    source: str,
    population: dict[str, float],
    seasonal: bool = True,
    leader: str = "",
    yearly: bool | None = None,
) -> Panel:
    """A panel from values indexed by (location, date); missing weeks become NaN, negative values too.

    Args:
        table: Float values; dates must be whole weeks apart.
        source: See `Panel`.
        population: People by location, may lack some.
        seasonal: See `Panel`.
        leader: See `Panel`.
        yearly: See `Panel`; as `seasonal` if not said.
    """
    wide = table.unstack("date").sort_index()
    weeks = pd.date_range(wide.columns.min(), wide.columns.max(), freq="7D")
    values = wide.reindex(columns=weeks).to_numpy(float)
    keys = tuple(str(key) for key in wide.index)
    people = np.array([float(population.get(key, np.nan)) for key in keys])
    return Panel(
        source,
        keys,
        weeks,
        np.where(values < 0, np.nan, values),
        people,
        seasonal,
        leader,
        yearly=seasonal if yearly is None else yearly,
    )


@dataclass(frozen=True, eq=False)
class Scale:
    """Takes values to the common scale and back; one factor and one centre a series.

    Attributes:
        shift: Added before the root, in the unit of the values.
        high: Typical high of the root.
        centre: Mean of the root, divided by `high`.
    """

    shift: Array
    high: Array
    centre: Array

    def forward(self, values: Array) -> Array:
        """(series, ...) values to the common scale."""
        wide = (slice(None), *([None] * (values.ndim - 1)))
        root = np.maximum(values + self.shift[wide], 0.0) ** 0.25
        return np.asarray(root / self.high[wide] - self.centre[wide])

    def back(self, scaled: Array) -> Array:
        """(series, ...) from the common scale to values, never negative."""
        wide = (slice(None), *([None] * (scaled.ndim - 1)))
        root = np.maximum((scaled + self.centre[wide]) * self.high[wide], 0.0)
        return np.asarray(np.maximum(root**4 - self.shift[wide], 0.0))


def _people(panel: Panel) -> Array:
    """Population; where it is unknown, one in proportion to the series' own mean, so that all rates are alike."""
    seen = np.isfinite(panel.values)
    mean = np.where(seen, panel.values, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    known = np.isfinite(panel.population)
    rate = mean[known].sum() / panel.population[known].sum() if known.any() else 1e-4
    guessed = mean / max(float(rate), 1e-12)
    return np.where(known, panel.population, np.where(guessed > 0, guessed, 1e5))


def scale_of(panel: Panel) -> Scale:
    """The scale of each series, drawn to that of all series of the source where its history is short."""
    values, people = panel.values, _people(panel)
    rates = values / people[:, None] * 1e5
    shift_rate = max(_SHIFT * float(np.nanmean(rates)) if np.isfinite(rates).any() else 0.0, 1e-9)
    root = (rates + shift_rate) ** 0.25
    weeks = np.isfinite(root).sum(axis=1)
    whole_high, whole_mean = float(np.nanpercentile(root, _HIGH)), float(np.nanmean(root))
    high = np.array([np.nanpercentile(row, _HIGH) if n else whole_high for row, n in zip(root, weeks, strict=True)])
    mean = np.array([np.nanmean(row) if n else whole_mean for row, n in zip(root, weeks, strict=True)])
    share = weeks / (weeks + _SHORT)
    high = share * high + (1 - share) * whole_high
    centre = (share * mean + (1 - share) * whole_mean) / high
    factor = (people / 1e5) ** 0.25  # from the root of a rate to the root of a count
    return Scale(shift_rate * people / 1e5, np.maximum(high, 1e-6) * factor, centre)
