"""Reads times as HL7 v2 and FHIR write them and brings them to the site's wall clock."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from assistant.errors import SetupError
from assistant.records.wall import DAY, to_datetime, to_seconds

_TIME = re.compile(
    r"(\d{4})-?(\d{2})(?:-?(\d{2})(?:[T ]?(\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_OFFSETS = re.compile(rb"\d{4}-?\d\d-?\d\d[T ]?\d\d:?\d\d(?::?\d\d)?(?:[.,]\d+)?(Z|[+-]\d\d:?\d\d)\b")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
_DAYLIGHT_SAVING = 60  # minutes


@dataclass(frozen=True)
class ReadTime:
    """A time that was read: wall-clock second, and whether it gave only a day."""

    seconds: int
    only_day: bool = False


class SiteClock:
    """Brings written times to the site's wall clock.

    A time without an offset is the site's own. With a zone set, a time with an offset is converted to it. Without
    one, the clock as written is taken, since feeds write local time; only an offset that differs from the file's
    most common one by more than daylight saving explains (say, UTC among -05:00) is converted to that one.

    Args:
        zone: IANA name, fixed offset, or empty.
        home: Most common offset of the file in minutes; None: it has none.
        earliest_year: Times before are refused.
    """

    def __init__(self, zone: str = "", home: int | None = None, earliest_year: int = 1900) -> None:
        self._zone = _zone(zone)
        self._home = home
        self._earliest = to_seconds(datetime(earliest_year, 1, 1))
        self.read = lru_cache(maxsize=10_000)(self._read)  # a message says the same time up to three times

    def _read(self, text: str, default_offset: str = "") -> ReadTime:
        """Read one time.

        Args:
            text: HL7 (`20260302031700-0500`) or ISO (`2026-03-02T03:17:00-05:00`).
            default_offset: Offset that holds where the text has none (HL7: that of MSH-7).

        Raises:
            ValueError: If it is no time, or from before the earliest year.
        """
        if len(text) == 14 and not default_offset and text.isascii() and text.isdigit():  # nearly all there are
            hour, minute, second = int(text[8:10]), int(text[10:12]), int(text[12:])
            seconds = _midnight(int(text[:4]), int(text[4:6]), int(text[6:8])) + _of_day(hour, minute, second)
            return ReadTime(self._not_too_early(seconds, text))
        match = _TIME.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is no time such as 20260302031700 or 2026-03-02T03:17:00")
        year, month, day, hour_text, minute_text, second_text, offset = match.groups()
        seconds = _midnight(int(year), int(month), int(day or 1))
        seconds += _of_day(int(hour_text or 0), int(minute_text or 0), int(second_text or 0))
        offset = offset or default_offset
        if offset and hour_text:
            seconds = self._to_wall(seconds, minutes_of(offset))
        return ReadTime(self._not_too_early(seconds, text), only_day=hour_text is None)

    def _not_too_early(self, seconds: int, text: str) -> int:
        if seconds < self._earliest:
            raise ValueError(f"{text!r} lies before {to_datetime(self._earliest).year}")
        return seconds

    def _to_wall(self, seconds: int, offset: int) -> int:
        if self._zone is not None:
            instant = to_datetime(seconds - offset * 60).replace(tzinfo=UTC)
            return to_seconds(instant.astimezone(self._zone))
        if self._home is None or abs(offset - self._home) <= _DAYLIGHT_SAVING:
            return seconds
        return seconds + (self._home - offset) * 60


def home_offset(sample: bytes) -> int | None:
    """The most common offset, in minutes, among the times in the beginning of a file; None if there is none."""
    counted = Counter(_OFFSETS.findall(sample))
    return minutes_of(counted.most_common(1)[0][0].decode()) if counted else None


@lru_cache(maxsize=256)
def minutes_of(offset: str) -> int:
    """Minutes east of UTC of `+0800`, `-05:00` or `Z`."""
    match = _OFFSET.fullmatch(offset)
    if match is None:
        return 0
    sign, hours, minutes = match.groups()
    return (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1)


@lru_cache(maxsize=4096)
def _midnight(year: int, month: int, day: int) -> int:
    return (date(year, month, day) - date(1970, 1, 1)).days * DAY


def _of_day(hour: int, minute: int, second: int) -> int:
    """Seconds since midnight; second 60 is a leap second and counts as 59."""
    if hour > 23 or minute > 59 or second > 60:
        raise ValueError(f"{hour:02}:{minute:02}:{second:02} is no time of day")
    return hour * 3600 + minute * 60 + min(second, 59)


def _zone(name: str) -> tzinfo | None:
    if not name:
        return None
    if _OFFSET.fullmatch(name) or name == "Z":
        return timezone(timedelta(minutes=minutes_of(name)))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SetupError(f"Unknown time zone {name!r}; expected a name such as Asia/Shanghai or +08:00.") from error
