"""What every real server needs: a user without rights, a directory, a free port, an end by its pid."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

STOP_SECONDS = 10.0
MISSING_SERVER = "server is missing"


class MissingServerError(Exception):
    """The server's programs are not installed; the message says what to install."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{MISSING_SERVER}: {what}")


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs: all that another process needs to use it and to end it."""

    pid: int
    port: int
    user: str
    directory: str


def choose_user(*preferred: str) -> str:
    """Answer who runs the server: ourselves, or for root the first of these users that exists."""
    if os.geteuid() != 0:
        return getpass.getuser()
    existing = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in (*preferred, "nobody") if name in existing)


@contextmanager
def new_directory(prefix: str, user: str) -> Iterator[Path]:
    """Make a directory of the user's own; it is removed again when the body fails."""
    # Another user than us must be able to reach it, and everybody may enter /tmp.
    parent = "/tmp" if os.geteuid() == 0 else None
    directory = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    give(directory, user)
    try:
        yield directory
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise


def give(path: Path, user: str) -> None:
    """Make the user the owner of a path; only root has to."""
    if os.geteuid() == 0:
        account = pwd.getpwnam(user)
        os.chown(path, account.pw_uid, account.pw_gid)


def run_as(user: str, command: list[str], *, cwd: Path) -> None:
    """Run a command to its end as the user; raise RuntimeError with what it said."""
    account = pwd.getpwnam(user) if os.geteuid() == 0 else None
    # A file, because a pipe would stay open in the server that the command leaves behind.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            check=False,
        )
        if done.returncode != 0:
            said.seek(0)
            raise RuntimeError(f"{command[0]} failed: {said.read().decode(errors='replace')}")


def free_port() -> int:
    """Answer a loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def stop(server: Running) -> None:
    """End the server by its own pid and remove its directory."""
    deadline = time.monotonic() + STOP_SECONDS
    # At once: nobody will miss the data, and Dovecot takes a second to end in good order
    _signal(server.pid, signal.SIGQUIT)
    while is_running(server.pid):
        if time.monotonic() > deadline:
            _signal(server.pid, signal.SIGKILL)
            break
        time.sleep(0.02)
    shutil.rmtree(server.directory, ignore_errors=True)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def is_running(pid: int) -> bool:
    """Say whether the process works still; one that waits for its parent to notice its end does not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return False
    except FileNotFoundError:  # ended this moment; or a system without /proc, where it runs
        return not Path("/proc/self").exists()
    return state != "Z"
