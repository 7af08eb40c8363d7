"""The rolling-origin backtest: what the method would have said before, and how good that was."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.forecast.intervals import Spread, spreads_of
from assistant.forecast.methods import Array, rooted
from assistant.forecast.settings import ForecastSettings


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
        coverage_50, coverage_95: As `coverage_80`; None where the levels do not hold the interval.
        widened: By how much the intervals given now are wider than all past errors alone would make them.
    """

    folds: int = 0
    horizon_days: int = 0
    mae: float | None = None
    coverage_80: float | None = None
    pinball: float | None = None
    pinball_naive: float | None = None
    skill: float | None = None
    coverage_50: float | None = None
    coverage_95: float | None = None
    widened: float = 1.0

    def scaled(self, factor: float) -> "Accuracy":
        """The accuracy of the counts times a factor; shares and coverage stay."""
        mae, loss, naive = (
            None if value is None else round(value * factor, 4)
            for value in (self.mae, self.pinball, self.pinball_naive)
        )
        return replace(self, mae=mae, pinball=loss, pinball_naive=naive)


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

    def spreads(self, settings: ForecastSettings) -> list[Spread]:
        """The spread as it would have been used at each origin, and the one to use now (last)."""
        least = settings.calibration_folds
        return spreads_of(self.errors, self.origins, settings.levels, least, settings.adapt_rate)


def origins_of(days: int, settings: ForecastSettings) -> list[int]:
    """Past origins of a history: the last ones, evenly spaced; two seasons are always left to learn from.

    Short histories are cut into more closely spaced origins.
    """
    shortest = 2 * settings.season_days
    step = max(1, min(settings.fold_step_days, (days - shortest) // settings.folds))
    origins = [days - step * back for back in range(settings.folds, 0, -1)]
    return [origin for origin in origins if origin >= shortest]


def backtest_of(
    counts: Array, observed: NDArray[np.bool_], origins: Sequence[int], paths: Array, horizon: int
) -> Backtest:
    """What was forecast at past origins beside what came; filled days are never scored."""
    padded = np.concatenate([np.where(observed, counts, np.nan), np.full(horizon, np.nan)])
    actual = [padded[origin : origin + horizon] for origin in origins]
    shape = (len(origins), horizon)
    return Backtest(np.array(origins, dtype=np.float64), np.reshape(paths, shape), np.reshape(actual, shape))


def accuracy_of(ours: Backtest, naive: Backtest, lead: int, settings: ForecastSettings) -> Accuracy:
    """Score both backtests on the same folds and steps; the first `lead` steps only bridge to the first day asked."""
    scored = [fold for fold in range(len(ours.origins)) if _can_score(ours, fold, lead, settings)]
    if not scored:
        return Accuracy()
    spreads = ours.spreads(settings)
    quantiles, others = (
        np.concatenate([spread[fold].around(test.paths[fold])[lead:] for fold in scored])
        for test, spread in ((ours, spreads), (naive, naive.spreads(settings)))
    )
    actual = np.concatenate([ours.actual[fold, lead:] for fold in scored])
    seen = np.isfinite(actual)
    quantiles, others, actual = quantiles[seen], others[seen], actual[seen]
    loss, naive_loss = (float(pinball_loss(actual, q, settings.levels).mean()) for q in (quantiles, others))
    inside = {percent: _inside(actual, quantiles, settings.levels, percent) for percent in (50, 80, 95)}
    observed_steps = np.flatnonzero(np.isfinite(ours.actual[scored]).any(axis=0))
    return Accuracy(
        folds=len(scored),
        horizon_days=int(observed_steps[-1]) + 1,
        mae=round(float(np.abs(actual - quantiles[:, settings.levels.index(0.5)]).mean()), 3),
        coverage_80=inside[80],
        pinball=round(loss, 4),
        pinball_naive=round(naive_loss, 4),
        skill=round(1 - loss / naive_loss, 3) if naive_loss > 0 else None,
        coverage_50=inside[50],
        coverage_95=inside[95],
        widened=round(spreads[-1].widened, 2),
    )


def pinball_loss(actual: Array, quantiles: Array, levels: tuple[float, ...]) -> Array:
    """Mean pinball loss over the levels of each row; `quantiles` has a column per level."""
    miss = actual[:, None] - quantiles
    share = np.asarray(levels)[None, :]
    return np.asarray(np.maximum(share * miss, (share - 1) * miss).mean(axis=1))


def _inside(actual: Array, quantiles: Array, levels: tuple[float, ...], percent: int) -> float | None:
    """Share of rows inside a central interval; None if its levels were not forecast."""
    place = {round(1000 * level): number for number, level in enumerate(levels)}
    low, high = place.get(500 - 5 * percent), place.get(500 + 5 * percent)
    if low is None or high is None:
        return None
    return round(float(((actual >= quantiles[:, low]) & (actual <= quantiles[:, high])).mean()), 3)


def _can_score(test: Backtest, fold: int, lead: int, settings: ForecastSettings) -> bool:
    earlier = np.isfinite(test.errors_known_at(test.origins[fold])[:, 0]).sum()
    return bool(earlier >= settings.calibration_folds and np.isfinite(test.actual[fold, lead:]).any())
