"""A forecast count as a distribution over whole numbers, made from its quantiles and from what the count usually is.

Between the quantiles the square root of the count (whose spread hardly depends on its size) is taken as a straight line
over the normal scale, and continued beyond the outermost ones: exact for a count that is normal on the square root
scale, and at every quantile given in any case.

That alone promised too little. A ward is full on one night in four and rarely empty, so its count piles up below the
beds, where quantiles that lie evenly about a median leave too little; and a forecast far from what is usual for the
unit tends to be wrong on the side of the usual. Mixing in the days of the last weeks mends both (a linear pool of
forecast and climatology). `python -m eval plans --risk` measures whether the chances come true.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

_NORMAL = NormalDist()
_USUAL_SHARE = 0.6
"""Share of the past days in the mixture. On two simulated winters (seed 7, and 20 as a check) 0.4 to 0.7 gave nearly
the same ranked probability score, 5 and 1 % better than the forecast alone; 0.6 promised best."""
_RARE = 0.1
"""Where fewer than this share of the past days were as far out as the median forecast, they count for less, in
proportion, and for nothing where none was: in a wave that the unit has not seen before only the forecast knows."""
PAST_DAYS = 112
"""So many of the last days are what is usual; with 56 the score was the same on one winter and worse on the other."""
_LEAST_PAST = 28
"""With fewer days nothing is called usual."""
_LEAST_STEP = 1e-6
"""Quantiles that are the same are kept this far apart, so that the line through them can be turned round."""


@dataclass(frozen=True)
class Counts:
    """A count that is not known yet.

    Attributes:
        quantiles: Level and value, both rising; two at least.
        most: The count cannot be higher (patients in beds); None for no limit.
        past: The same count on past days, rising; empty to go by the forecast alone.

    Raises:
        ValueError: Fewer than two quantiles, levels outside 0 to 1, or values that fall.
    """

    quantiles: tuple[tuple[float, float], ...]
    most: int | None = None
    past: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        levels, values = [level for level, _ in self.quantiles], [value for _, value in self.quantiles]
        if len(levels) < 2 or levels != sorted(set(levels)) or not 0 < levels[0] < levels[-1] < 1:
            raise ValueError(
                f"expected two or more rising levels between 0 and 1, got {levels}; give the forecast's own"
            )
        if values != sorted(values) or values[0] < 0:
            raise ValueError(f"expected quantiles of 0 or more that do not fall, got {values}; sort them by level")
        if list(self.past) != sorted(self.past):
            raise ValueError("expected past counts that do not fall; sort them")

    @classmethod
    def of(cls, quantiles: Mapping[float, float], most: int | None = None, history: Sequence[float] = ()) -> "Counts":
        """From a mapping of level to value; of `history` (a count a day, oldest first) the last days are kept."""
        usual = tuple(sorted(float(count) for count in history[-PAST_DAYS:]))
        levels = tuple(sorted((float(level), float(value)) for level, value in quantiles.items()))
        return cls(levels, most, usual if len(usual) >= _LEAST_PAST else ())

    def at_most(self, count: int) -> float:
        """Chance that the count is `count` or less."""
        if count < 0:
            return 0.0
        if self.most is not None and count >= self.most:
            return 1.0
        chance = _NORMAL.cdf(self._score(math.sqrt(count + 0.5)))
        if not self._share:
            return chance
        return chance + self._share * (bisect_right(self.past, count + 0.5) / len(self.past) - chance)

    def at_least(self, count: int) -> float:
        """Chance that the count is `count` or more."""
        return 1.0 - self.at_most(count - 1)

    def enough_for(self, share: float) -> int:
        """The smallest number that is not exceeded with the chance `share` (0 to 1)."""
        count = 0
        while self.at_most(count) < share:
            count += 1
        return count

    @cached_property
    def _share(self) -> float:
        """Share of the past days in the mixture; less where the forecast lies outside of what they know."""
        if not self.past:
            return 0.0
        median = self._root_at(0.0) ** 2
        below = bisect_right(self.past, median + 0.5) / len(self.past)
        above = 1 - bisect_left(self.past, median - 0.5) / len(self.past)
        return _USUAL_SHARE * min(1.0, below / _RARE, above / _RARE)

    def _root_at(self, score: float) -> float:
        """Root of the count at a normal score; 0 is the median."""
        roots, scores = self._line
        place = min(max(bisect_right(scores, score), 1), len(scores) - 1)
        slope = (roots[place] - roots[place - 1]) / (scores[place] - scores[place - 1])
        return max(0.0, roots[place - 1] + slope * (score - scores[place - 1]))

    @cached_property
    def _line(self) -> tuple[list[float], list[float]]:
        """Knots: roots of the quantiles, strictly rising, and their normal scores."""
        roots: list[float] = []
        for _, value in self.quantiles:
            least = roots[-1] + _LEAST_STEP if roots else 0.0
            roots.append(max(math.sqrt(value), least))
        return roots, [_NORMAL.inv_cdf(level) for level, _ in self.quantiles]

    def _score(self, root: float) -> float:
        """Normal score of a root; straight lines between the knots, the outer ones continued."""
        roots, scores = self._line
        place = min(max(bisect_right(roots, root), 1), len(roots) - 1)
        slope = (scores[place] - scores[place - 1]) / (roots[place] - roots[place - 1])
        return scores[place - 1] + slope * (root - roots[place - 1])
