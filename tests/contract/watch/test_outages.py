"""Watching a server that is away, cuts each connection, refuses or asks to wait: mail is not late for it."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from mailhelper_core import MailHelper, OwnerServices, ServerError, ThrottledError
from mailhelper_core.model.source.account import AccountState
from mailhelper_core.store.mail import accounts
from mailhelper_core.testing import Answer, Bye, Fault, ImapServer
from mailhelper_core.watch import plan
from tests.contract.watch.conftest import arrive, owner_of, settled, until, watching

AWAY = Fault("GREETING", Bye("restarting"), times=None)
THROTTLED = Fault("LOGIN", Answer("NO", "Request is throttled. Suggested Backoff Time: 92415 milliseconds"), times=None)
# Of the waits that the tests shorten; a watcher that does not keep to its rule is back many times meanwhile.
A_WHILE_SECONDS = 1.5


def id_of(owner: OwnerServices) -> int:
    return owner.accounts.list()[0].id


def logins(server: ImapServer) -> int:
    return server.log.names.count("LOGIN")


def test_mail_after_an_outage_waits_for_no_poll(helper: MailHelper, server: ImapServer) -> None:
    ada = owner_of(helper, server, "ada")
    server.faults.add(Fault("GREETING", Bye("restarting"), times=7))
    for _ in range(7):
        with pytest.raises(ServerError):
            ada.sync(id_of(ada))
    assert ada.accounts.get(id_of(ada)).failures == 7

    with watching(helper):
        until(lambda: helper._watch.listening)
        arrive(server, "ada", 1)
        until(lambda: ada.count("") == 1)
        until(lambda: ada.accounts.get(id_of(ada)).failures == 0)  # said at the end of the sync, after its mail

    found = ada.accounts.get(id_of(ada))
    assert (found.state, found.state_code, found.not_before) == ("ok", "", None)


def test_a_poll_that_fails_while_the_watcher_listens_delays_no_news(helper: MailHelper, server: ImapServer) -> None:
    ada = owner_of(helper, server, "ada")
    with watching(helper):
        until(lambda: settled(helper, ada))
        server.faults.add(Fault("LOGIN", Bye("not now")))
        with pytest.raises(ServerError):
            ada.sync(id_of(ada))
        arrive(server, "ada", 1)

        until(lambda: ada.count("") == 1)


def test_a_watcher_that_cannot_connect_makes_polls_no_rarer(helper: MailHelper, server: ImapServer) -> None:
    ada = owner_of(helper, server, "ada")
    account = ada.accounts.get(id_of(ada))
    server.faults.add(AWAY)
    with watching(helper):
        until(lambda: helper._watch._failures.get(account.id, 0) >= 3)

    assert ada.accounts.get(account.id) == account


def test_a_watcher_that_is_refused_says_so_and_tries_no_more(helper: MailHelper, server: ImapServer) -> None:
    ada = helper.for_owner("ada")
    account = ada.accounts.add(server.url, username="ada", password="wrong")
    with watching(helper):
        until(lambda: ada.accounts.get(account.id).state == "needs_auth")
        until(lambda: not helper._watch._owners)

    assert ada.accounts.get(account.id).failures == 0


@pytest.mark.parametrize(
    ("state", "after"),
    [("unreachable", "ok"), ("throttled", "throttled"), ("needs_auth", "needs_auth"), ("paused", "paused")],
)
def test_who_is_heard_is_there_and_no_more_is_said_by_it(
    helper: MailHelper, server: ImapServer, state: AccountState, after: AccountState
) -> None:
    ada = owner_of(helper, server, "ada")
    wait = ada.accounts.owner.store.clock() + timedelta(hours=1)
    with ada.accounts.owner.begin() as uow:
        accounts.record_failure(uow, id_of(ada), state, "why", not_before=wait)

    helper._watch.heard("ada", id_of(ada))

    found = ada.accounts.get(id_of(ada))
    assert found.state == after
    assert (found.not_before is None) == (after == "ok")


def test_a_server_that_asks_to_wait_is_left_alone(helper: MailHelper, server: ImapServer) -> None:
    ada = owner_of(helper, server, "ada")
    server.faults.add(THROTTLED)
    with watching(helper):
        until(lambda: helper._watch._failures)
        time.sleep(A_WHILE_SECONDS)

    found = ada.accounts.get(id_of(ada))
    assert logins(server) == 1
    assert (found.state, found.failures) == ("throttled", 0)
    assert found.not_before is not None


def test_a_server_that_has_asked_a_poll_to_wait_is_not_called_by_the_watcher(
    helper: MailHelper, server: ImapServer
) -> None:
    ada = owner_of(helper, server, "ada")
    server.faults.add(THROTTLED)
    with pytest.raises(ThrottledError):
        ada.sync(id_of(ada))
    with watching(helper):
        until(lambda: helper._watch._failures)
        time.sleep(A_WHILE_SECONDS)

    assert logins(server) == 1


@pytest.fixture
def cutting() -> ImapServer:
    """A server that accepts each login and cuts each connection that listens."""
    server = ImapServer(users={"ada": "secret"}, without=("NOTIFY",))
    server.faults.add(Fault("IDLE", Bye("go away"), times=None))
    return server


def test_a_connection_that_is_cut_each_time_comes_back_later_each_time(helper: MailHelper, cutting: ImapServer) -> None:
    with cutting as server:
        ada = owner_of(helper, server, "ada")
        with watching(helper):
            until(lambda: helper._watch._failures.get(id_of(ada)) == 4)
            tries = server.log.names.count("IDLE")

        assert tries == 4
        assert len(ada.jobs.list().items) <= tries


def test_a_connection_that_has_held_is_made_again_soon(
    helper: MailHelper, cutting: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "HOLDS_SECONDS", 0.0)
    with cutting as server:
        ada = owner_of(helper, server, "ada")
        with watching(helper):
            until(lambda: server.log.names.count("IDLE") == 4)

        assert helper._watch._failures[id_of(ada)] == 1
