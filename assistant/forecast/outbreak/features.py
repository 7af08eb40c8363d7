"""What the pooled trees look at: recent levels, slopes and bends, the season, and what the other regions do."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assistant.forecast.outbreak.levels import Array
from assistant.forecast.outbreak.panel import Panel, Scale, scale_of

LAGS = 7
WINDOW = 20  # weeks that the network sees
_YEAR = 52


@dataclass(frozen=True, eq=False)
class Scaled:
    """A panel on the common scale.

    Attributes:
        z: (series, week) values on the common scale; gaps of up to three weeks bridged by straight lines.
        code: Number of the source, a feature.
        lead: Values of the panel that goes before this one, the same shape; None if nothing does.
        lead_counts: The same in counts.
    """

    panel: Panel
    scale: Scale
    z: Array
    code: int
    lead: Array | None = None
    lead_counts: Array | None = None


def scaled_all(panels: Sequence[Panel]) -> list[Scaled]:
    """The panels on the common scale, as far as they are known; the first of two led by one another goes first."""
    found: dict[str, Scaled] = {}
    for code, panel in enumerate(panels):
        scale = scale_of(panel)
        z = pd.DataFrame(scale.forward(panel.values)).interpolate(axis=1, limit=3, limit_area="inside")
        before = found.get(panel.leader)
        lead = None if before is None else _aligned(before, before.z, panel)
        counts = None if before is None else _aligned(before, before.scale.back(before.z), panel)
        found[panel.source] = Scaled(panel, scale, z.to_numpy(float), code, lead, counts)
    return list(found.values())


def _aligned(before: Scaled, values: Array, panel: Panel) -> Array:
    """Values of the leading panel for the series and weeks of the panel that follows it."""
    table = pd.DataFrame(values, index=before.panel.keys, columns=before.panel.weeks)
    return table.reindex(index=panel.keys, columns=panel.weeks).to_numpy(float)


def weeks_from_christmas(weeks: pd.DatetimeIndex) -> Array:
    """Signed weeks from 25 December, -26 to 26: influenza turns around Christmas."""
    day = weeks.dayofyear.to_numpy(float)
    return np.asarray((day - 359 + 182) % 365.25 - 182) / 7


def moments(data: Scaled) -> Array:
    """Features of each series at each week, (series, week, feature); only that week and earlier ones are used."""
    z = data.z
    lags = np.stack([_back(z, k) for k in range(LAGS)], axis=-1)
    ahead = [z, *(lags[..., 0] - lags[..., k] for k in range(1, LAGS))]
    ahead += [_slope(lags[..., :n]) for n in (3, 4, 6)] + [_bend(lags[..., :n]) for n in (4, 6)]
    ahead += [lags[..., :n].mean(axis=-1) - z for n in (2, 4)]
    ahead += [_noise(z), _rolling_max(z) - z, _weeks_known(z)]
    ahead += _lead(data) + _together(z, lags) + _labels(data)
    return np.stack(ahead, axis=-1).astype(np.float32)


def _back(z: Array, weeks: int) -> Array:
    moved = np.full_like(z, np.nan)
    moved[:, weeks:] = z[:, : max(0, z.shape[1] - weeks)]
    return moved


def _slope(lags: Array) -> Array:
    """Slope a week of a line through the last values (lag 0 first)."""
    x = -np.arange(lags.shape[-1], dtype=float)
    x -= x.mean()
    return np.asarray((lags * x).sum(axis=-1) / (x**2).sum())


def _bend(lags: Array) -> Array:
    """Second derivative of a parabola through the last values."""
    n = lags.shape[-1]
    x = -np.arange(n, dtype=float)
    weights = np.linalg.pinv(np.stack([np.ones(n), x, x**2], axis=1))[2] * 2
    return np.asarray((lags * weights).sum(axis=-1))


def _noise(z: Array) -> Array:
    """Spread of the second differences of the last eight weeks: how restless the series is."""
    second = np.full_like(z, np.nan)
    second[:, 2:] = z[:, 2:] - 2 * z[:, 1:-1] + z[:, :-2]
    return pd.DataFrame(np.abs(second)).T.rolling(8, min_periods=2).mean().T.to_numpy(float)


def _rolling_max(z: Array) -> Array:
    return pd.DataFrame(z).T.rolling(_YEAR, min_periods=1).max().T.to_numpy(float)


def _weeks_known(z: Array) -> Array:
    return np.minimum(np.cumsum(np.isfinite(z), axis=1), 2 * _YEAR).astype(float)


def _together(z: Array, lags: Array) -> list[Array]:
    """The mean of all series of the source: its level and its changes, the same for each series."""
    shape = z.shape
    common = [_mean(z)] + [_mean(lags[..., 0] - lags[..., k]) for k in (1, 2, 4)]
    common += [_mean(lags[..., 1] - lags[..., 2])]
    return [np.broadcast_to(row, shape) for row in common]


def _lead(data: Scaled) -> list[Array]:
    """How the leading panel has changed, and how far it is above this one; unknown where nothing leads."""
    if data.lead is None:
        return [np.full_like(data.z, np.nan)] * 5
    return [data.lead - _back(data.lead, k) for k in (1, 2, 3, 5)] + [data.lead - data.z]


def _mean(values: Array) -> Array:
    """Mean over the series, NaN for weeks in which none is known."""
    seen = np.isfinite(values)
    return np.where(seen, values, 0.0).sum(axis=0) / np.where(seen.any(axis=0), seen.sum(axis=0), np.nan)


def _labels(data: Scaled) -> list[Array]:
    """Source, season, size: what does not come from the recent course."""
    panel, shape = data.panel, data.z.shape
    season = weeks_from_christmas(panel.weeks) if panel.seasonal else np.full(len(panel.weeks), np.nan)
    level = np.log(pd.DataFrame(panel.values).T.rolling(4, min_periods=1).mean().T.to_numpy(float) + 1)
    people = np.log(panel.population)[:, None]
    counted = np.where(np.isfinite(people), level, np.nan)  # of a rate the number of people behind it is not known
    return [
        np.broadcast_to(season[None, :], shape),
        np.full(shape, float(data.code)),
        np.broadcast_to(people, shape),
        counted,
    ]


def importance(data: Scaled, size: float) -> Array:
    """(series, week) weight of a row: errors count in people, so more at a high level and of a large region.

    With `size` 0 all series count alike; with 1 in proportion to their mean.
    """
    level = np.maximum(data.z + data.scale.centre[:, None], 0.1)
    mean = np.array([row[np.isfinite(row)].mean() if np.isfinite(row).any() else 0.0 for row in data.panel.values])
    factor = np.clip(mean / max(float(mean.mean()), 1e-9), 1e-3, 1e3) ** size
    return np.asarray(level * (factor / factor.mean())[:, None])


def windows(data: Scaled) -> Array:
    """What the network sees at each week: (series, week, WINDOW, 1), the last value taken off, 0 where unknown."""
    z = data.z
    stack = np.stack([_back(z, k) for k in range(WINDOW - 1, -1, -1)], axis=-1)
    return np.asarray(np.nan_to_num(stack - z[..., None]), dtype=np.float32)
