"""Ward rounds: when a stay ends within the working day, and what the ward expects of it."""

from datetime import datetime, time, timedelta
from random import Random

from assistant.sample.patients import Visit

WEEKEND_WAITS = 0.30  # share of discharges that fall on a weekend and wait for Monday
_ROUND_REPORTS = 0.70  # share of rounds after which the ward sends its new expectation
_ISOLATION_ENDS = 0.12  # chance at each round that isolation is no longer needed
_SHORTEST = timedelta(hours=2)


def leave_time(start: datetime, end: datetime, random: Random) -> datetime:
    """The clock time at which a patient whose stay ends on the day of `end` leaves: by day, seldom at weekends."""
    day = end.date()
    if day.weekday() >= 5 and random.random() < WEEKEND_WAITS:
        day += timedelta(days=7 - day.weekday())
    minutes = min(max(random.gauss(13.2 * 60, 140), 8.5 * 60), 20.5 * 60)
    leaves = datetime.combine(day, time()) + timedelta(minutes=int(minutes))
    return leaves if leaves >= start + _SHORTEST else max(end, start + _SHORTEST).replace(microsecond=0)


def revise_expectation(visit: Visit, now: datetime, end: datetime, random: Random) -> bool:
    """Change what the ward expects of the stay; True if it tells the others.

    The nearer the end, the better the guess. An expectation that has passed is nearly always renewed; now and
    then it is not, as in real wards.
    """
    overdue = visit.expected is None or visit.expected <= now
    if random.random() >= (0.85 if overdue else _ROUND_REPORTS):
        return False
    if visit.isolation and random.random() < _ISOLATION_ENDS:
        visit.isolation = False
    later = sum(days for _, days in visit.stages)
    left = (end - now).total_seconds() / 86400 + later
    guess = now + timedelta(days=left * random.lognormvariate(0, 0.18))
    hour = random.choice((10, 11, 12, 14, 16))
    visit.expected = max(guess, now + timedelta(hours=4)).replace(hour=hour, minute=0, second=0, microsecond=0)
    if visit.expected <= now:
        visit.expected += timedelta(days=1)
    return True
