"""assistant llm serve and check, with a stand-in for vLLM that takes the same arguments."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.cli.main import main

# Called as vLLM's Python is: `-c` to look up the version, `-m vllm... ARGUMENTS` to serve.
STAND_IN = """#!{python}
import json, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

if sys.argv[1] == "-c":
    print("0.32.0")
    sys.exit()
argument = lambda name: sys.argv[sys.argv.index(name) + 1]
CALL = {{"name": "show_state", "arguments": '{{"measure": "occupancy", "unit": "ICU"}}'}}

class Handler(BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def answer(self, kind, body):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer("application/json", json.dumps({{"data": [{{"id": argument("--served-model-name")}}]}}).encode())

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        head = {{"id": "c", "created": 1, "model": "m"}}
        if body.get("tools"):
            calls = [{{"id": "1", "type": "function", "function": CALL}}]
            message = {{"role": "assistant", "content": None, "tool_calls": calls}}
            choices = [{{"index": 0, "message": message, "finish_reason": "tool_calls"}}]
            whole = json.dumps({{**head, "object": "chat.completion", "choices": choices}})
            self.answer("application/json", whole.encode())
            return
        choices = [{{"index": 0, "delta": {{"role": "assistant", "content": "The ICU is full."}}}}]
        piece = json.dumps({{**head, "object": "chat.completion.chunk", "choices": choices}})
        self.answer("text/event-stream", f"data: {{piece}}\\n\\ndata: [DONE]\\n\\n".encode())

HTTPServer((argument("--host"), int(argument("--port"))), Handler).serve_forever()
"""


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """The stand-in for the Python of vLLM's environment."""
    program = tmp_path / "vllm-python"
    program.write_text(STAND_IN.format(python=sys.executable))
    program.chmod(0o755)
    return program


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(autouse=True)
def home(small_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ASSISTANT_HOME", str(small_home))
    monkeypatch.delenv("ASSISTANT_VLLM_PYTHON", raising=False)
    return small_home


def test_a_dry_run_shows_the_command_and_the_settings_and_starts_nothing(
    python: Path, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["llm", "serve", "--model", "Qwen/Qwen3-4B", "--python", str(python), "--port", str(port), "--dry-run"]
    assert main([*command, "--", "--max-num-seqs", "8"]) == 0
    shown = capsys.readouterr().out
    assert "--tool-call-parser hermes" in shown
    assert "--max-num-seqs 8" in shown
    assert f'base_url = "http://127.0.0.1:{port}/v1"' in shown
    with socket.socket() as nobody:
        assert nobody.connect_ex(("127.0.0.1", port)) != 0


def test_a_dry_run_works_without_vllm_and_says_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(["llm", "serve", "--model", "Qwen/Qwen3-4B", "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["model"] == "Qwen/Qwen3-4B"
    assert "ASSISTANT_VLLM_PYTHON" in told["vllm_missing"]


def test_a_server_is_started_checked_and_stopped(home: Path, python: Path, port: int, capsys) -> None:
    command = [sys.executable, "-m", "assistant.cli.main", "llm", "serve", "--model", "some/model", "--json"]
    command += ["--python", str(python), "--port", str(port), "--wait", "120"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        assert server.stdout
        told = json.loads(server.stdout.readline())
        assert told["base_url"] == f"http://127.0.0.1:{port}/v1"
        assert told["seconds"] > 0
        assert Path(told["log"]).is_file()
        (home / "settings.toml").write_text(f'{told["settings"]}\nladder = ["served"]\n')
        assert main(["llm", "check", "--json"]) == 0
        trips = {(t["kind"], t["what"]): t for t in json.loads(capsys.readouterr().out)["checks"]}
        assert "show_state(measure=occupancy, unit=ICU)" in trips["served", "choose"]["came"]
        assert trips["served", "write"]["came"] == "The ICU is full."
        # The port is taken now.
        assert main(["llm", "serve", "--model", "other/model", "--python", str(python), "--port", str(port)]) == 1
        assert "some/model" in capsys.readouterr().err
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
    with socket.socket() as nobody:
        assert nobody.connect_ex(("127.0.0.1", port)) != 0


def test_the_check_fails_where_what_is_configured_does_not_answer(home: Path, port: int, capsys) -> None:
    (home / "settings.toml").write_text(
        f'[llm]\nkind = "served"\nbase_url = "http://127.0.0.1:{port}/v1"\nmodels = "{home}/none"\n'
    )
    assert main(["llm", "check"]) == 1
    shown = capsys.readouterr().out
    assert "served choose: FAILED" in shown
    assert "embedded choose: FAILED" in shown
    assert "assistant llm build" in shown
