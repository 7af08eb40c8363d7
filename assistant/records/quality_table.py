"""The table of checks: kind by kind as the OHDSI catalogue lists them, and what failed, for people and as JSON."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.records.rules.catalogue import not_applicable
from assistant.records.rules.kinds import HOSPITAL, KINDS
from assistant.records.rules.rule import Category, Checked
from assistant.records.rules.settings import QualitySettings

_EXAMPLES = 5  # of each failed check, in the JSON


@dataclass(frozen=True)
class KindRow:
    """All checks of one kind.

    Attributes:
        checks: How many there were; failed_checks: of how many more rows fail than may.
        thresholds: The different ones in force, in percent.
        reason: Why there was none.
    """

    category: Category
    kind: str
    checks: int
    failed_checks: int
    rows: int
    failed: int
    thresholds: tuple[float, ...]
    reason: str

    @property
    def percent(self) -> float:
        """Failed rows per 100."""
        return 100.0 * self.failed / self.rows if self.rows else 0.0


@dataclass(frozen=True)
class QualityTable:
    """The results of one run of the checks.

    Attributes:
        checks: One for each rule and field, also those that were not possible.
        settings: Thresholds of the site.
        at: Clock of the records; None without a feed.
    """

    checks: Sequence[Checked]
    settings: QualitySettings
    at: datetime | None = None

    def threshold(self, one: Checked) -> float:
        """Percent of rows that may fail: the site's, else the rule's."""
        return self.settings.by_rule().get(one.rule.name, one.rule.threshold)

    def passed(self, one: Checked) -> bool:
        """True if no more rows fail than may."""
        return one.passed(self.threshold(one))

    @property
    def run(self) -> list[Checked]:
        """The checks that were possible."""
        return [one for one in self.checks if not one.reason]

    @property
    def failed(self) -> list[Checked]:
        """Checks that more rows fail than may, grave ones first."""
        order = {"error": 0, "warning": 1, "note": 2}
        found = [one for one in self.run if not self.passed(one)]
        return sorted(found, key=lambda one: (order[one.rule.severity], -one.failed, one.rule.name, one.field))

    def kinds(self) -> list[KindRow]:
        """A row for each kind of the catalogue and, by category, one for the hospital's own rules."""
        every = [*self.checks, *not_applicable()]
        named = [(kind.category, kind.name) for kind in KINDS] + [(category, HOSPITAL) for category in Category]
        order = list(Category)
        return [self._row(*name, every) for name in sorted(named, key=lambda name: order.index(name[0]))]

    def _row(self, category: Category, kind: str, every: Sequence[Checked]) -> KindRow:
        found = [one for one in every if (one.rule.category, one.rule.kind) == (category, kind)]
        run = [one for one in found if not one.reason]
        reason = "" if run else "; ".join(sorted({one.reason for one in found}))
        return KindRow(
            category,
            kind,
            len(run),
            sum(not self.passed(one) for one in run),
            sum(one.rows for one in run),
            sum(one.failed for one in run),
            tuple(sorted({self.threshold(one) for one in run})),
            reason,
        )

    def to_json(self) -> dict[str, Any]:
        """JSON types only."""
        return {
            "at": self.at.isoformat() if self.at else None,
            "checks_run": len(self.run),
            "checks_failed": len(self.failed),
            "checks_not_possible": len(self.checks) - len(self.run) + len(not_applicable()),
            "failed_by_severity": dict(Counter(one.rule.severity.value for one in self.failed)),
            "kinds": [self._kind_json(row) for row in self.kinds()],
            "checks": [self._check_json(one) for one in self.checks],
        }

    def _kind_json(self, row: KindRow) -> dict[str, Any]:
        return {
            "category": row.category.value,
            "kind": row.kind,
            "checks": row.checks,
            "rows": row.rows,
            "failed": row.failed,
            "percent": round(row.percent, 2),
            "thresholds": list(row.thresholds),
            "passed": row.failed_checks == 0 if row.checks else None,
            "reason": row.reason,
        }

    def _check_json(self, one: Checked) -> dict[str, Any]:
        shown = one.cases[:_EXAMPLES] if not self.passed(one) else ()
        return {
            "category": one.rule.category.value,
            "kind": one.rule.kind,
            "rule": one.rule.name,
            "severity": one.rule.severity.value,
            "field": one.field,
            "rows": one.rows,
            "failed": one.failed,
            "percent": round(one.percent, 2),
            "threshold": self.threshold(one),
            "passed": None if one.reason else self.passed(one),
            "action": one.rule.action,
            "reason": one.reason,
            "examples": [{"row": case.place, "value": case.value} for case in shown],
        }

    def summary(self, language: str = "en") -> str:
        """One sentence: how many checks, how many failed, and how grave."""
        words = _WORDS.get(language, _WORDS["en"])
        grave = Counter(one.rule.severity.value for one in self.failed)
        return words["summary"].format(run=len(self.run), failed=len(self.failed), **{k: grave[k] for k in _GRAVITIES})

    def lines(self, language: str = "en", every: bool = False) -> list[str]:
        """The table kind by kind, then the failed checks (or every check), as lines of equal columns."""
        words = _WORDS.get(language, _WORDS["en"])
        kinds = [self._kind_cells(row, words) for row in self.kinds()]
        shown = list(self.checks) if every else self.failed
        checks = [self._check_cells(one, words) for one in shown]
        below = ["", *_aligned([words["check_heads"], *checks])] if checks else []
        return [*_aligned([words["kind_heads"], *kinds]), *below, "", self.summary(language)]

    def _kind_cells(self, row: KindRow, words: dict[str, Any]) -> list[str]:
        start = [words[row.category.value], row.kind]
        if not row.checks:
            return [*start, "", "", "", "", "", words["not_checked"].format(reason=row.reason)]
        passed = words["pass"] if row.rows else words["no_rows"]
        result = words["fail"].format(count=row.failed_checks) if row.failed_checks else passed
        limits = " / ".join(f"{limit:g}" for limit in row.thresholds)
        return [*start, str(row.checks), f"{row.rows:,}", f"{row.failed:,}", f"{row.percent:.2f}", limits, result]

    def _check_cells(self, one: Checked, words: dict[str, Any]) -> list[str]:
        start = [words[one.rule.severity.value], one.rule.name, one.field]
        if one.reason:
            return [*start, "", "", "", "", words["not_checked"].format(reason=one.reason)]
        case = f"{one.cases[0].place}: {one.cases[0].value}".removesuffix(": ") if one.cases else ""
        limit = f"{self.threshold(one):g}"
        return [*start, f"{one.rows:,}", f"{one.failed:,}", f"{one.percent:.2f}", limit, case]


_GRAVITIES = ("error", "warning", "note")
_WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "kind_heads": ["category", "kind of check", "checks", "rows", "failed", "%", "may fail %", "result"],
        "check_heads": ["severity", "rule", "field", "rows", "failed", "%", "may fail %", "first row"],
        "conformance": "conformance", "completeness": "completeness", "plausibility": "plausibility",
        "error": "error", "warning": "warning", "note": "note",
        "pass": "pass", "no_rows": "no rows", "fail": "FAIL ({count})", "not_checked": "not checked: {reason}",
        "summary": "Data quality: {run} checks, {failed} failed "
        "(errors {error}, warnings {warning}, notes {note}).",
    },
    "zh": {
        "kind_heads": ["类别", "检查种类", "检查数", "行数", "未通过行数", "%", "允许%", "结果"],
        "check_heads": ["程度", "规则", "字段", "行数", "未通过行数", "%", "允许%", "首例"],
        "conformance": "规范性", "completeness": "完整性", "plausibility": "合理性",
        "error": "错误", "warning": "警告", "note": "提示",
        "pass": "通过", "no_rows": "无数据", "fail": "未通过（{count}）", "not_checked": "未检查：{reason}",
        "summary": "数据质量：共检查 {run} 项，未通过 {failed} 项"
        "（错误 {error}，警告 {warning}，提示 {note}）。",
    },
}  # fmt: skip


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of cells as lines; numbers to the right, the last column as long as it is."""
    widths = [max(_width(row[at]) for row in rows) for at in range(len(rows[0]) - 1)]
    right = [all(_is_number(row[at]) for row in rows[1:]) for at in range(len(widths))]
    lines = []
    for row in rows:
        cells = [_padded(cell, width, to_right) for cell, width, to_right in zip(row, widths, right, strict=False)]
        lines.append("  ".join([*cells, row[-1]]).rstrip())
    return lines


def _is_number(cell: str) -> bool:
    return not cell or cell[0].isdigit()


def _padded(cell: str, width: int, to_right: bool) -> str:
    blanks = " " * (width - _width(cell))
    return blanks + cell if to_right else cell + blanks


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if "\u2e80" <= sign <= "\uffef" else 1 for sign in text)
