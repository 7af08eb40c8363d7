"""Whether a server answered lately: one that did not is left alone for a while, so that not each question waits."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from assistant.errors import LanguageModelError
from assistant.llm.descriptions import Writer
from assistant.llm.faults import TOO_LATE, UNREACHABLE, fault

_ABSENT = frozenset({UNREACHABLE, TOO_LATE})


class Health:
    """What is known of one server, shared by all who ask it.

    Args:
        probe: One short look whether it is there: None if it is, else one sentence.
        seconds: How long it is left alone after it did not answer.
        clock: Monotonic, in seconds.
    """

    def __init__(
        self, probe: Callable[[], str | None], seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._probe = probe
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._trouble = ""
        self._until = 0.0

    def trouble(self) -> str:
        """Why it should not be asked now; empty if it may be.

        Once its time is over, one caller looks whether it is there again; the others meanwhile leave it alone.
        """
        with self._lock:
            if not self._trouble or self._clock() < self._until:
                return self._trouble
            self._until = self._clock() + self._seconds
        return self.look()

    def look(self) -> str:
        """Look whether it is there; what is wrong, or empty."""
        wrong = self._probe() or ""
        with self._lock:
            self._set(wrong)
        return wrong

    def note(self, error: LanguageModelError) -> None:
        """Remember an error that says that the server is not there; others say nothing about it."""
        if error.code in _ABSENT:
            with self._lock:
                self._set(str(error))

    def _set(self, trouble: str) -> None:
        self._trouble, self._until = trouble, self._clock() + self._seconds


class WatchedWriter:
    """A writer over a server whose health is known: an absent one is not waited for again.

    Args:
        writer: Asks the server.
        health: Of that server.
    """

    def __init__(self, writer: Writer, health: Health) -> None:
        self._writer = writer
        self._health = health

    def write(self, question: str, language: str, facts: Sequence[str], passages: Sequence[str]) -> Iterator[str]:
        """See `Writer.write`."""
        trouble = self._health.trouble()
        if trouble:
            raise fault(trouble, UNREACHABLE)
        try:
            yield from self._writer.write(question, language, facts, passages)
        except LanguageModelError as error:
            self._health.note(error)
            raise

    def identity(self) -> dict[str, Any]:
        """See `Writer.identity`."""
        return self._writer.identity()
