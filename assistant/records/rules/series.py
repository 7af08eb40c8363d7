"""Series that leap: days with far more or fewer movements than the days around, stays far longer than others."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
from sqlalchemy import func, select

from assistant.records import movements as m
from assistant.records import tables as t
from assistant.records.rules.kinds import own
from assistant.records.rules.outliers import outside
from assistant.records.rules.records import Records, shown_time
from assistant.records.rules.rule import Case, Category, Checked, Severity
from assistant.records.wall import DAY, to_datetime, to_seconds

ARRIVALS_OUTLIER = own("arrivals_outlier", Category.PLAUSIBILITY, Severity.NOTE, threshold=5)
LENGTH_OUTLIER = own("length_of_stay_outlier", Category.PLAUSIBILITY, Severity.NOTE, threshold=5)
RULES = (ARRIVALS_OUTLIER, LENGTH_OUTLIER)

_SPAN = timedelta(days=400)  # lengths of stay are compared over the last year or so
_FEWEST = 20  # stays of a unit below which its lengths are not compared
_FENCE = 3.0  # interquartile ranges of the logarithm: Tukey's outer fence


def check(records: Records) -> Iterator[Checked]:
    """All of it; the table of lengths is only read for the last year."""
    yield _arrivals(records)
    yield _lengths(records)


def _arrivals(records: Records) -> Checked:
    """Days whose arrivals are outliers by the site's rule; the first and last day may be cut short and are left out."""
    c = t.movements.c
    day = c.time // DAY
    query = select(day, func.count()).where(c.trigger.in_([m.ADMIT, m.REGISTER])).group_by(day)
    counts = {int(row[0]): int(row[1]) for row in records.read(query)}
    days = list(range(min(counts) + 1, max(counts))) if counts else []
    values = [float(counts.get(number, 0)) for number in days]
    found = outside(values, records.limits.quality)
    cases = tuple(Case(f"{to_datetime(days[at] * DAY):%Y-%m-%d}", f"{values[at]:.0f} arrivals") for at in found)
    return Checked(ARRIVALS_OUTLIER, "movements by day", len(days), len(found), cases)


def _lengths(records: Records) -> Checked:
    """Ended stays beyond the outer fence of their unit's lengths, on a logarithmic scale: lengths are skewed."""
    s, clock = t.stays.c, records.clock
    by_unit: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    if clock is not None:
        query = select(s.unit, s.visit, s.start, s.end).where(s.end > s.start, s.start > to_seconds(clock - _SPAN))
        for unit, visit, start, end in records.read(query):
            by_unit[unit].append((visit, int(start), int(end) - int(start)))
    found, rows = [], 0
    for unit, stays in by_unit.items():
        if len(stays) < _FEWEST:
            continue
        rows += len(stays)
        log = np.log(np.array([length for _, _, length in stays], dtype=float))
        low, high = np.quantile(log, [0.25, 0.75])
        far = np.flatnonzero((log > high + _FENCE * (high - low)) | (log < low - _FENCE * (high - low)))
        found += [(unit, *stays[at]) for at in far]
    found.sort(key=lambda x: (-x[3], x[1]))
    cases = tuple(Case(f"stays {v} in {u}", f"{n / 3600:.1f} h from {shown_time(b)}") for u, v, b, n in found[:200])
    return Checked(LENGTH_OUTLIER, "stays (end - start)", rows, len(found), cases)
