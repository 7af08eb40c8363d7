"""Pooled gradient boosting: one quantile regression over all series and decades, on the common scale."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.forecast.outbreak.features import Scaled, importance, moments
from assistant.forecast.outbreak.levels import CORE, Array, fill_levels

_OFF_SEASON = 21.0  # weeks from Christmas beyond which influenza rows are left out of the training


@dataclass(frozen=True)
class TreeSettings:
    """How the trees are grown; chosen on earlier seasons than any that is reported.

    Attributes:
        bags: Fits on different seasons, averaged.
        share: Part of the seasons in each bag.
        size: How much larger regions count more in the fit, see `importance`.
    """

    bags: int = 3
    share: float = 0.7
    size: float = 0.0
    rounds: int = 90
    leaves: int = 31
    rate: float = 0.1
    least: int = 60
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Rows:
    """Training rows: features with the step as last column, the change to learn, the season, the weight."""

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    season: NDArray[np.int64]
    weight: NDArray[np.float32]


def training_rows(panels: Sequence[Scaled], steps: int, size: float = 0.0) -> Rows:
    """Every series, week and step whose outcome is in the panels, weighted by `importance`."""
    parts = []
    for data in panels:
        features, weight = moments(data), importance(data, size)
        parts += [_rows_of(data, features, step, weight) for step in range(1, steps + 1)]
    x, y, season, weight = (np.concatenate([part[k] for part in parts]) for k in range(4))
    return Rows(x, y, season, weight.astype(np.float32))


def _rows_of(data: Scaled, features: Array, step: int, weight: Array) -> tuple[Array, Array, Array, Array]:
    z, weeks = data.z, data.panel.weeks
    change = np.full_like(z, np.nan)
    change[:, :-step] = z[:, step:] - z[:, :-step] if step < z.shape[1] else np.nan
    keep = np.isfinite(change) & np.isfinite(features[..., 1])
    yearly = data.panel.seasonal and data.panel.yearly
    if yearly:
        season_week = features[..., -4]
        keep &= np.abs(season_week) <= _OFF_SEASON
    season = np.broadcast_to((weeks.year + (weeks.month >= 8)).to_numpy()[None, :], z.shape)
    if not yearly:  # a new disease has waves, not seasons: its bags leave out spells of a quarter
        season = np.broadcast_to((weeks.year * 4 + weeks.quarter).to_numpy()[None, :], z.shape)
    rows = features[keep]
    x = np.concatenate([rows, np.full((len(rows), 1), step, np.float32)], axis=1)
    return x, change[keep].astype(np.float32), season[keep], weight[keep].astype(np.float32)


class Trees:
    """Quantiles of the change by step; fitted at the core levels, the others are filled in."""

    def __init__(self, rows: Rows, settings: TreeSettings) -> None:
        """Grow all bags and levels (single-threaded; callers run members side by side)."""
        import lightgbm as lgb

        data = lgb.Dataset(rows.x, rows.y, weight=rows.weight, params={"max_bin": 127, "verbosity": -1})
        data.construct()
        rng = np.random.default_rng(settings.seed)
        seasons = np.unique(rows.season)
        self._bags = []
        for _ in range(settings.bags):
            chosen = rng.choice(seasons, max(1, round(settings.share * len(seasons))), replace=False)
            part = data.subset(np.flatnonzero(np.isin(rows.season, chosen)).tolist())
            self._bags.append([lgb.train(_parameters(level, settings), part, settings.rounds) for level in CORE])

    def quantiles(self, features: Array, steps: int) -> Array:
        """(series, step, level) quantiles of the change from features (series, feature)."""
        rows = np.repeat(features, steps, axis=0)
        step = np.tile(np.arange(1, steps + 1, dtype=np.float32), len(features))
        x = np.concatenate([rows, step[:, None]], axis=1)
        core = np.mean([[b.predict(x, num_threads=1) for b in bag] for bag in self._bags], axis=0)
        return fill_levels(core.T.reshape(len(features), steps, len(CORE)))


def _parameters(level: float, settings: TreeSettings) -> dict[str, object]:
    return {
        "objective": "quantile",
        "alpha": float(level),
        "num_leaves": settings.leaves,
        "learning_rate": settings.rate,
        "min_data_in_leaf": settings.least,
        "feature_fraction": 0.7,
        "num_threads": 1,
        "seed": settings.seed,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
