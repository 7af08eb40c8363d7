"""`kill -9` in the middle of streams from several senders loses nothing acknowledged and doubles nothing."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from assistant.errors import SetupError
from assistant.records import tables as t
from assistant.records.listening.sending import MllpSender, code_of
from assistant.records.store import Store

Adt = Callable[..., str]
KILLS, SENDERS = 20, 4


class Nursery:
    """Forks listeners on one data folder; each is the real command."""

    def __init__(self, home: Path) -> None:
        self.port, self.pid = 0, 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.records.listening.killed"],
            env={**os.environ, "ASSISTANT_HOME": str(home), "ASSISTANT_DATABASE_URL": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=Path(__file__).parents[3],
        )

    def start(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self.pid = int(self._process.stdout.readline())
        self.port = json.loads(self._process.stdout.readline())["port"]

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        self.kill()
        self._process.kill()
        self._process.wait()


class Hospital(threading.Thread):
    """One sender: each message until it is acknowledged, then the next, whatever happens to the listener."""

    def __init__(self, nursery: Nursery, messages: Iterator[tuple[str, bytes]]) -> None:
        super().__init__(daemon=True)
        self.acknowledged: list[str] = []
        self.last = threading.Event()
        self._nursery = nursery
        self._messages = messages

    def run(self) -> None:
        waiting = None
        while waiting or not self.last.is_set():
            try:
                with MllpSender("127.0.0.1", self._nursery.port, 20) as sender:
                    while waiting or not self.last.is_set():
                        waiting = waiting or next(self._messages)
                        assert code_of(sender.send(waiting[1])) == ("AA", waiting[0])
                        self.acknowledged.append(waiting[0])
                        waiting = None
            except (OSError, SetupError):
                time.sleep(0.01)


@pytest.fixture
def nursery(tmp_path: Path) -> Iterator[Nursery]:
    opened = Nursery(tmp_path / "home")
    yield opened
    opened.close()


def stored(store: Store) -> set[str]:
    """Control ids that the store knows."""
    return {row[0].rsplit("|", 1)[1] for row in store.read(select(t.messages.c.message))}


def test_nothing_acknowledged_is_lost_and_nothing_doubled(nursery: Nursery, tmp_path: Path, adt: Adt) -> None:
    chance = random.Random(7)

    def messages(name: int) -> Iterator[tuple[str, bytes]]:
        for number in range(100_000):
            control = f"{name}-{number}"
            text = adt("A01", number % 500, f"U{name}^{number}^A", visit=control, control=control)
            yield control, text.encode()

    nursery.start()
    store = Store.open(tmp_path / "home")
    senders = [Hospital(nursery, messages(name)) for name in range(SENDERS)]
    for sender in senders:
        sender.start()
    for _ in range(KILLS):
        so_far = sum(len(sender.acknowledged) for sender in senders)
        while sum(len(sender.acknowledged) for sender in senders) < so_far + 2:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.02))
        nursery.kill()
        before = [control for sender in senders for control in list(sender.acknowledged)]
        nursery.start()
        assert set(before) <= stored(store)
    for sender in senders:
        sender.last.set()
        sender.join(20)
        assert not sender.is_alive()
    told = {control for sender in senders for control in sender.acknowledged}
    assert len(told) == sum(len(sender.acknowledged) for sender in senders) >= 2 * KILLS
    assert stored(store) == told
    assert store.read(select(func.count()).select_from(t.movements))[0][0] == len(told)
    assert store.read(select(func.count()).select_from(t.stays))[0][0] == len(told)
    assert store.read(select(func.count()).select_from(t.touched))[0][0] == 0
    store.close()
