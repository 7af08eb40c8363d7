"""What happens in the sample hospital is plausible: rhythm, occupancy, waiting, staff, stock."""

import csv
import math
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from assistant.sample.arrivals import Calendar, winter_wave
from assistant.sample.casemix import HOME, ROUTES
from assistant.sample.create import SampleReport
from assistant.sample.hospital import PLACES
from assistant.sample.settings import SampleSettings
from assistant.sample.staffing import SHIFTS, nurses_needed, weekly_hours_needed

Message = dict[str, list[str]]
WARDS = ("AMU", "3A", "3B", "4A", "4B", "5A", "5B", "6A", "MAT", "PAED")


def _rows(report: SampleReport, name: str) -> list[dict[str, str]]:
    with (report.feed / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_emergency_arrivals_follow_the_clock(messages: list[Message]) -> None:
    hours = Counter(message["EVN"][6][8:10] for message in messages if message["EVN"][1] == "A04")
    day, night = sum(hours[f"{hour:02d}"] for hour in range(9, 15)), sum(hours[f"{hour:02d}"] for hour in range(6))
    assert day > 3 * night > 0


def test_booked_patients_come_on_working_days(messages: list[Message]) -> None:
    booked = Counter(
        datetime.strptime(message["EVN"][6][:8], "%Y%m%d").weekday()
        for message in messages
        if message["EVN"][1] == "A01"
        and len(message["PV1"]) > 6
        and not message["PV1"][6]
        and message["PV1"][44] == message["EVN"][6]
    )
    assert (booked[5] + booked[6]) / 2 < 0.5 * sum(booked[day] for day in range(5)) / 5


def test_patients_leave_by_day(messages: list[Message]) -> None:
    hours = Counter(
        9 <= int(message["EVN"][6][8:10]) < 20
        for message in messages
        if message["EVN"][1] == "A03" and message["PV1"][2] == "I"
    )
    assert hours[True] > 5 * hours[False]


def test_winter_has_a_wave() -> None:
    assert winter_wave(date(2026, 1, 16)) > 0.8
    assert winter_wave(date(2026, 7, 1)) < 0.01


def test_days_scatter_more_than_chance_alone() -> None:
    """A Poisson process has a variance equal to its mean; emergency departments have more."""
    calendar = Calendar(Random(1))
    counts = [
        sum(route is HOME for _, route in calendar.day(date(2025, 6, 4) + timedelta(days=7 * week)))
        for week in range(120)
    ]
    mean = sum(counts) / len(counts)
    assert sum((count - mean) ** 2 for count in counts) / len(counts) > 1.2 * mean


def test_arrivals_have_the_mean_they_should() -> None:
    calendar = Calendar(Random(2))
    days = 364
    count = sum(len(calendar.day(date(2026, 2, 1) + timedelta(days=day))) for day in range(days))
    expected = sum(route.per_day for route in (HOME, *ROUTES)) * days
    assert 0.95 * expected < count < 1.08 * expected


def test_wards_are_full_but_not_over(month: SampleReport) -> None:
    open_beds = Counter(bed["unit"] for bed in _rows(month, "beds.csv") if bed["open"] == "yes")
    wards = sum(month.occupancy[unit] * open_beds[unit] for unit in WARDS) / sum(open_beds[unit] for unit in WARDS)
    assert 0.82 < wards < 0.93
    assert 0.55 < month.occupancy["ICU"] < 0.95
    with month.census.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert all(int(row[unit]) <= beds for unit, beds in open_beds.items()), row["time"]


def test_patients_wait_for_a_bed_at_the_end(month: SampleReport) -> None:
    assert 4 <= month.waiting <= 25


def test_staff_covers_the_shifts_and_the_absences(month: SampleReport) -> None:
    people = _rows(month, "staff.csv")
    assert 230 <= len(people) <= 340
    assert len({person["name"] for person in people}) == len({person["name_zh"] for person in people}) == len(people)
    for place in PLACES:
        own = [person for person in people if person["unit"] == place.unit.code]
        hours = sum(float(person["hours_per_week"]) for person in own)
        assert 1.20 * weekly_hours_needed(place) <= hours <= 1.22 * weekly_hours_needed(place) + 40
        assert sum("charge" in person["skills"].split("|") for person in own) >= 6


def test_absences_are_near_the_allowance(month: SampleReport, month_settings: SampleSettings) -> None:
    today = month_settings.end.date()
    past = [today - timedelta(days=back) for back in range(1, 42)]
    away = sum(
        date.fromisoformat(row["start"]) <= day <= date.fromisoformat(row["end"])
        for row in _rows(month, "absences.csv")
        for day in past
    )
    assert 0.10 < away / (len(past) * month.people) < 0.24
    assert any(date.fromisoformat(row["start"]) > today + timedelta(days=7) for row in _rows(month, "absences.csv"))


@pytest.fixture(scope="module")
def roster(month: SampleReport) -> list[tuple[str, str, date, str]]:
    return [
        (row["staff"], row["unit"], date.fromisoformat(row["day"]), row["shift"]) for row in _rows(month, "roster.csv")
    ]


def test_roster_keeps_eleven_hours_of_rest(roster: list[tuple[str, str, date, str]]) -> None:
    shifts = {shift.shift: shift for shift in SHIFTS}
    worked: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for staff, _, day, code in roster:
        shift = shifts[code]
        end_day = day if shift.end > shift.start else day + timedelta(days=1)
        worked[staff].append((datetime.combine(day, shift.start), datetime.combine(end_day, shift.end)))
    for periods in worked.values():
        periods.sort()
        rests = [start - end for (_, end), (start, _) in pairwise(periods)]
        assert all(rest >= timedelta(hours=11) for rest in rests)


def test_nobody_works_on_a_day_of_absence_or_against_the_contract(
    month: SampleReport, roster: list[tuple[str, str, date, str]]
) -> None:
    away = defaultdict(list)
    for row in _rows(month, "absences.csv"):
        away[row["staff"]].append((date.fromisoformat(row["start"]), date.fromisoformat(row["end"])))
    no_nights = {person["staff"] for person in _rows(month, "staff.csv") if person["nights"] == "no"}
    assert no_nights
    assert not any(start <= day <= end for staff, _, day, _ in roster for start, end in away[staff])
    assert not any(code == "N" and staff in no_nights for staff, _, _, code in roster)


def test_worked_shifts_are_nearly_always_filled(
    month_settings: SampleSettings, roster: list[tuple[str, str, date, str]]
) -> None:
    today = month_settings.end.date()
    filled = Counter((unit, day, code) for _, unit, day, code in roster)
    needed = {(place.unit.code, shift.shift): nurses_needed(place, shift) for place in PLACES for shift in SHIFTS}
    missing = sum(
        max(0, count - filled[unit, today - timedelta(days=back), code])
        for (unit, code), count in needed.items()
        for back in range(42)
    )
    assert missing / (42 * sum(needed.values())) < 0.04


def test_half_of_the_units_have_no_roster_ahead(
    month_settings: SampleSettings, roster: list[tuple[str, str, date, str]]
) -> None:
    ahead = {unit for _, unit, day, _ in roster if day > month_settings.end.date()}
    assert len(ahead) == len(PLACES) // 2 and "ICU" not in ahead
    assert max(day for *_, day, _ in roster) == month_settings.end.date() + timedelta(days=14)


def test_stock_has_sixty_items_with_some_short_and_some_expiring(
    month: SampleReport, month_settings: SampleSettings
) -> None:
    today = month_settings.end.date()
    rows = [row for row in _rows(month, "stock.csv") if row["as_of"] == today.isoformat()]
    unique = {(row["item"], row["lot"]): row for row in rows}.values()
    totals: Counter[str] = Counter()
    for row in unique:
        totals[row["item"]] += int(float(row["on_hand"]))
    point = {row["item"]: float(row["reorder_point"]) for row in unique}
    assert len(totals) == 60
    assert all(total > 0 for total in totals.values())
    assert 3 <= sum(totals[item] <= point[item] for item in totals) <= 12
    platelets = [date.fromisoformat(row["expiry"]) for row in unique if row["item"] == "PLT"]
    assert all(today < expiry <= today + timedelta(days=5) for expiry in platelets)
    assert not any(math.isnan(float(row["used_per_day"])) for row in unique)
