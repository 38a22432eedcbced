"""A helper on each database whose threads do what its watcher asks for, and a server to listen to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from mailhelper_core import MailHelper, OwnerServices, Settings, ThreadRunner
from mailhelper_core.testing import ImapServer
from mailhelper_core.watch import plan, service

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
WAIT_SECONDS = 30.0
MAIL = b"From: e@example.org\r\nSubject: news %d\r\nMessage-ID: <%d@example.org>\r\n\r\nx\r\n"


def until(holds: Callable[[], object]) -> float:
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < WAIT_SECONDS
        time.sleep(0.002)
    return time.monotonic() - started


@contextmanager
def watching(helper: MailHelper) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=helper.watch, args=(stop.is_set,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(WAIT_SECONDS)
        assert not thread.is_alive()


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let lost connections and new accounts be seen to at once."""
    monkeypatch.setattr(plan, "FIRST_WAIT_SECONDS", 0.1)
    monkeypatch.setattr(service, "REFRESH_SECONDS", 0.1)
    monkeypatch.setattr(service, "ROUND_SECONDS", 0.05)


@pytest.fixture
def helper(database_url: str) -> Iterator[MailHelper]:
    """A helper whose threads do what the watcher asks for, and that polls nobody."""
    with MailHelper(Settings(database_url, key=KEY), runner=ThreadRunner(2, tick_seconds=3600.0)) as made:
        yield made


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A server with three users and no mail."""
    with ImapServer(users=dict.fromkeys(("ada", "eve", "joe"), "secret")) as running:
        yield running


def owner_of(helper: MailHelper, server: ImapServer, user: str) -> OwnerServices:
    services = helper.for_owner(user)
    services.accounts.add(server.url, username=user, password="secret")
    return services


def arrive(server: ImapServer, user: str, number: int) -> None:
    server.store.user(user).mailbox("INBOX").append(MAIL % (number, number))


def settled(helper: MailHelper, *services: OwnerServices) -> bool:
    """Say whether all are listened to and their first jobs have ended."""
    return len(helper._watch.listening) == len(services) and all(
        {job.state for job in one.jobs.list()} == {"done"} for one in services
    )
