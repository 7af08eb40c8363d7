"""Times as feeds write them, and the wall clock they come to."""

from datetime import datetime

import pytest

from assistant.errors import SetupError
from assistant.records.clock_reading import SiteClock, home_offset
from assistant.records.wall import to_datetime


def read(text: str, zone: str = "", home: int | None = None, default: str = "") -> datetime:
    return to_datetime(SiteClock(zone, home).read(text, default).seconds)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20260302031700", datetime(2026, 3, 2, 3, 17)),
        ("202603020317", datetime(2026, 3, 2, 3, 17)),
        ("2026030203", datetime(2026, 3, 2, 3)),
        ("20260302", datetime(2026, 3, 2)),
        ("20260302031700.1234", datetime(2026, 3, 2, 3, 17)),
        ("20260302031700-0500", datetime(2026, 3, 2, 3, 17)),
        ("2026-03-02 03:17", datetime(2026, 3, 2, 3, 17)),
        ("2026-03-02T03:17:05.5+08:00", datetime(2026, 3, 2, 3, 17, 5)),
        ("2026-03-02T03:17:60Z", datetime(2026, 3, 2, 3, 17, 59)),
    ],
)
def test_written_forms(text: str, moment: datetime) -> None:
    assert read(text) == moment


@pytest.mark.parametrize(
    "text", ["", "soon", "20261301", "20260230", "2026030225", "18500101", "２０２６０３０２０３１７００"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read(text)


def test_a_zone_moves_times_with_an_offset_and_no_others() -> None:
    assert read("20260710120000+0000", "America/New_York") == datetime(2026, 7, 10, 8)
    assert read("20260110120000+0000", "America/New_York") == datetime(2026, 1, 10, 7)
    assert read("20260710120000", "America/New_York") == datetime(2026, 7, 10, 12)
    assert read("20260710120000", "+08:00", default="+0000") == datetime(2026, 7, 10, 20)


def test_without_a_zone_daylight_saving_stays_and_foreign_offsets_move() -> None:
    home = home_offset(b'"2026-03-01T10:00:00-05:00" "2026-03-01T11:00:00-05:00" "2026-03-01T11:00:00Z"')
    assert home == -300
    assert read("2026-07-01T12:00:00-04:00", home=home) == datetime(2026, 7, 1, 12)
    assert read("2026-03-01T12:00:00Z", home=home) == datetime(2026, 3, 1, 7)


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(SetupError, match="Middle/Earth"):
        SiteClock("Middle/Earth")
