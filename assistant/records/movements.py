"""A movement: one normalised event of a visit, whatever format told it."""

from dataclasses import dataclass
from hashlib import blake2b

ADMIT, TRANSFER, DISCHARGE, REGISTER, UPDATE = "A01", "A02", "A03", "A04", "A08"
TO_INPATIENT, TO_OUTPATIENT = "A06", "A07"
LEAVE = "A21"  # out of the house and not counted: a gap between two places of a FHIR encounter
LEAVE_KEEPING_BED = "A21 bed kept"  # leave of absence in HL7 v2, for which "a bed is still assigned to the patient"
RETURN, CANCEL_LEAVE, CANCEL_RETURN = "A22", "A52", "A53"
MOVE_VISIT = "A45"  # the visit belongs to another patient (A44 says it of an account)
PENDING_TRANSFER, CANCEL_PENDING_TRANSFER = "A15", "A26"
CANCEL_ADMIT, CANCEL_TRANSFER, CANCEL_DISCHARGE, DELETE_VISIT = "A11", "A12", "A13", "A23"

PLACES_PATIENT = frozenset({ADMIT, TRANSFER, REGISTER, TO_INPATIENT, TO_OUTPATIENT})
CANCELS = {  # which events each cancel takes back
    CANCEL_ADMIT: frozenset({ADMIT, REGISTER}),
    CANCEL_TRANSFER: frozenset({TRANSFER}),
    CANCEL_DISCHARGE: frozenset({DISCHARGE}),
    CANCEL_LEAVE: frozenset({LEAVE, LEAVE_KEEPING_BED}),
    CANCEL_RETURN: frozenset({RETURN}),
}


@dataclass(frozen=True)
class Movement:
    """One event of one visit.

    Attributes:
        visit, patient: Pseudonyms.
        source: `hl7`, or `fhir:` and the digest of the resource it came from.
        trigger: As in HL7 v2 (`A01` ...); FHIR periods are translated.
        time: Wall-clock second at which it happened; for a cancel, what the feed gives as the event's time.
        recorded: Wall-clock second at which it was entered.
        unit, room, bed: Where the patient is afterwards.
        pending: Unit that the patient waits for (A15); patient who gives the visit up (A45), empty: not said.
        visit_class: `I`, `E`, `O` ...
        expected_end: Expected discharge, wall-clock second; 0 takes an earlier one back.
        needs: Accommodation codes such as `ISO~VENT`; None: not said; empty: none.
        acuity: 1 (most urgent, most care) to 5, as triage scales and PV2-40 count.
    """

    visit: str
    patient: str
    source: str
    trigger: str
    time: int
    recorded: int
    unit: str = ""
    room: str = ""
    bed: str = ""
    pending: str = ""
    visit_class: str = ""
    sex: str = ""
    birth_year: int | None = None
    expected_end: int | None = None
    needs: str | None = None
    acuity: int | None = None

    @property
    def place(self) -> tuple[str, str, str]:
        """Unit, room and bed."""
        return self.unit, self.room, self.bed

    def keys(self) -> tuple[str, str]:
        """Two digests that tell this event from all others.

        Returns:
            Of what happened when and where, the same in a message that was sent again; and of everything that is
            said, so that the same event told twice is stored once.
        """
        identity = digest(self.visit, self.trigger, self.time, self.unit, self.room, self.bed, self.pending)
        said = self.visit_class, self.expected_end, self.needs, self.acuity, self.source
        return identity, digest(identity, self.recorded, self.patient, self.sex, self.birth_year, *said)


def digest(*parts: object) -> str:
    """A short digest of the parts, in their order."""
    return blake2b("\x1f".join(map(str, parts)).encode(), digest_size=12).hexdigest()
