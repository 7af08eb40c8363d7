"""Watches over senders of live messages: who has been silent for longer than is usual.

What is usual is learned: the longest gap of each of the last 14 whole days, of these the median, three times over
(nights are quiet, and one day with a fault does not count). Until a day is known, and where a site has set its own, the
setting holds. The table `senders` keeps it, so that a question to the records can tell also while no listener runs.
"""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select

from assistant.records import tables as t
from assistant.records.findings import Finding
from assistant.records.listening.settings import ListeningSettings
from assistant.records.store import Store
from assistant.records.writing import add_findings, writing_to

SILENT, WAS_SILENT = "sender_silent", "sender_was_silent"
_DAYS = 14  # of which the longest gaps are kept
_LISTENER_GONE = timedelta(minutes=5)  # after this long without a sign of it, no listener runs
_MOST_SENDERS = 500  # a hospital has dozens; more are names that somebody makes up
_SHOWN = 40  # characters of a sender's name


def utc_now() -> datetime:
    """UTC without a zone, as the store keeps it."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def shown(name: str) -> str:
    """A sender's name or control id for log and finding: printable, and short, whatever was sent."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:_SHOWN]


@dataclass
class Sender:
    """When one sender was heard.

    Attributes:
        gaps: Longest gap of each day, in seconds, by ISO date.
        limit: Seconds of silence after which it is reported; 0: never.
        told: True while it counts as silent and this was reported.
    """

    first: datetime
    last: datetime
    messages: int = 0
    gaps: dict[str, int] = field(default_factory=dict)
    limit: int = 0
    told: bool = False

    def hear(self, now: datetime) -> None:
        """It sent a message; the gap counts to the day on which it ended."""
        gap, day = int((now - self.last).total_seconds()), now.date().isoformat()
        self.gaps[day] = max(gap, self.gaps.get(day, 0))
        for old in sorted(self.gaps)[: -(_DAYS + 1)]:
            del self.gaps[old]
        self.last = max(now, self.last)
        self.messages += 1

    def learn(self, name: str, settings: ListeningSettings) -> None:
        """Set the limit anew; the first and the present day are not whole and say nothing."""
        set_here = settings.silences().get(name)
        if set_here is not None:
            self.limit = set_here
            return
        whole = [gap for day, gap in self.gaps.items() if self.first.date().isoformat() < day < _day(self.last)]
        if not whole:
            self.limit = settings.silence_minutes * 60
            return
        self.limit = max(int(settings.silence_times * statistics.median(whole)), settings.silence_least * 60)

    def is_silent(self, now: datetime) -> bool:
        """True if it has been silent beyond its limit."""
        return self.limit > 0 and now - self.last > timedelta(seconds=self.limit)


class SilenceWatch:
    """Keeps the senders of one site in memory and in the store.

    Args:
        store: Where to.
        site: Keeps equal names of several sites apart.
        settings: Limits.
    """

    def __init__(self, store: Store, site: str, settings: ListeningSettings) -> None:
        self._store = store
        self._site = site
        self._settings = settings
        self._over: list[Finding] = []
        self._senders = self._read()

    def hear(self, sender: str, now: datetime | None = None) -> str:
        """Note a message.

        Args:
            sender: MSH-3 and MSH-4 with `|` between.
            now: UTC.

        Returns:
            A line for the log if the sender had been silent; else empty.
        """
        now, name = now or utc_now(), shown(sender)
        known = self._senders.get(name)
        if known is None:
            if len(self._senders) >= _MOST_SENDERS or not name.strip("|"):
                return ""
            known = self._senders[name] = Sender(now, now)
            known.learn(name, self._settings)
        silent, since = known.is_silent(now), known.last
        known.hear(now)
        if not silent:
            return ""
        known.told = False
        span = f"{since:%Y-%m-%d %H:%M} to {now:%Y-%m-%d %H:%M} UTC"
        self._over.append(Finding(WAS_SILENT, "note", f"{self._site}|{name}", span, "kept"))
        return f"Sender {name} is heard again; it was silent from {span}."

    def check(self, now: datetime | None = None) -> list[str]:
        """Learn limits anew; a line for the log for each sender that has fallen silent since the last time."""
        now, lines = now or utc_now(), []
        for name, sender in self._senders.items():
            sender.learn(name, self._settings)
            if sender.is_silent(now) and not sender.told:
                sender.told = True
                lines.append(
                    f"Sender {name} is silent: nothing since {sender.last:%Y-%m-%d %H:%M} UTC, reported after "
                    f"{_minutes(sender.limit)}. Look at the sending system and the connection."
                )
        return lines

    def snapshot(self, now: datetime | None = None) -> tuple[list[dict[str, Any]], list[Finding]]:
        """What `save` is to write; findings are handed out once."""
        now, over = now or utc_now(), self._over
        self._over = []
        return [_row(f"{self._site}|{name}", sender, now) for name, sender in self._senders.items()], over

    def save(self, rows: Sequence[dict[str, Any]], findings: Sequence[Finding]) -> None:
        """Write a snapshot; may be called in another thread."""
        if not rows:
            return
        with writing_to(self._store.engine) as connection:
            connection.execute(delete(t.senders).where(t.senders.c.sender.in_([row["sender"] for row in rows])))
            connection.execute(insert(t.senders), list(rows))
            add_findings(connection, findings)

    def _read(self) -> dict[str, Sender]:
        prefix, found = f"{self._site}|", {}
        for row in self._store.read(select(t.senders).where(t.senders.c.sender.startswith(prefix, autoescape=True))):
            gaps = dict(line.split() for line in row.gaps.splitlines())
            days = {day: int(gap) for day, gap in gaps.items()}
            found[row.sender.removeprefix(prefix)] = Sender(
                row.first_at, row.last_at, row.messages, days, row.limit_seconds
            )
        return found


def _row(name: str, sender: Sender, now: datetime) -> dict[str, Any]:
    return {
        "sender": name,
        "first_at": sender.first,
        "last_at": sender.last,
        "messages": sender.messages,
        "gaps": "\n".join(f"{day} {gap}" for day, gap in sorted(sender.gaps.items())),
        "limit_seconds": sender.limit,
        "watched_at": now,
    }


def silent_senders(store: Store, now: datetime | None = None) -> Iterator[Finding]:
    """Senders of live messages that are silent now for longer than is usual, whether a listener runs or not.

    Args:
        store: To read from.
        now: UTC; None: the computer's clock, for live messages are late by it and not by the records' clock.
    """
    now = now or utc_now()
    for row in store.read(select(t.senders).order_by(t.senders.c.sender)):
        if not row.limit_seconds or now - row.last_at <= timedelta(seconds=row.limit_seconds):
            continue
        value = f"nothing since {row.last_at:%Y-%m-%d %H:%M} UTC, usual is at most {_minutes(row.limit_seconds)}"
        if now - row.watched_at > _LISTENER_GONE:
            value += f"; no listener has run since {row.watched_at:%Y-%m-%d %H:%M} UTC"
        yield Finding(SILENT, "warning", row.sender, value, "kept")


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _minutes(seconds: int) -> str:
    return f"{seconds / 60:.0f} minutes"
