"""Faults planted in the feed on purpose, as real feeds have them, so that a reader that gets them wrong is found out.

Each fault leaves the truth recoverable: what is damaged or wrong is followed by what is right.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from assistant.records.units import Bed
from assistant.sample.write_hl7 import Adt


class Fault(StrEnum):
    """What can be wrong with a message."""

    RESENT = "resent"  # the same message again, same control id
    REPEATED = "repeated"  # the same event again under a new control id
    LATE = "late"  # sent hours after the event, so out of order
    CANCELLED = "cancelled"  # a wrong event before it, taken back by A11, A12 or A13
    TEST = "test"  # a test patient, MSH-11 = T
    CUT = "cut"  # broken off in the middle, then sent again whole


# Repeats and late messages are the everyday faults; cancels follow; the rest is rare.
_SHARES = {
    Fault.RESENT: 0.28,
    Fault.REPEATED: 0.08,
    Fault.LATE: 0.30,
    Fault.CANCELLED: 0.20,
    Fault.TEST: 0.07,
    Fault.CUT: 0.07,
}
# A wrong event needs a quiet stretch before the next right one, and lies at most this long before it.
_QUIET = timedelta(minutes=40)
FURTHEST_BACK = timedelta(hours=10)


class Dirt:
    """Decides which messages are spoilt and how, and counts what was planted."""

    def __init__(self, rate: float, random: Random, beds: Sequence[Bed]) -> None:
        """`rate` is the share of messages; wrong beds are drawn from `beds`."""
        self._rate, self.random, self._beds = rate, random, beds
        self.planted: Counter[str] = Counter()

    def choose(self) -> Fault | None:
        """The fault of the next message, mostly none."""
        if self._rate <= 0 or self.random.random() >= self._rate:
            return None
        return self.random.choices(list(_SHARES), list(_SHARES.values()))[0]

    def delay(self) -> timedelta:
        """How much later a late message is sent."""
        return timedelta(seconds=int(3600 * self.random.uniform(0.4, 11)))

    def cut(self, text: str) -> str:
        """The message broken off between its header and the place of the patient."""
        return text[: self.random.randrange(text.index("EVN|"), text.index("PV1|"))] + "\r"

    def wrong_pair(self, adt: Adt, since: datetime | None) -> tuple[Adt, Adt] | None:
        """A wrong event and its cancel, both before `adt` and after `since`; None if there is no room for them.

        Args:
            adt: The right message that comes next.
            since: Time of the visit's message before it; None if this is its first.
        """
        earliest = max(since or adt.event - 2 * _QUIET, adt.event - FURTHEST_BACK)
        if adt.event - earliest < _QUIET or adt.trigger == "A04":
            return None
        first = earliest + timedelta(minutes=5)
        room = (adt.event - timedelta(minutes=14) - first).total_seconds()
        wrong_at = first + timedelta(seconds=int(self.random.uniform(0, room)))
        back_at = wrong_at + timedelta(seconds=self.random.randrange(120, 600))
        return self._wrong(adt, wrong_at, back_at)

    def _wrong(self, adt: Adt, wrong_at: datetime, back_at: datetime) -> tuple[Adt, Adt] | None:
        """The pair that fits what comes next: A01 and A11, A02 and A12, or A03 and A13."""
        moved = adt.trigger in ("A01", "A02")
        before = adt._replace(
            place=adt.prior if moved else adt.place,
            prior="",
            pending=adt.place.split("/")[0] if moved and adt.prior else adt.pending,
            inpatient=adt.inpatient and adt.trigger != "A01",
            discharged=None,
        )
        elsewhere = self.random.choice(self._beds).address
        if adt.trigger == "A01":
            wrong = adt._replace(trigger="A01", event=wrong_at, place=elsewhere, admitted=wrong_at)
            back = before._replace(
                trigger="A11",
                event=wrong_at,
                entered=back_at,
                place=before.place or elsewhere,
                prior=elsewhere,
                admitted=None,
            )
        elif adt.trigger == "A03":
            wrong = before._replace(trigger="A03", event=wrong_at, discharged=wrong_at)
            back = before._replace(trigger="A13", event=wrong_at, entered=back_at)
        elif before.inpatient:
            wrong = before._replace(trigger="A02", event=wrong_at, place=elsewhere, prior=before.place, pending="")
            back = before._replace(trigger="A12", event=wrong_at, entered=back_at, prior=elsewhere)
        else:
            return None
        return wrong, back
