"""assistant import --quarantine: list what could not be used, show one text, read all of it again after a fix."""

import argparse
from typing import Any

from assistant.app import App, open_app
from assistant.cli.output import print_json, progress_bar
from assistant.errors import RecordError
from assistant.records.quarantine import Quarantined, count_released, counts_by_rule, in_quarantine
from assistant.records.retrying import RetryReport, retry

_SHOWN = 20
_DIGITS = 8  # of the digest, to name a text by
_WORDS = {
    "en": {
        "empty": "Quarantine is empty.",
        "head": "{count:,} texts in quarantine: {rules}.",
        "line": "{digest}  {rule}  {place}: {reason}{tries}",
        "tries": " (read again {tries} times, the last time {at:%Y-%m-%d %H:%M} UTC)",
        "more": "... and {count:,} more; --most {all} shows them all.",
        "hint": "--show ID prints a text as it was sent (it names patients); --retry reads them again after a fix.",
        "left": "{count:,} have left quarantine so far: {outcomes}.",
        "retried": "{read:,} texts read again: {out:,} left quarantine ({outcomes}), {left:,} are still there; "
        "visits rebuilt {visits:,}.",
        "none": "none",
    },
    "zh": {
        "empty": "待核区为空。",
        "head": "待核区有 {count:,} 条：{rules}。",
        "line": "{digest}  {rule}  {place}：{reason}{tries}",
        "tries": "（已重读 {tries} 次，最近一次 {at:%Y-%m-%d %H:%M} UTC）",
        "more": "…… 另有 {count:,} 条；--most {all} 可全部显示。",
        "hint": "--show ID 显示原文（含患者信息）；修正后用 --retry 重新读取。",
        "left": "至今已有 {count:,} 条离开待核区：{outcomes}。",
        "retried": "重读 {read:,} 条：{out:,} 条离开待核区（{outcomes}），{left:,} 条仍在；重建 {visits:,} 次就诊。",
        "none": "无",
    },
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of quarantine to `assistant import`."""
    group = parser.add_argument_group("quarantine")
    group.add_argument("--quarantine", action="store_true", help="list what could not be used, with rule and reason")
    group.add_argument("--retry", action="store_true", help="read it again after a fix; what can be used is stored")
    group.add_argument("--rule", help="only what broke this rule")
    group.add_argument("--show", metavar="ID", help="print one text as it was sent; it names patients")
    group.add_argument("--most", type=int, metavar="N", help=f"list at most N (default {_SHOWN}; all with --json)")


def run(arguments: argparse.Namespace) -> int:
    """List, show or read again.

    Raises:
        RecordError: If files were named, too, or no text or more than one is called so.
    """
    if arguments.paths:
        raise RecordError("--quarantine works on what was imported before. Leave the files out, or import them first.")
    app = open_app()
    if arguments.show is not None:
        return _show(app, arguments)
    if arguments.retry:
        return _retry(app, arguments)
    return _list(app, arguments)


def _list(app: App, arguments: argparse.Namespace) -> int:
    counts = counts_by_rule(app.store)
    if arguments.rule is not None:
        counts = {rule: count for rule, count in counts.items() if rule == arguments.rule}
    most = arguments.most if arguments.most is not None else None if arguments.json else _SHOWN
    items = in_quarantine(app.store, arguments.rule, most)
    left = count_released(app.store)
    if arguments.json:
        listed = [item.to_json() for item in items]
        print_json({"count": sum(counts.values()), "rules": counts, "left": left, "quarantine": listed})
    else:
        print("\n".join(_lines(counts, items, left, arguments.lang)))
    return 0


def _lines(counts: dict[str, int], items: list[Quarantined], left: dict[str, int], language: str) -> list[str]:
    """The list as text, without the raw texts."""
    words, total = _WORDS[language], sum(counts.values())
    out = words["left"].format(count=sum(left.values()), outcomes=_counted(left, language)) if left else ""
    if not total:
        return [line for line in (words["empty"], out) if line]
    lines = [words["head"].format(count=total, rules=_counted(counts, language))]
    lines += [_line(item, words) for item in items]
    if len(items) < total:
        lines.append(words["more"].format(count=total - len(items), all=total))
    return [line for line in (*lines, out, words["hint"]) if line]


def _line(item: Quarantined, words: dict[str, str]) -> str:
    tries = words["tries"].format(tries=item.tries, at=item.tried_at) if item.tried_at else ""
    told = {"rule": item.rule, "place": item.place, "reason": item.reason, "tries": tries}
    return words["line"].format(digest=item.digest[:_DIGITS], **told)


def _show(app: App, arguments: argparse.Namespace) -> int:
    found = in_quarantine(app.store, most=2, digest=arguments.show.lower()) if arguments.show else []
    if len(found) != 1:
        what = "more than one text" if found else "no text"
        raise RecordError(
            f"{what.capitalize()} in quarantine has an ID that begins with {arguments.show!r}; expected the digits at "
            "the start of a line of: assistant import --quarantine"
        )
    if arguments.json:
        print_json(found[0].to_json())
    else:
        print(_line(found[0], _WORDS[arguments.lang]))
        print(found[0].raw.replace("\r", "\n"))
    return 0


def _retry(app: App, arguments: argparse.Namespace) -> int:
    with progress_bar() as bar:
        task = bar.add_task("quarantine", total=sum(counts_by_rule(app.store).values()))
        told = lambda _, done: bar.update(task, completed=done)  # noqa: E731
        report = retry(app.store, app.settings.records, arguments.rule, told)
        if report.visits:
            bar.update(task, description="indexing", completed=0, total=None)
            app.build_index(lambda done, total: bar.update(task, completed=done, total=total))
    app.journal.append("import", {"site": "quarantine", **report.to_json()})
    if arguments.json:
        print_json(report.to_json())
    else:
        print(_retried(report, arguments.lang))
    return 0


def _retried(report: RetryReport, language: str) -> str:
    counts: dict[str, Any] = {"read": report.read, "visits": report.visits}
    counts["out"], counts["left"] = sum(report.released.values()), sum(report.left.values())
    return _WORDS[language]["retried"].format(outcomes=_counted(report.released, language), **counts)


def _counted(counts: dict[str, int], language: str) -> str:
    """`no location 3, future time 1`."""
    return ", ".join(f"{name.replace('_', ' ')} {n:,}" for name, n in counts.items()) or _WORDS[language]["none"]
