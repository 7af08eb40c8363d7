"""Reconciles forecasts of units with that of the whole hospital, so that the units add up to the house.

Weighted least squares (Wickramasuriya, Athanasopoulos and Hyndman 2019, MinT with a diagonal covariance): the
difference between the house's own forecast and the sum of its units is shared out by variance: who is least certain
moves most. The medians add up exactly; each unit's interval is moved with its median.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from assistant.forecast.methods import Array, counted, rooted

_SPAN = 2.563  # standard deviations between the 10 % and the 90 % quantile of a normal distribution


def reconcile(house: pd.DataFrame, units: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Forecasts that add up.

    Args:
        house: Quantiles of the whole hospital: index day, a column per level (0.1, 0.5 and 0.9 among them).
        units: Quantiles of every unit that the house consists of, same days and levels.

    Returns:
        The house and the units, medians adding up on every day, quantiles rising and never negative.

    Raises:
        ValueError: No unit, or days that differ.
    """
    if not units or any(not table.index.equals(house.index) for table in units.values()):
        raise ValueError("expected quantiles of at least one unit for exactly the days of the house")
    medians = {code: table[0.5].to_numpy(float) for code, table in units.items()}
    variances = {code: _variance(table) for code, table in units.items()}
    total = np.sum(list(medians.values()), axis=0)
    gap = house[0.5].to_numpy(float) - total
    spread = np.sum(list(variances.values()), axis=0) + _variance(house)
    moved = {code: medians[code] + gap * variances[code] / spread for code in units}
    # A unit cannot go below nothing; what it cannot give is taken from what the others have.
    moved = {code: np.maximum(values, 0.0) for code, values in moved.items()}
    shifted = {code: _around(table, moved[code]) for code, table in units.items()}
    return _around(house, np.sum(list(moved.values()), axis=0)), shifted


def _variance(table: pd.DataFrame) -> Array:
    return np.maximum(((table[0.9] - table[0.1]).to_numpy(float) / _SPAN) ** 2, 1e-6)


def _around(table: pd.DataFrame, median: Array) -> pd.DataFrame:
    """The quantiles moved to a new median on the square root scale, where the width hardly depends on the level."""
    roots = rooted(table.to_numpy(float))
    shift = rooted(median) - rooted(table[0.5].to_numpy(float))
    moved = pd.DataFrame(np.sort(counted(roots + shift[:, None]), axis=1), index=table.index, columns=table.columns)
    moved[0.5] = median  # exactly, so that the units add up
    values = moved.to_numpy(float)
    middle = [float(level) for level in table.columns].index(0.5)
    values[:, :middle] = np.minimum(values[:, :middle], values[:, [middle]])
    values[:, middle + 1 :] = np.maximum(values[:, middle + 1 :], values[:, [middle]])
    return pd.DataFrame(values, index=table.index, columns=table.columns)
