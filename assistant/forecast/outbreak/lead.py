"""What follows from a measure that goes before: deaths from the cases of the weeks before.

A regression of the change of the logarithm on the last weekly changes of the leading measure, on the own ones, and on
how far the ratio of the two (of cases, the case fatality) has left its recent mean; one regression a step, over all
series, later weeks counting more. Widths come from its errors: a share of the count, and chance, which weighs
more in small counts.
"""

import numpy as np
import pandas as pd

from assistant.forecast.outbreak.features import Scaled
from assistant.forecast.outbreak.levels import LEVELS, Array
from assistant.forecast.outbreak.panel import log_counts

_LEADING, _OWN = 4, 3  # weekly changes that are looked at
_LAG = 2  # weeks between the two measures whose ratio is compared
_RATIO_WEEKS = 10  # of which the recent mean of the ratio is taken
_HALF_LIFE = 52.0  # weeks after which what was learned counts half
_RIDGE = 0.2  # part of the features' mean square that draws the coefficients to none
_MOST = 1.5  # larger changes, on the logarithmic scale, are faults of reports or tiny counts
_ALIKE = 8.0  # errors of all series that each one's own are weighed against
_SHARE, _CHANCE = 0.03, 2.0  # variance a week, and of a count of one, that weigh the rows of the regression


def lead_quantiles(data: Scaled, steps: int) -> Array:
    """(series, step, level) counts, never negative.

    Raises:
        ValueError: Nothing leads the panel.
    """
    if data.lead_counts is None:
        raise ValueError(f"expected a panel with a leader; nothing leads {data.panel.source!r}")
    own, before = (log_counts(np.nan_to_num(_held(values))) for values in (data.scale.back(data.z), data.lead_counts))
    features = _features(own, before)
    fans = [_at_step(own, features, step) for step in range(1, steps + 1)]
    return np.stack(fans, axis=1)


def _features(own: Array, before: Array) -> Array:
    """(series, week, feature); only that week and earlier ones."""
    ratio = own - _back(before, _LAG)
    usual = pd.DataFrame(ratio).T.rolling(_RATIO_WEEKS, min_periods=3).mean().T.to_numpy(float)
    columns = [_back(before, k) - _back(before, k + 1) for k in range(_LEADING)]
    columns += [_back(own, k) - _back(own, k + 1) for k in range(_OWN)]
    columns += [np.nan_to_num(ratio - usual), np.full_like(own, 0.3)]  # the last one of the size of the others
    return np.clip(np.stack(columns, axis=-1), -_MOST, _MOST)


def _at_step(own: Array, features: Array, step: int) -> Array:
    """(series, level) counts `step` weeks after the last."""
    weeks = own.shape[1]
    change = np.full_like(own, np.nan)
    change[:, : max(0, weeks - step)] = own[:, step:] - own[:, : max(0, weeks - step)]
    chance = np.exp(-own)  # one over the count
    seen = np.isfinite(change)
    seen[:, : _LEADING + _LAG] = False  # weeks whose features are not whole
    fading = seen * 0.5 ** (np.arange(weeks)[::-1] / _HALF_LIFE)
    change = np.clip(np.nan_to_num(change), -_MOST, _MOST)
    path = features @ _coefficients(features, change, fading / (_SHARE * step + _CHANCE * chance))
    errors = change - path
    spread = _spread(errors, chance, fading)
    shape = _shape((errors / spread)[seen], fading[seen])
    return np.maximum(np.exp((own + path)[:, -1:] + spread[:, -1:] * shape) - 1, 0.0)


def _coefficients(features: Array, change: Array, weight: Array) -> Array:
    squares = np.einsum("swi,swj,sw->ij", features, features, weight)
    products = np.einsum("swi,sw,sw->i", features, change, weight)
    pull = _RIDGE * np.trace(squares) / len(squares) + 1e-9
    return np.asarray(np.linalg.solve(squares + pull * np.eye(len(squares)), products))


def _spread(errors: Array, chance: Array, weight: Array) -> Array:
    """(series, week) standard deviation: a common share, chance by the count, and how restless each series is."""
    parts = np.stack([np.ones_like(chance), chance], axis=-1)
    squares = np.einsum("swi,swj,sw->ij", parts, parts, weight) + 1e-6 * np.eye(2)
    share, by_chance = np.linalg.solve(squares, np.einsum("swi,sw,sw->i", parts, errors**2, weight))
    common = max(share, 1e-3) + max(by_chance, 0.3) * chance
    own = ((weight * errors**2 / common).sum(axis=1) + _ALIKE) / (weight.sum(axis=1) + _ALIKE)
    return np.asarray(np.sqrt(common * own[:, None]))


def _shape(scaled_errors: Array, weight: Array) -> Array:
    """Quantiles of the scaled errors."""
    if not len(scaled_errors):
        return np.zeros(len(LEVELS))
    order = np.argsort(scaled_errors)
    share = np.cumsum(weight[order]) / weight.sum()
    return np.interp(LEVELS, share, scaled_errors[order])


def _back(values: Array, weeks: int) -> Array:
    moved = np.zeros_like(values)
    moved[:, weeks:] = values[:, : max(0, values.shape[1] - weeks)]
    return moved


def _held(values: Array) -> Array:
    """Weeks not reported yet stay where the last known one was."""
    return pd.DataFrame(values).ffill(axis=1).to_numpy(float)
