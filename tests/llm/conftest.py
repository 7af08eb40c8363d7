"""The catalogue as language models are told it, a stand-in for a language model server, and the embedded checkpoint."""

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import SetupError
from assistant.llm.checkpoint import checkpoint_folder
from assistant.llm.descriptions import ToolDescription
from assistant.llm.embedded import EmbeddedChatModel
from assistant.llm.settings import LanguageModelSettings, models_folder
from assistant.tools.catalogue import tool_descriptions

Reply = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


@pytest.fixture(scope="session")
def tools() -> list[ToolDescription]:
    return tool_descriptions()


@pytest.fixture(scope="session")
def embedded() -> EmbeddedChatModel:
    home = Path(os.environ.get("ASSISTANT_HOME") or Path(__file__).resolve().parents[2] / ".assistant")
    models = models_folder(LanguageModelSettings(), home)
    try:
        return EmbeddedChatModel(folder=checkpoint_folder(models), seconds=120)
    except SetupError as missing:
        pytest.skip(str(missing))


class FakeServer:
    """An OpenAI-compatible server on a free port; `replies` say what each request gets, the last one for ever."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.requests: list[dict[str, Any]] = []
        self.offered = ["test-model"]
        self.looks = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *arguments: Any) -> None:
                pass

            def do_GET(self) -> None:
                outer.looks += 1
                send_json(self, {"object": "list", "data": [{"id": name, "object": "model"} for name in outer.offered]})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append(body)
                place = min(len(outer.requests), len(outer.replies)) - 1
                # A client that gave up has closed the connection; that is what some tests are about.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    outer.replies[place](self, body)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def settings(self, **changes: Any) -> LanguageModelSettings:
        given = {"kind": "served", "base_url": self.url, "model": "test-model", "timeout_seconds": 10.0} | changes
        return LanguageModelSettings(**given)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def send_json(handler: BaseHTTPRequestHandler, content: Any, status: int = 200) -> None:
    data = content.encode() if isinstance(content, str) else json.dumps(content).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def completion(message: dict[str, Any]) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": "stop"}
    return {"id": "chat-1", "object": "chat.completion", "created": 1, "model": "test-model", "choices": [choice]}


class Replies:
    """What a server can do to a client."""

    @staticmethod
    def calls(*calls: tuple[str, str]) -> Reply:
        rows = [
            {"id": f"call_{place}", "type": "function", "function": {"name": name, "arguments": arguments}}
            for place, (name, arguments) in enumerate(calls)
        ]
        return lambda handler, body: send_json(handler, completion({"content": None, "tool_calls": rows}))

    @staticmethod
    def text(text: str) -> Reply:
        return lambda handler, body: send_json(handler, completion({"content": text}))

    @staticmethod
    def cut(text: str) -> Reply:
        """A text that ends because the server had no tokens left for it."""
        reply = completion({"content": text})
        reply["choices"][0]["finish_reason"] = "length"
        return lambda handler, body: send_json(handler, reply)

    @staticmethod
    def raw(text: str, status: int = 200) -> Reply:
        return lambda handler, body: send_json(handler, text, status)

    @staticmethod
    def silence(seconds: float) -> Reply:
        return lambda handler, body: time.sleep(seconds)

    @staticmethod
    def dribble(seconds: float) -> Reply:
        """One blank now and then, so that no single read takes long."""

        def reply(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
            handler.send_response(200)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            for _ in range(int(seconds / 0.1)):
                handler.wfile.write(b" ")
                handler.wfile.flush()
                time.sleep(0.1)

        return reply

    @staticmethod
    def broken_stream(text: str, then: str = "") -> Reply:
        """A first piece, then `then` in place of a whole second one, then the end of the connection."""

        def reply(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
            handler.send_response(200)
            handler.send_header("Content-Type", "text/event-stream")
            handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "test-model"}
            chunk["choices"] = [{"index": 0, "delta": {"role": "assistant", "content": text}}]
            for event in (json.dumps(chunk), then):
                data = f"data: {event}\n\n".encode() if event else b""
                handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n" if data else b"")
            handler.wfile.flush()
            handler.close_connection = True

        return reply

    @staticmethod
    def stream(*pieces: str, pause: float = 0.0) -> Reply:
        def reply(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
            handler.send_response(200)
            handler.send_header("Content-Type", "text/event-stream")
            handler.end_headers()
            for piece in pieces:
                chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "test-model"}
                chunk["choices"] = [{"index": 0, "delta": {"role": "assistant", "content": piece}}]
                handler.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
                handler.wfile.flush()
                time.sleep(pause)
            handler.wfile.write(b"data: [DONE]\n\n")

        return reply


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    yield fake
    fake.close()


@pytest.fixture
def replies() -> type[Replies]:
    return Replies
