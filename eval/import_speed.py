"""Measures our whole import (decode, check, de-duplicate, store, rebuild stays) beside two parsers that only parse.

The peers get the very same messages in the same run. Ours is measured on these, and once more in bulk: on renumbered
copies of them, as many as a hospital sends in weeks, since a year of messages is what an import has to cope with.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.errors import AssistantError, RecordError
from assistant.records.hl7_stream import decode_message, split_messages
from assistant.records.importing import import_paths
from assistant.records.sources import find_files, open_source
from assistant.records.store import Store

_RENUMBERED = {"MSH": 9, "PID": 3, "PV1": 19}  # control id, patient and visit number, by position after a split


@dataclass(frozen=True)
class Speed:
    """One measurement.

    Attributes:
        seconds: Wall clock; cpu_seconds: of this process (other work on the machine does not count).
        failed: Messages that the parser refused.
    """

    name: str
    messages: int
    seconds: float
    cpu_seconds: float
    failed: int = 0

    @property
    def per_second(self) -> float:
        """Messages per second of wall clock."""
        return self.messages / self.seconds

    @property
    def per_cpu_second(self) -> float:
        """Messages per second of processor time."""
        return self.messages / max(self.cpu_seconds, 1e-9)


def read_messages(feeds: Sequence[Path], most: int) -> list[str]:
    """The first messages of the feeds, as text with CR between segments."""
    found: list[str] = []
    for path in find_files(feeds):
        with open_source(path) as stream:
            found += [decode_message(raw) for raw in split_messages(stream)]
    if not found:
        raise RecordError("The feeds hold no HL7 v2 messages.")
    return found[:most]


def renumbered(message: str, copy: int) -> str:
    """The same message of another patient and visit, told by another control id."""
    lines = []
    for line in message.split("\r"):
        fields = line.split("|")
        at = _RENUMBERED.get(fields[0])
        if at is not None and at < len(fields):
            fields[at] = f"{copy}-{fields[at]}"
        lines.append("|".join(fields))
    return "\r".join(lines)


def measure_import(messages: Sequence[str], name: str) -> Speed:
    """Our whole import of a file into a fresh SQLite store, stays included."""
    with tempfile.TemporaryDirectory() as home:
        feed = Path(home) / "feed.hl7"
        feed.write_bytes("\r".join(messages).encode())
        store = Store.open(Path(home) / "store")
        speed = _timed(name, len(messages), lambda: import_paths(store, [feed]).files[0].quarantined)
        store.close()
    return speed


def measure_parser(
    messages: Sequence[str], name: str, parse: Callable[[str], object], refused: type[Exception]
) -> Speed:
    """A peer that only parses."""

    def whole() -> int:
        return sum(1 for message in messages if not _parses(parse, message, refused))

    return _timed(name, len(messages), whole)


def measure(messages: Sequence[str], bulk: int) -> list[Speed]:
    """All four measurements, ours in bulk last."""
    import hl7  # peers come with the development extras only
    from hl7apy.exceptions import HL7apyException
    from hl7apy.parser import parse_message

    copies = max(1, -(-bulk // len(messages)))
    many = [renumbered(message, copy) for copy in range(copies) for message in messages]
    return [
        measure_parser(messages, "hl7apy (parse only)", parse_message, HL7apyException),
        measure_parser(messages, "hl7 (parse only)", hl7.parse, hl7.HL7Exception),
        measure_import(messages, "ours (whole import)"),
        measure_import(many, "ours (whole import, bulk)"),
    ]


def main(argv: list[str]) -> int:
    """Entry of `python -m eval import_speed`."""
    parser = argparse.ArgumentParser(prog="python -m eval import_speed", description=__doc__)
    parser.add_argument("feeds", nargs="+", type=Path, metavar="FEED", help="HL7 v2 files or folders")
    parser.add_argument("--messages", type=int, default=1_000, help="messages that all get (default 1,000)")
    parser.add_argument("--bulk", type=int, default=20_000, help="messages of the bulk import (default 20,000)")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args(argv)
    try:
        speeds = measure(read_messages(options.feeds, options.messages), options.bulk)
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 2
    rows = list(_rows(speeds))
    if options.json:
        print(json.dumps({"load": os.getloadavg()[0], "speeds": rows}))
        return 0
    for row in rows:
        print(
            f"{row['name']:28} {row['messages']:>7,} messages {row['per_second']:>8,.0f}/s "
            f"({row['per_cpu_second']:,.0f} per CPU second), "
            f"{row['times_as_fast']:.1f} x hl7apy, {row['failed']} refused"
        )
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return 0


def _rows(speeds: Sequence[Speed]) -> Iterator[dict[str, object]]:
    """Each measurement with its ratio to the first; ratios compare processor time, which other work does not touch."""
    for speed in speeds:
        rates = {"per_second": speed.per_second, "per_cpu_second": speed.per_cpu_second}
        yield {**asdict(speed), **rates, "times_as_fast": speed.per_cpu_second / speeds[0].per_cpu_second}


def _timed(name: str, messages: int, work: Callable[[], int]) -> Speed:
    wall, cpu = time.perf_counter(), time.process_time()
    failed = work()
    return Speed(name, messages, time.perf_counter() - wall, time.process_time() - cpu, failed)


def _parses(parse: Callable[[str], object], message: str, refused: type[Exception]) -> bool:
    try:
        parse(message)
    except refused:
        return False
    return True
