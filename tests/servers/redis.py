"""A real Redis in a temporary directory, without any memory of its own: what it forgets must not matter."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import MissingServerError, Running, choose_user, free_port, new_directory, stop

PACKAGE = "redis-server"
READY_SECONDS = 10.0


@dataclass(slots=True)
class Redis:
    """A Redis that a test starts, kills and starts again on the same port."""

    program: str
    port: int
    running: Running | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The broker URL of its first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        user = choose_user()
        with new_directory("mailhelper-redis-", user) as directory:
            settings = {"port": self.port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": str(directory)}
            words = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
            self.process = subprocess.Popen([self.program, *words], stdout=subprocess.DEVNULL, cwd=directory)
            self.running = Running(self.process.pid, self.port, user, str(directory))
            self._wait(self.process)

    def stop(self) -> None:
        """End it at once: what is in its queues is gone."""
        if self.running is not None:
            stop(self.running)
            self.running = None
        if self.process is not None:
            self.process.wait()

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1.0) as connection:
                    connection.sendall(b"PING\r\n")
                    if connection.recv(16).startswith(b"+PONG"):
                        return
            except OSError:
                time.sleep(0.02)
        self.stop()
        raise RuntimeError("Redis does not start")


def find_program() -> str:
    """Answer the path of redis-server."""
    found = shutil.which("redis-server") or shutil.which("redis-server", path="/usr/bin:/usr/local/bin")
    if found is None or not Path(found).exists():
        raise MissingServerError(f"Redis (apt-get install {PACKAGE})")
    return found


def new_redis() -> Redis:
    """Answer a Redis on a free port, not started yet."""
    return Redis(find_program(), free_port())
