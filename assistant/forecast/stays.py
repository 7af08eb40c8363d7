"""The census forecast: who is there now, how long they have been, who will come.

The number present at a coming midnight is the sum of those who are there now and stay on, and of those still to come
who will not have left. How long a patient stays in a unit is learned from its own past stays (Kaplan-Meier, so that
those still there count for the time they have been); somebody who has been there for a week already stays on with the
chance S(7 days + h) / S(7 days). Those to come are the usual comings of the weekday, transfers from other units
included. All of it is known at the origin: a backtest replays it with the stays as they stood then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from sqlalchemy import func, select

from assistant.forecast.methods import Array, rooted
from assistant.records import tables as t
from assistant.records.store import Store, columns_of
from assistant.records.wall import DAY, to_seconds

_LEARN_DAYS = 280  # stays that ended longer ago say little about discharge practice now
_COMING_WEEKS = 8
_STEP = DAY // 4  # grid of the survival curve: quarter days
_LONGEST_DAYS = 120
_LEAST_STAYS = 30  # ended stays; fewer make no curve


@dataclass(frozen=True, eq=False)
class CensusMember:
    """The census forecast as a method beside the smoothed week; see `members.Member`.

    Attributes:
        starts, ends: Second at which each stay in the unit began and ended, in order of the beginning; an open stay
            ends at `_NEVER`. Changes of bed within the unit do not end a stay.
        now: Second of the question; the last origin is replaced by it, so that today's movements count.
        key: The unit and the fingerprint of the records.
    """

    starts: np.ndarray
    ends: np.ndarray
    now: int
    key: str
    name: str = "census"
    first_share: float = 0.5

    def paths(self, counts: pd.Series, origins: Sequence[int], horizon: int) -> Array:
        """Expected roots of the census at the ends of the coming days; NaN where too few stays were known."""
        midnight = to_seconds(pd.Timestamp(counts.index[0]).to_pydatetime())
        found = []
        for origin in origins:
            end = midnight + origin * DAY
            moment = self.now if origin == len(counts) and self.now >= end else end
            ends = end + DAY * np.arange(1, horizon + 1)
            found.append(self._expected(moment, ends))
        return np.array(found)

    def _expected(self, moment: int, ends: np.ndarray) -> Array:
        """Expected root of the number present at each of the moments `ends`, from what was known at `moment`."""
        came = int(np.searchsorted(self.starts, moment, side="right"))
        starts, ends_known = self.starts[:came], self.ends[:came]
        gone = ends_known <= moment
        recent = starts >= moment - _LEARN_DAYS * DAY
        if int((gone & recent).sum()) < _LEAST_STAYS:
            return np.full(len(ends), np.nan)
        lasted = np.where(gone, ends_known, moment) - starts
        curve = survival(lasted[recent], gone[recent])
        ages = (moment - starts)[~gone]
        here = np.zeros(len(ends))
        for place, end in enumerate(ends):
            if end <= moment:  # a past midnight: it is known
                here[place] = float(((starts <= end) & (ends_known > end)).sum())
            else:
                here[place] = float((_at(curve, ages + (end - moment)) / np.maximum(_at(curve, ages), 1e-9)).sum())
        mean = here + self._newcomers(moment, ends, starts, curve)
        # The mean root of a nearly Poisson count is a little below the root of its mean.
        return np.asarray(rooted(mean))

    def _newcomers(self, moment: int, ends: np.ndarray, starts: np.ndarray, curve: Array) -> Array:
        """Expected number of those who come after `moment` and are still there at each end."""
        per_slot = self._coming(moment, starts)
        total = np.zeros(len(ends))
        slots = np.arange(moment - moment % _STEP, int(ends[-1]), _STEP)
        rate = per_slot[(slots // _STEP) % len(per_slot)]
        rate = np.where(slots < moment, rate * (1 - (moment % _STEP) / _STEP), rate)
        middle = slots + _STEP // 2
        for place, end in enumerate(ends):
            before = middle < end
            total[place] = float((rate[before] * _at(curve, end - middle[before])).sum())
        return total

    def _coming(self, moment: int, starts: np.ndarray) -> Array:
        """Mean comings by quarter of a day over the week, of the last weeks; quarters shrunk to the mean week."""
        first = moment - _COMING_WEEKS * 7 * DAY
        recent = starts[(starts >= first) & (starts < moment)]
        weeks = min(_COMING_WEEKS, max((moment - int(starts[0])) / (7 * DAY), 0.5))
        slots = 7 * DAY // _STEP
        table = np.bincount((recent // _STEP) % slots, minlength=slots).reshape(7, -1) / weeks
        # A weekday on its own has seen few comings: half its own, half the day's pattern of the whole week.
        usual = table.mean(axis=0, keepdims=True) * (table.sum(axis=1, keepdims=True) / max(table.sum() / 7, 1e-9))
        return np.asarray(((table + usual) / 2).ravel())


def survival(lasted: np.ndarray, ended: np.ndarray) -> Array:
    """Share of stays that last longer than each multiple of a quarter day (Kaplan-Meier), at the grid points 0, 1, ...

    Args:
        lasted: Seconds of each stay, so far if it has not ended.
        ended: Whether it has.
    """
    size = _LONGEST_DAYS * DAY // _STEP
    place = np.minimum(lasted // _STEP, size - 1).astype(int)
    left = np.bincount(place[ended], minlength=size)
    all_at = np.bincount(place, minlength=size)
    at_risk = all_at[::-1].cumsum()[::-1]
    # Half of those censored within a step are counted as at risk in it (the actuarial estimate).
    censored = all_at - left
    hazard = left / np.maximum(at_risk - censored / 2, 1)
    return np.concatenate([[1.0], np.cumprod(1 - np.minimum(hazard, 1.0))])


def census_member(store: Store, unit: str, now: datetime) -> CensusMember:
    """The stays in a unit as a method, with everything that began before `now`."""
    s, moment = t.stays.c, to_seconds(now)
    oldest = moment - 2 * _LEARN_DAYS * DAY
    query = (
        select(s.visit, s.start, func.coalesce(s.end, -1))
        .where(s.unit == unit, s.start <= moment, (s.end.is_(None)) | (s.end > oldest))
        .order_by(s.visit, s.seq)
    )
    visits, starts, ends = columns_of(store.read(query), 3)
    began, left = np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)
    left = np.where(left < 0, np.iinfo(np.int64).max, left)
    names = np.array(visits, dtype=object)
    if len(began):
        # A change of bed: the same visit goes on in the same second.
        goes_on = np.append((names[1:] == names[:-1]) & (began[1:] == left[:-1]), False)
        first = ~np.concatenate([[False], goes_on[:-1]])
        began, left = began[first], left[~goes_on]
    order = np.argsort(began, kind="stable")
    return CensusMember(began[order], left[order], moment, f"census:{unit}:{moment}:{store.fingerprint()}")


def _at(curve: Array, seconds: np.ndarray) -> Array:
    """The survival curve between its grid points, on straight lines; beyond its end it stays at its last value."""
    return np.asarray(np.interp(np.asarray(seconds, dtype=float) / _STEP, np.arange(len(curve)), curve))
