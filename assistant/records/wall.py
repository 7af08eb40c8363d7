"""Wall-clock times as whole seconds, the form in which movements and stays are stored and compared."""

from datetime import datetime, timedelta

_EPOCH = datetime(1970, 1, 1)
HOUR, DAY = 3_600, 86_400


def to_seconds(moment: datetime) -> int:
    """Seconds of the site's wall clock since 1970-01-01 00:00 on that same clock (no zone is involved)."""
    elapsed = moment.replace(tzinfo=None) - _EPOCH
    return elapsed.days * DAY + elapsed.seconds


def to_datetime(seconds: int) -> datetime:
    """The wall-clock time that `to_seconds` was given, without its fraction of a second."""
    return _EPOCH + timedelta(seconds=seconds)
