"""Outliers of a series by a stated rule: Hampel's (moving median) or the box plot's. They are marked, never changed.

Sources: Hampel 1974 (median absolute deviation); Tukey 1977 (fences of the box plot).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from assistant.records.rules.settings import QualitySettings

_TO_DEVIATION = 1.4826  # median absolute deviation of a normal distribution to its standard deviation
_FEWEST = 8  # values below which no rule can tell an outlier from a rare value
_REACH = 14  # neighbours on either side that the moving median looks at


def outside(values: Sequence[float], limits: QualitySettings) -> list[int]:
    """Positions of the outliers.

    Args:
        values: In order of time; missing values are NaN and never outliers.
        limits: `outlier_rule` (`hampel`, `iqr`, `none`) and `outlier_limit` (robust standard deviations for
            `hampel`, interquartile ranges beyond the quartiles for `iqr`).
    """
    series = pd.Series(values, dtype=float)
    if limits.outlier_rule == "none" or series.count() < _FEWEST:
        return []
    rule = _hampel if limits.outlier_rule == "hampel" else _box
    far = rule(series, limits.outlier_limit)
    return [int(position) for position in np.flatnonzero(far.to_numpy())]


def _hampel(series: pd.Series, limit: float) -> pd.Series:
    """Further from the median of its neighbourhood than `limit` robust standard deviations of that neighbourhood.

    The deviation is not taken below the whole series': a quiet stretch would make any change an outlier.
    """
    away = (series - _moving_median(series)).abs()
    around = _TO_DEVIATION * _moving_median(away)
    least = max(_TO_DEVIATION * float(away.median()), 1e-9)
    return away > limit * around.clip(lower=least)


def _moving_median(series: pd.Series) -> pd.Series:
    return series.rolling(2 * _REACH + 1, min_periods=_FEWEST // 2, center=True).median()


def _box(series: pd.Series, limit: float) -> pd.Series:
    """Outside the box plot's fences."""
    low, high = series.quantile(0.25), series.quantile(0.75)
    return (series < low - limit * (high - low)) | (series > high + limit * (high - low))
