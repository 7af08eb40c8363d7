"""The kinds of check in the catalogue of the OHDSI Data Quality Dashboard (v5.4, Apache-2.0), and which apply here.

Its words are about the OMOP data model; the rules of this package ask the same questions of our tables. A kind that
cannot be asked of them says why: the table of results shows it all the same, so that nobody takes it for passed.
"""

from dataclasses import dataclass

from assistant.records.rules.rule import Category, Rule, Severity

HOSPITAL = "hospital"  # rules of the hospital's own, which the catalogue does not know
_CONFORMANCE, _COMPLETENESS, _PLAUSIBILITY = Category
_NO_VOCABULARY = "codes are checked against closed lists (fkDomain); there is no OMOP vocabulary"
_NO_DEATHS = "the feeds' times of death are not kept"


@dataclass(frozen=True)
class Kind:
    """One kind of check.

    Attributes:
        level: `TABLE`, `FIELD` or `CONCEPT`.
        threshold: Percent of rows that may fail, as the catalogue has it for most fields.
        absent: Why it is not checked here; empty: it is.
    """

    name: str
    level: str
    category: Category
    threshold: float = 0.0
    absent: str = ""


KINDS = (
    Kind("cdmTable", "TABLE", _CONFORMANCE),
    Kind("measurePersonCompleteness", "TABLE", _COMPLETENESS, 5),
    Kind("measureConditionEraCompleteness", "TABLE", _COMPLETENESS, absent="diagnoses are not kept"),
    Kind("measureObservationPeriodOverlap", "TABLE", _PLAUSIBILITY),
    Kind("cdmField", "FIELD", _CONFORMANCE),
    Kind("isRequired", "FIELD", _CONFORMANCE),
    Kind("cdmDatatype", "FIELD", _CONFORMANCE),
    Kind("isPrimaryKey", "FIELD", _CONFORMANCE),
    Kind("isForeignKey", "FIELD", _CONFORMANCE),
    Kind("fkDomain", "FIELD", _CONFORMANCE),
    Kind("fkClass", "FIELD", _CONFORMANCE, absent=_NO_VOCABULARY),
    Kind("isStandardValidConcept", "FIELD", _CONFORMANCE, absent=_NO_VOCABULARY),
    Kind("measureValueCompleteness", "FIELD", _COMPLETENESS, 100),
    Kind("standardConceptRecordCompleteness", "FIELD", _COMPLETENESS, 5),
    Kind("sourceConceptRecordCompleteness", "FIELD", _COMPLETENESS, 5),
    Kind("sourceValueCompleteness", "FIELD", _COMPLETENESS, 10),
    Kind("plausibleValueLow", "FIELD", _PLAUSIBILITY, 1),
    Kind("plausibleValueHigh", "FIELD", _PLAUSIBILITY, 1),
    Kind("plausibleTemporalAfter", "FIELD", _PLAUSIBILITY, 1),
    Kind("plausibleDuringLife", "FIELD", _PLAUSIBILITY, 1, _NO_DEATHS),
    Kind("withinVisitDates", "FIELD", _PLAUSIBILITY, 1),
    Kind("plausibleAfterBirth", "FIELD", _PLAUSIBILITY, 1),
    Kind("plausibleBeforeDeath", "FIELD", _PLAUSIBILITY, 1, _NO_DEATHS),
    Kind("plausibleStartBeforeEnd", "FIELD", _PLAUSIBILITY, 1),
    Kind("plausibleGender", "CONCEPT", _PLAUSIBILITY, 5),
    Kind("plausibleGenderUseDescendants", "CONCEPT", _PLAUSIBILITY, 5),
    Kind("plausibleUnitConceptIds", "CONCEPT", _PLAUSIBILITY, 5),
)
_BY_NAME = {kind.name: kind for kind in KINDS}


def ohdsi(name: str, kind: str, severity: Severity, action: str = "kept", threshold: float | None = None) -> Rule:
    """A rule of one of the catalogue's kinds; category and threshold are the kind's unless another is given."""
    found = _BY_NAME[kind]
    return Rule(name, kind, found.category, severity, action, found.threshold if threshold is None else threshold)


def own(name: str, category: Category, severity: Severity, action: str = "kept", threshold: float = 0.0) -> Rule:
    """A rule of the hospital's own list."""
    return Rule(name, HOSPITAL, category, severity, action, threshold)
