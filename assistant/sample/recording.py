"""Sends every movement to the system that is responsible for it: maternity's own (FHIR), everyone else's (HL7)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from assistant.sample.casemix import Source
from assistant.sample.hl7_feed import Hl7Feed
from assistant.sample.patients import Visit
from assistant.sample.write_fhir import FhirFeed


class FeedRecorder:
    """Silent until the feeds go live; then every movement is written."""

    def __init__(self, hl7: Hl7Feed, fhir: FhirFeed) -> None:
        """`hl7` takes the whole house except maternity, which `fhir` takes."""
        self._hl7, self._fhir = hl7, fhir
        self._live = False
        self._numbers: set[str] = set()

    @property
    def visits(self) -> int:
        """Visits that were written."""
        return len(self._numbers)

    def record(self, trigger: str, visit: Visit, at: datetime, prior: str = "") -> None:
        """Pass the movement on."""
        if not self._live:
            return
        self._numbers.add(visit.number)
        feed = self._fhir if visit.route.source is Source.DIRECT else self._hl7
        feed.record(trigger, visit, at, prior)

    def go_live(self, visits: Iterable[Visit], at: datetime) -> None:
        """Announce everyone who is in the house as if they came at this moment, as systems do on their first day.

        The message tells the true time of admission (PV1-44), but the patient counts from `at`.
        """
        self._live = True
        for visit in visits:
            pending, visit.pending = visit.pending, ""
            self.record("A01" if visit.inpatient else "A04", visit, at)
            visit.pending = pending
            if pending:
                self.record("A15", visit, at + timedelta(seconds=1))
