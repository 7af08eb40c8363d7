"""When a shift starts and ends on the wall clock, and how long the rest between two shifts is.

Times are the site's wall clock without a zone: in the two nights a year when the clocks change, a computed rest is
one hour off.
"""

from datetime import date, datetime, time, timedelta

from assistant.records.staff import Shift


def starts(shift: Shift, day: date) -> datetime:
    """When `shift` of `day` starts."""
    return datetime.combine(day, shift.start)


def ends(shift: Shift, day: date) -> datetime:
    """When `shift` of `day` ends; on the next day if its end is not after its start."""
    next_day = timedelta(days=1 if shift.end <= shift.start else 0)
    return datetime.combine(day, shift.end) + next_day


def rest_minutes(earlier: Shift, day: date, later: Shift, later_day: date) -> int:
    """Minutes from the end of the earlier to the start of the later shift; negative where they overlap."""
    return round((starts(later, later_day) - ends(earlier, day)).total_seconds() / 60)


def runs_into(shift: Shift, day: date, other: date) -> bool:
    """Whether any minute of `shift` of `day` lies on the calendar day `other`."""
    midnight = datetime.combine(other, time())
    return starts(shift, day) < midnight + timedelta(days=1) and ends(shift, day) > midnight
