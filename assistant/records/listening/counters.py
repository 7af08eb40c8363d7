"""What the listener has done so far, for the progress line and the closing report."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Counters:
    """Counts since the listener began.

    Attributes:
        messages: Answered in all; new, duplicate, ignored, quarantined and refused make them up.
        new: Stored for the first time.
        duplicate: Known already.
        ignored: Readable, but of no use here: test messages, other message types.
        quarantined: Kept with the reason why they cannot be used.
        refused: Too long, or could not be stored; the sender still has them.
        skipped: Bytes that were no message.
        connections: Open now; connected: in all; turned_away: too many, or from an address that may not.
        rules: Why messages were ignored, quarantined or refused, and bytes skipped.
    """

    messages: int = 0
    new: int = 0
    duplicate: int = 0
    ignored: int = 0
    quarantined: int = 0
    refused: int = 0
    skipped: int = 0
    connections: int = 0
    connected: int = 0
    turned_away: int = 0
    rules: Counter[str] = field(default_factory=Counter)

    def count(self, outcome: str, rule: str = "") -> None:
        """One message was answered."""
        self.messages += 1
        name = outcome if outcome in ("new", "duplicate", "ignored", "quarantined") else "refused"
        setattr(self, name, getattr(self, name) + 1)
        if rule:
            self.rules[rule] += 1

    def skip(self, rule: str, size: int) -> None:
        """Bytes were no message."""
        self.skipped += size
        self.rules[rule] += 1

    def to_json(self) -> dict[str, Any]:
        """JSON types only."""
        return {**asdict(self), "rules": dict(self.rules)}

    def line(self, language: str = "en") -> str:
        """One sentence, in `en` or `zh`."""
        said = _WORDS.get(language, _WORDS["en"]).format(**asdict(self))
        return said + (f" ({_counted(self.rules.most_common(5))})" if self.rules else "")


_WORDS = {
    "en": "{messages:,} messages: {new:,} new, {duplicate:,} known already, {ignored:,} ignored, {quarantined:,} "
    "quarantined, {refused:,} refused; {skipped:,} bytes skipped; {connections} connections open.",
    "zh": "共 {messages:,} 条消息：新增 {new:,}，重复 {duplicate:,}，忽略 {ignored:,}，隔离 {quarantined:,}，"
    "拒收 {refused:,}；跳过 {skipped:,} 字节；当前连接 {connections} 个。",
}


def _counted(rules: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{rule.replace('_', ' ')}: {count:,}" for rule, count in rules)
