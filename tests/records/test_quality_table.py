"""The table of checks has the kinds of the catalogue; outliers by stated rules; rules have words in both languages."""

import csv
import re
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

import assistant.records
from assistant.errors import SetupError
from assistant.records.quality_table import QualityTable
from assistant.records.rules.catalogue import RULES
from assistant.records.rules.kinds import KINDS, ohdsi, own
from assistant.records.rules.outliers import outside
from assistant.records.rules.rule import Case, Category, Checked, Severity
from assistant.records.rules.settings import QualitySettings
from assistant.tools.wording import wording

LATE = own("late_entry", Category.PLAUSIBILITY, Severity.NOTE, "fixed", 10)
ORDER = ohdsi("end_before_start", "plausibleStartBeforeEnd", Severity.ERROR)


def table(*thresholds: str) -> QualityTable:
    checks = [
        Checked(LATE, "movements.recorded", 200, 30, (Case("movements e1", "2026-03-01 08:00:00"),)),
        Checked(ORDER, "stays.end", 1000, 5),
        Checked(ORDER, "waits.until", 0, 0),
        Checked(own("clock", Category.PLAUSIBILITY, Severity.NOTE), "movements.time", 9, reason="no zone is set"),
    ]
    return QualityTable(checks, QualitySettings(thresholds=thresholds), datetime(2026, 3, 1))


def test_the_kinds_are_those_of_the_catalogue(shared: Path) -> None:
    path = shared / "data" / "records" / "dq_checks" / "OMOP_CDMv5.4_Check_Descriptions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        theirs = {row["checkName"]: (row["checkLevel"], row["kahnCategory"].lower()) for row in csv.DictReader(file)}
    assert {kind.name: (kind.level, kind.category.value) for kind in KINDS} == theirs
    assert len(KINDS) == 27


def test_every_kind_is_checked_or_says_why_not() -> None:
    used = {rule.kind for rule in RULES.values()}
    assert [kind.name for kind in KINDS if (kind.name in used) == bool(kind.absent)] == []


def test_the_table_says_pass_fail_or_why_not() -> None:
    body = table().to_json()
    rows = {(row["category"], row["kind"]): row for row in body["kinds"]}
    assert len(rows) == 27 + 3
    order = rows["plausibility", "plausibleStartBeforeEnd"]
    assert (order["rows"], order["failed"], order["percent"], order["passed"]) == (1000, 5, 0.5, True)
    assert (rows["plausibility", "hospital"]["percent"], rows["plausibility", "hospital"]["passed"]) == (15.0, False)
    assert "times of death" in rows["plausibility", "plausibleBeforeDeath"]["reason"]
    assert (body["checks_run"], body["checks_failed"], body["failed_by_severity"]) == (3, 1, {"note": 1})
    printed = "\n".join(table().lines())
    assert re.search(r"plausibleStartBeforeEnd +2 +1,000 +5 +0\.50 +1 +pass", printed)
    assert re.search(r"late_entry +movements\.recorded +200 +30 +15\.00 +10 +movements e1: 2026-03-01", printed)
    assert "no zone is set" in "\n".join(table().lines("zh", every=True))


def test_a_site_can_set_its_own_thresholds() -> None:
    assert table("late_entry=20").to_json()["checks_failed"] == 0
    assert table("end_before_start=0.1").to_json()["failed_by_severity"] == {"note": 1, "error": 1}
    with pytest.raises(SetupError, match=r"expected RULE=PERCENT such as late_entry=25"):
        QualitySettings(thresholds=("late_entry: 20",))
    with pytest.raises(SetupError, match="hampel, iqr, none, got 'sigma'"):
        QualitySettings(outlier_rule="sigma")


@pytest.mark.parametrize(("rule", "limit"), [("hampel", 5.0), ("iqr", 3.0)])
def test_outliers_are_found_by_the_rule_that_is_set(rule: str, limit: float) -> None:
    values = np.random.default_rng(1).normal(40, 6, 200).clip(25, 55)
    values[[50, 120]] = 150, 0
    assert outside(values.tolist(), QualitySettings(outlier_rule=rule, outlier_limit=limit)) == [50, 120]
    assert outside(values.tolist(), QualitySettings(outlier_rule="none")) == []
    assert outside(values[:5].tolist(), QualitySettings()) == []


def test_a_quiet_stretch_makes_no_outliers_and_missing_values_are_none() -> None:
    values = [*([5.0] * 40), float("nan"), *np.random.default_rng(2).poisson(5, 60).astype(float)]
    assert outside(values, QualitySettings()) == []


def test_every_rule_is_called_something_in_both_languages() -> None:
    for language in ("en", "zh"):
        words = wording(language).words
        assert [name for name in RULES if f"quality_{name}" not in words] == []


def test_every_rule_that_a_reader_names_is_in_the_catalogue() -> None:
    folder = Path(next(iter(assistant.records.__path__)))
    code = "".join(path.read_text("utf-8") for path in folder.rglob("*.py") if path.parent.name != "rules")
    named = set(re.findall(r'(?:Finding|Hl7Error|FhirError|place\.note)\(\s*"([a-z0-9_]+)"', code))
    assert len(named) > 20
    assert named - set(RULES) == set()
