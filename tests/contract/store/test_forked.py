"""A process that forks while its threads write: the child inherits no lock of SQLite, nor of ours."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, insert, select

from mailhelper_core.store import forked
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store

WRITERS, FORKS = 3, 10
# On a busy machine a child waits long for its turn among the writers.
CHILD_SECONDS = 60


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store on each database."""
    store = Store.open(database_url)
    yield store
    store.close()


def write(store: Store, name: str) -> None:
    """Write a row, and read it."""
    with store.begin() as connection:
        connection.execute(insert(t.meta).values(name=name, value=""))
    with store.read() as connection:
        assert connection.scalar(select(t.meta.c.name).where(t.meta.c.name == name)) == name


def child_that_writes(store: Store, name: str) -> int:
    """Fork a child that writes, and answer how it ended."""
    pid = os.fork()
    if pid == 0:
        signal.alarm(CHILD_SECONDS)
        code = 1
        try:  # whatever happens, the child must not go on as a second test run
            write(store, name)
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_writes_whatever_threads_were_at_when_it_was_forked(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forked, "WAIT_SECONDS", CHILD_SECONDS)
    ended = threading.Event()

    def write_on(number: int) -> None:
        count = 0
        while not ended.wait(0.001):
            count += 1
            write(store, f"thread-{number}-{count}")

    writers = [threading.Thread(target=write_on, args=(number,)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        codes = [child_that_writes(store, f"child-{number}") for number in range(FORKS)]
    finally:
        ended.set()
        for writer in writers:
            writer.join()

    assert codes == [0] * FORKS
    with store.read() as connection:
        assert len(connection.scalars(select(t.meta.c.name).where(t.meta.c.name.startswith("child-"))).all()) == FORKS


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_fork_waits_for_what_is_done_on_a_new_connection_before_it_is_used(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forked, "WAIT_SECONDS", CHILD_SECONDS)
    is_in, is_out = threading.Event(), threading.Event()

    def linger(*_: object) -> None:  # as our PRAGMAs may
        is_in.set()
        time.sleep(0.3)
        is_out.set()

    event.listen(store.engine, "connect", linger)
    connecting = threading.Thread(target=write, args=(store, "parent"))
    connecting.start()
    is_in.wait(10)
    pid = os.fork()
    if pid == 0:
        os._exit(0 if is_out.is_set() else 1)
    connecting.join()

    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_looks_at_the_schema_though_a_thread_was_at_it_when_it_was_forked(store: Store) -> None:
    is_in, may_go = threading.Event(), threading.Event()

    def look(_: object) -> None:
        is_in.set()
        may_go.wait(10)

    store.prepare = look
    looking = threading.Thread(target=store.ensure_prepared)
    looking.start()
    is_in.wait(10)
    pid = os.fork()
    if pid == 0:
        signal.alarm(10)
        try:
            store.prepare = lambda _: None
            write(store, "child")
        finally:
            os._exit(int(not store._prepared))
    may_go.set()
    looking.join()

    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_fork_waits_for_no_thread_for_ever(
    sqlite_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(forked, "WAIT_SECONDS", 0.2)
    store = Store.open(sqlite_database)
    is_in, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with store.read() as connection:
            connection.execute(select(t.meta))
            is_in.set()
            may_go.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    is_in.wait(10)
    with store.read() as connection:  # this thread's own transaction is none to wait for
        connection.execute(select(t.meta))
        code = child_that_writes(store, "child")
    write(store, "parent")
    may_go.set()
    holder.join()
    store.close()

    assert code == 0
