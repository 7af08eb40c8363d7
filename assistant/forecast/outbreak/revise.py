"""Last weeks as they will probably be reported in the end, learned from how earlier weeks were revised.

Late reports make the last week too low more often than not, so every later forecast starts too low. The share still
missing is learned from what earlier tables said of the same weeks, by age of the week and region.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from assistant.forecast.outbreak.levels import Array
from assistant.forecast.outbreak.panel import Panel

AGES = 3  # weeks at the end that are corrected
_SETTLED = 3  # weeks after which a value is taken as reported in full
_HALF_LIFE = 5.0  # weeks after which what was learned counts half: reporting habits change
_PULL_TO_NONE = 1.5  # weeks of all regions that weigh against any correction
_PULL_TO_ALL = 4.0  # weeks of one region that weigh against the habits of all
_MOST = 0.4  # largest correction, as a logarithm
_CLIP = 0.6  # one revision counts at most this much: a batch of a year's reports says nothing about next week


@dataclass
class Revisions:
    """What was said of each week in each table so far.

    Attributes:
        first: By age: rows (week, key index, value at that age), one block per table.
    """

    keys: tuple[str, ...] = ()
    said: list[tuple[pd.Timestamp, Array]] = field(default_factory=list)

    def learn(self, panel: Panel) -> None:
        """Remember the end of this table; tables come in the order of time."""
        last = panel.weeks[-1]
        if self.said and panel.keys != self.keys:
            self.said.clear()
        self.keys = panel.keys
        if not self.said or last > self.said[-1][0]:
            self.said.append((last, panel.values[:, -AGES:].copy()))

    def corrected(self, panel: Panel) -> Panel:
        """The table with its last weeks raised or lowered to what they will probably become."""
        values = panel.values.copy()
        for age in range(min(AGES, values.shape[1])):
            factor = self._factor(panel, age)
            values[:, -1 - age] = values[:, -1 - age] * factor
        return panel.with_values(values)

    def _factor(self, panel: Panel, age: int) -> Array:
        """(series,) expected later value over the value at this age."""
        logs, weights = [], []
        for last, ends in self.said:
            week = last - pd.Timedelta(7 * age, unit="D")
            passed = (panel.weeks[-1] - week).days / 7 - age
            if passed < 1 or ends.shape[1] <= age or week < panel.weeks[0]:
                continue
            at = panel.weeks.get_indexer(pd.DatetimeIndex([week]))[0]
            then, now = ends[:, -1 - age], panel.values[:, at]
            size = np.sqrt(np.maximum(then, 0))  # large counts say more about the share that comes late
            log = np.clip(np.log((now + 1) / (then + 1)), -_CLIP, _CLIP)
            # A young value is itself not complete yet: it counts less.
            weight = 0.5 ** (passed / _HALF_LIFE) * min(passed, _SETTLED) / _SETTLED
            logs.append(np.where(np.isfinite(log), log, 0.0))
            weights.append(np.where(np.isfinite(log), weight * size, 0.0))
        if not logs:
            return np.ones(len(panel.keys))
        return _shrunk(np.array(logs), np.array(weights))


def _shrunk(logs: Array, weights: Array) -> Array:
    """Factors by series: their own mean drawn to that of all, which is drawn to no correction."""
    typical = max(float(weights[weights > 0].mean()) if (weights > 0).any() else 1.0, 1e-9)
    series = logs.shape[1]
    common = (logs * weights).sum() / (weights.sum() + _PULL_TO_NONE * typical * series)
    own = ((logs * weights).sum(axis=0) + _PULL_TO_ALL * typical * common) / (
        weights.sum(axis=0) + _PULL_TO_ALL * typical
    )
    return np.asarray(np.exp(np.clip(own, -_MOST, _MOST)))
