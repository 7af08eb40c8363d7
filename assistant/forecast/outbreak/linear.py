"""Pooled regression: the change ahead as a weighted sum of recent changes, own, elsewhere and of what leads.

Few coefficients, fitted anew each week and with old weeks fading, so that it follows a new variant sooner than the
trees and the network do. The width comes from its own past errors.
"""

import numpy as np

from assistant.forecast.outbreak.features import Scaled, moments
from assistant.forecast.outbreak.levels import LEVELS, Array, normal_score

_OWN = [0, 1, 2, 3, 4, 10, 15]  # of `moments`: level, changes over 1 to 4 weeks, bend, distance from the year's high
_HALF_LIFE = 30.0  # weeks after which an earlier week counts half
_RIDGE = 30.0  # rows that pull the coefficients to none
_PULL = 20.0  # errors of all series that each one's own are weighed against
_LEAST_ROWS = 150


def linear_quantiles(data: Scaled, steps: int) -> Array:
    """(series, step, level) quantiles of the change from the last week, on the common scale."""
    features = _features(data)
    return np.stack([_step(data.z, features, step) for step in range(1, steps + 1)], axis=1)


def _features(data: Scaled) -> Array:
    """(series, week, feature), unknown ones 0; the last ten but four are what leads and what the others do."""
    table = moments(data).astype(np.float64)
    return np.nan_to_num(np.concatenate([table[..., _OWN], table[..., -14:-4]], axis=-1))


def _step(z: Array, features: Array, step: int) -> Array:
    change = np.full_like(z, np.nan)
    if step < z.shape[1]:
        change[:, :-step] = z[:, step:] - z[:, :-step]
    age = np.arange(z.shape[1])[::-1] - step
    weight = np.broadcast_to(0.5 ** (np.maximum(age, 0) / _HALF_LIFE), z.shape)
    seen = np.isfinite(change)
    if seen.sum() < _LEAST_ROWS:  # too little for a regression: no change, as wide as the changes were
        known = change[seen]
        spread = float(np.sqrt((known**2).mean())) if len(known) else 0.1 * np.sqrt(step)
        return np.broadcast_to(spread * 1.2 * normal_score(LEVELS), (len(z), len(LEVELS)))
    x, y, w = features[seen], change[seen], weight[seen]
    sd = np.sqrt(np.average(x**2, axis=0, weights=w)) + 1e-9
    x = x / sd
    penalty = _RIDGE * np.eye(x.shape[1])
    coefficients = np.linalg.solve((x * w[:, None]).T @ x + penalty, (x * w[:, None]).T @ y)
    errors = np.where(seen, change - (features / sd) @ coefficients, np.nan)
    return (features[:, -1] / sd @ coefficients)[:, None] + _around(errors, weight)


def _around(errors: Array, weight: Array) -> Array:
    """(series, level) quantiles of the errors: shape of all series, width of each drawn to that of all."""
    w = np.where(np.isfinite(errors), weight, 0.0)
    squares = np.where(np.isfinite(errors), errors, 0.0) ** 2 * w
    typical = squares.sum() / w.sum()
    spread = np.sqrt((squares.sum(axis=1) + _PULL * typical) / (w.sum(axis=1) + _PULL))
    scaled_errors = (errors / spread[:, None])[w > 0]
    order = np.argsort(scaled_errors)
    mass = np.cumsum(w[w > 0][order])
    shape = np.interp(LEVELS, (mass - w[w > 0][order] / 2) / mass[-1], scaled_errors[order])
    return np.asarray(spread[:, None] * shape)
