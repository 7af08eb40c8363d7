"""Last values that are hardly credible: a backlog reported in one week, or half of the hospitals still missing.

A last value that leaves its series' course much further than weeks commonly do is more often a fault of the report
than of the epidemic, and is taken back in the next table. So a part of the jump is taken back beforehand; which
part follows from how unusual the jump is and from what became of earlier jumps of the same source.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from assistant.forecast.outbreak.levels import Array
from assistant.forecast.outbreak.panel import Panel, log_counts

_WEEKS = 14  # weekly changes from which a series' usual unrest is taken
_USUAL = 0.2  # unrest of a series of which nothing is known, on the logarithmic scale
_PULL_USUAL, _PULL_ALL = 6.0, 4.0  # weeks that weigh for it, and for the unrest of all series
_DOUBTED = 3.0  # of a jump of so many times the usual unrest, half is taken back
_STEEP = 6.0  # how quickly belief goes from full to none around that
_PRIOR = 5.0  # squared jumps times root of the count that speak for the curve before anything was learned


@dataclass
class Doubt:
    """What was doubted in each table so far, and how right that was.

    Attributes:
        jumps: (week, logarithm as reported, part of the jump that the curve takes back), one entry a table.
    """

    keys: tuple[str, ...] = ()
    jumps: list[tuple[pd.Timestamp, Array, Array]] = field(default_factory=list)

    def settled(self, panel: Panel) -> Panel:
        """The panel with its last values drawn to the course before; remembers what it doubted."""
        if panel.values.shape[1] < 2:
            return panel
        if panel.keys != self.keys:
            self.jumps, self.keys = [], panel.keys
        back = _taken_back(panel.values)
        trust, last = self._trust(panel), panel.weeks[-1]
        if not self.jumps or last > self.jumps[-1][0]:
            self.jumps.append((last, log_counts(panel.values[:, -1]), back))
        values = panel.values.copy()
        known = np.isfinite(values[:, -1]) & (back != 0)
        values[known, -1] = np.maximum((values[known, -1] + 1) * np.exp(-trust * back[known]) - 1, 0.0)
        return panel.with_values(values)

    def _trust(self, panel: Panel) -> float:
        """Between 0 (no jump was ever taken back) and 1 (as the curve says), from tables that came later."""
        agreed, total = _PRIOR, _PRIOR
        for week, reported, back in self.jumps:
            at = panel.weeks.get_indexer(pd.DatetimeIndex([week]))[0]
            if at < 0 or week == panel.weeks[-1]:
                continue
            late = log_counts(panel.values[:, at]) - reported
            late = late - np.nanmedian(late) if np.isfinite(late).any() else late
            size = np.exp(np.nan_to_num(reported) / 2)  # large counts say more
            agreed += float(np.nansum(-late * back * size))
            total += float(np.nansum(np.where(np.isfinite(late), back, 0.0) ** 2 * size))
        return float(np.clip(agreed / total, 0.0, 1.0))


def _taken_back(values: Array) -> Array:
    """(series,) part of the last jump, on the logarithmic scale, that is not believed."""
    logs = log_counts(values[:, -_WEEKS - 1 :])
    beyond = _beyond(np.diff(logs, axis=1))
    before = beyond[:, :-1]
    common = 1.48 * float(np.nanmedian(np.abs(beyond))) if np.isfinite(beyond).any() else _USUAL
    weeks = np.isfinite(before).sum(axis=1)
    own = np.nan_to_num(1.48 * _median(np.abs(before), axis=1))
    square = weeks * own**2 + _PULL_ALL * common**2 + _PULL_USUAL * _USUAL**2
    chance = 2 / np.exp(np.nan_to_num(logs[:, -2]))  # of counts alone, both weeks
    unrest = np.sqrt(square / (weeks + _PULL_ALL + _PULL_USUAL) + chance)
    jump = np.nan_to_num(beyond[:, -1])
    share = 1 / (1 + (_DOUBTED / np.maximum(np.abs(jump) / unrest, 1e-6)) ** _STEEP)
    return np.asarray(jump * share)


def _beyond(change: Array) -> Array:
    """How far each weekly change lies outside what the other series did and what the same series did before."""
    common = np.broadcast_to(_median(change, axis=0), change.shape)
    before = np.concatenate([common[:, :1], change[:, :-1]], axis=1)
    low, high = np.fmin(common, before), np.fmax(common, before)
    return np.asarray(np.where(np.isfinite(change), change - np.clip(change, low, high), np.nan))


def _median(values: Array, axis: int) -> Array:
    """Median of what is known, NaN where nothing is, without a warning."""
    blank = ~np.isfinite(values).any(axis=axis, keepdims=True)
    if not values.shape[axis]:
        return np.full(blank.size, np.nan)
    middle = np.nanmedian(np.where(blank, 0.0, values), axis=axis)
    return np.asarray(np.where(blank.reshape(middle.shape), np.nan, middle))
