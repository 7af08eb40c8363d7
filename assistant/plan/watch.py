"""Watching a search: how good the best plan is while it runs, and stopping it so that the best so far is kept."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

Progress = Callable[[float, float, float], None]
"""Called as `on_progress(seconds, cost, bound)` whenever a better plan is found or the bound rises."""


@dataclass(frozen=True)
class Watch:
    """What somebody who waits for a plan sees and can do.

    Attributes:
        on_progress: See `Progress`; called from whichever thread searches.
        stop: Set by a person who has seen enough; the search then ends with the best plan so far.
    """

    on_progress: Progress | None = None
    stop: threading.Event = field(default_factory=threading.Event)


class Run:
    """One search from its start: its clock, the best cost and bound so far, told only when they get better.

    Attributes:
        cost: Of the best plan so far; infinite before the first.
        bound: Proven so far; costs are sums of prices, so 0 at least.
        first_seconds: Wall clock until the first plan; None before.
        stoppable: Somebody watches, and may stop it.
    """

    def __init__(self, watch: Watch | None = None) -> None:
        self._watch = watch or Watch()
        self.stoppable = watch is not None
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self.cost = float("inf")
        self.bound = 0.0
        self.first_seconds: float | None = None

    @property
    def seconds(self) -> float:
        """Wall clock since the start."""
        return time.monotonic() - self._began

    @property
    def stopped(self) -> bool:
        """A person has asked to stop."""
        return self._watch.stop.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait until somebody stops the run, at most so long; whether it was stopped."""
        return self._watch.stop.wait(seconds)

    def note(self, cost: float | None = None, bound: float | None = None) -> None:
        """Take down a plan's cost or a bound; told if either is better than before and there is a plan."""
        with self._lock:
            better = cost is not None and cost < self.cost
            tighter = bound is not None and self.bound < bound
            if better and cost is not None:
                self.cost = cost
            if tighter and bound is not None:
                self.bound = bound
            if not (better or tighter) or self.cost == float("inf"):
                return
            if self.first_seconds is None:
                self.first_seconds = self.seconds
            shown = (self.seconds, self.cost, min(self.bound, self.cost))
        if self._watch.on_progress:
            self._watch.on_progress(*shown)


def gap_of(cost: float, bound: float) -> float:
    """Share of the cost that could at most be saved; 0 for a plan proven best."""
    return 0.0 if cost <= bound else (cost - bound) / max(abs(cost), 1e-9)
