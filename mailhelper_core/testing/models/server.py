"""ModelServer: an HTTP server on a real socket that speaks OpenAI's, Ollama's and Anthropic's protocol."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, get_args

from mailhelper_core.testing.models.protocols import (
    DIMENSION,
    Json,
    Question,
    completion,
    models,
    read_question,
    vectors,
)

# What a service may do instead of answering: RELIABILITY's F110.
Misbehaviour = Literal[
    "timeout", "throttled", "error", "truncated", "wrong_json", "refusal", "html", "drip", "fenced", "thinking", "login"
]
MISBEHAVIOURS: tuple[Misbehaviour, ...] = get_args(Misbehaviour)
_REFUSAL = "I'm sorry, but I cannot help with that."
_HTML = b"<!doctype html><title>Sign in</title><p>Please sign in to the network."
_DRIP_SECONDS = 0.05
_STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came over the wire."""

    path: str  # of the URL
    headers: dict[str, str]  # names in lower case
    body: bytes = field(repr=False)  # all of it


class ModelServer:
    """A model service for tests: `with ModelServer() as server`, then `server.url`.

    answer: takes a Question, answers the model's text. `misbehave` scripts what the next requests get instead.
    """

    def __init__(self, answer: Callable[[Question], str] = lambda _: "{}", *, dimension: int = DIMENSION) -> None:
        self.answer = answer
        self.dimension = dimension
        self.received: list[Received] = []
        self.retry_after = "1"
        self._script: deque[Misbehaviour] = deque()
        self._stopping = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens: for Ollama and Anthropic; OpenAI's protocol lies below `/v1`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def misbehave(self, *what: Misbehaviour) -> None:
        """Let the next requests, one each, end so instead of with an answer."""
        unknown = set(what) - set(MISBEHAVIOURS)
        if unknown:
            raise ValueError(f"A model server misbehaves by one of {', '.join(MISBEHAVIOURS)}.")
        self._script.extend(what)

    def questions(self) -> list[Question]:
        """What was asked so far."""
        return [read_question(one.path, json.loads(one.body)) for one in self.received if one.body]

    def __enter__(self) -> ModelServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(_STOP_SECONDS)

    def _next(self) -> Misbehaviour | None:
        return self._script.popleft() if self._script else None


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for those that still answer

    def __init__(self, kit: ModelServer) -> None:
        self.kit = kit
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that gave up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    @property
    def kit(self) -> ModelServer:
        """The server that the test holds."""
        assert isinstance(self.server, _Server)
        return self.server.kit

    def do_GET(self) -> None:
        """Answer the list of models."""
        self._received(b"")
        self._send(200, json.dumps(models(self.path)).encode())

    def do_POST(self) -> None:
        """Answer a completion or vectors, or misbehave."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self._received(body)
        what = self.kit._next()
        if what == "timeout":
            self.kit._stopping.wait()
        elif what in ("throttled", "error", "login"):
            status = {"throttled": 429, "error": 500, "login": 401}[what]
            self._send(status, b'{"error": {"message": "no"}}', {"Retry-After": self.kit.retry_after})
        elif what == "html":
            self._send(200, _HTML, {"Content-Type": "text/html"})
        else:
            self._answered(body, what)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _received(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.kit.received.append(Received(self.path, headers, body))

    def _answered(self, body: bytes, what: Misbehaviour | None) -> None:
        data = json.dumps(self._data(read_question(self.path, json.loads(body)), what)).encode()
        if what == "truncated":
            data = data[: len(data) // 2]
        elif what == "wrong_json":
            data = b'{"unexpected": [1, 2, 3]}'
        self._send(200, data, slowly=what == "drip")

    def _data(self, question: Question, what: Misbehaviour | None) -> Json:
        if question.texts:
            return vectors(question, self.kit.dimension)
        text = _REFUSAL if what == "refusal" else self.kit.answer(question)
        if what == "fenced":
            text = f"Here you are:\n```json\n{text}\n```\nAnything else?"
        elif what == "thinking":
            text = f'<think>Perhaps {{"category": "spam?"}} ...</think>{text}'
        return completion(question, text)

    def _send(self, status: int, data: bytes, headers: dict[str, str] | None = None, *, slowly: bool = False) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | (headers or {})).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if not slowly:
            self.wfile.write(data)
            return
        for octet in data:
            self.wfile.write(bytes([octet]))
            if self.kit._stopping.wait(_DRIP_SECONDS):
                return
