"""Sends HL7 v2 messages over MLLP and reads the acknowledgements: to try a listener, in demonstrations and tests.

`python -m assistant.records.listening.sending FILE... --port 2575` sends the messages of files one after another, each
after the answer to the one before, as interface engines do.
"""

import argparse
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.errors import AssistantError, SetupError
from assistant.records.hl7_stream import split_messages
from assistant.records.listening.frames import Frame, FrameReader, framed
from assistant.records.sources import find_files, open_source, recognise_file

_LONGEST = 1 << 20  # bytes of an acknowledgement


class MllpSender:
    """One connection to a listener; use it in a `with` statement.

    Args:
        host, port: Of the listener.
        seconds: To wait for a connection or an answer.

    Raises:
        SetupError: Nothing listens there.
    """

    def __init__(self, host: str, port: int, seconds: float = 30.0) -> None:
        try:
            self._socket = socket.create_connection((host, port), seconds)
        except OSError as error:
            raise SetupError(
                f"Nothing listens on {host}:{port} ({error.strerror or error}). Start it: "
                f"assistant listen --port {port}."
            ) from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._frames = FrameReader(_LONGEST)
        self._answers: list[bytes] = []

    def __enter__(self) -> "MllpSender":
        """Return the connection itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._socket.close()

    def send(self, message: bytes) -> bytes:
        """Send one message and wait for its acknowledgement."""
        self.send_raw(framed(message))
        return self.answer()

    def send_raw(self, data: bytes) -> None:
        """Send bytes as they are, whole frames or not."""
        self._socket.sendall(data)

    def end(self) -> None:
        """Say that nothing more is sent; answers can still be read."""
        self._socket.shutdown(socket.SHUT_WR)

    def answer(self) -> bytes:
        """The next acknowledgement, without its frame.

        Raises:
            ConnectionError: The listener closed the connection before it answered.
            TimeoutError: No answer came in time.
        """
        while not self._answers:
            data = self._socket.recv(65_536)
            if not data:
                raise ConnectionError("the listener closed the connection")
            self._answers += [item.body for item in self._frames.feed(data) if isinstance(item, Frame)]
        return self._answers.pop(0)


def code_of(acknowledgement: bytes) -> tuple[str, str]:
    """MSA-1 and MSA-2 of an acknowledgement; empty where it has none."""
    mark = acknowledgement[3:4]
    for segment in acknowledgement.split(b"\r"):
        if segment[:3] == b"MSA":
            fields = [*segment.split(mark), b"", b""]
            return fields[1].decode("latin-1"), fields[2].decode("latin-1")
    return "", ""


def messages_of(paths: Sequence[Path]) -> Iterator[bytes]:
    """The HL7 v2 messages of files and folders, in the order of the files."""
    for path in find_files(paths):
        if recognise_file(path).kind == "hl7":
            with open_source(path) as stream:
                yield from split_messages(stream)


def main(argv: Sequence[str] | None = None) -> int:
    """Send files; 0 if every message was acknowledged with AA."""
    parser = argparse.ArgumentParser(prog="python -m assistant.records.listening.sending", description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="HL7 v2 files, or folders of them")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=2575)
    options = parser.parse_args(argv)
    codes: Counter[str] = Counter()
    began = time.monotonic()
    try:
        with MllpSender(options.host, options.port) as sender:
            for message in messages_of(options.paths):
                codes[code_of(sender.send(message))[0]] += 1
    except (AssistantError, OSError) as error:
        print(f"Stopped after {codes.total():,} answers: {error}", file=sys.stderr)
        return 1
    seconds = time.monotonic() - began
    told = ", ".join(f"{code}: {count:,}" for code, count in sorted(codes.items()))
    print(f"{codes.total():,} messages answered in {seconds:.1f} s ({told or 'none sent'}).")
    return 0 if set(codes) <= {"AA"} else 1


if __name__ == "__main__":
    sys.exit(main())
