"""A question answered through a server that speaks the OpenAI protocol: chosen, run, written, grounded."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from assistant.agent.question import Question
from assistant.app import open_app
from assistant.llm.settings import LanguageModelSettings
from assistant.settings import Settings


class Stub:
    """A server that calls show_state for a request with tools and writes `text` for one without."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.text = "The Intensive Care Unit (ICU) has 4 patients in 6 open beds."
        self.arguments = '{"measure": "occupancy", "unit": "ICU"}'
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *arguments: Any) -> None:
                """Keep the test's output clean."""

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                stub.requests.append(body)
                answer = stub.call() if body.get("tools") else stub.stream()
                kind = "application/json" if body.get("tools") else "text/event-stream"
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def call(self) -> bytes:
        function = {"name": "show_state", "arguments": self.arguments}
        message = {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "1", "type": "function", "function": function}],
        }
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
        return json.dumps(
            {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        ).encode()

    def stream(self) -> bytes:
        delta = {"index": 0, "delta": {"role": "assistant", "content": self.text}}
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [delta]}
        return f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    yield server
    server.close()


def _settings(url: str) -> Settings:
    alone = ("served",)  # without the rungs below: what they do is tested in test_modes.py
    return Settings(llm=LanguageModelSettings(kind="served", base_url=url, model="m", timeout_seconds=10, ladder=alone))


def test_a_served_language_model_chooses_and_writes(small_home: Path, stub: Stub) -> None:
    answer = open_app(small_home, _settings(stub.url)).assistant.ask(Question("How full is the ICU?"))
    assert answer.text == stub.text
    assert answer.grounded
    assert [record.tool for record in answer.records] == ["show_state"]
    assert answer.mode == "served"


def test_the_writing_request_has_facts_and_no_tools(small_home: Path, stub: Stub) -> None:
    open_app(small_home, _settings(stub.url)).assistant.ask(Question("How full is the ICU?"))
    choosing, writing = stub.requests
    assert choosing["tools"]
    assert "tools" not in writing
    assert "4 patients" in json.dumps(writing["messages"])
    assert "4 patients" not in json.dumps(choosing["messages"])


def test_a_number_that_no_fact_bears_never_reaches_the_user(small_home: Path, stub: Stub) -> None:
    stub.text = "The ICU has 9 free beds."
    app = open_app(small_home, _settings(stub.url))
    answer = app.assistant.ask(Question("How full is the ICU?"))
    assert "9 free" not in answer.text
    assert "4 patients" in answer.text
    assert app.journal.get(answer.journal_id).body["replaced"]["ungrounded"] == ["number 9"]


def test_half_a_call_is_asked_for_again_and_then_told(small_home: Path, stub: Stub) -> None:
    stub.arguments = '{"measure": "occ'
    answer = open_app(small_home, _settings(stub.url)).assistant.ask(Question("How full is the ICU?"))
    assert len(stub.requests) == LanguageModelSettings().attempts
    assert answer.problem
    assert answer.records == ()


def test_a_closed_port_is_told_within_seconds(small_home: Path, stub: Stub) -> None:
    stub.close()
    answer = open_app(small_home, _settings(stub.url)).assistant.ask(Question("How full is the ICU?"))
    assert answer.problem
    assert answer.seconds["total"] < 5
