"""The compiled random generator that all searches draw from."""

from typing import Any

import numpy as np

from assistant.plan.compiled import compiled


@compiled
def below(draw: np.ndarray, limit: int) -> Any:
    """A random whole number from 0 to limit - 1 (xorshift64*, Vigna 2016); `draw` [1] is the generator's state."""
    x = draw[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    draw[0] = x
    high = (x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(32)
    drawn: Any = np.int64((high * np.uint64(limit)) >> np.uint64(32))
    return drawn
