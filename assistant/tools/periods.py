"""Start and end of a question's period from the arguments `at`, `start` and `end`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.errors import SetupError, ToolError
from assistant.records.times import Span, resolve


@dataclass(frozen=True)
class Period:
    """A stretch [start, end) in whole days or exact times."""

    start: datetime
    end: datetime

    @property
    def days(self) -> float:
        """Length in days."""
        return (self.end - self.start) / timedelta(days=1)


def known_clock(at: datetime | None, latest: datetime | None) -> datetime:
    """The time to answer for: the one asked for, else the records' latest.

    Raises:
        SetupError: Neither is known.
    """
    now = at or latest
    if now is None:
        raise SetupError(
            "There are no records yet. Import some (`assistant import PATH`) or create the simulated hospital "
            "(`assistant sample`)."
        )
    return now


def moment(at: str | None, now: datetime) -> datetime:
    """The moment that `at` means; a day without a clock time is taken at the clock time of `now`."""
    if not at:
        return now
    span = resolve(at, now)
    if span.exact:
        return span.start
    return datetime.combine(span.day, now.time())


def period(start: str | None, end: str | None, now: datetime, days: int) -> Period:
    """The period from `start` to the end of `end`; a lone `start` that means several days gives both ends.

    Raises:
        ToolError: code `bad_period`, if it ends before it starts; `unknown_time` if words are not understood.
    """
    first = resolve(start, now) if start else None
    last = resolve(end, now) if end else None
    if first and not last:
        last = _until(first, now)
    begin = first.start if first else (last.start if last else now) - timedelta(days=days)
    stop = last.end if last else now
    if stop <= begin:
        raise ToolError(
            f"The period ends ({stop:%Y-%m-%d %H:%M}) before it starts ({begin:%Y-%m-%d %H:%M}); swap start and end.",
            code="bad_period",
        )
    return Period(begin, stop)


def _until(first: Span, now: datetime) -> Span:
    """A span ("last month") ends where it ends; a single past day or moment runs until now."""
    single = first.end - first.start <= timedelta(days=1)
    if single and first.start < now - timedelta(days=1):
        return Span(now, now)
    return Span(first.end, max(first.end, first.start + timedelta(days=1)))
