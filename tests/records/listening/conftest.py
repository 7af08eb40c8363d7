"""A listener in a thread of the test, with a store of its own."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from assistant.records.listening.sending import MllpSender
from assistant.records.listening.server import Listener
from assistant.records.listening.settings import ListeningSettings
from assistant.records.settings import RecordsSettings
from assistant.records.store import Store


class Running:
    """A listener that listens; `stop` ends it in order."""

    def __init__(self, store: Store, settings: ListeningSettings) -> None:
        self.store = store
        self.listener = Listener(store, "main", RecordsSettings(listening=settings), watch_seconds=0.2)
        self.port = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def start(self) -> "Running":
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        assert not self._thread.is_alive(), "the listener does not end"

    def connect(self, seconds: float = 30.0) -> MllpSender:
        return MllpSender("127.0.0.1", self.port, seconds)

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await self.listener.run("127.0.0.1", 0, self._stop, self._tell)

    def _tell(self, _host: str, port: int) -> None:
        self.port = port
        self._ready.set()


Listening = Callable[..., AbstractContextManager[Running]]


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Listening]:
    """Opens a listener with settings of one's own, on the same store each time."""
    store = Store.open(tmp_path / "listening")

    @contextmanager
    def open_listener(**settings: object) -> Iterator[Running]:
        running = Running(store, ListeningSettings(**settings)).start()  # type: ignore[arg-type]
        try:
            yield running
        finally:
            running.stop()

    yield open_listener
    store.close()
