"""Watching a server that is away, cuts each connection, refuses or asks to wait: mail is not late for it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from mailhelper_core import MailHelper, OwnerServices, ServerError, ThrottledError
from mailhelper_core.model.source.account import AccountState
from mailhelper_core.server.imap import push
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.work import watched
from mailhelper_core.testing import Answer, Bye, Fault, ImapServer
from mailhelper_core.testing.faults import FAULTS
from mailhelper_core.testing.imap.fault_actions import Action
from mailhelper_core.testing.protocol.responses import Response
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
        until(lambda: helper._watch._refreshed > 0)
        time.sleep(A_WHILE_SECONDS)

    assert logins(server) == 1


@dataclass(frozen=True, slots=True)
class OneAtATime(Action):
    """Refuse who comes while another is connected."""

    server: ImapServer

    def before(self) -> Iterable[Response]:
        """Answer the refusal, or nothing."""
        if self.server.connections > 1:
            yield from Answer("NO", "Suggested Backoff Time: 500 milliseconds", "LIMIT").before()


def test_a_watcher_leaves_the_only_connection_that_a_server_has_to_the_polls(
    helper: MailHelper, server: ImapServer
) -> None:
    ada = owner_of(helper, server, "ada")
    server.faults.add(Fault("LOGIN", OneAtATime(server), times=None))
    with watching(helper):
        until(lambda: helper._watch.listening)
        arrive(server, "ada", 1)
        until(lambda: ada.accounts.get(id_of(ada)).state == "throttled")
        until(lambda: helper.jobs.tick() and ada.count("") == 1)
        until(lambda: ada.accounts.get(id_of(ada)).state == "ok")
        before = logins(server)
        time.sleep(A_WHILE_SECONDS)

        assert helper._watch.listening == frozenset()
        assert logins(server) == before


def test_a_rest_that_no_sync_ends_is_over_an_hour_after_what_the_server_asked_for(
    helper: MailHelper, server: ImapServer
) -> None:
    ada = owner_of(helper, server, "ada")
    store, account = helper._watch.store, id_of(ada)
    for seconds, is_in_use in ((60.0, False), (-60.0, False), (-plan.ONE_TOO_MANY_SECONDS - 60.0, True)):
        wait = store.clock() + timedelta(seconds=seconds)
        with ada.accounts.owner.begin() as uow:
            accounts.record_failure(uow, account, "throttled", "throttled", not_before=wait)

        found = watched.in_use(store, limit=1, rest_seconds=plan.ONE_TOO_MANY_SECONDS)
        assert (account in found) == is_in_use


def test_f19_news_that_a_deaf_connection_kept_are_found_when_it_is_made_again(
    helper: MailHelper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "RENEW_SECONDS", 0.5)
    monkeypatch.setattr(push, "ANSWER_SECONDS", 2.0)
    with FAULTS["F19"].server() as server:
        ada = owner_of(helper, server, "ada")
        FAULTS["F19"].arm(server)
        with watching(helper):
            until(lambda: settled(helper, ada))
            for number in (1, 2):
                arrive(server, "ada", number)
            until(lambda: ada.count("") == 2)
            until(lambda: helper._watch.listening)

            assert helper._watch._failures[id_of(ada)] == 1


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
