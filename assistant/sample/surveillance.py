"""Simulated surveillance of three diseases in three regions: what a health office would report to the hospital.

A stochastic SEIR course with seasonal transmission, waning immunity and travel between the regions; every parameter is
invented and only of the usual order of magnitude. COVID-19 is reported by day with the habits of real offices (weekends
low, corrections, a catch-up day), influenza and RSV by week.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Row = tuple[str, str, str, str, int]

REGIONS = {"Northvale": 620_000, "Eastmoor": 410_000, "Westbrook": 280_000}
"""Regions and their people; the sample hospital lies in the first."""
_YEARS = 3
_BEFORE = 3 * 365  # days simulated before the report begins, so that immunity has settled
_WEEKDAYS = (1.18, 1.12, 1.06, 1.04, 1.0, 0.86, 0.74)  # share of a day's reports, Monday first


@dataclass(frozen=True)
class Course:
    """How a disease spreads and what of it is seen.

    Attributes:
        spread: Mean number infected by one person when nobody is immune.
        season: How much the season raises and lowers that, and `peak` the day of the year when it is highest.
        exposed, ill: Mean days before and of being infectious.
        immune: Mean days of immunity.
        seen, admitted, died: Shares of infections reported, admitted, fatal.
        daily: Reported by day, else by week.
    """

    name: str
    spread: float
    season: float
    peak: int
    exposed: float
    ill: float
    immune: float
    seen: float
    admitted: float
    died: float
    daily: bool = False

    @property
    def measures(self) -> dict[str, tuple[float, int]]:
        """Share of infections and days from infection to report, by measure."""
        found = {"cases": (self.seen, 4), "hospital_admissions": (self.admitted, 10), "deaths": (self.died, 19)}
        return found | ({"recovered": (self.seen * 0.97, 16)} if self.daily else {})


COURSES = (
    Course("COVID-19", 2.6, 0.12, 355, 3.0, 5.0, 210, 0.12, 0.006, 0.0006, daily=True),
    Course("influenza", 1.55, 0.22, 10, 2.0, 3.5, 540, 0.06, 0.004, 0.0003),
    Course("RSV", 1.75, 0.20, 345, 4.0, 6.0, 330, 0.05, 0.004, 0.0001),
)


def surveillance_rows(until: date, seed: int, dirt: float) -> Iterator[Row]:
    """Rows of surveillance.csv: region, date, disease, measure, value.

    Args:
        until: Last day that may be reported; weekly series end with the last full week (Saturday).
        seed: The same seed gives the same rows.
        dirt: Above 0, the daily series get corrections below zero and catch-up days.
    """
    for course in COURSES:
        rng = np.random.default_rng(Random(f"{seed}/surveillance/{course.name}").getrandbits(64))
        habits = np.random.default_rng(Random(f"{seed}/surveillance dirt/{course.name}").getrandbits(64))
        infections = _simulate(course, until, rng)
        for place, region in enumerate(REGIONS):
            for measure, (share, delay) in course.measures.items():
                daily = _reported(infections[:, place], share, delay, rng)[-_YEARS * 365 :]
                days = [until - timedelta(days=len(daily) - 1 - k) for k in range(len(daily))]
                made = _by_day(days, daily, habits, dirt) if course.daily else _by_week(days, daily)
                yield from ((region, f"{day:%Y-%m-%d}", course.name, measure, value) for day, value in made)


def _simulate(course: Course, until: date, rng: np.random.Generator) -> Counts:
    """New infections, (day, region)."""
    people = np.array(list(REGIONS.values()))
    exposed = np.full(3, 40)
    ill = np.full(3, 40)
    immune = (people * (1 - 1.1 / course.spread)).astype(int)
    days = _BEFORE + _YEARS * 365
    found = np.zeros((days, 3), dtype=np.int64)
    drift = 0.0  # of transmission: new variants and habits
    for k in range(days):
        day = (until - timedelta(days=days - 1 - k)).timetuple().tm_yday
        drift = 0.995 * drift + 0.006 * rng.standard_normal()
        force = 1 + course.season * np.cos(2 * np.pi * (day - course.peak) / 365.25) + drift
        share = ill / people
        pressure = course.spread * force / course.ill * (0.97 * share + 0.03 * share.mean()) + 2e-7
        open_to_it = np.maximum(people - exposed - ill - immune, 0)
        new = rng.binomial(open_to_it, 1 - np.exp(-pressure))
        falling_ill = rng.binomial(exposed, 1 - np.exp(-1 / course.exposed))
        recovering = rng.binomial(ill, 1 - np.exp(-1 / course.ill))
        losing = rng.binomial(immune, 1 - np.exp(-1 / course.immune))
        exposed = exposed + new - falling_ill
        ill = ill + falling_ill - recovering
        immune = immune + recovering - losing
        found[k] = new
    return found


def _reported(infections: Counts, share: float, delay: int, rng: np.random.Generator) -> Counts:
    """Events that follow infections after about `delay` days."""
    spread = np.exp(-0.5 * ((np.arange(2 * delay + 1) - delay) / (0.35 * delay)) ** 2)
    expected = np.convolve(infections, spread / spread.sum())[: len(infections)] * share
    noisy = rng.gamma(50, expected / 50 + 1e-12)  # more varied than chance alone
    return np.asarray(rng.poisson(noisy), dtype=np.int64)


def _by_week(days: list[date], daily: Counts) -> Iterator[tuple[date, int]]:
    """Sums of full weeks, Sunday to Saturday."""
    total, count = 0, 0
    for day, value in zip(days, daily, strict=True):
        total, count = total + int(value), count + 1
        if day.weekday() == 5:
            if count == 7:
                yield day, total
            total, count = 0, 0


def _by_day(days: list[date], daily: Counts, rng: np.random.Generator, dirt: float) -> Iterator[tuple[date, int]]:
    """Days with the rhythm of reporting; a correction now and then, and days that wait for the next one."""
    held = 0
    for day, value in zip(days, daily, strict=True):
        seen = round(int(value) * _WEEKDAYS[day.weekday()])
        if dirt and rng.random() < dirt:  # nobody reports; the next day holds both
            held += seen
            yield day, 0
        elif dirt and rng.random() < dirt / 2:
            yield day, -max(1, seen // 2)
        else:
            yield day, seen + held
            held = 0
