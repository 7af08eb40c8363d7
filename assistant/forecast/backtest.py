"""The rolling-origin backtest: what the method would have said before, and how good that was."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.forecast.intervals import spread_of
from assistant.forecast.methods import Array, rooted
from assistant.forecast.settings import ForecastSettings

Path = Callable[[Array, int, ForecastSettings], Array]


@dataclass(frozen=True)
class Accuracy:
    """How good the method has been on this very series, out of sample; None where nothing could be scored.

    Attributes:
        folds: Origins that were scored, each with intervals from still earlier origins only.
        horizon_days: Farthest step scored, in days after the last day that the method saw.
        mae: Mean absolute error of the median, in counts.
        coverage_80: Share of days that fell inside the 80 % interval; 0.8 is right.
        pinball: Mean pinball loss over the quantile levels, in counts; lower is better.
        pinball_naive: The same for the seasonal naive method, calibrated in the same way on the same folds.
        skill: 1 - pinball / pinball_naive; 0 is no better than last week again, 1 is perfect.
    """

    folds: int = 0
    horizon_days: int = 0
    mae: float | None = None
    coverage_80: float | None = None
    pinball: float | None = None
    pinball_naive: float | None = None
    skill: float | None = None


@dataclass(frozen=True)
class Backtest:
    """Forecasts from past origins beside what happened.

    Attributes:
        origins: Number of days that the method saw at each origin, oldest first.
        paths: Expected roots, a row per origin, a column per step.
        actual: Counts that came, NaN for days that have not come yet; same shape.
    """

    origins: Array
    paths: Array
    actual: Array

    @property
    def errors(self) -> Array:
        """Actual minus forecast on the square root scale; NaN where not observed."""
        return np.where(np.isfinite(self.actual), rooted(self.actual), np.nan) - self.paths

    def errors_known_at(self, origin: float) -> Array:
        """Errors that a person could have known at `origin`: of days before it only."""
        steps = np.arange(1, self.paths.shape[1] + 1)
        known = self.origins[:, None] + steps[None, :] <= origin
        return np.where(known, self.errors, np.nan)


def run_backtest(
    counts: Array, observed: NDArray[np.bool_], horizon: int, path: Path, settings: ForecastSettings
) -> Backtest:
    """Forecast from past origins, each seeing only the days before it; filled days are never scored.

    Short histories are cut into more closely spaced origins; two seasons are always left to learn from.
    """
    shortest = 2 * settings.season_days
    step = max(1, min(settings.fold_step_days, (len(counts) - shortest) // settings.folds))
    origins = [len(counts) - step * back for back in range(settings.folds, 0, -1)]
    origins = [origin for origin in origins if origin >= shortest]
    roots = rooted(counts)
    paths = [path(roots[:origin], horizon, settings) for origin in origins]
    padded = np.concatenate([np.where(observed, counts, np.nan), np.full(horizon, np.nan)])
    actual = [padded[origin : origin + horizon] for origin in origins]
    shape = (len(origins), horizon)
    return Backtest(np.array(origins, dtype=np.float64), np.reshape(paths, shape), np.reshape(actual, shape))


def accuracy_of(ours: Backtest, naive: Backtest, lead: int, settings: ForecastSettings) -> Accuracy:
    """Score both backtests on the same folds and steps; the first `lead` steps only bridge to the first day asked."""
    scored = [fold for fold in range(len(ours.origins)) if _can_score(ours, fold, lead, settings)]
    if not scored:
        return Accuracy()
    quantiles = np.concatenate([_fold_quantiles(ours, fold, settings)[lead:] for fold in scored])
    others = np.concatenate([_fold_quantiles(naive, fold, settings)[lead:] for fold in scored])
    actual = np.concatenate([ours.actual[fold, lead:] for fold in scored])
    seen = np.isfinite(actual)
    quantiles, others, actual = quantiles[seen], others[seen], actual[seen]
    low, median, high = (settings.levels.index(level) for level in (0.1, 0.5, 0.9))
    inside = (actual >= quantiles[:, low]) & (actual <= quantiles[:, high])
    loss, naive_loss = (float(pinball_loss(actual, q, settings.levels).mean()) for q in (quantiles, others))
    observed_steps = np.flatnonzero(np.isfinite(ours.actual[scored]).any(axis=0))
    return Accuracy(
        folds=len(scored),
        horizon_days=int(observed_steps[-1]) + 1,
        mae=round(float(np.abs(actual - quantiles[:, median]).mean()), 3),
        coverage_80=round(float(inside.mean()), 3),
        pinball=round(loss, 4),
        pinball_naive=round(naive_loss, 4),
        skill=round(1 - loss / naive_loss, 3) if naive_loss > 0 else None,
    )


def pinball_loss(actual: Array, quantiles: Array, levels: tuple[float, ...]) -> Array:
    """Mean pinball loss over the levels of each row; `quantiles` has a column per level."""
    miss = actual[:, None] - quantiles
    share = np.asarray(levels)[None, :]
    return np.asarray(np.maximum(share * miss, (share - 1) * miss).mean(axis=1))


def _can_score(test: Backtest, fold: int, lead: int, settings: ForecastSettings) -> bool:
    earlier = np.isfinite(test.errors_known_at(test.origins[fold])[:, 0]).sum()
    return bool(earlier >= settings.calibration_folds and np.isfinite(test.actual[fold, lead:]).any())


def _fold_quantiles(test: Backtest, fold: int, settings: ForecastSettings) -> Array:
    known = test.errors_known_at(test.origins[fold])
    return spread_of(known, settings.levels).around(test.paths[fold])
