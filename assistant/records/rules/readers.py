"""The rules that the readers apply to one message, resource or row at a time, long before it is in a table.

What cannot be used is set aside in quarantine with its text; what can is kept, or set right, and a finding says so.
"""

from assistant.records.rules.kinds import ohdsi, own
from assistant.records.rules.rule import Category, Rule, Severity

_ASIDE = "quarantined"


def _form(*names: str) -> tuple[Rule, ...]:
    """A message that cannot be read or lacks what every one must have."""
    return tuple(own(name, Category.CONFORMANCE, Severity.ERROR, _ASIDE) for name in names)


def _lacks(*names: str, severity: Severity = Severity.ERROR, action: str = _ASIDE) -> tuple[Rule, ...]:
    """A value that is needed is not given."""
    return tuple(ohdsi(name, "isRequired", severity, action) for name in names)


def _noted(category: Category, *names: str, action: str = "kept") -> tuple[Rule, ...]:
    return tuple(own(name, category, Severity.WARNING, action) for name in names)


def _told(category: Category, *names: str, action: str = "kept") -> tuple[Rule, ...]:
    return tuple(own(name, category, Severity.NOTE, action) for name in names)


_CONFORMANCE, _COMPLETENESS, _PLAUSIBILITY = Category

RULES = (
    *_form(
        "no_header", "unreadable_message", "unreadable_json", "unreadable_resource", "unreadable_time",
        "unreadable_triage", "unknown_trigger", "unknown_unit", "two_patients", "not_supported", "not_r4",
    ),
    *_lacks(
        "missing_pid", "missing_pv1", "missing_merge", "no_message_type", "no_patient_number", "no_location",
        "no_resource_type", "no_class", "no_person", "missing_value",
    ),
    *_lacks("no_visit_number", severity=Severity.WARNING, action="kept"),
    ohdsi("future_time", "plausibleTemporalAfter", Severity.ERROR, _ASIDE),
    *_noted(_CONFORMANCE, "trigger_mismatch", "control_id_reused", "bed_without_unit", "encoding_not_utf8"),
    *_noted(_CONFORMANCE, "sentinel", "unreadable_expected_end", action="fixed"),
    *_noted(_COMPLETENESS, "time_without_hour", "finished_without_end", "sender_silent", "sender_was_silent"),
    *_noted(
        _PLAUSIBILITY,
        "cancel_without_event", "discharge_without_admission", "transfer_after_discharge",
        "transfer_without_admission", "return_after_discharge", "moved_visit_of_another", "outlier",
    ),
    *_told(_CONFORMANCE, "unknown_column", "names_a_next_page", "other_message", "no_records_in_file"),
    *_told(_CONFORMANCE, "test_message", action=_ASIDE),
    *_told(_CONFORMANCE, "duplicate_message", "duplicate_row", action="fixed"),
    *_told(_PLAUSIBILITY, "negative_quantity", action="fixed"),
    *_told(_COMPLETENESS, "staff_hours_assumed", "period_without_duration"),
)  # fmt: skip
