"""One call of delivery: what it needs of connection, lease and transactions, and an owner who changes his mind."""

from __future__ import annotations

import pytest

from mailhelper_core.actions.service import ActionService
from mailhelper_core.actions.undo import UndoService
from mailhelper_core.errors import BusyError
from mailhelper_core.model.mail.keyword import SEEN
from mailhelper_core.model.work.operation import AddKeyword, MoveMessage
from mailhelper_core.settings import Settings
from mailhelper_core.store.lease import Lease
from mailhelper_core.store.work import leases
from mailhelper_core.testing import Call, Fault
from tests.contract.delivery.conftest import World


def test_nothing_to_deliver_opens_no_connection(home: World) -> None:
    assert home.server is not None
    home.put("one")
    home.sync()
    logins = home.server.log.names.count("LOGIN")

    report = home.deliver()

    assert (report.commands, home.server.log.names.count("LOGIN")) == (0, logins)


def test_lost_lease_writes_nothing(home: World) -> None:
    home.put("one")
    home.sync()
    change = home.decide(AddKeyword(home.id("one"), SEEN))
    store = home.owner.store
    with leases.holding(store, f"account:{home.account.id}", seconds=20):
        stale = Lease(f"account:{home.account.id}", "another", 999, 20.0)

        with pytest.raises(BusyError):
            ActionService(home.owner, home).deliver(home.account, lease=stale)

    assert home.states(change) == ["waiting"]
    assert home.on_server() == {"INBOX": [("one", ())]}


def test_renumbered_mailbox_waits_for_the_sync(home: World) -> None:
    assert home.server is not None
    home.put("one")
    home.put("two")
    home.sync()
    change = home.decide(AddKeyword(home.id("two"), SEEN))
    home.server.store.user("ada").mailbox("INBOX").expunge([1])
    home.server.store.user("ada").mailbox("INBOX").renumber()

    first = home.deliver()
    home.sync()
    home.deliver()

    assert first.delivered == 0
    assert home.states(change) == ["delivered"]
    assert home.on_server() == {"INBOX": [("two", (SEEN,))]}


def test_read_only_mailbox_refuses_and_nothing_changes(home: World) -> None:
    assert home.server is not None
    home.put("one")
    home.sync()
    home.server.store.user("ada").mailbox("INBOX").read_only = True
    change = home.decide(AddKeyword(home.id("one"), SEEN))

    home.deliver()

    assert home.change(change.id).entries[0].error_code == "read_only"
    assert home.shown() == {"INBOX": [("one", ())]}


def test_batches_keep_transactions_small(home: World) -> None:
    for number in range(7):
        home.put(f"m{number}")
    home.sync()
    home.decide(*(AddKeyword(home.id(f"m{number}"), SEEN) for number in range(7)))
    assert home.server is not None
    before = len(home.server.log.names)

    ActionService(home.owner, home, Settings(commit_batch_messages=3)).deliver(home.account)

    assert home.server.log.names[before:].count("UID STORE") == 3


def test_what_its_owner_takes_back_during_a_delivery_is_not_sent(home: World) -> None:
    assert home.server is not None
    home.put("one")
    home.put("two")
    home.sync()
    one = home.decide(AddKeyword(home.id("one"), SEEN))
    home.decide(AddKeyword(home.id("two"), SEEN))
    home.server.faults.add(Fault("SELECT", Call(lambda: UndoService(home.owner).undo(one))))

    home.deliver()

    assert home.states(one) == ["cancelled"]
    assert home.on_server() == home.shown() == {"INBOX": [("one", ()), ("two", (SEEN,))]}


def test_what_its_owner_takes_back_while_it_is_sent_is_reversed(home: World) -> None:
    assert home.server is not None
    home.put("one")
    home.sync()
    change = home.decide(MoveMessage(home.id("one"), "Finance"))
    home.server.faults.add(Fault("UID MOVE", Call(lambda: UndoService(home.owner).undo(change))))

    home.deliver()
    home.sync()

    assert home.on_server() == home.shown() == {"INBOX": [("one", ())]}
