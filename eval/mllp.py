"""Measures `assistant listen`: messages acknowledged a second, by one and by several senders; seconds to the census.

The listener is the real command in a process of its own, on a fresh SQLite store; each sender waits for the
acknowledgement of a message before it sends the next, as interface engines do. Messages come from a feed, renumbered
where it holds too few; it must be one of ADT messages in use, none twice. At the end the store must hold each once.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import func, select

from assistant.app import App, open_app
from assistant.errors import AssistantError, RecordError
from assistant.records import tables as t
from assistant.records.listening.sending import MllpSender, code_of
from eval.import_speed import read_messages, renumbered

_ADMIT = (
    "MSH|^~\\&|EVAL|EVAL|||{now}||ADT^A01|{name}|P|2.5\rEVN|A01|{now}||||{now}\r"
    "PID|1||{name}\rPV1|1|I|{unit}|||||||||||||||||{name}\r"
)


@dataclass(frozen=True)
class Rate:
    """One measurement.

    Attributes:
        median_ms, p99_ms: From sending a message to its acknowledgement.
        fsync_ms: Median time that the disk takes to make 4 KiB durable, measured just before.
    """

    senders: int
    messages: int
    seconds: float
    median_ms: float
    p99_ms: float
    listener_cpu_ms: float
    fsync_ms: float

    @property
    def per_second(self) -> float:
        """Acknowledged messages per second of wall clock."""
        return self.messages / self.seconds


@contextmanager
def listening(home: Path) -> Iterator[tuple[int, int]]:
    """The real command in a process of its own; gives its port and process number."""
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant.cli.main", "listen", "--port", "0", "--json", "--progress", "3600"],
        env={**os.environ, "ASSISTANT_HOME": str(home), "ASSISTANT_DATABASE_URL": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RecordError("The listener ended at once; start `assistant listen` by hand to see why.")
        yield json.loads(line)["port"], process.pid
        process.send_signal(signal.SIGTERM)
        if process.wait(60) != 0:
            raise RecordError(f"The listener ended with {process.returncode} instead of 0.")
    finally:
        process.kill()
        process.wait()


def measure(port: int, pid: int, streams: Sequence[Sequence[bytes]], disk: Path) -> Rate:
    """Send each stream over a connection of its own, all at once."""
    waits: list[list[float]] = [[] for _ in streams]
    faults: list[str] = []

    def send(number: int) -> None:
        with MllpSender("127.0.0.1", port, 120) as sender:
            for message in streams[number]:
                began = time.perf_counter()
                code, _ = code_of(sender.send(message))
                waits[number].append(time.perf_counter() - began)
                if code != "AA":
                    faults.append(code)

    fsync, cpu, began = fsync_ms(disk), cpu_seconds(pid), time.perf_counter()
    threads = [threading.Thread(target=send, args=(number,)) for number in range(len(streams))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, all_waits = time.perf_counter() - began, sorted(wait for some in waits for wait in some)
    count = sum(map(len, streams))
    if faults or len(all_waits) != count:
        raise RecordError(f"{count} messages sent, {len(all_waits)} answered, {len(faults)} not with AA.")
    spent = (cpu_seconds(pid) - cpu) / count * 1000
    p99 = all_waits[int(0.99 * (count - 1))] * 1000
    return Rate(len(streams), count, seconds, statistics.median(all_waits) * 1000, p99, spent, fsync)


def census_seconds(app: App, port: int, tries: int) -> list[float]:
    """From sending an admission until `show_state`, asked in this process, counts the patient."""
    found = []
    with MllpSender("127.0.0.1", port) as sender:
        for number in range(tries):
            before, began = _patients(app), time.perf_counter()
            now = app.context().at.strftime("%Y%m%d%H%M%S")
            name = f"E{time.time_ns()}"
            sender.send(_ADMIT.format(now=now, name=name, unit=_UNIT).encode())
            while _patients(app) != before + 1:
                if time.perf_counter() - began > 30:
                    raise RecordError(f"Admission {number} is not in the census after 30 s.")
            found.append(time.perf_counter() - began)
    return found


_UNIT = "EVALUATION"


def _patients(app: App) -> int:
    """Patients in the unit of the measurement, as the tool says."""
    record, _ = app.call_tool("show_state", {"measure": "occupancy"}, app.context())
    rows = record.outcome.data["rows"] if record.outcome else []
    return sum(int(row["patients"]) for row in rows if row["unit"] == _UNIT)


def cpu_seconds(pid: int) -> float:
    """Processor time that the process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def fsync_ms(folder: Path, tries: int = 30) -> float:
    """Median milliseconds for one small durable write."""
    waits = []
    with (folder / "fsync.tmp").open("wb") as file:
        for _ in range(tries):
            file.write(bytes(4096))
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            waits.append(time.perf_counter() - began)
    return statistics.median(waits) * 1000


def streams_of(messages: Sequence[str], senders: int, count: int, copy: int) -> list[list[bytes]]:
    """As many messages for each sender; patients, visits and control ids of its own, so that none is known already."""
    each = count // senders
    copies = range(-(-each // len(messages)))
    return [
        [renumbered(m, (copy * 1_000 + sender) * 1_000 + n).encode() for n in copies for m in messages][:each]
        for sender in range(senders)
    ]


def main(argv: list[str]) -> int:
    """Entry of `python -m eval mllp`."""
    parser = argparse.ArgumentParser(prog="python -m eval mllp", description=__doc__)
    parser.add_argument("feeds", nargs="+", type=Path, metavar="FEED", help="HL7 v2 files or folders")
    parser.add_argument("--messages", type=int, default=2_000, help="messages of each measurement (default 2,000)")
    parser.add_argument("--senders", type=int, nargs="+", default=[1, 4, 16], help="senders at once (default 1 4 16)")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--out", type=Path, help="write the JSON object to a file, too")
    options = parser.parse_args(argv)
    try:
        report = evaluate(options.feeds, options.messages, options.senders)
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 2
    if options.out:
        options.out.write_text(json.dumps(report, indent=1), encoding="utf-8")
    if options.json:
        print(json.dumps(report))
    else:
        print("\n".join(_lines(report)))
    return 0


def evaluate(feeds: Sequence[Path], count: int, senders: Sequence[int]) -> dict[str, object]:
    """All measurements on one fresh store, and the check that nothing was lost or doubled."""
    messages = [message for message in read_messages(feeds, count) if message.startswith("MSH")]
    if not messages:
        raise RecordError("The feeds hold no HL7 v2 messages; give files of ADT messages.")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        app = open_app(home)
        with listening(home) as (port, pid):
            rates = [measure(port, pid, streams_of(messages, n, count, i), home) for i, n in enumerate(senders)]
            census = census_seconds(app, port, 5)
        sent = sum(rate.messages for rate in rates) + len(census)
        stored = int(app.store.read(select(func.count()).select_from(t.messages))[0][0])
        app.store.close()
    if stored != sent:
        raise RecordError(f"{sent} messages were acknowledged, the store has {stored}.")
    rows = [{**asdict(rate), "per_second": rate.per_second} for rate in rates]
    return {"load": os.getloadavg()[0], "rates": rows, "census_seconds": census, "stored": stored}


def _lines(report: dict[str, object]) -> Iterator[str]:
    """The table for a person."""
    yield "senders  messages  acknowledged/s  median ms  p99 ms  listener CPU ms each  fsync ms"
    for row in report["rates"]:  # type: ignore[attr-defined]
        yield (
            f"{row['senders']:>7}  {row['messages']:>8,}  {row['per_second']:>14,.0f}  {row['median_ms']:>9.1f}  "
            f"{row['p99_ms']:>6.1f}  {row['listener_cpu_ms']:>20.1f}  {row['fsync_ms']:>8.2f}"
        )
    census: list[float] = report["census_seconds"]  # type: ignore[assignment]
    median, most = statistics.median(census), max(census)
    yield f"message sent to census seen by another process: median {median:.3f} s, at most {most:.3f} s"
    yield f"{report['stored']:,} messages stored, each once; load {report['load']:.1f} on {os.cpu_count()} cores"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
