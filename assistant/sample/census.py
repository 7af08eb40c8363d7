"""The truth about the census, from the simulation's own state, to check an import against."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

EVERY = timedelta(hours=6)


def census_times(start: datetime, end: datetime) -> list[datetime]:
    """00, 06, 12 and 18 o'clock after `start`, up to and including `end`."""
    first = start.replace(hour=0, minute=0, second=0, microsecond=0)
    steps = int((end - first) / EVERY)
    return [at for at in (first + step * EVERY for step in range(steps + 1)) if at > start]


class CensusWriter:
    """Collects the patients of every unit at each time and writes them as one table."""

    def __init__(self, units: list[str]) -> None:
        """Columns in the order of `units`, then `TOTAL`."""
        self._units = units
        self._rows: list[str] = []
        self._sums = dict.fromkeys(units, 0)

    def note(self, at: datetime, present: Mapping[str, int]) -> None:
        """Take down one time."""
        counts = [present[unit] for unit in self._units]
        self._rows.append(",".join(map(str, (f"{at:%Y-%m-%d %H:%M:%S}", *counts, sum(counts)))))
        for unit, count in zip(self._units, counts, strict=True):
            self._sums[unit] += count

    def means(self) -> dict[str, float]:
        """Mean patients of each unit over the times noted."""
        return {unit: total / max(1, len(self._rows)) for unit, total in self._sums.items()}

    def write(self, path: Path) -> None:
        """Write the table as CSV."""
        path.write_text("\n".join([",".join(["time", *self._units, "TOTAL"]), *self._rows]) + "\n", encoding="utf-8")
