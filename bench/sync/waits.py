"""How long others wait: a foreign writer while four accounts sync on SQLite, and a row after the server's push."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench import corpus
from bench.figure import Figure
from bench.measure import child
from bench.sync.lab import Lab, add_account
from mailhelper_core.testing import ImapServer
from tests.servers.dovecot import running_dovecot

USERS = ("w1", "w2", "w3", "w4")
COUNT = 2_500
PUSHES = 25
PATIENCE_SECONDS = 30.0
# Between two pushes, so that the work for the one before is over.
REST_SECONDS = 0.3
MAIL = (
    b"From: e@example.org\r\nTo: ada@example.org\r\nSubject: news %d\r\nMessage-ID: <%d@example.org>\r\n\r\nhello\r\n"
)


def figures() -> Iterator[Figure]:
    """Yield the figures of waiting."""
    with tempfile.TemporaryDirectory(prefix="mailhelper-bench-") as folder:
        yield _push(Path(folder))
        with running_dovecot() as dovecot:
            yield from _writes(Lab(dovecot, Path(folder)))


def _writes(lab: Lab) -> Iterator[Figure]:
    mails = list(corpus.mails(COUNT * len(USERS)))
    accounts = []
    for number, user in enumerate(USERS):
        for raw in mails[number :: len(USERS)]:
            lab.dovecot.deliver(user, raw)
        accounts.append(lab.account(user, "shared"))
    stop = lab.folder / "stop"
    with ThreadPoolExecutor(len(USERS) + 1) as pool:
        writing = pool.submit(child, "sync.writer", lab.folder / "shared.db", stop)
        syncs = [pool.submit(child, "sync.locks", *account) for account in accounts]
        locks = [sync.result() for sync in syncs]
        stop.touch()
        writes = writing.result()
    p99, most = max(one["p99"] for one in locks) * 1000, max(one["most"] for one in locks) * 1000
    middle = median(one["median"] for one in locks) * 1000
    cpu = max(one["most_cpu"] for one in locks) * 1000
    value = f"{most:.1f} ms (median {middle:.1f}, 99 of 100 within {p99:.1f}; of CPU at most {cpu:.1f})"
    yield Figure("SQLite's write lock while 4 accounts sync, the longest", "<= 30 ms", value, "", most <= 30)
    p95, locked = writes["p95"] * 1000, writes["locked"]
    value = (
        f"{p95:.1f} ms (median {writes['median'] * 1000:.1f}, most {writes['most'] * 1000:.1f}), {locked:.0f} locked"
    )
    name = f"a foreign write meanwhile, 95 of 100, of {writes['writes']:.0f}"
    yield Figure(name, "<= 100 ms, 0 locked", value, "", p95 <= 100 and locked == 0)


def _push(folder: Path) -> Figure:
    path = folder / "push.db"
    with ImapServer(without=("NOTIFY",)) as server:
        database, _ = add_account(f"sqlite:///{path}", server.port, "ada", "secret")
        with _watching(database), sqlite3.connect(f"file:{path}?mode=ro", uri=True) as reader:
            inbox = server.store.user("ada").mailbox("INBOX")
            _wait(lambda: "IDLE" in server.log.names)
            taken = []
            for number in range(1, PUSHES + 1):
                time.sleep(REST_SECONDS)
                began = time.perf_counter()
                inbox.append(MAIL % (number, number))
                _wait(lambda number=number: _stored(reader) >= number)  # type: ignore[misc]
                taken.append(time.perf_counter() - began)
    found = sorted(one * 1000 for one in taken)
    value = f"{median(found):.0f} ms ({found[0]:.0f}..{found[-1]:.0f})"
    return Figure(
        "from the server's push to the row, by IDLE on loopback", "<= 100 ms", value, "", median(found) <= 100
    )


@contextmanager
def _watching(database: str) -> Iterator[None]:
    command = [sys.executable, "-m", "bench.children.sync.watch", database]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        yield
        process.communicate(timeout=PATIENCE_SECONDS)


def _stored(reader: sqlite3.Connection) -> int:
    return int(reader.execute("SELECT count(*) FROM mailhelper_messages").fetchone()[0])


def _wait(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > until:
            raise RuntimeError("what was waited for did not come")
        time.sleep(0.001)
