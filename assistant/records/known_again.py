"""How a message or resource is known again: by what it told, also when one copy of it was torn."""

import hashlib
from dataclasses import dataclass
from enum import Enum

from assistant.records.movements import Movement, digest
from assistant.records.told import Told


class Beside(Enum):
    """How a message stands to the one that came before under the same control id."""

    SAME = "same"  # tells the same events
    PART = "part"  # a torn copy of it
    WHOLE = "whole"  # the whole message, of which that one was a torn copy
    OTHER = "other"  # another event under a number used before


@dataclass(frozen=True)
class Keyed:
    """What one message told, with the digests by which it is known again.

    Attributes:
        identity: For the table of messages. Of a resource: its version, and a digest of what it says. Of a message:
            digest of patient, trigger and time; length; digests of what happened when and where; keys of its events.
    """

    told: Told
    identity: str
    events: dict[str, Movement]

    @classmethod
    def of(cls, told: Told) -> "Keyed":
        """Compute the digests once; those of a resource cover all it says, and begin with its version."""
        keys = [movement.keys() for movement in told.movements]
        events = {event: x for (_, event), x in zip(keys, told.movements, strict=True)}
        if told.replaces:
            said = hashlib.sha256(",".join(events).encode()).hexdigest()[:24]
            return cls(told, f"{told.version:012d} {said}", events)
        what = [digest(x.patient, x.trigger, x.time) for x in told.movements[:1]]
        told_of = [identity for identity, _ in keys] + [digest(*pair) for pair in told.merges]
        parts = "".join(what), str(told.length), ",".join(told_of), ",".join(events)
        return cls(told, ":".join(parts), events)

    def is_outdated(self, before: str | None) -> bool:
        """True if a newer version of the resource is stored already."""
        if self.told.final:
            return False
        return bool(self.told.replaces and before and self.identity.split()[0] < before.split()[0])

    def beside(self, before: str) -> Beside:
        """How a message stands to what is stored under its control id.

        A message that is cut off within one of its last segments can still be read, as a shorter place or without
        the number of the visit. It has patient, trigger and time in common with its whole copy, and is shorter.
        """
        what, length, identities, events = self.identity.split(":")
        stored = before.split(":")
        if len(stored) != 4:  # written before these parts were kept
            return Beside.SAME if before == identities else Beside.OTHER
        if stored[3] == events and stored[2] == identities:
            return Beside.SAME
        if stored[0] != what or stored[1] == length:
            return Beside.SAME if stored[2] == identities else Beside.OTHER
        return Beside.PART if int(length) < int(stored[1]) else Beside.WHOLE


def events_of(identity: str) -> list[str]:
    """Keys of the events that a message told, from the table of messages."""
    parts = identity.split(":")
    return parts[3].split(",") if len(parts) == 4 and parts[3] else []
