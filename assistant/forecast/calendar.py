"""Public holidays of the hospital's place, from the `holidays` library; school terms are in `schools`."""

from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from assistant.errors import SetupError


def holiday_flags(first: pd.Timestamp, days: int, place: str) -> NDArray[np.bool_]:
    """Whether each day from `first` on is a public holiday; none where no place is set.

    Args:
        first: First day.
        days: Number of days.
        place: Country, or country and subdivision: `CN`, `US`, `GB-ENG`, `DE-BY`; empty for none.

    Raises:
        SetupError: The place is not known to the library.
    """
    index = pd.date_range(first, periods=days)
    if not place:
        return np.zeros(days, dtype=bool)
    known = holiday_names(place, index[0].year, index[-1].year)
    return np.array([day.date() in known for day in index])


@lru_cache(maxsize=32)
def holiday_names(place: str, first_year: int, last_year: int) -> dict:
    """Names of public holidays by date, over whole years."""
    import holidays  # half a second, only where a place is set

    country, _, part = place.upper().partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=part or None, years=range(first_year, last_year + 1))
    except NotImplementedError as error:
        raise SetupError(
            f'[forecast] holidays = "{place}" is not a place that public holidays are known for ({error}). Give a '
            'country, or country and part, as in "CN", "US", "GB-ENG", "DE-BY", or "" for none.'
        ) from error
    return dict(found.items())
