"""A forecast count as a distribution over whole numbers, made from its quantiles.

Between the quantiles the square root of the count (whose spread hardly depends on its size) is taken as a straight line
over the normal scale, and continued beyond the outermost ones: exact for a count that is normal on the square root
scale, and at every quantile given in any case. `python -m eval plans --risk` measures whether the chances come true.
"""

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

_NORMAL = NormalDist()
_LEAST_STEP = 1e-6
"""Quantiles that are the same are kept this far apart, so that the line through them can be turned round."""


@dataclass(frozen=True)
class Counts:
    """A count that is not known yet.

    Attributes:
        quantiles: Level and value, both rising; two at least.
        most: The count cannot be higher (patients in beds); None for no limit.

    Raises:
        ValueError: Fewer than two quantiles, levels outside 0 to 1, or values that fall.
    """

    quantiles: tuple[tuple[float, float], ...]
    most: int | None = None

    def __post_init__(self) -> None:
        levels, values = [level for level, _ in self.quantiles], [value for _, value in self.quantiles]
        if len(levels) < 2 or levels != sorted(set(levels)) or not 0 < levels[0] < levels[-1] < 1:
            raise ValueError(
                f"expected two or more rising levels between 0 and 1, got {levels}; give the forecast's own"
            )
        if values != sorted(values) or values[0] < 0:
            raise ValueError(f"expected quantiles of 0 or more that do not fall, got {values}; sort them by level")

    @classmethod
    def of(cls, quantiles: Mapping[float, float], most: int | None = None) -> "Counts":
        """From a mapping of level to value."""
        return cls(tuple(sorted((float(level), float(value)) for level, value in quantiles.items())), most)

    def at_most(self, count: int) -> float:
        """Chance that the count is `count` or less."""
        if count < 0:
            return 0.0
        if self.most is not None and count >= self.most:
            return 1.0
        return _NORMAL.cdf(self._score(math.sqrt(count + 0.5)))

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
