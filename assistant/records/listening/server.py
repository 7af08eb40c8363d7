"""The MLLP listener: binds, takes connections, keeps watch, and ends in order."""

import asyncio
import contextlib
import errno
import logging
import socket
from collections.abc import Callable

from assistant.errors import SetupError
from assistant.records.listening.connection import Connection
from assistant.records.listening.counters import Counters
from assistant.records.listening.desk import Desk
from assistant.records.listening.keeping import Keeper
from assistant.records.listening.silence import SilenceWatch
from assistant.records.receiving import Receiver
from assistant.records.settings import RecordsSettings
from assistant.records.store import Store

_WATCH_SECONDS = 10.0
_END_SECONDS = 20.0  # for senders that do not read their last answers
_LOG = logging.getLogger(__name__)


class Listener:
    """Receives HL7 v2 over MLLP for one site.

    Args:
        store: Where messages go.
        site: Keeps equal numbers of several sites apart.
        settings: Limits of the records part; `listening` holds those of the listener.
        watch_seconds: Time between two looks at silent senders.
    """

    def __init__(
        self,
        store: Store,
        site: str = "main",
        settings: RecordsSettings | None = None,
        watch_seconds: float = _WATCH_SECONDS,
    ) -> None:
        settings = settings or RecordsSettings()
        self._watch = SilenceWatch(store, site, settings.listening)
        self._keeper = Keeper(Receiver(store, site, settings))
        self._desk = Desk(self._keeper, self._watch, settings.listening)
        self._watch_seconds = watch_seconds
        self._connections: set[Connection] = set()

    @property
    def counters(self) -> Counters:
        """What was done so far."""
        return self._desk.counters

    async def run(self, host: str, port: int, stop: asyncio.Event, ready: Callable[[str, int], None]) -> None:
        """Listen until `stop` is set; what was sent whole by then is stored and answered.

        Args:
            host: Address or name to bind.
            port: 0: any free one.
            stop: Ends the listener.
            ready: Called with address and port once senders can connect.

        Raises:
            SetupError: The port is taken, may not be used, or the address is not of this machine.
        """
        server = await self._bind(host, port)
        storing = self._keeper.start()
        ended = asyncio.Event()
        watching = asyncio.get_running_loop().create_task(self._keep_watch(ended))
        try:
            bound = server.sockets[0].getsockname()
            ready(bound[0], bound[1])
            stopping = asyncio.ensure_future(stop.wait())
            await asyncio.wait({stopping, storing}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
        finally:
            server.close()
            await self._end_connections()
            await self._keeper.stop()
            ended.set()  # not cancelled: a thread that still writes would put older times over the last ones
            await watching

    async def _bind(self, host: str, port: int) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        try:
            return await loop.create_server(lambda: Connection(self._desk, self._connections), host, port, backlog=100)
        except OverflowError:
            raise SetupError(f"Port {port} does not exist; expected 0 (any free one) to 65535.") from None
        except socket.gaierror as error:
            raise SetupError(
                f"The address {host!r} is not known ({error.strerror}); use 127.0.0.1 or 0.0.0.0."
            ) from error
        except OSError as error:
            raise SetupError(_no_port(host, port, error)) from error

    async def _end_connections(self) -> None:
        """Let each answer what it holds; those that take too long are cut."""
        ending = list(self._connections)
        for connection in ending:
            connection.finish()
        if not ending:
            return
        waits = [asyncio.ensure_future(connection.closed()) for connection in ending]
        _, late = await asyncio.wait(waits, timeout=_END_SECONDS)
        for connection, wait in zip(ending, waits, strict=True):
            if wait in late:
                connection.abort()
        await asyncio.gather(*waits, return_exceptions=True)

    async def _keep_watch(self, ended: asyncio.Event) -> None:
        while not ended.is_set():
            await self._look()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), self._watch_seconds)
        await self._look()

    async def _look(self) -> None:
        """Report senders that have fallen silent; a store that is busy is tried again next time."""
        for line in self._watch.check():
            _LOG.warning(line)
        rows, over = self._watch.snapshot()
        try:
            await asyncio.to_thread(self._watch.save, rows, over)
        except Exception as error:
            _LOG.warning("When senders were heard could not be kept: %s.", type(error).__name__)


def _no_port(host: str, port: int, error: OSError) -> str:
    """Why the port cannot be had, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken by another program, perhaps another `assistant listen`. "
            f"Stop that one, or choose another port: assistant listen --port {port + 1} (0: any free one)."
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"Port {port} may not be used by this user; choose one above 1023: assistant listen --port 2575."
    return f"{host}:{port} cannot be listened on: {error.strerror}. Use an address of this machine, or 0.0.0.0 for all."
