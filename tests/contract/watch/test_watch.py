"""Watching: what a server pushes is stored at once; connections come back; nothing but jobs is made."""

from __future__ import annotations

import select
import threading
import time
from typing import Any

import pytest

from mailhelper_core import MailHelper
from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.push import Pusher
from mailhelper_core.store.work import watched
from mailhelper_core.testing import Answer, Fault, ImapServer
from mailhelper_core.watch import plan
from tests.contract.watch.conftest import WAIT_SECONDS, arrive, owner_of, settled, until, watching

# On a machine of its own; others that work beside the tests make the median four times as long.
PUSH_SECONDS = 0.1
PATIENCE = 10


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


def test_a_connection_at_which_nothing_can_be_listened_to_is_closed(helper: MailHelper, server: ImapServer) -> None:
    ada = owner_of(helper, server, "ada")
    server.faults.add(Fault("EXAMINE", Answer("NO", "not yours", "NOPERM")))

    with pytest.raises(ServerError) as kept:  # with all that its traceback names
        helper._watch.connect("ada", ada.accounts.list()[0].id)

    assert kept.value.code == "no_permission"
    until(lambda: server.log.names.count("LOGOUT") == 1)


def test_an_account_that_is_paused_is_listened_to_no_more(helper: MailHelper, server: ImapServer) -> None:
    ada = owner_of(helper, server, "ada")
    with watching(helper):
        until(lambda: settled(helper, ada))
        ada.accounts.update(ada.accounts.list()[0].id, paused=True)

        until(lambda: not helper._watch.listening)
        assert helper._watch._since == {}


def test_an_account_that_is_paused_while_it_is_connected_ends_nobodys_watch(
    helper: MailHelper, server: ImapServer
) -> None:
    ada, eve = (owner_of(helper, server, user) for user in ("ada", "eve"))
    account, connect, goes_on = ada.accounts.list()[0].id, helper._watch.connect, threading.Event()
    made: list[Pusher] = []

    def slowly(owner: str, account_id: int) -> Pusher | None:
        pusher = connect(owner, account_id)
        if account_id == account and pusher is not None:
            made.append(pusher)
            goes_on.wait(WAIT_SECONDS)
        return pusher

    helper._watch.connect = slowly
    with watching(helper):
        until(lambda: made)
        ada.accounts.update(account, paused=True)
        until(lambda: account not in helper._watch._owners)
        goes_on.set()
        until(lambda: not helper._watch._connecting)
        arrive(server, "eve", 1)
        until(lambda: eve.count("") == 1)

        assert account not in helper._watch.listening
        with pytest.raises(ValueError, match="file descriptor"):
            select.select([made[0]], [], [], 0)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("fileno", lambda self: -1),
        ("fileno", lambda self: "none"),
        ("seconds_left", property(lambda self: {}["x"])),
        ("seconds_left", property(lambda self: float("nan"))),
        ("read", lambda self: 1 / 0),
        ("renew", lambda self: 1 / 0),
    ],
)
def test_a_pusher_that_does_not_do_what_it_must_ends_nobodys_watch(
    helper: MailHelper, server: ImapServer, name: str, wrong: Any
) -> None:
    ada, eve = (owner_of(helper, server, user) for user in ("ada", "eve"))
    account, connect = ada.accounts.list()[0].id, helper._watch.connect
    members = {"seconds_left": property(lambda self: -1.0 if name == "renew" else 60.0), name: wrong}
    made: list[object] = []

    def wrongly(owner: str, account_id: int) -> Any:
        pusher = connect(owner, account_id)
        if account_id == account:
            made.append(type("Wrong", (Proxy,), members)(pusher))
        return made[-1] if account_id == account else pusher

    helper._watch.connect = wrongly
    with watching(helper):
        until(lambda: len(made) > 1 and account not in helper._watch.listening)
        arrive(server, "eve", 1)
        until(lambda: eve.count("") == 1)


class Proxy:
    """A pusher that passes all on."""

    def __init__(self, pusher: Any) -> None:
        self._pusher = pusher

    def fileno(self) -> int:
        """Answer the descriptor."""
        return int(self._pusher.fileno())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pusher, name)


def test_the_budget_of_connections_holds(helper: MailHelper, server: ImapServer) -> None:
    helper._watch.connections = 2
    for user in ("ada", "eve", "joe"):
        owner_of(helper, server, user)
    with watching(helper):
        until(lambda: len(helper._watch.listening) == 2)
        time.sleep(0.3)

        assert len(helper._watch.listening) == 2


def test_accounts_beyond_the_budget_have_their_turn(
    helper: MailHelper, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "TURN_SECONDS", 0.5)
    helper._watch.connections = 2
    everybody = {owner_of(helper, server, user).accounts.list()[0].id for user in ("ada", "eve", "joe")}
    listened: set[int] = set()
    with watching(helper):
        until(lambda: listened.update(helper._watch.listening) or listened == everybody)

        assert len(helper._watch.listening) <= 2


def test_who_had_news_is_listened_to_before_others(helper: MailHelper, server: ImapServer) -> None:
    ids = [owner_of(helper, server, user).accounts.list()[0].id for user in ("ada", "eve", "joe")]
    store = helper._watch.store

    assert list(watched.in_use(store, limit=2)) == ids[:2]
    assert list(watched.in_use(store, limit=2, after=ids[1])) == [ids[2], ids[0]]
    assert list(watched.in_use(store, limit=3, first=[ids[1]], after=ids[1])) == [ids[1], ids[2], ids[0]]
