"""A watcher that was killed is named by the doctor until another one runs; one that was told to end is not missed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.acceptance.conftest import Cli

PATIENCE_SECONDS = 60
WATCH = "from mailhelper_cli.main import main; main()"


@pytest.fixture
def database(tmp_path: Path, cli: Cli) -> str:
    """A database that a first call has made."""
    url = f"sqlite:///{tmp_path}/watched.db"
    cli.ok("--database", url, "account", "list")
    return url


@pytest.fixture
def start(database: str) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start watchers as real processes."""
    started: list[subprocess.Popen[bytes]] = []

    def watch() -> subprocess.Popen[bytes]:
        words = [sys.executable, "-c", WATCH, "--database", database, "watch", "--threads", "0", "--quiet"]
        started.append(subprocess.Popen(words, stdout=subprocess.DEVNULL))
        return started[-1]

    yield watch
    for process in started:
        process.kill()
        process.wait()


# Two processes that start cost two seconds: only a real one can be killed.
def test_the_doctor_misses_a_watcher_that_was_killed_until_one_has_ended_in_order(
    cli: Cli, database: str, start: Callable[[], subprocess.Popen[bytes]]
) -> None:
    engine = create_engine(database)

    def silent_seconds() -> float | None:
        with engine.connect() as connection:
            seen_at = connection.scalar(text("SELECT seen_at FROM mailhelper_watchers"))
        return None if seen_at is None else time.time() - seen_at / 1_000_000

    killed = start()
    _until(lambda: silent_seconds() is not None)
    killed.kill()
    killed.wait()
    with engine.begin() as connection:
        connection.execute(text("UPDATE mailhelper_watchers SET seen_at = seen_at - 300000000"))

    missed = cli("--json", "--database", database, "doctor", "--deployment", "--offline")
    (found,) = (item for item in missed.json["items"] if item["name"] == "watcher")
    assert (missed.code, found["ok"]) == (1, False)
    assert "gave no sign for" in found["found"]

    again = start()
    _until(lambda: (silent_seconds() or 0) < 300)
    again.send_signal(signal.SIGTERM)

    assert again.wait(PATIENCE_SECONDS) == 0
    cli.ok("--database", database, "doctor", "--deployment", "--offline")
    engine.dispose()


def _until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)
