"""Writes one ADT message as a hospital's patient system would send it (HL7 v2.5, UTF-8, segments ended by CR)."""

from datetime import datetime
from typing import NamedTuple

from assistant.sample.patients import Patient, Visit

FACILITY = "MAIN"
_PV1_FIELDS = 45
_SIGNS = str.maketrans("", "", "- :")


class Adt(NamedTuple):
    """What one message says.

    Attributes:
        trigger: `A01`, `A02`, ...
        event: When it happened (EVN-6).
        place, prior: Addresses `unit/room/bed`; empty where there is none.
        pending: Unit waited for.
        admitted, discharged, expected: Times of admission, discharge and expected discharge, as far as known.
        acuity: 1 (most urgent) to 4.
        needs: Accommodation codes (PV2-2), `""` where earlier ones no longer hold.
        entered: When it was typed in, if not soon after the event: a cancel has the time of the cancelled event as its
            event time, as the standard says of EVN-6.
    """

    trigger: str
    event: datetime
    patient: Patient
    visit: str
    inpatient: bool
    place: str
    prior: str = ""
    pending: str = ""
    service: str = ""
    admitted: datetime | None = None
    discharged: datetime | None = None
    expected: datetime | None = None
    acuity: int = 3
    needs: str = ""
    entered: datetime | None = None


def adt_of(trigger: str, visit: Visit, at: datetime, prior: str = "") -> Adt:
    """The message about a visit as it stands at this moment."""
    return Adt(
        trigger,
        at,
        visit.patient,
        visit.number,
        visit.inpatient,
        visit.bed.address if visit.bed else "",
        prior,
        visit.pending,
        visit.route.service,
        visit.admitted,
        at if trigger == "A03" else None,
        visit.expected,
        visit.acuity,
        needs_of(visit),
    )


def needs_of(visit: Visit) -> str:
    """Codes of what the patient needs: `ISO`, `VENT`, both, or nothing."""
    return "~".join(code for code, needed in (("ISO", visit.isolation), ("VENT", visit.ventilator)) if needed)


def message(adt: Adt, control: str, sent: datetime, *, test: bool = False) -> str:
    """The message's text, segments ended by CR; `test` marks it as not for real use (MSH-11 = T)."""
    segments = (
        rf"MSH|^~\&|PAS|{FACILITY}|HUB|{FACILITY}|{_time(sent)}||ADT^{adt.trigger}|{control}|{'T' if test else 'P'}|2.5"
        "||||||UNICODE UTF-8",
        f"EVN|{adt.trigger}|{_time(sent)}||||{_time(adt.event)}",
        _patient_segment(adt.patient),
        _visit_segment(adt),
        _needs_segment(adt),
    )
    return "\r".join(segments) + "\r"


def _time(at: datetime | None) -> str:
    # str() of a whole second less its signs; several times faster than strftime, and a year has a million of them.
    return str(at).translate(_SIGNS) if at else ""


def _patient_segment(patient: Patient) -> str:
    born = f"{patient.born:%Y%m%d}" if patient.born else ""
    return f"PID|1||{patient.patient}^^^{FACILITY}^MR||{patient.patient}^PATIENT||{born}|{patient.sex}"


def _visit_segment(adt: Adt) -> str:
    fields = [""] * (_PV1_FIELDS + 1)
    fields[0:4] = ["PV1", "1", "I" if adt.inpatient else "E", _location(adt.place)]
    fields[6] = _location(adt.prior)
    fields[10] = adt.service
    fields[19] = f"{adt.visit}^^^{FACILITY}^VN"
    fields[42] = f"{adt.pending}^^^{FACILITY}" if adt.pending else ""
    fields[44] = _time(adt.admitted)
    fields[45] = _time(adt.discharged)
    return "|".join(fields).rstrip("|")


def _needs_segment(adt: Adt) -> str:
    return f"PV2||{adt.needs}|||||||{_time(adt.expected)}{'|' * 31}{adt.acuity}"


def _location(address: str) -> str:
    return "^".join((*address.split("/"), FACILITY)) if address else ""
