"""What an import did, file by file, as plain sentences and as JSON."""

from dataclasses import asdict, dataclass, field
from typing import Any

from assistant.errors import RecordError


@dataclass
class FileReport:
    """What happened to one file.

    Attributes:
        kind: `hl7`, `fhir`, a CSV kind such as `units`, or empty if it is of no known kind.
        read: Messages, resources or rows in the file.
        new: Stored for the first time; changed: CSV rows that replaced an older value.
        duplicate: Known already.
        quarantined: Could not be read; kept with the reason.
        ignored: Readable, but of no interest here: test messages, other message types, other resources.
        findings: Things noticed, by rule.
        types: For FHIR: how many resources of each type were new, known, ignored or quarantined.
        remarks: How the file was read, e.g. its encoding, where nothing said it.
        faults: Why nothing of the file was stored; empty if all is well.
    """

    file: str
    kind: str = ""
    read: int = 0
    new: int = 0
    changed: int = 0
    duplicate: int = 0
    quarantined: int = 0
    ignored: int = 0
    findings: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    types: dict[str, dict[str, int]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def note(self, rule: str, count: int = 1) -> None:
        """Count a finding."""
        self.findings[rule] = self.findings.get(rule, 0) + count

    def count(self, kind: str, outcome: str) -> None:
        """Count a resource of a type under what became of it."""
        of_type = self.types.setdefault(kind, {})
        of_type[outcome] = of_type.get(outcome, 0) + 1

    def fail(self, error: RecordError) -> None:
        """Note why nothing of the file was stored."""
        self.faults = [error.summary, *error.faults]


@dataclass
class ImportReport:
    """What one import did."""

    files: list[FileReport] = field(default_factory=list)
    visits: int = 0  # visits whose stays were rebuilt
    seconds: float = 0.0

    @property
    def new(self) -> int:
        """Messages, resources and rows stored for the first time or changed."""
        return sum(file.new + file.changed for file in self.files)

    @property
    def failed(self) -> bool:
        """True if a file could not be stored at all."""
        return any(file.faults for file in self.files)

    def to_json(self) -> dict[str, Any]:
        """JSON types only."""
        return {"new": self.new, "failed": self.failed, **asdict(self)}

    def lines(self, language: str = "en") -> list[str]:
        """A plain sentence per stored file and a closing one, in `en` or `zh`."""
        words = _WORDS[_word_list(language)]
        said = [line for file in self.files if not file.faults for line in _file_lines(file, words)]
        closing = words["closing"].format(files=len(self.files), new=self.new, visits=self.visits, seconds=self.seconds)
        return [*said, closing]

    def fault_lines(self, language: str = "en") -> list[str]:
        """Why files were not stored: the file, then each fault with its place."""
        words = _WORDS[_word_list(language)]
        return [line for file in self.files if file.faults for line in _file_lines(file, words)]


_WORDS = {
    "en": {
        "file": "{file} ({kind}): {read:,} read, {new:,} new, {changed:,} changed, {duplicate:,} known already, "
        "{quarantined:,} quarantined, {ignored:,} ignored, {seconds:.1f} s.",
        "finding": "  noticed: {rule}: {count:,}",
        "type": "  {type}: {counts}",
        "remark": "  read as: {remark}",
        "new": "{n:,} used",
        "duplicate": "{n:,} known already",
        "ignored": "{n:,} not needed or left out",
        "quarantined": "{n:,} quarantined",
        "fault": "{file}: not stored. {fault}",
        "closing": "In all: files {files}, new or changed records {new:,}, visits rebuilt {visits:,}, {seconds:.1f} s.",
    },
    "zh": {
        "file": "{file}（{kind}）：读取 {read}，新增 {new}，更改 {changed}，重复 {duplicate}，隔离 {quarantined}，"
        "忽略 {ignored}，用时 {seconds:.1f} 秒。",
        "finding": "  发现：{rule}：{count:,}",
        "type": "  {type}：{counts}",
        "remark": "  读取方式：{remark}",
        "new": "使用 {n}",
        "duplicate": "已有 {n}",
        "ignored": "不需要或略去 {n}",
        "quarantined": "隔离 {n}",
        "fault": "{file}：未入库。{fault}",
        "closing": "共 {files} 个文件，新增 {new} 条记录，重建 {visits} 次就诊的住院区段，用时 {seconds:.1f} 秒。",
    },
}


def _word_list(language: str) -> str:
    return language if language in _WORDS else "en"


def _file_lines(file: FileReport, words: dict[str, str]) -> list[str]:
    if file.faults:
        first, *rest = file.faults
        return [words["fault"].format(file=file.file, fault=first), *(f"  {fault}" for fault in rest)]
    said = words["finding"]
    noticed = [said.format(rule=rule.replace("_", " "), count=n) for rule, n in sorted(file.findings.items())]
    types = [
        words["type"].format(type=name, counts=", ".join(words[what].format(n=n) for what, n in counts.items()))
        for name, counts in sorted(file.types.items())
    ]
    remarks = [words["remark"].format(remark=remark) for remark in file.remarks]
    return [words["file"].format(**asdict(file)), *remarks, *types, *noticed]
