"""How much each member counts and how wide the mixture is, learned from the forecasts made so far."""

from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd

from assistant.forecast.outbreak.levels import (
    Array,
    interval_score,
    mix_quantiles,
    move_out,
    needed_reach,
    pool_quantiles,
    widen,
)
from assistant.forecast.outbreak.panel import Panel

_REMEMBERED = 26  # forecasts that are judged again each week


@dataclass(frozen=True)
class MixtureSettings:
    """How fast the mixture learns.

    Attributes:
        grid: Steps of the weights that are compared (fifths).
        trust: How much one week of forecasts moves the weights.
        half_life: Weeks after which a week counts half.
        pooled: Share of the linear pool, beside the mean of quantiles.
        stretches: Factors on the distance from the median that are compared, on either side.
        stretch_trust: As `trust`, for the factors.
        reach: Share of outcomes that the 95 % range should have held; else its ends are moved out.
        furthest: The ends are moved out at most by this factor.
        doubt: Outcomes that weigh against moving them.
    """

    grid: int = 5
    trust: float = 10.0
    half_life: float = 12.0
    pooled: float = 0.5
    stretches: tuple[float, ...] = (0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.75)
    stretch_trust: float = 4.0
    reach: float = 0.95
    furthest: float = 2.0
    doubt: float = 200.0


@dataclass(frozen=True, eq=False)
class Issued:
    """A forecast that was given.

    Attributes:
        last: Last week known then; step 1 is the week after.
        keys: Series.
        members: (member, series, step, level).
        mixed: (series, step, level), as given.
    """

    last: pd.Timestamp
    keys: tuple[str, ...]
    members: Array
    mixed: Array


@dataclass
class Mixture:
    """The mixture of one target."""

    settings: MixtureSettings
    issued: list[Issued] = field(default_factory=list)

    def remember(self, issued: Issued) -> None:
        """Keep a forecast, to be judged when its weeks have become known."""
        self.issued.append(issued)

    def mixed(self, panel: Panel, members: Array) -> Array:
        """The members' mixture, (series, step, level), weighted and widened by what `panel` says of earlier ones."""
        judged = self._judged(panel)
        weights = self._weights(judged, len(members))
        past = [(self._together(issued.members, weights), truth, count) for issued, truth, count in judged]
        below, above = self._stretch(past)
        factor = self._tail([(widen(quantiles, below, above), truth, count) for quantiles, truth, count in past])
        quantiles = move_out(widen(self._together(members, weights), below, above), factor)
        return np.sort(np.maximum(quantiles, 0.0), axis=-1)

    def _together(self, members: Array, weights: Array) -> Array:
        share = self.settings.pooled
        mean = mix_quantiles(members, weights)
        return mean if share == 0 else (1 - share) * mean + share * pool_quantiles(members, weights)

    def _judged(self, panel: Panel) -> list[tuple[Issued, Array, float]]:
        """Earlier forecasts with what is known now of their weeks, (series, step), and how much they count."""
        found = []
        for issued in self.issued[-_REMEMBERED:]:
            steps = issued.members.shape[2]
            weeks = [issued.last + pd.Timedelta(7 * step, unit="D") for step in range(1, steps + 1)]
            at = panel.weeks.get_indexer(pd.DatetimeIndex(weeks))
            truth = np.where(at >= 0, panel.values[:, at], np.nan)
            age = (panel.weeks[-1] - issued.last).days / 7
            if issued.keys == panel.keys and np.isfinite(truth).any():
                found.append((issued, truth, 0.5 ** ((age - 1) / self.settings.half_life)))
        return found

    def _weights(self, judged: list[tuple[Issued, Array, float]], members: int) -> Array:
        """Mean of all weights on the grid, each as likely as its past score is good."""
        parts = self.settings.grid
        grid = np.array([w for w in product(range(parts + 1), repeat=members) if sum(w) == parts]) / parts
        cost = np.zeros(len(grid))
        for issued, truth, count in judged:
            mixes = np.tensordot(grid, issued.members, axes=1)  # (weights, series, step, level)
            scores = np.nanmean(interval_score(mixes, truth), axis=(1, 2))
            cost += count * (scores / max(float(np.mean(scores)), 1e-9) - 1)
        likely = np.exp(-self.settings.trust * (cost - cost.min()))
        return np.asarray((grid * likely[:, None]).sum(axis=0) / likely.sum())

    def _stretch(self, past: list[tuple[Array, Array, float]]) -> tuple[float, float]:
        """Factors on the lower and the upper half of the interval, averaged like the weights.

        Args:
            past: Mixtures of earlier members by the present weights, what came, and how much they count.
        """
        options = self.settings.stretches
        cost = np.zeros((2, len(options)))
        for quantiles, truth, count in past:
            plain = float(np.nanmean(interval_score(quantiles, truth)))
            for k, factor in enumerate(options):
                for side, pair in enumerate([(factor, 1.0), (1.0, factor)]):
                    score = float(np.nanmean(interval_score(widen(quantiles, *pair), truth)))
                    cost[side, k] += count * (score / max(plain, 1e-9) - 1)
        likely = np.exp(-self.settings.stretch_trust * (cost - cost.min(axis=1, keepdims=True)))
        # Before anything is known, the middle of the options must not be drawn away from 1.
        likely *= np.exp(-2.0 * np.abs(np.log(options)))
        factors = (likely * np.array(options)).sum(axis=1) / likely.sum(axis=1)
        return float(factors[0]), float(factors[1])

    def _tail(self, past: list[tuple[Array, Array, float]]) -> float:
        """Factor on the distance of the outer quantiles with which the 95 % range would have held often enough."""
        needed = [needed_reach(quantiles, truth).ravel() for quantiles, truth, _ in past]
        counts = [np.full(len(one), count) for one, (_, _, count) in zip(needed, past, strict=True)]
        every, weight = np.concatenate([*needed, np.zeros(0)]), np.concatenate([*counts, np.zeros(0)])
        seen = np.isfinite(every)
        if not seen.any():
            return 1.0
        order = np.argsort(every[seen])
        share = np.cumsum(weight[seen][order]) / weight[seen].sum()
        whole = np.clip(np.interp(self.settings.reach, share, every[seen][order]), 1.0, self.settings.furthest)
        total = weight[seen].sum()
        return float(1 + (whole - 1) * total / (total + self.settings.doubt))
