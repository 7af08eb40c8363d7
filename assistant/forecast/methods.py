"""The point forecast: two local methods and the usual week, mixed by how far ahead they look.

All of it works on the square root scale (`rooted`), where the spread of a count hardly depends on its size, so that
Sundays and Mondays, small and large units can be treated alike and no interval reaches below zero.

The two local methods are Theta and MSTL (a weekly pattern that changes slowly, around a level that is smoothed
exponentially). Both start from the last days and know no usual level, which costs them dearly beyond a week. The
usual week does the opposite: mean of the last four weeks plus the weekday pattern of the last thirteen. Its share is
h / (h + pull_days). On German ICU beds, ambulance calls, emergency arrivals and NHS discharges the mixture had a
lower pinball loss than each of its parts and than AutoETS (`python -m eval demand`).
"""

import numpy as np
from numpy.typing import NDArray

from assistant.forecast.settings import ForecastSettings

Array = NDArray[np.float64]

METHOD = "Theta and MSTL, drawn to the usual week"
SEASONAL_NAIVE = "seasonal naive"
_SHIFT = 3 / 8  # Anscombe's shift: makes the spread of the root of a Poisson count nearly 1/2
_LEVEL_WEEKS, _PATTERN_WEEKS = 4, 13


def rooted(counts: Array) -> Array:
    """Counts on the square root scale; negative ones are read as 0."""
    return np.sqrt(np.maximum(counts, 0.0) + _SHIFT)


def counted(roots: Array) -> Array:
    """Back from the square root scale; never negative."""
    return np.maximum(np.maximum(roots, 0.0) ** 2 - _SHIFT, 0.0)


def mixed_path(roots: Array, horizon: int, settings: ForecastSettings) -> Array:
    """Expected roots of the next `horizon` days, from a history of at least two seasons without gaps."""
    recent = roots[-settings.fit_days :]
    if np.ptp(recent) < 1e-9:  # the statistical methods divide by the spread
        return np.full(horizon, recent[-1])
    ahead = np.arange(1, horizon + 1)
    share = ahead / (ahead + settings.pull_days)
    return (1 - share) * _local_path(recent, horizon, settings.season_days) + share * usual_week(
        recent, horizon, settings.season_days
    )


def naive_path(roots: Array, horizon: int, settings: ForecastSettings) -> Array:
    """The last season again and again: what every method has to beat."""
    season = settings.season_days
    return np.resize(roots[-season:], horizon)


def usual_week(roots: Array, horizon: int, season: int) -> Array:
    """Mean of the last four weeks, with the weekday pattern of the last thirteen (or of as many as there are)."""
    weeks = min(_PATTERN_WEEKS, len(roots) // season)
    table = roots[-season * weeks :].reshape(weeks, season)
    return np.resize(_weekday_pattern(table), horizon) + roots[-season * _LEVEL_WEEKS :].mean()


def _weekday_pattern(table: Array) -> Array:
    """Deviation of each weekday from the mean day (a row per week), shrunk towards none by how far chance explains it.

    The shrinkage is James and Stein's, 1 - 1/F: small units have no clear week, and an invented one costs accuracy.
    """
    weeks, season = table.shape
    off_week = table - table.mean(axis=1, keepdims=True)
    pattern = off_week.mean(axis=0)
    between = weeks * float(np.sum(pattern**2)) / (season - 1)
    within = float(np.sum((off_week - pattern) ** 2)) / ((season - 1) * (weeks - 1))
    return np.asarray(pattern * max(0.0, 1 - within / between)) if between > 0 else pattern


def _local_path(roots: Array, horizon: int, season: int) -> Array:
    """Mean of Theta and MSTL."""
    # Imported here because statsforecast takes two seconds, which every command would pay that forecasts nothing.
    from statsforecast.models import MSTL, AutoETS, Theta

    methods = (
        Theta(season_length=season),
        MSTL(season_length=season, trend_forecaster=AutoETS(season_length=1, model="ANN")),
    )
    paths = [np.asarray(method.forecast(y=roots, h=horizon)["mean"], dtype=np.float64) for method in methods]
    usable = [path for path in paths if np.isfinite(path).all()]
    return np.mean(usable, axis=0) if usable else usual_week(roots, horizon, season)
