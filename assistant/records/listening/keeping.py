"""Hands messages of all connections to the store in groups, so that they share one wait on the disk.

One thread writes. While it waits for the disk, the next messages gather; each is answered only when the transaction
that holds it is on the disk.
"""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from assistant.records.receiving import Received

_MOST = 200  # messages in one transaction: some tenths of a second
_LOG = logging.getLogger(__name__)


class Takes(Protocol):
    """What stores messages, `receiving.Receiver`."""

    def receive_all(self, raws: Sequence[bytes], place: str = ...) -> list[Received]:
        """Store in one transaction; answers in the same order."""


class Keeper:
    """Queues messages, stores them in order, and tells each sender what became of its own.

    Args:
        receiver: Stores them; called in one thread of its own.
        place: Where they came from, for quarantine and findings.
    """

    def __init__(self, receiver: Takes, place: str = "mllp") -> None:
        self._receiver = receiver
        self._place = place
        self._waiting: list[tuple[bytes, asyncio.Future[Received]]] = []
        self._come = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._task: asyncio.Task[None] | None = None

    def start(self) -> "asyncio.Task[None]":
        """Begin to store; the task ends only with `stop`, or by a defect."""
        self._task = asyncio.get_running_loop().create_task(self._run())
        return self._task

    async def stop(self) -> None:
        """Store what is still waiting, then end."""
        task, self._task = self._task, None
        self._come.set()
        if task:
            await task
        self._thread.shutdown()

    def keep(self, raw: bytes) -> "asyncio.Future[Received]":
        """What became of the message; known once it is durable."""
        told: asyncio.Future[Received] = asyncio.get_running_loop().create_future()
        self._waiting.append((raw, told))
        self._come.set()
        return told

    async def _run(self) -> None:
        while self._task or self._waiting:
            await self._come.wait()
            self._come.clear()
            while self._waiting:
                part, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                await self._store(part)

    async def _store(self, part: "Sequence[tuple[bytes, asyncio.Future[Received]]]") -> None:
        loop = asyncio.get_running_loop()
        answers = await loop.run_in_executor(self._thread, self._receive, [raw for raw, _ in part])
        for (_, told), answer in zip(part, answers, strict=True):
            if not told.done():  # cancelled: the connection is gone, the message is stored all the same
                told.set_result(answer)

    def _receive(self, raws: Sequence[bytes]) -> list[Received]:
        """In the thread: store together; if that fails in a way nobody has thought of, one by one."""
        try:
            return self._receiver.receive_all(raws, self._place)
        except Exception as error:
            if len(raws) > 1:
                return [answer for raw in raws for answer in self._receive([raw])]
            # The text of the error may quote the message, and with it a patient; its kind and place may be shown.
            _LOG.error("A message could not be stored: %s%s.", type(error).__name__, _where(error))
            reason = f"internal fault ({type(error).__name__}); not stored, tell the operator of the assistant"
            return [Received("AR", outcome="not_stored", rule="not_stored", reason=reason)]


def _where(error: BaseException) -> str:
    """File and line that raised it."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
