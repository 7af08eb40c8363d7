"""When to stop: by the clock, or by rounds so that the run can be repeated."""

import time


class Clock:
    """Deadline in seconds of `time.monotonic`; infinite where rounds decide."""

    def __init__(self, seconds: float) -> None:
        self.began = time.monotonic()
        self.deadline = self.began + seconds

    @property
    def left(self) -> float:
        """Seconds left, 0 or less when over."""
        return self.deadline - time.monotonic()

    @property
    def over(self) -> bool:
        """The time is up."""
        return self.left <= 0

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    def at_most(self, seconds: float) -> "Clock":
        """A clock that ends after `seconds`, or with this one."""
        return Clock(max(0.0, min(seconds, self.left)))
