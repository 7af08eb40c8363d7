"""A sender that falls silent is reported, by what is usual for it, and the records tell."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from assistant.records import tables as t
from assistant.records.listening.settings import ListeningSettings
from assistant.records.listening.silence import SILENT, SilenceWatch, silent_senders
from assistant.records.quality import data_quality
from assistant.records.store import Store

NOW = datetime(2026, 3, 10, 12)
NAME = "PAS|MAIN"


def keep(watch: SilenceWatch, now: datetime) -> list[str]:
    lines = watch.check(now)
    watch.save(*watch.snapshot(now))
    return lines


def heard(watch: SilenceWatch, start: datetime, end: datetime, every: int, night: int) -> None:
    """Messages every so many minutes; at night, from 0 to 6 o'clock, less often."""
    now = start
    while now < end:
        watch.hear(NAME, now)
        now += timedelta(minutes=night if now.hour < 6 else every)


def test_before_anything_is_learned_the_setting_holds(store: Store) -> None:
    watch = SilenceWatch(store, "main", ListeningSettings(silence_minutes=60))
    watch.hear(NAME, NOW)
    assert keep(watch, NOW + timedelta(minutes=59)) == []
    (line,) = keep(watch, NOW + timedelta(minutes=61))
    assert "PAS|MAIN is silent: nothing since 2026-03-10 12:00 UTC, reported after 60 minutes" in line
    assert keep(watch, NOW + timedelta(minutes=90)) == []  # told once
    assert "heard again" in watch.hear(NAME, NOW + timedelta(minutes=95))
    keep(watch, NOW + timedelta(minutes=96))
    assert list(silent_senders(store, NOW + timedelta(minutes=97))) == []
    rows = store.read(select(t.findings.c.rule, t.findings.c.value))
    assert [tuple(row) for row in rows] == [("sender_was_silent", "2026-03-10 12:00 to 2026-03-10 13:35 UTC")]


def test_the_usual_gaps_of_a_quiet_night_are_learned(store: Store) -> None:
    watch = SilenceWatch(store, "main", ListeningSettings(silence_times=2.0, silence_least=15))
    heard(watch, NOW - timedelta(days=6), NOW, every=5, night=90)
    assert keep(watch, NOW) == []
    assert store.read(select(t.senders.c.limit_seconds))[0][0] == 2 * 90 * 60
    assert list(silent_senders(store, NOW + timedelta(minutes=170))) == []
    assert len(list(silent_senders(store, NOW + timedelta(minutes=190)))) == 1


def test_one_day_with_a_fault_does_not_make_the_watch_blind(store: Store) -> None:
    watch = SilenceWatch(store, "main", ListeningSettings(silence_times=3.0))
    heard(watch, NOW - timedelta(days=8), NOW - timedelta(days=4), every=10, night=20)
    heard(watch, NOW - timedelta(days=3), NOW, every=10, night=20)
    keep(watch, NOW)
    assert store.read(select(t.senders.c.limit_seconds))[0][0] == 3 * 20 * 60


def test_a_site_may_set_the_minutes_or_leave_a_sender_unwatched(store: Store) -> None:
    watch = SilenceWatch(store, "main", ListeningSettings(silence_set=("PAS|MAIN=20", "LAB|MAIN=0")))
    watch.hear(NAME, NOW)
    watch.hear("LAB|MAIN", NOW)
    assert len(keep(watch, NOW + timedelta(minutes=21))) == 1
    assert [finding.place for finding in silent_senders(store, NOW + timedelta(days=9))] == ["main|PAS|MAIN"]


def test_it_is_known_again_after_a_restart_and_while_nothing_listens(store: Store) -> None:
    watch = SilenceWatch(store, "main", ListeningSettings())
    watch.hear(NAME, NOW)
    keep(watch, NOW)
    (finding,) = silent_senders(store, NOW + timedelta(minutes=70))
    assert (finding.rule, finding.severity) == ("sender_silent", "warning")
    assert "no listener has run since 2026-03-10 12:00 UTC" in finding.value
    again = SilenceWatch(store, "main", ListeningSettings())
    assert len(keep(again, NOW + timedelta(minutes=70))) == 1
    assert SilenceWatch(store, "other", ListeningSettings()).check(NOW + timedelta(minutes=70)) == []


def test_names_that_somebody_makes_up_do_not_fill_the_memory(store: Store) -> None:
    watch = SilenceWatch(store, "main", ListeningSettings())
    for number in range(2_000):
        watch.hear(f"X{number}\n\x1b[31m|{'y' * 200}", NOW)
    rows, _ = watch.snapshot(NOW)
    assert len(rows) <= 500 and all(len(row["sender"]) < 60 and row["sender"].isprintable() for row in rows)


def test_wrong_settings_are_refused_with_what_was_expected() -> None:
    with pytest.raises(ValueError, match=r"such as PAS\|MAIN=30"):
        ListeningSettings(silence_set=("PAS|MAIN",))
    with pytest.raises(ValueError, match="expected addresses or networks"):
        ListeningSettings(senders=("the lab",))
    with pytest.raises(ValueError, match="longest_message"):
        ListeningSettings(longest_message=0)


def test_the_listener_keeps_watch(
    listening: Callable[..., AbstractContextManager[Any]], adt: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    with listening() as running, running.connect() as sender:
        sender.send(adt("A01", 1, "ICU").encode())
    (row,) = running.store.read(select(t.senders))
    assert (row.sender, row.messages, row.limit_seconds) == ("main|ADT|HOSP", 1, 3600)
    assert SILENT not in set(data_quality(running.store).rule)
    with running.store.engine.begin() as connection:
        connection.execute(update(t.senders).values(last_at=row.last_at - timedelta(minutes=61)))
    found = data_quality(running.store).set_index("rule").loc[SILENT]
    assert (found["severity"], found["count"]) == ("warning", 1)
    assert "main|ADT|HOSP: nothing since" in found["example"]
    later = row.last_at + timedelta(minutes=61)
    assert [f.place for f in silent_senders(running.store, later)] == ["main|ADT|HOSP"]
