"""Serve the web host and ask it from many connections: web_load.py users|flood CONNECTIONS RATE SYNCING.

`users`: the connections ask RATE pages a second together, while SYNCING accounts are synced. `flood`: all ask at once.
"""

from __future__ import annotations

import http.client
import multiprocessing
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

from flask_security.utils import hash_password

from bench.children.fill import fill
from bench.gauge import tell
from bench.generated import WORDS_A_TEXT
from mailhelper_core import Store
from mailhelper_core.testing import ImapServer, MailboxGenerator
from mailhelper_web import Config, create_app

USERS, MESSAGES, TO_SYNC = 20, 400, 1_500
SECONDS = 20
PASSWORD = "correct horse battery"
PAGES = ("/", "/mail/?view=inbox", "/mail/?view=unread", "/rules/", "/")
TIMEOUT_SECONDS = 60
# Slices of jobs end within ten seconds.
STOP_SECONDS = 30


@dataclass
class Answers:
    """What came back: milliseconds of good answers, refusals with Retry-After, everything else."""

    walls: list[float] = field(default_factory=list)
    refused: int = 0
    errors: int = 0

    def ask(self, connection: http.client.HTTPConnection, path: str, cookie: str) -> None:
        """Ask for one page and keep how it went."""
        before = time.perf_counter()
        try:
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            self.errors += 1
            return
        if answer.status == 200:
            self.walls.append((time.perf_counter() - before) * 1000)
        elif answer.status in (429, 503) and answer.getheader("Retry-After"):
            self.refused += 1
        else:
            self.errors += 1


def main() -> None:
    """Make users with mail, serve, ask, tell."""
    mode, connections, rate, syncing = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    with tempfile.TemporaryDirectory(prefix="mailhelper-bench-") as name, _imap(syncing) as imap_url:
        folder = Path(name)
        config = Config(f"sqlite:///{folder / 'mail.db'}", secret_file=folder / "secret", argon2_memory=64)
        _prepare(config, imap_url, syncing)
        with _serving(folder) as port:
            cookies = [_log_in(port, number) for number in range(USERS)]
            answers = (
                _flood(port, cookies, connections) if mode == "flood" else _users(port, cookies, connections, rate)
            )
    walls = answers.walls or [0.0]
    tell({
        "requests": float(len(answers.walls) + answers.refused + answers.errors),
        "refused": float(answers.refused),
        "errors": float(answers.errors),
        "p50_ms": median(walls),
        "p95_ms": quantiles(walls, n=20)[-1] if len(walls) > 1 else walls[0],
    })  # fmt: skip


def _users(port: int, cookies: list[str], connections: int, rate: float) -> Answers:
    answers, pause, ends = Answers(), connections / rate, time.monotonic() + SECONDS

    def one(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        due = time.monotonic() + pause * number / connections
        while due < ends:
            time.sleep(max(0.0, due - time.monotonic()))
            answers.ask(connection, PAGES[number % len(PAGES)], cookies[number % len(cookies)])
            due += pause
        connection.close()

    _together(one, connections)
    return answers


def _flood(port: int, cookies: list[str], connections: int) -> Answers:
    answers = Answers()

    def one(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        answers.ask(connection, "/mail/?view=all", cookies[number % len(cookies)])
        connection.close()

    _together(one, connections)
    return answers


def _together(work: object, count: int) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _prepare(config: Config, imap_url: str, syncing: int) -> None:
    app = create_app(config)
    with app.app_context():
        datastore = app.extensions["security"].datastore
        password = hash_password(PASSWORD)
        users = [datastore.create_user(email=f"user{number}@example.org", password=password) for number in range(USERS)]
        datastore.commit()
        owners = [user.owner for user in users]
    store = Store.open(config.database_url)
    for owner in owners:
        fill(store.for_owner(owner), MESSAGES, WORDS_A_TEXT)
    store.close()
    for number in range(syncing):
        ada = app.extensions["mailhelper"].for_owner(owners[number])
        account = ada.accounts.add(imap_url, username=f"user{number}", password="secret")
        ada.jobs.submit("run", account_id=account.id)
    app.extensions["mailhelper"].jobs.stop()
    app.extensions["mailhelper"].close()


@contextmanager
def _imap(users: int) -> Iterator[str]:
    if not users:
        yield ""
        return
    mine, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_serve_imap, args=(theirs, users))
    process.start()
    try:
        yield mine.recv()
    finally:
        mine.send("end")
        process.join()


def _serve_imap(pipe: Connection, users: int) -> None:
    with ImapServer(users={f"user{number}": "secret" for number in range(users)}) as server:
        for number in range(users):
            MailboxGenerator(seed=number).fill(server.store.user(f"user{number}"), count=TO_SYNC)
        pipe.send(server.url)
        pipe.recv()


@contextmanager
def _serving(folder: Path) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {
        **os.environ,
        "MAILHELPER_DATABASE_URL": f"sqlite:///{folder / 'mail.db'}",
        "MAILHELPER_WEB_SECRET_FILE": str(folder / "secret"),
        "MAILHELPER_WEB_HTTPS": "0",
        "MAILHELPER_WEB_ARGON2_MEMORY": "64",
        "MAILHELPER_WEB_LOGIN_LIMIT": "10000 per minute",
        "MAILHELPER_WEB_API_LIMIT": "100000 per minute",
    }
    command = [str(Path(sys.executable).parent / "mailhelper-web"), "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _wait(port)
        yield port
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_SECONDS)


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the web host does not start")


def _log_in(port: int, number: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    connection.request("GET", "/login")
    answer = connection.getresponse()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode())
    cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
    form = {"email": f"user{number}@example.org", "password": PASSWORD, "csrf_token": token[1] if token else ""}
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/login", urlencode(form), headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 302:
        raise RuntimeError(f"no log-in: {answer.status}")
    return (answer.getheader("Set-Cookie") or "").partition(";")[0]


if __name__ == "__main__":
    main()
