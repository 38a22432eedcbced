"""pymap, an IMAP server in Python that is not ours: any user name logs in with the password `test`."""

from __future__ import annotations

import getpass
import imaplib
import os
import socket
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.servers.process import Running, choose_user, free_port, new_directory, stop

PASSWORD = "test"
READY_SECONDS = 30.0
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Pymap:
    """A running pymap; the mail of a user is in its memory and begins empty."""

    running: Running

    @property
    def port(self) -> int:
        """The loopback port of IMAP without TLS."""
        return self.running.port

    def deliver(self, user: str, raw: bytes, *, flags: Iterable[str] = (), received_at: datetime) -> None:
        """Append a message to INBOX with another client than ours."""
        with imaplib.IMAP4("127.0.0.1", self.port) as client:
            client.login(user, PASSWORD)
            # imaplib's own APPEND makes every line end CRLF, as ours does; mails of these tests have them.
            typ, _ = client.append("INBOX", f"({' '.join(flags)})", imaplib.Time2Internaldate(received_at), raw)
            assert typ == "OK"


def start() -> Running:
    """Start pymap on a free loopback port and wait for its greeting."""
    user = choose_user(getpass.getuser())
    with new_directory("mailhelper-pymap-", user) as directory:
        port = free_port()
        log = directory / "pymap.log"
        command = [sys.executable, "-m", "tests.servers.pymap_server", str(port), PASSWORD]
        # Not Popen, which wants to be waited for: whoever ends the run ends the server by its pid.
        pid = os.posix_spawn(
            sys.executable,
            command,
            {**os.environ, "PYTHONPATH": str(ROOT)},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
        )
        running = Running(pid=pid, port=port, user=user, directory=str(directory))
        _wait_for_greeting(running, log)
        return running


def _wait_for_greeting(running: Running, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", running.port), timeout=1.0) as connection:
                if connection.recv(4) == b"* OK":
                    return
        except OSError:
            pass
        time.sleep(0.05)
    said = log.read_text(errors="replace")
    stop(running)
    raise RuntimeError(f"pymap gave no greeting in {READY_SECONDS} s; it says: {said}")
