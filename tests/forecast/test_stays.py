"""The census forecast from lengths of stay, against what can be worked out by hand."""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from assistant.forecast.daily import forecast_series
from assistant.forecast.episodes import similar_episode, turnover
from assistant.forecast.methods import counted
from assistant.forecast.settings import ForecastSettings
from assistant.forecast.stays import CensusMember, census_member, survival
from assistant.records.store import Store
from assistant.records.wall import DAY
from tests.forecast.conftest import FIRST

HOUR = 3600
OPEN = np.iinfo(np.int64).max


def ward(days: int, per_day: int, stay_days: float) -> CensusMember:
    """Patients who come evenly through each day and all stay equally long; the clock stands at the end."""
    starts = np.arange(days * per_day) * (DAY // per_day)
    ends = starts + int(stay_days * DAY)
    order = np.argsort(starts)
    return CensusMember(starts[order], ends[order], days * DAY, "test")


def test_the_survival_curve_counts_those_still_there():
    lasted = np.array([1, 2, 2, 3]) * DAY + HOUR
    ended = np.array([True, True, False, True])
    curve = survival(lasted, ended)
    per_day = DAY // (DAY // 4)
    assert curve[0] == 1.0
    assert curve[per_day] == 1.0
    # One of four left after a day; of the three who got to two days one left and one was censored.
    assert curve[2 * per_day] == pytest.approx(0.75)
    assert curve[3 * per_day] == pytest.approx(0.75 * (1 - 1 / 2.5))
    assert (np.diff(curve) <= 0).all()


def test_a_steady_ward_stays_at_arrivals_times_length_of_stay():
    member = ward(120, 8, 3.0)
    counts = pd.Series(24.0, index=pd.date_range("1970-01-01", periods=120))
    expected = counted(member.paths(counts, [100, 120], 10))
    np.testing.assert_allclose(expected, 24.0, rtol=0.08)


def test_patients_who_have_just_come_stay_longer_than_those_who_are_due():
    usual = ward(120, 4, 4.0)
    crowd = np.full(30, 120 * DAY - HOUR)  # thirty at once, an hour ago
    overdue = np.full(30, int(116.1 * DAY))  # thirty who have nearly been four days
    index = pd.date_range("1970-01-01", periods=120)
    told = []
    for extra in (crowd, overdue):
        starts, ends = np.concatenate([usual.starts, extra]), np.concatenate([usual.ends, extra + 4 * DAY])
        order = np.argsort(starts, kind="stable")
        member = CensusMember(starts[order], ends[order], 120 * DAY, "test")
        told.append(counted(member.paths(pd.Series(16.0, index=index), [120], 3))[0])
    assert told[0][1] > told[1][1] + 15


def test_stays_after_the_origin_are_not_seen():
    member = ward(120, 6, 2.0)
    later = np.arange(100 * DAY + 1, 120 * DAY, HOUR)
    starts = np.concatenate([member.starts, later])
    ends = np.concatenate([member.ends, later + 30 * DAY])
    order = np.argsort(starts, kind="stable")
    crowded = CensusMember(starts[order], ends[order], member.now, "other")
    counts = pd.Series(12.0, index=pd.date_range("1970-01-01", periods=120))
    np.testing.assert_array_equal(member.paths(counts, [90, 100], 7), crowded.paths(counts, [90, 100], 7))


def test_too_few_stays_leave_it_silent():
    member = ward(5, 2, 1.0)
    assert np.isnan(member.paths(pd.Series(2.0, index=pd.date_range("1970-01-01", periods=5)), [5], 3)).all()


def test_a_crowd_that_came_yesterday_is_expected_to_stay_and_then_to_leave(add_stays: Callable[..., Store]):
    """All stays last two nights: those of today are still there tomorrow night, and gone the night after."""
    store = add_stays(list(range(91)), per_day=6)
    add_stays([90], per_day=20, label="crowd")
    at = FIRST + timedelta(days=90, hours=20)
    member = census_member(store, "3B", at)
    counts = pd.Series(13.0, index=pd.date_range(FIRST, periods=90))
    tonight, tomorrow, after = counted(member.paths(counts, [90], 3))[0]
    assert tonight == pytest.approx(26 + 7, abs=4)
    assert tomorrow == pytest.approx(26 + 6, abs=5)
    assert after < 20


def test_a_change_of_bed_is_no_new_stay(add_stays: Callable[..., Store]):
    store = add_stays(list(range(30)), per_day=3)
    member = census_member(store, "3B", datetime(2026, 3, 1))
    assert len(member.starts) == len(member.ends)
    assert (member.ends > member.starts).all()
    moved = turnover(member, (FIRST + timedelta(days=20)).date())
    assert moved.came == sum(3 + day % 2 for day in range(14, 21))


def test_a_silent_member_gets_no_share():
    counts = pd.Series(np.random.default_rng(0).poisson(20, 120), index=pd.date_range("1970-01-01", periods=120))
    silent = CensusMember(np.zeros(0, np.int64), np.zeros(0, np.int64), 0, "silent")
    settings = ForecastSettings(folds=20)
    alone = forecast_series(counts, 7, settings)
    beside = forecast_series(counts, 7, settings, members=[silent])
    pd.testing.assert_frame_equal(alone.quantiles, beside.quantiles)
    assert beside.shares == {"census": 0.0}


def test_the_most_similar_fortnight_is_found():
    counts = np.full(200, 20.0) + np.random.default_rng(1).normal(0, 0.1, 200)
    shape = np.linspace(20, 60, 14)
    last = len(counts) - 14
    counts[last:] = shape
    counts[last - 70 : last - 56] = shape
    counts[last - 56 : last - 49] = 80.0
    episode = similar_episode(pd.Series(counts, index=pd.date_range("2026-01-01", periods=200)))
    assert episode is not None
    assert episode.end == (pd.Timestamp("2026-01-01") + pd.Timedelta(days=last - 57)).date()
    assert episode.change > 20
