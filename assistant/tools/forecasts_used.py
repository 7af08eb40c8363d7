"""Which kept forecasts a call has used, so that a plan names those that it rests on."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_used: ContextVar[list[str] | None] = ContextVar("forecasts_used", default=None)


@contextmanager
def collecting() -> Iterator[list[str]]:
    """The ids of the forecasts given within, in the order in which they were first given."""
    found: list[str] = []
    token = _used.set(found)
    try:
        yield found
    finally:
        _used.reset(token)


def note_used(name: str) -> None:
    """A forecast was given; told to the call that is under way, if one is."""
    found = _used.get()
    if found is not None and name not in found:
        found.append(name)
