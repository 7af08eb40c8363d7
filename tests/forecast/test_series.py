"""Histories are cleaned by stated rules, and what was mended is counted."""

import numpy as np
import pandas as pd

from assistant.forecast.series import clean
from assistant.forecast.settings import ForecastSettings

SETTINGS = ForecastSettings()


def days_of(count: int) -> pd.Series:
    return pd.Series(np.arange(count, dtype=float), index=pd.date_range("2026-01-01", periods=count))


def test_a_short_gap_gets_the_same_weekday_a_week_earlier():
    history = clean(days_of(30).drop(pd.Timestamp("2026-01-20")), SETTINGS)
    assert history.values["2026-01-20"] == history.values["2026-01-13"]
    assert history.cleaning.days_filled == 1
    assert not history.observed[19]


def test_filling_looks_back_only():
    raw = days_of(30).drop(pd.date_range("2026-01-20", periods=3))
    later = raw.copy()
    later["2026-01-23":] = 999.0
    assert clean(raw, SETTINGS).values[:"2026-01-22"].equals(clean(later, SETTINGS).values[:"2026-01-22"])


def test_the_last_report_of_a_repeated_day_counts():
    raw = pd.concat([days_of(10), pd.Series([77.0], index=[pd.Timestamp("2026-01-05 13:00")])])
    history = clean(raw, SETTINGS)
    assert history.values["2026-01-05"] == 77.0
    assert history.cleaning.days_merged == 1


def test_negative_and_missing_numbers_are_refused_and_filled():
    raw = days_of(20)
    raw.iloc[10], raw.iloc[11], raw.iloc[12] = -4.0, np.nan, np.inf
    history = clean(raw, SETTINGS)
    assert history.cleaning.days_refused == 3
    assert history.cleaning.days_filled == 3
    assert np.isfinite(history.values).all()
    assert (history.values >= 0).all()


def test_after_a_long_gap_the_history_starts_anew():
    raw = days_of(120).drop(pd.date_range("2026-02-01", periods=28))
    history = clean(raw, SETTINGS)
    assert history.values.index[0] == pd.Timestamp("2026-03-01")
    assert history.cleaning.gap_days == 28
    assert history.cleaning.gap_end == pd.Timestamp("2026-02-28")
    assert history.before_gap.index[-1] == pd.Timestamp("2026-01-31")


def test_days_out_of_order_are_put_in_order():
    assert clean(days_of(9).iloc[::-1], SETTINGS).values.equals(days_of(9))
