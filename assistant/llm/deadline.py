"""A time limit around what a server may take, however slowly it answers."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from assistant.llm.faults import TOO_LATE, fault

T = TypeVar("T")


class Deadline:
    """A point in time by which all work on a question must be done.

    Args:
        seconds: From now.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left.

        Raises:
            LanguageModelError: `model_too_late` if there are none.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.missed()
        return left

    def missed(self) -> Exception:
        """The error for having missed it."""
        return fault(f"The language model did not answer within {self.seconds:g} seconds.", TOO_LATE)


def within(deadline: Deadline, work: Callable[[], T]) -> T:
    """The result of `work`, or `model_too_late`.

    A socket's time limit holds for each read only, so a server that sends one byte now and then would never miss
    it; hence a thread of its own, which is left behind if it is late and ends with its socket.
    """
    return next(each_within(deadline, lambda: iter([work()])))


def each_within(deadline: Deadline, work: Callable[[], Iterator[T]]) -> Iterator[T]:
    """The items of an iterator that is run in a thread of its own, each before the deadline."""
    items: queue.SimpleQueue[tuple[str, T | BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            for item in work():
                items.put(("item", item))
            items.put(("end", None))
        except BaseException as error:
            items.put(("error", error))

    threading.Thread(target=run, name="language-model", daemon=True).start()
    while True:
        try:
            kind, value = items.get(timeout=deadline.left())
        except queue.Empty:
            raise deadline.missed() from None
        if kind == "end":
            return
        if isinstance(value, BaseException):
            raise value
        yield value  # type: ignore[misc]
