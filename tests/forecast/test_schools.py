"""School terms: read from the settings, used only where breaks clearly point one way."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from assistant.forecast.daily import forecast_series
from assistant.forecast.schools import break_effect, no_school, read_terms
from assistant.forecast.settings import ForecastSettings

TERMS = ("2025-01-06/2025-02-14", "2025-02-24/2025-04-04", "2025-04-21/2025-07-18", "2025-09-01/2025-10-24",
         "2025-11-03/2025-12-19", "2026-01-05/2026-02-13")  # fmt: skip


def children(effect: float, days: int = 345) -> pd.Series:
    """Counts around 100 that differ by `effect` on days without school."""
    index = pd.date_range("2025-01-06", periods=days)
    rate = np.where(index.dayofweek < 5, 100, 80) * (1 + effect * no_school(index[0], days, TERMS))
    return pd.Series(np.random.default_rng(1).poisson(rate).astype(float), index)


def test_days_between_terms_are_free_and_days_outside_all_terms_are_not_known():
    free = no_school(pd.Timestamp("2025-01-01"), 70, TERMS)
    days = pd.date_range("2025-01-01", periods=70)[free]
    assert (days[0], days[-1]) == (pd.Timestamp("2025-02-15"), pd.Timestamp("2025-02-23"))


def test_a_clear_effect_is_found_and_lowers_the_days_without_school():
    series = children(-0.3)  # ends on 16 December, three days before a break
    given = ForecastSettings(school_terms=TERMS)
    told, without = (forecast_series(series, 14, settings) for settings in (given, ForecastSettings()))
    assert told.school_effect == pytest.approx(-30, abs=8)
    ratio = told.quantiles[0.5] / without.quantiles[0.5]
    assert ratio.iloc[:3].between(0.93, 1.1).all()
    assert ratio.iloc[5:].between(0.6, 0.85).all()


def test_where_schools_make_no_difference_the_forecast_hardly_moves():
    series = children(0.0)
    told = forecast_series(series, 14, ForecastSettings(school_terms=TERMS))
    assert abs(told.school_effect) < 4


def test_an_effect_is_learned_from_days_before_the_origin_only():
    roots = np.sqrt(children(-0.3).to_numpy())
    free = no_school(pd.Timestamp("2025-01-06"), len(roots), TERMS)
    changed = roots.copy()
    changed[200:] = 3.0
    np.testing.assert_array_equal(break_effect(roots, free, 7)[:201], break_effect(changed, free, 7)[:201])
    assert (break_effect(roots, free, 7)[:45] == 0).all()


@pytest.mark.parametrize("term", ["2026-09-01", "2026-09-01/2026-08-01", "autumn/winter"])
def test_a_term_that_cannot_be_read_says_how_to_write_it(term: str):
    with pytest.raises(ValueError, match="2026-09-01/2027-01-29"):
        ForecastSettings(school_terms=(term,))


def test_terms_that_overlap_are_refused():
    with pytest.raises(ValueError, match="overlap"):
        read_terms(["2026-01-05/2026-03-01", "2026-02-20/2026-05-01"])
    assert read_terms(["2026-04-01/2026-05-01", "2026-01-05/2026-03-01"])[0][0] == datetime(2026, 1, 5).date()
