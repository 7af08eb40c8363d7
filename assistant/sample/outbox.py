"""Puts messages into files in the order in which they are sent, one file for each month."""

import heapq
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

# Nothing is sent for a time further back than this, so older messages can go to disk.
HELD_BACK = timedelta(hours=13)


class Outbox:
    """Messages on their way, held in memory for half a day and then streamed to `adt_YYYY-MM.hl7`."""

    def __init__(self, folder: Path, last: datetime) -> None:
        """Files go to `folder`; nothing counts as sent after `last`."""
        self._folder, self._last = folder, last
        self._held: list[tuple[datetime, int, str]] = []
        self._file: BinaryIO | None = None
        self._month = (0, 0)
        self.paths: list[Path] = []
        self.messages = 0

    def __enter__(self) -> "Outbox":
        """Return the outbox itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send what is left and close the file, or only close it after an error."""
        if kind is None:
            self.flush(datetime.max)
        if self._file:
            self._file.close()

    def capped(self, sent: datetime) -> datetime:
        """The time of sending, at the latest the end of the files."""
        return min(sent, self._last)

    def put(self, sent: datetime, text: str) -> None:
        """Send `text` at this time; messages of the same second keep their order."""
        self.messages += 1
        heapq.heappush(self._held, (self.capped(sent), self.messages, text))

    def flush(self, before: datetime) -> None:
        """Write what was sent before this time."""
        while self._held and self._held[0][0] < before:
            sent, _, text = heapq.heappop(self._held)
            self._file_for(sent).write(text.encode())

    def _file_for(self, sent: datetime) -> BinaryIO:
        if self._file is None or self._month != (sent.year, sent.month):
            if self._file:
                self._file.close()
            self._month = (sent.year, sent.month)
            self.paths.append(self._folder / f"adt_{sent:%Y-%m}.hl7")
            self._file = self.paths[-1].open("wb")
        return self._file
