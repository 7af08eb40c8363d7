"""A real vLLM with our checkpoint, started once by the assistant's own command; skipped where vLLM is not installed."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.llm.installed import VARIABLE
from assistant.llm.serving import end_with_parent
from assistant.llm.settings import LanguageModelSettings, models_folder
from assistant.settings import home_folder

# Loading vLLM's own packages is most of it; on a busy machine with two cores that was minutes.
START_SECONDS = 900


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.served)
            item.add_marker(pytest.mark.xdist_group("served"))  # one server for all


@pytest.fixture(scope="session")
def served_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the server: a running one that ASSISTANT_SERVED_URL names, else one that is started here."""
    running = os.environ.get("ASSISTANT_SERVED_URL")
    if running:
        yield running
        return
    python = os.environ.get(VARIABLE)
    if not python:
        pytest.skip(f"needs vLLM: run `make test-served`, or set {VARIABLE} to the Python of vLLM's environment")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "assistant.cli.main", "llm", "serve", "--model", "embedded", "--json"]
    command += ["--port", str(port), "--wait", str(START_SECONDS), "--python", str(Path(python).absolute())]
    home = tmp_path_factory.mktemp("server")
    models = models_folder(LanguageModelSettings(), home_folder()).absolute()
    environment = {**os.environ, "ASSISTANT_HOME": str(home), "ASSISTANT_MODELS": str(models)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, preexec_fn=end_with_parent)
    try:
        assert process.stdout
        line = process.stdout.readline()  # the command waits itself, and not for ever
        if not line:
            pytest.fail(f"`assistant llm serve` ended with {process.wait(60)}; its message stands above")
        told = json.loads(line)
        print(f"vLLM {told['vllm']} ready after {told['seconds']} s: {told['command']}", file=sys.stderr)
        yield told["base_url"]
    finally:
        process.send_signal(signal.SIGTERM)
        killer = threading.Timer(60, process.kill)
        killer.start()
        process.wait()
        killer.cancel()


@pytest.fixture(scope="session")
def served(served_url: str) -> LanguageModelSettings:
    """Settings that point at the server, and at nothing below it."""
    return LanguageModelSettings(
        kind="served", base_url=served_url, model="embedded", ladder=("served",), timeout_seconds=120
    )
