"""What the records say beside the numbers: comings and goings of the last weeks, and the most similar fortnight."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from assistant.forecast.methods import rooted
from assistant.forecast.stays import CensusMember
from assistant.records.wall import DAY, to_seconds

_DAYS, _AFTER = 14, 7
_APART = 28  # days between the end of an episode and now, at least: the last weeks are always like themselves


@dataclass(frozen=True)
class Episode:
    """The fortnight in the history that is most like the last one.

    Attributes:
        end: Its last day.
        change: Mean of the seven days after it minus that of its own last seven.
        likeness: 1 less the squared distance relative to that of a usual fortnight; 1 is the same.
    """

    end: date
    change: float
    likeness: float


@dataclass(frozen=True)
class Turnover:
    """Stays that began and ended in a unit, in the last seven complete days and in the seven before."""

    came: int
    left: int
    came_before: int
    left_before: int


def similar_episode(values: pd.Series) -> Episode | None:
    """The most similar fortnight by level and shape; None in a history of less than two months, or if none is alike.

    Only fortnights that end on the same weekday are compared, so that weekends lie on weekends.
    """
    roots = rooted(values.to_numpy(dtype=float))
    if len(roots) < 2 * _DAYS + _APART or float(np.ptp(roots)) == 0.0:
        return None
    windows = sliding_window_view(roots, _DAYS)
    ends = np.arange(_DAYS - 1, len(roots))
    last = len(roots) - 1
    usable = (ends <= last - _APART) & ((last - ends) % 7 == 0)
    distance = ((windows - windows[-1]) ** 2).mean(axis=1)
    likeness = 1 - distance / max(float(np.mean(distance[ends <= last - _APART])), 1e-9)
    places = np.flatnonzero(usable)
    if not len(places):
        return None
    best = int(places[np.argmin(distance[places])])
    end = int(ends[best])
    if likeness[best] <= 0:
        return None
    counts = values.to_numpy(dtype=float)
    change = float(counts[end + 1 : end + 1 + _AFTER].mean() - counts[end + 1 - _AFTER : end + 1].mean())
    return Episode(pd.Timestamp(values.index[end]).date(), round(change, 2), round(float(likeness[best]), 3))


def turnover(stays: CensusMember, last_day: date) -> Turnover:
    """Comings and goings of a unit up to the end of `last_day`."""
    end = to_seconds(pd.Timestamp(last_day).to_pydatetime()) + DAY
    week = 7 * DAY

    def between(moments: np.ndarray, first: int, stop: int) -> int:
        return int(((moments >= first) & (moments < stop)).sum())

    return Turnover(
        between(stays.starts, end - week, end),
        between(stays.ends, end - week, end),
        between(stays.starts, end - 2 * week, end - week),
        between(stays.ends, end - 2 * week, end - week),
    )
