"""Celery workers and a beat as real processes, started on the host module of the tests and ended by their pids."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 60.0
WAIT_SECONDS = 60.0
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat")


@dataclass
class Processes:
    """The processes of one test module; `environment` names broker and database."""

    folder: Path
    environment: dict[str, str]
    app: str = "tests.celery.host"
    pool_size: int = 1
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def workers(self, *names: str) -> list[subprocess.Popen[bytes]]:
        """Start workers of `pool_size` processes each, at the same time, and wait until they are ready."""
        started = [self._start(name, *self._words(name)) for name in names]
        for name, process in zip(names, started, strict=True):
            until(lambda: b" ready." in self.log(name) or process.poll() is not None, seconds=START_SECONDS)  # noqa: B023
            assert process.poll() is None, self.log(name).decode(errors="replace")
        return started

    def beat(self) -> subprocess.Popen[bytes]:
        """Start the beat."""
        return self._start("beat", "beat", "-s", str(self.folder / "schedule"), "-l", "INFO", "--pidfile=")

    def watcher(self) -> subprocess.Popen[bytes]:
        """Start the command line's watcher, which does no job itself."""
        return self._run("watcher", "-c", "from mailhelper_cli.main import main; main()", "watch", "--threads", "0")

    def log(self, name: str) -> bytes:
        """Answer what a process has said."""
        path = self.folder / f"{name}.log"
        return path.read_bytes() if path.exists() else b""

    def replace(self, process: subprocess.Popen[bytes], name: str) -> subprocess.Popen[bytes]:
        """Kill a worker whole and start another without waiting for it."""
        kill_tree(process)
        return self._start(name, *self._words(name))

    def stop(self) -> None:
        """End all that still run, with their children."""
        for process in self.started:
            kill_tree(process)

    def _start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        return self._run(name, "-m", "celery", "-A", self.app, *words)

    def _run(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *words],
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def _words(self, name: str) -> tuple[str, ...]:
        return ("worker", "-n", f"{name}@tests", "-c", str(self.pool_size), "-l", "INFO", *QUIET)


def children(process: subprocess.Popen[bytes]) -> list[int]:
    """Answer the pids of a worker's pool."""
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(pid) for pid in path.read_text().split()] if path.exists() else []


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its children, as an out-of-memory killer does."""
    for pid in (*children(process), process.pid):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()


def until(holds: Callable[[], object], *, seconds: float = WAIT_SECONDS) -> float:
    """Wait until something holds, and answer how long that took."""
    started = time.monotonic()
    while not holds():
        if time.monotonic() - started > seconds:
            raise AssertionError(f"not within {seconds:.0f} s")
        time.sleep(0.05)
    return time.monotonic() - started
