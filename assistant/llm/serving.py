"""Starts a language model server, waits until it answers, and stops it with all its processes."""

import contextlib
import ctypes
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from assistant.errors import SetupError
from assistant.llm.launch import LOOPBACK, Launch

LOG_LINES = 15
_PROBE_SECONDS = 3.0
_BETWEEN_PROBES = 0.5
_STOP_SECONDS = 20
_LONGEST_LINE = 300
# The root cause stands far above the end: several processes tell of their own ends after it.
_ERROR = re.compile(r"\b[A-Z]\w*(?:Error|Exception): \S")
_ERRORS_SHOWN = 3
_PR_SET_PDEATHSIG = 1  # prctl(2)

# Told the seconds so far and the last line of the log.
Progress = Callable[[float, str], None]


class Server:
    """A server process with its log.

    Args:
        launch: What to start.
        log: Where its output goes; the folder is made, an older log is overwritten.
        environment: What it inherits; our own environment by default.
        key: Asked of every client; empty for none. It is not put on the command line, where others could read it.
    """

    def __init__(self, launch: Launch, log: Path, environment: Mapping[str, str] | None = None, key: str = "") -> None:
        self.launch = launch
        self.log = log
        self._key = key
        self._environment = _environment(os.environ if environment is None else environment, launch, key)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the server's first process."""
        assert self._process is not None, "start() comes first"
        return self._process.pid

    def start(self) -> None:
        """Start it.

        Raises:
            SetupError: The port is taken, or the program cannot be run.
        """
        check_port(self.launch.host, self.launch.port)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as output:
            try:
                self._process = subprocess.Popen(
                    self.launch.command,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    # Away from where we are: `python -m` would look for vLLM's modules there first.
                    cwd=self.log.parent,
                    start_new_session=True,
                    preexec_fn=end_with_parent,
                )
            except OSError as fault:
                raise SetupError(f"Cannot run {self.launch.command[0]}: {fault}.") from fault

    def wait(self, seconds: float, progress: Progress | None = None) -> float:
        """Wait until the language model is offered; the seconds that it took.

        Raises:
            SetupError: The server ended before, or did not answer in time; with the last lines of its log.
        """
        began = time.monotonic()
        while (passed := time.monotonic() - began) < seconds:
            code = self.ended()
            if code is not None:
                raise SetupError(
                    f"The language model server ended with exit code {code} before it answered.{self._said()}"
                )
            if self._offers():
                return time.monotonic() - began
            if progress:
                progress(passed, self._last_line())
            time.sleep(_BETWEEN_PROBES)
        raise SetupError(f"The language model server did not answer within {seconds:g} seconds.{self._said()}")

    def ended(self) -> int | None:
        """Its exit code; None while it runs."""
        assert self._process is not None, "start() comes first"
        return self._process.poll()

    def watch(self) -> None:
        """Return when it has ended.

        Raises:
            SetupError: It ended by itself and not well.
        """
        assert self._process is not None, "start() comes first"
        code = self._process.wait()
        if code != 0:
            raise SetupError(f"The language model server ended with exit code {code}.{self._said()}")

    def stop(self) -> None:
        """End it and all processes it started; nothing happens if it has ended."""
        if self._process is None:
            return
        for sign, seconds in ((signal.SIGTERM, _STOP_SECONDS), (signal.SIGKILL, _STOP_SECONDS)):
            try:
                os.killpg(self._process.pid, sign)
            except ProcessLookupError:
                break
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
        self._process.poll()

    def _offers(self) -> bool:
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        try:
            answer = httpx.get(f"{self.launch.base_url}/models", headers=headers, timeout=_PROBE_SECONDS)
            offered = [row["id"] for row in answer.raise_for_status().json()["data"]]
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return False
        return self.launch.served_name in offered

    def _last_line(self) -> str:
        return next(iter(last_lines(self.log, 1)), "")

    def _said(self) -> str:
        """What the log says about an end: the errors named in it, then its last lines."""
        named = dict.fromkeys(line for line in last_lines(self.log, 10**6) if _ERROR.search(line))
        shown = [*list(named)[:_ERRORS_SHOWN], f"The last lines of its log ({self.log}):"]
        shown += last_lines(self.log, LOG_LINES) or ["(nothing)"]
        return "\n  ".join(["", *shown])


def end_with_parent() -> None:
    """Have this process asked to end when the one that started it has ended, in whatever way (Linux only).

    A server that outlives its launcher would keep the GPU and the port, and nobody would know why.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def check_port(host: str, port: int) -> None:
    """See that the port is free.

    Raises:
        SetupError: It is not, or the address is none of this machine.
    """
    if not 0 < port < 65536:
        raise SetupError(f"Cannot listen on port {port}: expected a number from 1 to 65535.")
    try:
        found = socket.getaddrinfo(host or LOOPBACK, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the server will do: a port that was left a moment ago counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, OverflowError) as fault:
        raise SetupError(
            f"Cannot listen on {host}:{port}: {getattr(fault, 'strerror', None) or fault}. {_who_is_there(host, port)}"
            "Choose another port with --port, or stop what listens there."
        ) from fault


def _who_is_there(host: str, port: int) -> str:
    """One sentence about a language model server that has the port; empty if it is none."""
    try:
        rows = httpx.get(f"http://{host}:{port}/v1/models", timeout=_PROBE_SECONDS).json()["data"]
        return f"A language model server there offers {', '.join(row['id'] for row in rows)}. "
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        return ""


def last_lines(file: Path, count: int) -> list[str]:
    """The last lines of a log that are not blank, each cut to a readable length."""
    try:
        with file.open("rb") as stream:
            stream.seek(max(0, file.stat().st_size - 64 * 1024))
            text = stream.read().decode("utf-8", "replace")
    except OSError:
        return []
    lines = [line.strip()[:_LONGEST_LINE] for line in text.replace("\r", "\n").split("\n") if line.strip()]
    return lines[-count:]


def _environment(inherited: Mapping[str, str], launch: Launch, key: str) -> dict[str, str]:
    # What points Python at our own environment would mislead another interpreter.
    left_out = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "ASSISTANT_LLM_API_KEY"}
    kept = {name: value for name, value in inherited.items() if name not in left_out}
    return {**kept, **launch.environment, **({"VLLM_API_KEY": key} if key else {})}
