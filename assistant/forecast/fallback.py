"""The simple method for histories that no seasonal method can learn from, with an interval that says so.

The mean of the last week, and around it the gamma-Poisson distribution that follows from having seen that mean on so
few days (Jeffreys' prior): three days with 2 admissions leave far more open than a week of them, and a unit that was
empty for a month may still get a patient. Where the days differ more than a Poisson count would, they count for
less. For the number present, days hang together: the whole week counts as one day, and its weight halves within a
week ahead (a judgement, on the wide side), unless the number has stood still for long.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assistant.forecast.methods import Array
from assistant.forecast.series import DailyHistory
from assistant.forecast.settings import ForecastSettings

SIMPLE_METHOD = "mean of the last week"
_WEEK = 7
_PRIOR = 0.5  # Jeffreys' prior for a Poisson rate


@dataclass(frozen=True)
class Fallback:
    """Why the simple method was taken.

    Attributes:
        code: `short_history`, `long_gap`, `all_zero` or `flat`.
        reason: One sentence.
    """

    code: str
    reason: str


def need_fallback(history: DailyHistory, settings: ForecastSettings) -> Fallback | None:
    """Say whether, and why, the history cannot carry a seasonal method; None if it can."""
    values, cleaning = history.values, history.cleaning
    days = len(values)
    if days < settings.least_days and cleaning.gap_end is not None:
        return Fallback(
            "long_gap",
            f"The records have a gap of {cleaning.gap_days} days up to {cleaning.gap_end:%Y-%m-%d} and only {days} "
            f"days after it; at least {settings.least_days} are needed to learn the week.",
        )
    if days < settings.least_days:
        return Fallback(
            "short_history",
            f"There are only {days} days of history; at least {settings.least_days} are needed to learn the week.",
        )
    if float(values.max()) == 0.0:
        return Fallback("all_zero", f"The count was 0 on all {days} days of history.")
    recent = values.iloc[-settings.fit_days :]
    if float(recent.max()) == float(recent.min()):
        return Fallback("flat", f"The count was {recent.iloc[0]:g} on all of the last {len(recent)} days.")
    return None


def simple_quantiles(
    history: DailyHistory, why: Fallback, horizon: int, is_level: bool, levels: tuple[float, ...]
) -> Array:
    """Quantiles of the next days' counts, a row per step, a column per level."""
    wanders = is_level and why.code not in ("all_zero", "flat")
    seen = pd.concat([history.before_gap, history.values]).to_numpy(dtype=float)[-_WEEK:]
    mean = float(seen.mean())
    scatter = float(seen.var(ddof=1)) / mean if len(seen) > 1 and mean > 0 else 1.0
    days_worth = (1.0 if wanders else len(seen)) / max(scatter, 1.0)
    rows = []
    for step in range(horizon):
        worth = days_worth / (1 + step / _WEEK) if wanders else days_worth
        rows.append(_gamma_poisson(mean * worth + _PRIOR, worth, levels))
    return np.array(rows)


def _gamma_poisson(shape: float, rate: float, levels: tuple[float, ...]) -> Array:
    """Quantiles of a Poisson count whose rate is gamma distributed (a negative binomial)."""
    from scipy.stats import nbinom  # half a second, needed by short histories only

    return np.asarray(nbinom.ppf(levels, shape, rate / (1 + rate)), dtype=np.float64)
