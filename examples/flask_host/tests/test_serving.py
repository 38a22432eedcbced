"""Serving: static files from memory, a crowd that is told to come back, a stop that ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from urllib.request import urlopen

import pytest
from flask import Flask
from werkzeug.test import Client

from examples.flask_host.tests.browser import Browser, register
from mailhelper_web import Config, create_app
from mailhelper_web import serve as serving
from mailhelper_web.safety.counters import ProcessStorage
from mailhelper_web.safety.crowd import WORKING, Crowd


def test_files_are_compressed_named_by_content_and_kept(app: Flask, stranger: Browser):
    address = app.jinja_env.globals["static"]("app.css")

    packed = stranger.get(address, headers={"Accept-Encoding": "gzip"})
    plain = stranger.get(address)

    assert "?v=" in address
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 2
    assert "immutable" in plain.headers["Cache-Control"]
    assert stranger.get("/static/../config.py").status_code in (302, 404)


def test_who_waits_in_vain_is_told_when_to_come_back(app: Flask):
    is_in, may_go = threading.Event(), threading.Event()

    def slow(environ, start_response):
        is_in.set()
        may_go.wait(10)
        start_response("200 OK", [])
        return [b"done"]

    client = Client(Crowd(slow, app.extensions["still"].answer(503), working=1, patience=0.05))
    first = threading.Thread(target=client.get, args=("/",))
    first.start()
    is_in.wait(10)

    answer = client.get("/", headers={"Accept-Language": "de-AT,de;q=0.9"})
    program = client.get("/api/messages")
    may_go.set()
    first.join()

    assert (answer.status_code, program.status_code) == (503, 503)
    assert int(answer.headers["Retry-After"]) > 0
    assert "Gerade ist viel zu tun." in answer.text
    assert program.json == {"code": "busy", "message": "Service Unavailable"}
    assert client.get("/").data == b"done"


def test_a_database_that_is_away_has_a_page_of_its_own(config: Config):
    folder = config.secret_file.parent / "here"
    folder.mkdir()
    host = create_app(replace(config, database_url=f"sqlite:///{folder / 'mail.db'}"))
    ada = Browser(host.test_client())
    register(ada)
    host.extensions["engine"].dispose()
    host.extensions["mailhelper"].close()
    folder.rename(folder.with_name("gone"))

    page, program = ada.get("/mail/?view=inbox"), ada.get("/api/messages")

    assert (page.status_code, program.status_code) == (500, 500)
    assert "Something went wrong here." in page.text
    assert "style-src 'self'" in page.headers["Content-Security-Policy"]
    assert program.json["code"] == "internal_server_error"


def test_a_counter_ends_with_its_window(monkeypatch: pytest.MonkeyPatch):
    now = [1_000.0]
    monkeypatch.setattr("mailhelper_web.safety.counters.time.time", lambda: now[0])
    counters = ProcessStorage()

    assert [counters.incr("door", 60) for _ in range(3)] == [1, 2, 3]
    assert (counters.get("door"), counters.get_expiry("door")) == (3, 1_060.0)
    now[0] += 61
    assert counters.get("door") == 0
    assert counters.incr("door", 60) == 1


def test_no_connection_of_the_host_crosses_a_fork(fresh_app: Flask, monkeypatch: pytest.MonkeyPatch):
    engine, held = fresh_app.extensions["engine"], []
    monkeypatch.setattr(serving._Server, "run", lambda _: held.append(engine.pool.checkedin()))

    held.append(engine.pool.checkedin())  # as `gunicorn --preload` forks
    register(Browser(fresh_app.test_client()))  # as the demo makes its user
    assert engine.pool.checkedin() > 0
    serving.serve(fresh_app, host="127.0.0.1", port=0)

    assert held == [0, 0]


_FORKED = """
import os, threading
from mailhelper_web.wsgi import app

def working():
    return sum(one.name.startswith("mailhelper-") for one in threading.enumerate())

print(working(), flush=True)
if (child := os.fork()) == 0:
    app.test_client().get("/health/live")
    print(working(), flush=True)
    os._exit(0)
os.waitpid(child, 0)
print(working())
"""


def test_jobs_of_a_wsgi_server_begin_after_the_fork(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", _FORKED], env=_environment(tmp_path), cwd=tmp_path, capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip

    # Two that work and one that looks after all, in the child alone.
    assert done.stdout.split() == ["0", "3", "0"]


def test_the_advice_for_other_servers_has_more_threads_than_work_at_once():
    advised = re.search(r"--threads (\d+)", find_spec("mailhelper_web.wsgi").loader.get_source("mailhelper_web.wsgi"))

    assert int(advised[1]) == serving.THREADS > WORKING


def test_the_command_serves_and_ends_when_it_is_told(tmp_path: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).parent / "mailhelper-web"
    with subprocess.Popen(
        [program, "serve", "--port", str(port)], env=_environment(tmp_path), stderr=subprocess.DEVNULL
    ) as host:
        assert _ask(f"http://127.0.0.1:{port}/health/ready") == 200
        host.send_signal(signal.SIGTERM)
        assert host.wait(20) == 0


def test_every_line_of_the_host_is_an_object_where_a_collector_wants_them(tmp_path: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).parent / "mailhelper-web"
    environment = _environment(tmp_path) | {"MAILHELPER_LOG": "json", "MAILHELPER_PLUGINS": "none-such"}
    with subprocess.Popen(
        [program, "serve", "--port", str(port)], env=environment, stderr=subprocess.PIPE, text=True
    ) as host:
        assert _ask(f"http://127.0.0.1:{port}/health/live") == 200
        host.send_signal(signal.SIGTERM)
        said = host.communicate(timeout=30)[1]

    lines = [json.loads(line) for line in said.splitlines()]
    assert {"gunicorn.error"} <= {line["logger"] for line in lines}
    assert any(line["message"].startswith("Listening at") for line in lines)


def _environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "MAILHELPER_DATABASE_URL": f"sqlite:///{folder / 'mail.db'}",
        "MAILHELPER_WEB_SECRET_FILE": str(folder / "secret"),
    }


def _ask(address: str) -> int:
    for _ in range(200):
        try:
            with urlopen(address, timeout=10) as answer:
                return answer.status
        except OSError:
            time.sleep(0.1)
    return 0
