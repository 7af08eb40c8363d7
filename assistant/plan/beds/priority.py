"""Whose wait counts more."""

from datetime import datetime

from assistant.plan.beds.problem import Patient

_HOURS_A_STEP, _MOST_STEPS = 12, 4
_UNKNOWN_ACUITY = 2


def priority(patient: Patient, at: datetime) -> int:
    """How much a waiting patient's night counts: acuity turned round, and time waited; see `BedWeights`."""
    urgency = 5 - patient.acuity if patient.acuity is not None else _UNKNOWN_ACUITY
    hours = (at - patient.since).total_seconds() / 3600 if patient.since else 0
    return urgency + max(0, min(_MOST_STEPS, int(hours // _HOURS_A_STEP)))
