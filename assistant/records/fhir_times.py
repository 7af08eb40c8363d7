"""Reads FHIR's dates and times, partial ones included, as spans on the site's wall clock."""

import re
from datetime import date

from assistant.records.clock_reading import SiteClock
from assistant.records.fhir_shapes import FhirError
from assistant.records.wall import DAY

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z", re.ASCII)


class FhirTimes:
    """Reads the times of one file.

    Args:
        clock: The site's wall clock.
    """

    def __init__(self, clock: SiteClock) -> None:
        self._clock = clock

    def start(self, text: str | None) -> int | None:
        """First second of what is said: `2026-03` begins on 1 March at midnight. None if nothing is said."""
        if not text:
            return None
        try:
            return self._clock.read(_filled(text)).seconds
        except (ValueError, TypeError) as error:
            raise FhirError("unreadable_time", str(error)) from None

    def end(self, text: str | None) -> int | None:
        """The second at which a period is over. FHIR's partial end is inclusive: `2026-03-10` is over at its midnight.

        Source: FHIR R4, data type Period.
        """
        first = self.start(text)
        match = _PARTIAL.match(text or "")
        if first is None or match is None:
            return first
        year, month, day = (int(part) if part else 0 for part in match.groups())
        if day:
            return first + DAY
        following = date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
        return first + (following - date(year, month or 1, 1)).days * DAY


def is_partial(text: str | None) -> bool:
    """True if a year, a month or a day is given, without a time."""
    return bool(text and _PARTIAL.match(text))


def _filled(text: str) -> str:
    """A year alone as its first month; the clock reads the rest."""
    return f"{text}-01" if len(text) == 4 and text.isdigit() else text
