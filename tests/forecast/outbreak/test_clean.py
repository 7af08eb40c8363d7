"""Reports as offices send them become honest weekly counts."""

import numpy as np
import pandas as pd

from assistant.forecast.outbreak.clean import weekly_counts

START = pd.Timestamp("2026-01-04")  # a Sunday: weeks end on Saturdays


def daily(values: list[float]) -> pd.Series:
    return pd.Series(values, pd.date_range(START, periods=len(values), freq="D"), dtype=float)


def test_days_add_up_to_whole_weeks_that_end_on_saturday() -> None:
    found = weekly_counts(daily([10.0] * 17))
    assert list(found.weekly) == [70, 70]
    assert found.weekly.index[0] == pd.Timestamp("2026-01-10")
    assert found.mended == 0


def test_a_correction_is_taken_from_the_days_before_and_the_total_stays() -> None:
    values = [20.0] * 21
    values[18] = -40
    found = weekly_counts(daily(values))
    assert found.negative_days == 1
    assert found.weekly.min() > 0
    assert found.weekly.sum() == sum(values)


def test_days_without_reports_share_the_catch_up_that_follows() -> None:
    values = [30.0] * 28
    values[12:15] = [0, 0, 90]  # over the end of the second week
    found = weekly_counts(daily(values))
    assert found.spread_gaps == 1
    assert list(found.weekly) == [210] * 4


def test_a_dump_is_cut_but_a_steep_rise_is_kept() -> None:
    dumped = [40.0] * 56
    dumped[30] = 9000
    assert weekly_counts(daily(dumped)).weekly.max() < 300
    rising = [40.0] * 28 + [400.0 + 10 * k for k in range(28)]
    found = weekly_counts(daily(rising))
    assert found.dumps == 0
    assert found.weekly.sum() == sum(rising)


def test_few_cases_with_days_of_none_are_left_alone() -> None:
    values = [1.0, 0, 0, 2, 0, 1, 0] * 8
    found = weekly_counts(daily(values))
    assert found.mended == 0
    assert list(found.weekly) == [4] * 8


def test_weekly_reports_keep_their_weeks_and_a_missing_one_is_unknown() -> None:
    dates = pd.to_datetime(["2026-01-10", "2026-01-17", "2026-01-31", "2026-02-07", "2026-02-07"])
    found = weekly_counts(pd.Series([5.0, 6.0, 8.0, 1.0, 9.0], dates))
    assert found.duplicates == 1
    assert found.missing_weeks == 1
    assert np.array_equal(found.weekly.to_numpy(), [5, 6, np.nan, 8, 9], equal_nan=True)


def test_nothing_reported_is_nothing() -> None:
    assert len(weekly_counts(pd.Series(dtype=float)).weekly) == 0
