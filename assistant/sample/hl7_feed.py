"""The interface engine of the simulated hospital: every movement becomes an HL7 message, some of them spoilt."""

from datetime import datetime, timedelta
from random import Random

from assistant.sample.dirt import Dirt, Fault
from assistant.sample.outbox import HELD_BACK, Outbox
from assistant.sample.patients import Patient, Visit
from assistant.sample.write_hl7 import Adt, adt_of, message, needs_of

_NO_LONGER = '""'  # HL7's way to say that an earlier value no longer holds


class Hl7Feed:
    """Hears movements, sends messages."""

    def __init__(self, outbox: Outbox, dirt: Dirt, random: Random) -> None:
        """`random` decides how long after the event a message goes out."""
        self._outbox, self._dirt, self._random = outbox, dirt, random
        self._controls = 0
        self._tests = 0

    def record(self, trigger: str, visit: Visit, at: datetime, prior: str = "") -> None:
        """Send the message of a movement, with the fault that befalls it."""
        adt = adt_of(trigger, visit, at, prior)
        if visit.told and not adt.needs:
            adt = adt._replace(needs=_NO_LONGER)
        visit.told = needs_of(visit)
        fault = self._dirt.choose()
        if fault is Fault.CANCELLED:
            fault = self._send_wrong_pair(adt, visit.recorded)
        elif fault is Fault.TEST:
            self._send_test(adt)
        self._send(adt, fault)
        if fault:
            self._dirt.planted[fault] += 1
        visit.recorded = at
        self._outbox.flush(at - HELD_BACK)

    def _send(self, adt: Adt, fault: Fault | None = None) -> None:
        sent = self._sent(adt)
        if fault is Fault.LATE:
            sent = self._outbox.capped(sent + self._dirt.delay())
        text = message(adt, self._next_control(), sent)
        if fault is Fault.CUT:
            self._outbox.put(sent, self._dirt.cut(text))
            sent += timedelta(seconds=45)
        self._outbox.put(sent, text)
        if fault is Fault.RESENT:
            self._outbox.put(sent + self._dirt.delay(), text)
        elif fault is Fault.REPEATED:
            again = self._outbox.capped(sent + self._dirt.delay())
            self._outbox.put(again, message(adt, self._next_control(), again))

    def _send_wrong_pair(self, adt: Adt, since: datetime | None) -> Fault | None:
        pair = self._dirt.wrong_pair(adt, since)
        for wrong in pair or ():
            self._send(wrong)
        return Fault.CANCELLED if pair else None

    def _send_test(self, adt: Adt) -> None:
        """A test patient is admitted to a bed and never leaves."""
        self._tests += 1
        patient = Patient(f"ZZTEST{self._tests:03d}", "F", None, 0)
        test = adt._replace(
            trigger="A01",
            patient=patient,
            visit=f"T{self._tests:07d}",
            inpatient=True,
            prior="",
            pending="",
            discharged=None,
        )
        sent = self._sent(test)
        self._outbox.put(sent, message(test, self._next_control(), sent, test=True))

    def _sent(self, adt: Adt) -> datetime:
        """A few seconds to some minutes after the event: people type, queues run."""
        seconds = 3 + int(min(600.0, self._random.expovariate(1 / 45)))
        return self._outbox.capped((adt.entered or adt.event) + timedelta(seconds=seconds))

    def _next_control(self) -> str:
        self._controls += 1
        return f"PAS{self._controls:08d}"
