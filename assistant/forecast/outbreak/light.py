"""The light method: forecasts of a few series within a second, without the pooled members.

The path is that of `trend` (an autoregression of weekly changes on the fourth root, drawn to what all series given have
in common). The width comes from the method's own past errors at the same distance, not from an assumed distribution.
"""

from dataclasses import dataclass

import numpy as np

from assistant.forecast.outbreak.features import scaled_all
from assistant.forecast.outbreak.levels import LEVELS, MEDIAN, Array, move_out, needed_reach, normal_score
from assistant.forecast.outbreak.panel import Panel, Scale
from assistant.forecast.outbreak.trend import trend_path

_ORIGINS = 40  # past weeks from which the errors come
_LEAST = 8  # weeks of history below which nothing is said
_PULL = 12.0  # errors of all series that each one's own are weighed against
_DAMP = 0.6  # each week further ahead, a change counts for this part: waves turn
_WIDEST = 2.0  # outer quantiles are moved out at most this much
_JUDGED = 200  # past outcomes that weigh against moving them


@dataclass(frozen=True, eq=False)
class Light:
    """Forecast of some series.

    Attributes:
        quantiles: (series, step, level), counts.
        error: (series,) mean absolute error of the median in the backtest, all steps; NaN without one.
        coverage: (series,) share of outcomes within the 80 % range, each judged by errors seen before it.
        origins: How many past forecasts that rests on.
    """

    quantiles: Array
    error: Array
    coverage: Array
    origins: int


def forecast_light(panel: Panel, steps: int) -> Light:
    """Quantiles of the next weeks of each series, from its own course and that of the others.

    Args:
        panel: At least `_LEAST` weeks; the last value of each series must be known.
        steps: Weeks ahead.
    """
    data = scaled_all([panel])[0]
    z = _filled(data.z)
    origins = list(range(max(_LEAST, z.shape[1] - _ORIGINS - 1), z.shape[1] - 1))
    paths = np.stack([_path(z[:, : at + 1], steps) for at in origins]) if origins else np.zeros((0, len(z), steps))
    errors = np.full(paths.shape, np.nan)
    for k, at in enumerate(origins):
        known = min(steps, z.shape[1] - 1 - at)
        errors[k, :, :known] = data.z[:, at + 1 : at + 1 + known] - paths[k, :, :known]
    floor = _least_spread(panel, data.scale)
    earlier = _given_then(paths, errors, floor, origins)
    now = move_out(_around(_path(z, steps), errors, floor), _missed(paths + errors, earlier))
    error, coverage = _accuracy(panel, data.scale, earlier, origins)
    return Light(_rising(_with_chance(data.scale.back(now), panel)), error, coverage, len(origins))


def _filled(z: Array) -> Array:
    """Weeks before the first known one stay unknown; others are bridged, the last known value is held."""
    out = z.copy()
    for row in out:
        known = np.flatnonzero(np.isfinite(row))
        if len(known):
            row[known[0] :] = np.interp(np.arange(known[0], len(row)), known, row[known])
    return out


def _path(z: Array, steps: int) -> Array:
    """(series, step) expected values: the autoregression's changes, fading with distance."""
    path = trend_path(z, steps)
    moves = np.diff(np.concatenate([np.zeros((len(path), 1)), path], axis=1), axis=1)
    fading = _DAMP ** np.arange(steps)
    return np.asarray(z[:, -1:] + np.cumsum(moves * fading, axis=1))


def _least_spread(panel: Panel, scale: Scale) -> Array:
    """(series,) spread that chance alone gives a count of the recent size, on the common scale."""
    recent = np.array([np.nanmean(row[-8:]) if np.isfinite(row[-8:]).any() else 0.0 for row in panel.values])
    around = np.maximum(recent, 1.0)
    wide = scale.forward((around + np.sqrt(around))[:, None]) - scale.forward(around[:, None])
    return np.asarray(wide[:, 0])


def _with_chance(quantiles: Array, panel: Panel) -> Array:
    """Never less room above than chance gives a count of the recent size: a series of zeros may have one again."""
    from scipy.stats import poisson

    recent = np.nan_to_num(panel.values[:, -8:]).mean(axis=1) + 0.5 / 8
    chance = poisson.ppf(LEVELS, recent[:, None])
    chance[:, : MEDIAN + 1] = 0.0
    few = recent < 5  # of larger counts the method's own errors say more
    return np.where(few[:, None, None], np.maximum(quantiles, chance[:, None]), quantiles)


def _spread(errors: Array, floor: Array) -> Array:
    """(series, step) scale of the errors: own ones drawn to those of all series, growing like a random walk.

    Where a step has not been seen, the root of its distance takes it from the steps that have.
    """
    steps = errors.shape[2]
    growth = np.sqrt(np.arange(1, steps + 1))
    squares = (errors / growth) ** 2
    seen = np.isfinite(squares)
    total = np.where(seen, squares, 0.0)
    typical = total.sum() / max(seen.sum(), 1) if seen.any() else float(np.mean(floor**2)) * 4
    own = (total.sum(axis=(0, 2)) + _PULL * typical) / (seen.sum(axis=(0, 2)) + _PULL)
    return np.asarray(np.maximum(np.sqrt(own), floor)[:, None] * growth)


def _shape(errors: Array, spread: Array) -> Array:
    """Quantiles of the scaled errors of all series, mirrored: heavier tails than the normal where there were shocks."""
    scaled_errors = (errors / spread)[np.isfinite(errors)]
    normal = normal_score(LEVELS)
    if len(scaled_errors) < 40 or np.std(scaled_errors) < 0.3:
        return normal * 1.2  # few errors, or hardly any: honest means wider
    both = np.concatenate([scaled_errors, -scaled_errors])
    seen = np.quantile(both, LEVELS)
    outer = np.abs(normal) > 1.6  # beyond the 90 % range few errors lie: never narrower than the normal
    wider = np.sign(normal) * np.maximum(np.abs(seen), np.abs(normal) * np.std(both))
    return np.where(outer, wider, seen)


def _around(path: Array, errors: Array, floor: Array) -> Array:
    spread = _spread(errors, floor) if len(errors) else np.sqrt(np.arange(1, path.shape[1] + 1)) * floor[:, None] * 2
    shape = _shape(errors, spread[None]) if len(errors) else normal_score(LEVELS) * 1.5
    return np.asarray(path[..., None] + spread[..., None] * shape)


def _given_then(paths: Array, errors: Array, floor: Array, origins: list[int]) -> Array:
    """(origin, series, step, level) what would have been said, when only the errors of weeks passed were known."""
    fans = np.full((*paths.shape, len(LEVELS)), np.nan)
    for k, at in enumerate(origins):
        if k < 4:
            continue
        earlier = errors[:k].copy()
        for j in range(k):  # of an earlier forecast only the weeks that had passed
            earlier[j, :, max(0, at - origins[j]) :] = np.nan
        fans[k] = _around(paths[k], earlier, floor)
    return fans


def _missed(outcome: Array, fans: Array) -> float:
    """How much further out the 95 % range should have reached to hold as often as it says; 1 if it did (conformal).

    Args:
        outcome: (origin, series, step) what came, NaN where that is not known.
        fans: (origin, series, step, level) what would have been said.
    """
    needed = needed_reach(fans, outcome)
    needed = needed[np.isfinite(needed)]
    if not len(needed):
        return 1.0
    whole = float(np.clip(np.quantile(needed, 0.95), 1.0, _WIDEST))
    return 1 + (whole - 1) * len(needed) / (len(needed) + _JUDGED)


def _accuracy(panel: Panel, scale: Scale, fans: Array, origins: list[int]) -> tuple[Array, Array]:
    """Mean error of the medians, and how often the 80 % range held when only earlier errors were known."""
    series, steps = len(panel.keys), fans.shape[2]
    missed, inside = np.full(fans.shape[:3], np.nan), np.full(fans.shape[:3], np.nan)
    for k, at in enumerate(origins):
        known = min(steps, panel.values.shape[1] - 1 - at)
        truth, fan = panel.values[:, at + 1 : at + 1 + known], scale.back(fans[k])[:, :known]
        judged = np.isfinite(truth) & np.isfinite(fan[..., MEDIAN])
        missed[k, :, :known] = np.where(judged, np.abs(truth - fan[..., MEDIAN]), np.nan)
        inside[k, :, :known] = np.where(judged, (truth >= fan[..., 3]) & (truth <= fan[..., 19]), np.nan)
    return _mean_of(missed, series), _mean_of(inside, series)


def _mean_of(values: Array, series: int) -> Array:
    return np.array(
        [np.nanmean(values[:, s]) if np.isfinite(values[:, s]).any() else np.nan for s in range(series)], dtype=float
    )


def _rising(quantiles: Array) -> Array:
    return np.sort(quantiles, axis=-1)
