"""One sender's connection: bytes in, one acknowledgement out for each message, in the order they came."""

import asyncio
import logging
import socket
from collections import deque
from typing import cast

from assistant.records.listening.desk import Desk
from assistant.records.listening.frames import Frame, FrameReader, Item, Skipped

_MOST_QUEUED = 64  # messages of one connection that wait; then it is not read until half of them are answered
_MOST_BYTES = 1 << 20  # of these messages; the same holds
_END_SECONDS = 0.25  # wait for the 0x0D after the 0x1C; some senders leave it out
_LOG = logging.getLogger(__name__)


class Connection(asyncio.Protocol):
    """Reads frames, hands them to the desk, writes the acknowledgements.

    Args:
        desk: Shared by all connections.
        open_ones: The connections that are open; this one enters and leaves by itself.
    """

    def __init__(self, desk: Desk, open_ones: "set[Connection]") -> None:
        self._desk = desk
        self._open = open_ones
        self._frames = FrameReader(desk.settings.longest_message, desk.room)
        self._answers: deque[tuple[asyncio.Future[bytes], int]] = deque()  # with the size of the message
        self._queued = 0  # bytes of these
        self._come = asyncio.Event()
        self._writable = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._ending = False  # nothing more is read; what was taken is answered, then the connection closes
        self._paused = False
        self._peer = "?"
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A sender has connected; those over the limit and from elsewhere are closed at once."""
        self._transport = cast(asyncio.Transport, transport)
        name = transport.get_extra_info("peername") or ("?", 0)
        self._peer = f"{name[0]}:{name[1]}"
        if refusal := self._refusal(str(name[0])):
            self._desk.counters.turned_away += 1
            _LOG.warning("%s: connection closed, %s.", self._peer, refusal)
            self._transport.abort()
            return
        _keep_alive(transport.get_extra_info("socket"))
        self._writable.set()
        self._open.add(self)
        self._desk.counters.connected += 1
        self._desk.counters.connections = len(self._open)
        self._task = asyncio.get_running_loop().create_task(self._write_answers())
        _LOG.info("%s: connected.", self._peer)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._ending or self._task is None:
            return
        self._handle(self._frames.feed(data))
        self._set_timer()

    def eof_received(self) -> bool:
        """The sender sends no more; it may still wait for answers."""
        self.finish()
        return True

    def connection_lost(self, _error: Exception | None) -> None:
        """The sender is gone; what it has sent whole is stored all the same."""
        if self._task is None:
            return
        self.finish()
        self._writable.set()
        self._open.discard(self)
        self._desk.counters.connections = len(self._open)
        _LOG.info("%s: closed.", self._peer)

    def pause_writing(self) -> None:
        """The sender does not read its answers."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """The sender reads again."""
        self._writable.set()

    def finish(self) -> None:
        """Read no more, answer what is held, then close."""
        if self._ending:
            return
        self._ending = True
        if self._timer:
            self._timer.cancel()
        self._pause_reading()
        self._handle(self._frames.finish())
        self._come.set()

    def abort(self) -> None:
        """Close at once; what is not answered yet stays with the sender."""
        self._transport.abort()

    async def closed(self) -> None:
        """Wait until all is answered."""
        if self._task:
            await asyncio.shield(self._task)

    def _refusal(self, address: str) -> str:
        settings = self._desk.settings
        if len(self._open) >= settings.most_connections:
            return f"{settings.most_connections} are open already (setting records.listening.most_connections)"
        if not settings.may_connect(address):
            return "the address is not among records.listening.senders"
        return ""

    def _handle(self, items: list[Item]) -> None:
        for item in items:
            if isinstance(item, Skipped):
                self._desk.skip(item, self._peer)
                continue
            size = len(item.body) if isinstance(item, Frame) else 0
            self._queue(size)
            self._answers.append((self._desk.take(item, self._peer), size))
        if items:
            self._come.set()
        if len(self._answers) > _MOST_QUEUED or self._queued > _MOST_BYTES:
            self._pause_reading()

    def _queue(self, size: int) -> None:
        """Bytes that wait for their answer, or (below zero) have got it."""
        self._queued += size
        self._desk.room.used += size

    def _set_timer(self) -> None:
        """A message that has begun must end in time; one that lacks only its last byte, at once."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._frames.unfinished:
            wait = _END_SECONDS if self._frames.at_end_byte else self._desk.settings.frame_seconds
            self._timer = asyncio.get_running_loop().call_later(wait, self._too_late)

    def _too_late(self) -> None:
        whole = self._frames.at_end_byte
        self._handle(self._frames.finish())
        if not whole:
            _LOG.warning("%s: closed, a message had begun and did not end.", self._peer)
            self.finish()

    def _pause_reading(self) -> None:
        if not self._transport.is_closing():
            self._paused = True
            self._transport.pause_reading()

    def _resume_reading(self) -> None:
        if self._paused and not (self._ending or self._transport.is_closing()):
            self._paused = False
            self._transport.resume_reading()

    async def _write_answers(self) -> None:
        """Write each answer when it is known, in order; then close if no more can come."""
        try:
            while self._answers or not self._ending:
                if not self._answers:
                    self._come.clear()
                    await self._come.wait()
                    continue
                coming, size = self._answers.popleft()
                answer = await coming
                self._queue(-size)
                await self._writable.wait()
                if not self._transport.is_closing():
                    self._transport.write(answer)
                if len(self._answers) <= _MOST_QUEUED // 2 and self._queued <= _MOST_BYTES // 2:
                    self._resume_reading()
        finally:
            self._transport.close()


def _keep_alive(found: socket.socket | None) -> None:
    """Connections may be idle for hours; the system notices when the other side is gone."""
    if found is not None:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_KEEPIDLE"):
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 120)
