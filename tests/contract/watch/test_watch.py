"""Watching: what a server pushes is stored at once; connections come back; nothing but jobs is made."""

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
# On a machine of its own; others that work beside the tests make the median four times as long.
PUSH_SECONDS = 0.1
PATIENCE = 10


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


def test_what_a_server_pushes_is_stored_at_once(helper: MailHelper, server: ImapServer) -> None:
    ada = owner_of(helper, server, "ada")
    with watching(helper):
        until(lambda: settled(helper, ada))
        taken = []
        for number in range(1, 8):
            arrive(server, "ada", number)
            taken.append(until(lambda number=number: ada.count("") == number))  # type: ignore[misc]
            until(lambda: not ada.jobs.list(state="running").items)

    assert sorted(taken)[len(taken) // 2] <= PUSH_SECONDS * PATIENCE


def test_one_loop_listens_to_many_accounts(helper: MailHelper, server: ImapServer) -> None:
    everybody = [owner_of(helper, server, user) for user in ("ada", "eve", "joe")]
    with watching(helper):
        until(lambda: settled(helper, *everybody))
        arrive(server, "eve", 1)
        until(lambda: everybody[1].count("") == 1)

    assert [one.count("") for one in everybody] == [0, 1, 0]
    assert helper._watch.listening == frozenset()


def test_a_lost_connection_comes_back_and_misses_nothing(helper: MailHelper, server: ImapServer) -> None:
    ada = owner_of(helper, server, "ada")
    with watching(helper):
        until(lambda: settled(helper, ada))
        server.drop_connections()
        arrive(server, "ada", 1)

        until(lambda: ada.count("") == 1)


def test_a_server_that_cannot_push_is_left_to_polls(helper: MailHelper) -> None:
    with ImapServer(users={"ada": "secret"}, without=("IDLE", "NOTIFY")) as server:
        ada = owner_of(helper, server, "ada")
        with watching(helper):
            until(lambda: helper._watch._waits_until)

        assert ada.jobs.list().items == ()
        assert server.connections == 0


def test_an_account_that_is_paused_is_listened_to_no_more(helper: MailHelper, server: ImapServer) -> None:
    ada = owner_of(helper, server, "ada")
    with watching(helper):
        until(lambda: settled(helper, ada))
        ada.accounts.update(ada.accounts.list()[0].id, paused=True)

        until(lambda: not helper._watch.listening)


def test_the_budget_of_connections_holds(helper: MailHelper, server: ImapServer) -> None:
    helper._watch.connections = 2
    for user in ("ada", "eve", "joe"):
        owner_of(helper, server, user)
    with watching(helper):
        until(lambda: len(helper._watch.listening) == 2)
        time.sleep(0.3)

        assert len(helper._watch.listening) == 2
