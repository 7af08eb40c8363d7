"""A call at the door that can be watched: how good the best plan is while it is sought, and stopping it."""

import queue
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any

from assistant.journal.book import Journal
from assistant.plan.watch import Watch, gap_of
from assistant.tools.door import CallRecord, call
from assistant.tools.tool import Context, Tool

_LOOK_SECONDS = 0.1
_TELL_SECONDS = 0.5


@dataclass(frozen=True)
class Progress:
    """How far the search for a plan is.

    Attributes:
        seconds: Since it began.
        cost: Of the best plan so far, by the hospital's weights.
        bound: No plan can cost less, as far as is proven.
    """

    seconds: float
    cost: float
    bound: float

    @property
    def gap(self) -> float:
        """Share of the cost that could at most still be saved."""
        return gap_of(self.cost, self.bound)


def watched_call(
    tools: Mapping[str, Tool], name: str, raw: Any, context: Context, journal: Journal, stop: threading.Event
) -> Iterator[Progress | CallRecord]:
    """Make the call in a thread of its own, telling its progress twice a second at most; ends with its record.

    Once there is a plan, the first Ctrl-C only stops the search, and the plan is kept; the second one, or one
    before that, ends the program as usual.

    Args:
        tools: The catalogue.
        name: Which tool.
        raw: Arguments as they came.
        context: What the session says.
        journal: Where the call is recorded.
        stop: Set by a person who has seen enough.
    """
    seen: queue.SimpleQueue[Progress | CallRecord | BaseException] = queue.SimpleQueue()
    watch = Watch(lambda *told: seen.put(Progress(*told)), stop)

    def work() -> None:
        try:
            seen.put(call(tools, name, raw, replace(context, watch=watch), journal))
        except BaseException as error:  # told to the one who waits, whatever it is
            seen.put(error)

    threading.Thread(target=work, name=f"call {name}", daemon=True).start()
    found = threading.Event()
    try:
        with _first_interrupt_stops(stop, found):
            yield from _until_done(seen, found)
    finally:
        stop.set()  # nobody waits any more


@contextmanager
def _first_interrupt_stops(stop: threading.Event, found: threading.Event) -> Iterator[None]:
    """While a plan is known, Ctrl-C means to keep it. Only the main thread hears of Ctrl-C: others change nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def interrupted(number: int, frame: FrameType | None) -> None:
        if stop.is_set() or not found.is_set():
            raise KeyboardInterrupt
        stop.set()

    signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)


def _until_done(
    seen: "queue.SimpleQueue[Progress | CallRecord | BaseException]", found: threading.Event
) -> Iterator[Progress | CallRecord]:
    latest: Progress | None = None
    told = 0.0
    while True:
        try:
            item = seen.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            item = None
        if isinstance(item, BaseException):
            raise item
        if isinstance(item, CallRecord):
            yield item
            return
        if item is not None:
            latest = item
            found.set()
        if latest is not None and latest.seconds - told >= _TELL_SECONDS:
            told = latest.seconds
            yield latest
            latest = None
