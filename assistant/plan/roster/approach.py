"""Good dual values and columns before the linear program is asked: Frank-Wolfe by blocks on a smoothed cover cost.

Source: Lacoste-Julien, Jaggi, Schmidt, Pletscher, Block-coordinate Frank-Wolfe optimization for structural SVMs (2013).
Everybody's schedule is a mixture of columns. In turn each person's cheapest schedule under the slope of the cover cost
at the mixtures of all is mixed in, as far as it lowers the cost. The cover cost has a kink at the need; it is rounded
off over `width` people, less and less. Column generation begun without this swings between the prices of too few and
too many people for dozens of rounds, each of which costs more than a pass (120 people: minutes against 13 seconds).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.plan.roster.clock import Clock
from assistant.plan.roster.master import Master
from assistant.plan.roster.part import Column, Part
from assistant.plan.roster.pricing import Floats

PASSES = 16
_FIRST_WIDTH, _NARROWER = 1.0, 0.9
_HALVINGS = 12


@dataclass
class _Mixture:
    """Everybody's mixture: people counted on each line by person and in all, and the cost of wishes."""

    part: Part
    counted: NDArray[np.float64]
    there: NDArray[np.float64]
    costs: NDArray[np.float64]

    def duals(self, there: Floats, width: float) -> Floats:
        """What one more person on each line saves, the kink rounded off."""
        part = self.part
        short = np.clip((part.need - there) / width + 0.5, 0.0, 1.0)
        return (part.under + part.over) * short - part.over

    def mix(self, row: int, column: Column, width: float) -> None:
        """Mixes in a column of one person so far that the smoothed cost falls most (by halving)."""
        new = np.zeros(len(self.there))
        new[column.lines] = 1.0
        change, price = new - self.counted[row], column.cost - self.costs[row]

        def rises(share: float) -> bool:
            return bool(price > self.duals(self.there + share * change, width) @ change)

        low, high = (0.0, 1.0) if rises(1.0) else (1.0, 1.0)
        for _ in range(_HALVINGS if low < high else 0):
            middle = (low + high) / 2
            low, high = (low, middle) if rises(middle) else (middle, high)
        self.counted[row] += low * change
        self.costs[row] += low * price
        self.there += low * change


def approach(master: Master, clock: Clock, random: np.random.Generator, passes: int = PASSES) -> Floats:
    """Adds columns to the master and returns duals near the linear program's.

    Args:
        master: With the current columns.
        clock: Stops it.
        random: Order of the people.
        passes: Through all people.
    """
    part = master.part
    mixture = _Mixture(part, np.zeros((len(part.people), len(part.need))), np.zeros(0), np.zeros(0))
    for row, column in enumerate(part.current):
        mixture.counted[row, column.lines] = 1.0
    mixture.there = mixture.counted.sum(axis=0)
    mixture.costs = np.array([float(column.cost) for column in part.current])
    width = _FIRST_WIDTH
    for _ in range(passes):
        for row in random.permutation(len(part.people)):
            if clock.over:
                break
            person = int(part.people[row])
            prices = part.own_prices(person) + part.prices(mixture.duals(mixture.there, width))
            offer = part.pricer.best(person, part.windows[person], prices)
            if len(offer.schedules):
                column = part.column(person, offer.schedules[0])
                master.add(column)
                mixture.mix(int(row), column, width)
        width *= _NARROWER
    return mixture.duals(mixture.there, width)
