"""Forecasts of intermittent demand: items that are used on some days only.

Rates: Croston (Operational Research Quarterly 1972), the Syntetos-Boylan approximation that takes out its bias (2005),
and Teunter-Syntetos-Babai (2011), whose rate falls while nothing is used. Which one a history gets is decided by the
squared error of its own past rates. Around the rate stands the distribution of a day's use by a bootstrap of the days
seen (Willemain, Smart and Schwarz 2004, without the jitter): a day is empty or not by the chance of use, and if not,
takes a size that has been seen.
"""

from dataclasses import dataclass

import numpy as np

from assistant.forecast.methods import Array

_LEVEL, _CHANCE = 0.1, 0.05  # smoothing constants of sizes and intervals, and of the chance (TSB)
_MOST_GAP, _MOST_SCATTER = 1.32, 0.49  # Syntetos, Boylan and Croston 2005: beyond these, demand is not smooth
_DRAWS = 4000


@dataclass(frozen=True)
class Rates:
    """Mean use a day by each method, as known before each day and after the last one."""

    croston: Array
    sba: Array
    tsb: Array
    chance: Array


def is_intermittent(use: Array) -> bool:
    """Whether days without use come often (mean interval above 1.32), or sizes vary so much that days say little."""
    sizes = use[use > 0]
    if len(sizes) < 2:
        return True
    gap = len(use) / len(sizes)
    return bool(gap > _MOST_GAP or (gap > 1.1 and float(sizes.var() / sizes.mean() ** 2) > _MOST_SCATTER))


def rates_of(use: Array) -> Rates:
    """Rates before each day; one more row than days.

    Args:
        use: Pieces used by day, no holes, at least one day.
    """
    used = np.flatnonzero(use > 0)
    size = float(use[used[0]]) if len(used) else 0.0
    interval = float(len(use)) / max(len(used), 1)
    chance = 1.0 / interval if len(used) else 0.5 / (len(use) + 1)
    tsb_size, since = size, 0.0
    rows = np.zeros((len(use) + 1, 4))
    for day, value in enumerate([*use, np.nan]):
        croston = size / interval
        rows[day] = croston, (1 - _LEVEL / 2) * croston, chance * tsb_size, chance
        if np.isnan(value):
            break
        since += 1
        chance += _CHANCE * ((value > 0) - chance)
        if value > 0:
            size += _LEVEL * (value - size)
            interval += _LEVEL * (since - interval)
            tsb_size += _LEVEL * (value - tsb_size)
            since = 0.0
    return Rates(*rows.T)


def best_rate(use: Array) -> tuple[str, float]:
    """The method that erred least on the later half of the days, and its rate now."""
    rates = rates_of(use)
    half = len(use) // 2
    errors = {name: float(((use - getattr(rates, name)[:-1])[half:] ** 2).mean()) for name in ("sba", "tsb", "croston")}
    name = min(errors, key=lambda key: errors[key])
    return name, float(getattr(rates, name)[-1])


def use_quantiles(use: Array, horizon: int, levels: tuple[float, ...]) -> tuple[Array, str]:
    """Quantiles of each coming day's use (a row per day, all the same) and the method of the rate.

    The bootstrap's mean is that of the rate: where the rate asks for more or less use than the days seen, the chance
    of use moves first, then the size.
    """
    name, rate = best_rate(use)
    sizes = use[use > 0]
    draws = np.random.default_rng(0)  # the same history gives the same forecast
    if rate <= 0 or len(sizes) == 0:  # never used: Jeffreys' prior, as for empty units
        counts = draws.negative_binomial(0.5, len(use) / (len(use) + 1), _DRAWS).astype(float)
    else:
        chance = min(1.0, rate / float(sizes.mean()))
        grown = rate / (chance * float(sizes.mean()))
        counts = (draws.random(_DRAWS) < chance) * draws.choice(sizes, _DRAWS) * grown
    return np.tile(np.quantile(counts, levels), (horizon, 1)), name
