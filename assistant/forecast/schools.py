"""Days without school, from the terms in the settings, and what they do to a count.

No kept library knows school terms by place, so the hospital writes them down. A break lasts for days or weeks: it is
compared with the same weekdays of the two weeks before it began. The effect is the mean over the breaks seen, shrunk
by how far the breaks disagree (James and Stein), so that it is used only where they clearly point one way.
"""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

_LEAST_BREAKS = 2
_WEEKS_BEFORE = 2


def read_terms(terms: Sequence[str]) -> list[tuple[date, date]]:
    """First and last day of each term, in order of time.

    Args:
        terms: As in the settings: `2026-09-01/2027-01-29`, first and last day of school.

    Raises:
        ValueError: A term that is not written so, ends before it begins, or overlaps with another.
    """
    found = []
    for term in terms:
        first, slash, last = term.partition("/")
        try:
            begin, end = date.fromisoformat(first.strip()), date.fromisoformat(last.strip())
        except ValueError:
            slash = ""
        if not slash or end < begin:
            raise ValueError(
                f'school_terms: expected first and last day as in "2026-09-01/2027-01-29", got "{term}". Write one '
                "text for each term."
            )
        found.append((begin, end))
    found.sort()
    for (_, before), (after, _) in pairwise(found):
        if after <= before:
            raise ValueError(f"school_terms: two terms overlap on {after}; a day belongs to one term at most.")
    return found


def no_school(first: pd.Timestamp, days: int, terms: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each day from `first` on lies between two terms.

    Days before the first term and after the last are not known and count as usual.
    """
    index = pd.date_range(first, periods=days)
    free = np.zeros(days, dtype=bool)
    known = read_terms(terms)
    for (_, before), (after, _) in pairwise(known):
        free |= np.asarray((index > pd.Timestamp(before)) & (index < pd.Timestamp(after)))
    return free


def break_effect(roots: Array, free: NDArray[np.bool_], season: int) -> Array:
    """How far days without school lie from the same weekdays before the break, as known at each origin.

    Args:
        roots: History on the square root scale, without the effect of public holidays.
        free: Whether a day has no school; of the history at least.
        season: Days of the week.

    Returns:
        Effect on the root for origins 0 to the length of the history; 0 while fewer than two breaks were seen.
    """
    days = len(roots)
    off, starts = _breaks(roots, free[:days], season)
    if not len(starts):
        return np.zeros(days + 1)
    number = np.searchsorted(starts, np.arange(days), side="right") - 1  # the break that a day may belong to
    member = np.isfinite(off) & (number == np.arange(len(starts))[:, None])
    seen = np.cumsum(member, axis=1, dtype=float)
    means = np.cumsum(np.where(member, np.nan_to_num(off), 0.0), axis=1) / np.maximum(seen, 1)
    has = seen > 0
    breaks, total = has.sum(axis=0), seen.sum(axis=0)
    mean = (means * seen).sum(axis=0) / np.maximum(total, 1)
    scatter = (seen * (means - mean) ** 2).sum(axis=0) / np.maximum(total, 1)
    error = scatter / np.maximum(breaks - 1, 1)
    shrunk = mean * np.maximum(0.0, 1 - error / np.maximum(mean**2, 1e-12))
    return np.concatenate([[0.0], np.where(breaks >= _LEAST_BREAKS, shrunk, 0.0)])


def _breaks(roots: Array, free: NDArray[np.bool_], season: int) -> tuple[Array, NDArray[np.int_]]:
    """What each free day adds to the same weekday of the weeks before its break (NaN elsewhere); where breaks begin."""
    starts = np.flatnonzero(free & ~np.concatenate([[False], free[:-1]]))
    starts = starts[starts >= _WEEKS_BEFORE * season]
    off = np.full(len(roots), np.nan)
    for start in starts:
        length = int(np.argmin(np.append(free[start:], False)))
        before = roots[start - _WEEKS_BEFORE * season : start].reshape(_WEEKS_BEFORE, season).mean(axis=0)
        off[start : start + length] = roots[start : start + length] - np.resize(before, length)
    return off, starts
