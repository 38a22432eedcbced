"""`mailhelper-prometheus` as a process: it answers, whoever else is silent, and ends when it is told to."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailhelper_core import MailHelper

# Its handler waits 10 s for a client that says nothing; here nobody has so much time.
PROGRAM = (
    "from mailhelper_prometheus import server; server._Quiet.timeout = min(server._Quiet.timeout, 0.5); server.main()"
)


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A database with its tables."""
    url = f"sqlite:///{tmp_path / 'mail.db'}"
    with MailHelper(url) as helper:
        helper.migrate()
    return url


@pytest.fixture
def process(database: str) -> Iterator[subprocess.Popen[str]]:
    """The program on a free port."""
    environment = {**os.environ, "MAILHELPER_DATABASE_URL": database}
    command = [sys.executable, "-c", PROGRAM, "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as started:
        yield started
        started.kill()


def test_it_ends_well_when_it_is_told_to(process: subprocess.Popen[str]) -> None:
    _port(process)

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=20) == 0


def test_it_says_what_it_says_as_an_object_where_a_collector_wants_it(database: str) -> None:
    environment = {**os.environ, "MAILHELPER_DATABASE_URL": database, "MAILHELPER_LOG": "json"}
    command = [sys.executable, "-c", PROGRAM, "--port", "0"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as started:
        assert started.stdout is not None
        said = started.stdout.readline()
        started.terminate()
        said += started.communicate(timeout=20)[0]

    line = json.loads(said)
    assert (line["logger"], line["level"]) == ("mailhelper.prometheus", "info")
    assert line["message"].startswith("listening on 127.0.0.1:")


def test_who_connects_and_says_nothing_keeps_out_nobody(process: subprocess.Popen[str]) -> None:
    port = _port(process)

    with (
        socket.create_connection(("127.0.0.1", port)),
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer,
    ):
        assert b"mailhelper_jobs_due" in answer.read()


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    line = process.stdout.readline()
    return int(line.split(",")[0].rsplit(":", 1)[1])
