"""Each series by itself: an autoregression of its weekly changes, like ARIMA(2,1,0) on the fourth root.

The coefficients are drawn to those of all series together, so that a series of a few weeks has a forecast too.
Unlike the pooled members it knows no season and no other disease; that is what it adds to the mixture.
"""

import numpy as np

from assistant.forecast.outbreak.features import Scaled
from assistant.forecast.outbreak.levels import LEVELS, Array, normal_score

_ORDER = 2
_PULL = 30.0  # weeks of common history that each series' own coefficients and spread are weighed against
_HALF_LIFE = 52.0  # weeks after which what was learned counts half


def trend_quantiles(data: Scaled, steps: int) -> Array:
    """(series, step, level) quantiles of the change from the last week, on the common scale."""
    change = np.diff(data.z, axis=1)
    fading = 0.5 ** (np.arange(change.shape[1])[::-1] / _HALF_LIFE)
    own, spread = _fit(change, fading)
    path, sd = _ahead(change, own, spread, steps)
    return np.asarray(path[..., None] + sd[..., None] * normal_score(LEVELS))


def trend_path(z: Array, steps: int) -> Array:
    """(series, step) expected change from the last week, on the common scale."""
    change = np.diff(z, axis=1)
    fading = 0.5 ** (np.arange(change.shape[1])[::-1] / _HALF_LIFE)
    own, spread = _fit(change, fading)
    return _ahead(change, own, spread, steps)[0]


def _fit(change: Array, fading: Array) -> tuple[Array, Array]:
    """Coefficients (series, order) and spread of the innovations (series,), ridge towards the common ones."""
    series, weeks = change.shape
    if weeks <= _ORDER:
        known = np.abs(change[np.isfinite(change)])
        return np.zeros((series, _ORDER)), np.full(series, known.mean() * 1.25 if len(known) else 0.1)
    past = np.stack([change[:, _ORDER - k - 1 : weeks - k - 1] for k in range(_ORDER)], axis=-1)
    now, weight = change[:, _ORDER:], np.broadcast_to(fading[_ORDER:], change[:, _ORDER:].shape)
    seen = np.isfinite(now) & np.isfinite(past).all(axis=-1)
    x, y, w = np.where(seen[..., None], past, 0), np.where(seen, now, 0), weight * seen
    squares = np.einsum("swi,swj,sw->sij", x, x, w)
    products = np.einsum("swi,sw,sw->si", x, y, w)
    total, mass = squares.sum(axis=0), w.sum()
    common = np.linalg.solve(total + 1e-6 * np.eye(_ORDER), products.sum(axis=0))
    pull = total / max(mass, 1.0) * _PULL + 1e-9 * np.eye(_ORDER)
    own = np.linalg.solve(squares + pull, (products + pull @ common)[..., None])[..., 0]
    errors = w * (y - np.einsum("swi,si->sw", x, own)) ** 2
    common_variance = errors.sum() / max(mass, 1.0)
    variance = (errors.sum(axis=1) + _PULL / 2 * common_variance) / (w.sum(axis=1) + _PULL / 2)
    return own, np.sqrt(np.maximum(variance, 1e-8))


def _ahead(change: Array, own: Array, spread: Array, steps: int) -> tuple[Array, Array]:
    """Mean path of the sum of changes and its standard deviation, both (series, step)."""
    series = len(change)
    recent = np.zeros((series, _ORDER))
    last = np.nan_to_num(change[:, ::-1][:, :_ORDER])
    recent[:, : last.shape[1]] = last
    path, moved = np.zeros((series, steps)), np.zeros((series, steps))
    effects = np.zeros((series, steps))  # of one innovation on the change k weeks later
    level, lags = np.zeros(series), recent
    for step in range(steps):
        move = (own * lags).sum(axis=1)
        lags = np.column_stack([move, lags[:, :-1]])
        level = level + move
        path[:, step] = level
        back = sum(own[:, k] * effects[:, step - k - 1] for k in range(_ORDER) if step > k)
        effects[:, step] = 1.0 if step == 0 else back
    response = np.cumsum(effects, axis=1)  # on the level
    moved = np.sqrt(np.cumsum(response**2, axis=1)) * spread[:, None]
    return path, moved
