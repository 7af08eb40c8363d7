"""Windows of daily series for the sequence model: what it sees, what it has to say, and the split in time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from assistant.forecast.methods import Array, rooted

HORIZON = 28
_LEAST_SCALE = 0.5  # the spread of a Poisson count on the root scale: quieter windows are not blown up


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of many series, standardised by their own past.

    Attributes:
        past: Roots of the days seen, (windows, lookback).
        future: Roots of the days to come, (windows, HORIZON); NaN where not known.
        weekday: Weekday of the first day to come, 0 is Monday, (windows,).
        level, scale: What was subtracted and divided by, (windows,).
        origin: Day number (since 1970) of the first day to come, (windows,).
    """

    past: Array
    future: Array
    weekday: np.ndarray
    level: Array
    scale: Array
    origin: np.ndarray

    def __len__(self) -> int:
        return len(self.level)

    def take(self, rows: np.ndarray) -> "Windows":
        """Some of the windows."""
        return Windows(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def windows_of(counts: pd.Series, origins: Sequence[int], lookback: int) -> Windows:
    """Windows of one daily series (no holes) at the given origins, numbers of days seen, `lookback` at least."""
    roots = rooted(counts.to_numpy(dtype=float))
    padded = np.concatenate([roots, np.full(HORIZON, np.nan)])
    table = sliding_window_view(padded, lookback + HORIZON)
    places = np.asarray(origins) - lookback
    whole = table[places]
    past = whole[:, :lookback]
    level, scale = past.mean(axis=1), np.maximum(past.std(axis=1), _LEAST_SCALE)
    first = pd.Timestamp(counts.index[0])
    return Windows(
        (past - level[:, None]) / scale[:, None],
        (whole[:, lookback:] - level[:, None]) / scale[:, None],
        (first.dayofweek + np.asarray(origins)) % 7,
        level,
        scale,
        first.value // 86_400_000_000_000 + np.asarray(origins),
    )


def joined(parts: Sequence[Windows]) -> Windows:
    """Windows of many series as one."""
    return Windows(*(np.concatenate([getattr(part, name) for part in parts]) for name in Windows.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class Split:
    """Windows by time, so that nothing of a later part is seen in an earlier one.

    Attributes:
        train, validation, test: Every target day of `train` lies before the first of `validation`, and so on.
        first_validation, first_test: Day numbers of the first target days.
    """

    train: Windows
    validation: Windows
    test: Windows
    first_validation: int
    first_test: int


def split(series: Mapping[str, pd.Series], lookback: int, held_days: int, stride: int = 2) -> Split:
    """Windows of all series, the last `held_days` of days for the test, as many before them for validation.

    Args:
        series: Daily counts by name, no holes.
        lookback: Days seen.
        held_days: Length of the validation and of the test part, `HORIZON` at least.
        stride: Days between training origins; neighbours hardly differ.

    Raises:
        ValueError: No series is long enough.
    """
    train: list[Windows] = []
    validation: list[Windows] = []
    test: list[Windows] = []
    parts = (train, validation, test)
    last = max(int(pd.Timestamp(one.index[-1]).value // 86_400_000_000_000) for one in series.values())
    first_test = last + 1 - held_days
    first_validation = first_test - held_days
    for counts in series.values():
        first = int(pd.Timestamp(counts.index[0]).value // 86_400_000_000_000)
        ends = (first_validation - first, first_test - first, len(counts))
        begins = (lookback, ends[0], ends[1])
        # A series may end before the others: the days of its last windows must all have come.
        bounds = [
            range(begin, min(end, len(counts)) - HORIZON + 1, stride) for begin, end in zip(begins, ends, strict=True)
        ]
        for part, origins in zip(parts, bounds, strict=True):
            usable = [origin for origin in origins if origin >= lookback]
            if usable:
                part.append(windows_of(counts, usable, lookback))
    if not all(parts):
        need = lookback + HORIZON + 2 * held_days
        raise ValueError(f"expected series of {need} days at least; the longest has {max(map(len, series.values()))}")
    return Split(joined(train), joined(validation), joined(test), first_validation, first_test)
