"""Starting a server: waiting until it answers, telling why it did not, ending all of it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.errors import SetupError
from assistant.llm.hardware import Hardware
from assistant.llm.installed import find_vllm
from assistant.llm.launch import Wanted, plan_launch
from assistant.llm.serving import Server, check_port, last_lines

# Stands in for vLLM: it takes the same arguments, answers the same address, and can fail as vLLM does.
STAND_IN = """
import json, os, subprocess, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

def argument(name):
    return sys.argv[sys.argv.index(name) + 1]

print("INFO loading weights", flush=True)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("child", child.pid, flush=True)
time.sleep(float(os.environ.get("STAND_IN_SECONDS", "0.2")))
if os.environ.get("STAND_IN_FAILS"):
    print("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB", flush=True)
    print("\\n".join(f"trace line {n}" for n in range(100)), flush=True)
    sys.exit(3)

class Handler(BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_GET(self):
        key = os.environ.get("VLLM_API_KEY")
        if key and self.headers.get("Authorization") != f"Bearer {key}":
            self.send_error(401)
            return
        body = json.dumps({"data": [{"id": argument("--served-model-name")}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

HTTPServer((argument("--host"), int(argument("--port"))), Handler).serve_forever()
"""


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def start(tmp_path: Path, port: int):
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN)
    servers = []

    def make(key: str = "", **environment: str) -> Server:
        launch = plan_launch(
            Wanted(model="test-model", port=port), Hardware((), 2, 8.0), (sys.executable, str(script)), None
        )
        server = Server(launch, tmp_path / "logs" / "server.log", {**os.environ, **environment}, key)
        servers.append(server)
        server.start()
        return server

    yield make
    for server in servers:
        server.stop()


def alive(pid: int) -> bool:
    # A process that has ended and was not waited for by its (dead) parent is still listed.
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_it_waits_until_the_server_answers_and_tells_how_it_goes(start):
    told = []
    seconds = start(STAND_IN_SECONDS="1").wait(60, lambda passed, line: told.append((passed, line)))
    assert seconds > 0.9
    assert any("child" in line or "loading" in line for _, line in told)
    assert [passed for passed, _ in told] == sorted(passed for passed, _ in told)


def test_all_its_processes_end_with_it(start):
    server = start()
    server.wait(60)
    child = int(next(line for line in last_lines(server.log, 10) if line.startswith("child")).split()[1])
    assert alive(child)
    server.stop()
    deadline = time.monotonic() + 5
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(child)
    assert server.ended() is not None
    server.stop()


def test_a_launcher_that_is_killed_does_not_leave_its_server_behind(tmp_path, port):
    (tmp_path / "stand_in.py").write_text(STAND_IN)
    launcher = f"""
import sys, time
from pathlib import Path
from assistant.llm.hardware import Hardware
from assistant.llm.launch import Wanted, plan_launch
from assistant.llm.serving import Server
program = (sys.executable, "{tmp_path}/stand_in.py")
launch = plan_launch(Wanted(model="m", port={port}), Hardware((), 2, 8.0), program, None)
server = Server(launch, Path("{tmp_path}/server.log"))
server.start()
server.wait(60)
print(server.pid, flush=True)
time.sleep(600)
"""
    process = subprocess.Popen([sys.executable, "-c", launcher], stdout=subprocess.PIPE, text=True)
    pid = int(process.stdout.readline())
    assert alive(pid)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(pid)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)  # what the stand-in started does not look after itself, as vLLM's workers do


def test_a_server_that_dies_is_told_with_its_root_cause_and_last_lines(start):
    with pytest.raises(SetupError) as error:
        start(STAND_IN_FAILS="1").wait(60)
    told = str(error.value)
    assert "exit code 3" in told
    assert "CUDA out of memory" in told
    assert "trace line 99" in told
    assert "trace line 50" not in told


def test_a_server_that_never_answers_is_given_up(start):
    began = time.monotonic()
    with pytest.raises(SetupError, match="did not answer within 1 seconds"):
        start(STAND_IN_SECONDS="60").wait(1)
    assert time.monotonic() - began < 10


def test_a_key_travels_in_the_environment_only(start):
    server = start(key="secret-key")
    server.wait(60)
    assert "secret-key" not in " ".join(server.launch.command)
    assert "secret-key" not in Path(f"/proc/{server.pid}/cmdline").read_text()


def test_a_port_that_is_taken_is_told_before_anything_starts(server):
    taken = int(server.url.rsplit(":", 1)[1].split("/")[0])
    with pytest.raises(SetupError, match="test-model") as error:
        check_port("127.0.0.1", taken)
    assert "--port" in str(error.value)
    with pytest.raises(SetupError, match="Cannot listen"):
        check_port("127.0.0.1", 99_999)
    with pytest.raises(SetupError, match="Cannot listen"):
        check_port("no.such.host.invalid", 8000)


def test_an_interpreter_without_vllm_is_told_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.delenv("ASSISTANT_VLLM_PYTHON", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match="pip install"):
        find_vllm()
    with pytest.raises(SetupError, match="not installed in the environment"):
        find_vllm(sys.executable)
    with pytest.raises(SetupError, match="does not exist"):
        find_vllm(str(tmp_path / "python"))


def test_the_named_environment_is_taken_before_all_others(monkeypatch, tmp_path):
    for name in ("one", "two"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho 0.32.0\n")
        program.chmod(0o755)
    monkeypatch.setenv("ASSISTANT_VLLM_PYTHON", str(tmp_path / "two"))
    assert find_vllm().command[0] == str(tmp_path / "two")
    found = find_vllm(str(tmp_path / "one"))
    assert (found.command[0], found.version) == (str(tmp_path / "one"), "0.32.0")
    monkeypatch.chdir(tmp_path)
    assert Path(find_vllm("./one").command[0]).is_absolute()


def test_vllm_on_the_path_is_found(monkeypatch, tmp_path):
    program = tmp_path / "vllm"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.delenv("ASSISTANT_VLLM_PYTHON", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_vllm().command == (str(program), "serve")
