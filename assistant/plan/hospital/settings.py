"""Limits of a search."""

from dataclasses import dataclass

from assistant.errors import SetupError


@dataclass(frozen=True)
class HospitalSettings:
    """How long and how to search.

    Attributes:
        seconds: Wall clock, counted from the call; compiling the search, once per version, counts too.
        seed: Of all random choices.
        workers: Searches side by side, one a core.
        tries: Moves each worker tries. With it the same seed gives the same plan, unless `seconds` ends the
            search first; without it the clock decides, and two runs differ.
    """

    seconds: float = 60.0
    seed: int = 1
    workers: int = 2
    tries: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.seconds < 1e7:
            raise SetupError(f"seconds must be above 0, is {self.seconds}")
        if not 1 <= self.workers <= 64:
            raise SetupError(f"workers must be from 1 to 64, is {self.workers}")
        if self.tries is not None and self.tries < 1:
            raise SetupError(f"tries must be at least 1, is {self.tries}")
