"""When patients come: rhythm of hours and weekdays, a winter wave, a slow trend, and days that differ.

Emergency arrivals are a Poisson process whose rate changes over the day, the week and the year, times a random factor
of the day (so counts scatter more than a Poisson process alone, as they do in real emergency departments).
"""

import math
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from assistant.sample.casemix import HOME, ROUTES, Route, Source

# Share of a day's emergency arrivals by hour, 00 to 23: quiet before dawn, busiest before noon.
_HOURS = (22, 17, 14, 12, 11, 12, 16, 26, 41, 56, 65, 67, 64, 61, 59, 58, 57, 57, 58, 58, 55, 49, 40, 30)
HOUR_SHARES = tuple(hour / sum(_HOURS) for hour in _HOURS)
# Emergency arrivals by weekday, Monday first; mean 1.
WEEKDAYS = (1.11, 1.03, 1.00, 0.99, 0.99, 0.95, 0.93)
# Booked admissions by weekday: next to none on Saturdays, on Sundays some for the first list on Monday; mean 1.
BOOKED_WEEKDAYS = (1.40, 1.40, 1.35, 1.30, 0.95, 0.10, 0.50)
# Days without booked admissions (month, day).
HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3), (12, 25)})
GROWTH_PER_YEAR = 0.015
_WAVE_WIDTH_DAYS = 30.0
_TREND_BASE = date(2026, 1, 1)


def winter_wave(day: date) -> float:
    """Height of the winter wave, 0 to 1; the peak moves between 6 and 26 January from year to year."""
    height = 0.0
    for year in (day.year, day.year + 1):
        peak = date(year, 1, 16) + timedelta(days=(year * 7) % 21 - 10)
        height += math.exp(-0.5 * ((day - peak).days / _WAVE_WIDTH_DAYS) ** 2)
    return height


def poisson(mean: float, random: Random) -> int:
    """A Poisson count by multiplying uniforms; exact for means far below 700, where exp underflows."""
    limit, product, count = math.exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        count += 1
    return count


class Calendar:
    """Makes each day's arrivals, in order of time; call `day` once for every day in turn."""

    def __init__(self, random: Random, scale: float = 1.0) -> None:
        """Start with an ordinary day; `scale` multiplies every rate."""
        self._random = random
        self._scale = scale
        self._mood = 0.0  # slow part of the day's factor: what yesterday was like carries over

    def day(self, day: date) -> list[tuple[datetime, Route]]:
        """Arrivals of one day (midnight to midnight) with the route of each."""
        factor = self._day_factor(day)
        arrivals = [*self._walk_in(day, factor), *self._booked(day)]
        return sorted(arrivals, key=lambda arrival: arrival[0])

    def _day_factor(self, day: date) -> float:
        """Random factor of the day around 1: a slow part (half of yesterday's) and its own, about 8 % in all."""
        self._mood = 0.5 * self._mood + self._random.gauss(0, 0.05)
        own = self._random.gammavariate(1 / 0.06**2, 0.06**2)
        trend = 1 + GROWTH_PER_YEAR * (day - _TREND_BASE).days / 365
        return math.exp(self._mood) * own * trend * self._scale

    def _walk_in(self, day: date, factor: float) -> Iterator[tuple[datetime, Route]]:
        """Arrivals nobody booked: to the emergency department by its rhythm, to maternity at any hour alike."""
        wave = winter_wave(day)
        for route in (HOME, *ROUTES):
            if route.source is Source.ELECTIVE:
                continue
            flat = route.source is Source.DIRECT
            weekday = 1.0 if flat else WEEKDAYS[day.weekday()]
            count = poisson(route.per_day * (1 + route.winter * wave) * weekday * factor, self._random)
            for _ in range(count):
                hour = self._random.randrange(24) if flat else self._random.choices(range(24), HOUR_SHARES)[0]
                yield datetime.combine(day, time(hour)) + timedelta(seconds=self._random.randrange(3600)), route

    def _booked(self, day: date) -> Iterator[tuple[datetime, Route]]:
        """Booked admissions: between 07:00 and 11:00 on working days, less scattered than chance alone."""
        if (day.month, day.day) in HOLIDAYS:
            return
        for route in ROUTES:
            if route.source is not Source.ELECTIVE:
                continue
            mean = route.per_day * BOOKED_WEEKDAYS[day.weekday()] * self._scale
            count = int(mean + self._random.random() + self._random.gauss(0, 0.35)) if mean else 0
            for _ in range(max(0, count)):
                yield datetime.combine(day, time(7)) + timedelta(seconds=self._random.randrange(4 * 3600)), route
