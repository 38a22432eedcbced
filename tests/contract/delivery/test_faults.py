"""Delivery when something goes wrong: nothing is lost, nothing is done twice, and one never stops the others."""

from __future__ import annotations

import pytest

from mailhelper_core.actions.service import ActionService
from mailhelper_core.errors import LoginError
from mailhelper_core.model.mail.keyword import FLAGGED, SEEN
from mailhelper_core.model.work.operation import AddKeyword, CopyMessage, MoveMessage
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.testing import Answer, Call, Fault, ImapServer
from tests.contract.delivery.conftest import World, make_world

DAY_SECONDS = 86_400


def test_one_refused_message_never_stops_the_others(home: World) -> None:
    assert home.server is not None
    for number in range(4):
        home.put(f"m{number}")
    home.sync()
    change = home.decide(*(MoveMessage(home.id(f"m{number}"), "Finance") for number in range(4)))
    # The whole, then the first half, then the first message are refused.
    home.server.faults.add(Fault("UID MOVE", Answer(), times=3))

    report = home.deliver()

    assert (report.delivered, report.retried, report.waiting) == (3, 1, 1)
    assert home.states(change) == ["waiting", "delivered", "delivered", "delivered"]
    assert len(home.on_server()["Finance"]) == 3


def test_refusal_for_good_ends_the_operation_and_shows_the_server_again(home: World) -> None:
    assert home.server is not None
    home.put("one")
    home.sync()
    change = home.decide(MoveMessage(home.id("one"), "Finance"))
    home.server.faults.add(Fault("UID MOVE", Answer(code="NOPERM"), times=None))

    report = home.deliver()

    assert (report.conflicted, [note.code for note in report.errors]) == (1, ["no_permission"])
    assert [note.message for note in report.errors] == ["The mail server does not permit this."]
    assert home.change(change.id).entries[0].error_code == "no_permission"
    assert home.shown() == {"INBOX": [("one", ())]}


def test_mailbox_that_cannot_be_created_is_asked_for_once(home: World) -> None:
    assert home.server is not None
    for number in range(6):
        home.put(f"m{number}")
    home.sync()
    home.decide(*(MoveMessage(home.id(f"m{number}"), "New") for number in range(6)))
    home.server.faults.add(Fault("CREATE", Answer(code="NOPERM"), times=None))

    report = home.deliver()

    assert report.conflicted == 6
    assert home.server.log.names.count("CREATE") - 6 == 1  # `put` creates INBOX each time


def test_keyword_that_the_server_does_not_keep_is_told(store: Store) -> None:
    with ImapServer(permanent_keywords=[SEEN, FLAGGED]) as server:
        world = make_world(store, server.host, server.port, "ada", "secret")
        world.put("one")
        world.sync()
        change = world.decide(AddKeyword(world.id("one"), "$work"), AddKeyword(world.id("one"), SEEN))

        report = world.deliver()

        assert [entry.error_code for entry in world.change(change.id)] == ["not_permanent", ""]
        assert (report.delivered, report.conflicted) == (1, 1)
        assert [note.message for note in report.errors] == ["The mailbox keeps no such keyword."]
        assert world.shown() == world.on_server() == {"INBOX": [("one", (SEEN,))]}


def test_store_that_is_accepted_and_not_done_is_tried_three_times(home: World) -> None:
    assert home.server is not None
    home.put("one")
    home.sync()
    change = home.decide(AddKeyword(home.id("one"), SEEN))
    inbox = home.server.store.user("ada").mailbox("INBOX")
    states = []

    for _ in range(3):
        undo = Call(lambda: inbox.remove_flags(inbox.uids, [SEEN]))
        home.server.faults.add(Fault("UID STORE", Answer("OK", "Stored")), Fault("UID FETCH", undo))
        home.deliver()
        states += home.states(change)
        home.pass_time(hours=24)

    assert states == ["waiting", "waiting", "conflicted"]
    assert home.shown() == {"INBOX": [("one", ())]}


def test_refused_operation_waits_longer_each_time_and_dies_after_five_days(home: World) -> None:
    assert home.server is not None
    home.put("one")
    home.sync()
    change = home.decide(AddKeyword(home.id("one"), SEEN))
    home.server.faults.add(Fault("UID STORE", Answer(), times=None))
    waits = []

    while home.states(change) == ["waiting"]:
        home.deliver()
        seconds = 60.0 * 2 ** min(len(waits), 10)
        home.pass_time(seconds=seconds - 1)
        early = home.deliver()
        home.pass_time(seconds=1)
        waits.append(seconds)
        assert early.retried == 0

    assert sum(waits[:-2]) <= 5 * DAY_SECONDS < sum(waits[:-1])
    assert home.states(change) == ["dead"]
    assert home.shown() == {"INBOX": [("one", ())]}
    assert [one["change_id"] for one in home.told("not_delivered")] == [change.id]


def test_throttled_server_is_left_alone_for_as_long_as_it_says(home: World) -> None:
    assert home.server is not None
    home.put("one")
    home.put("two", mailbox="Other")
    home.sync()
    home.decide(AddKeyword(home.id("one"), SEEN), AddKeyword(home.id("two"), SEEN))
    home.server.faults.add(Fault("UID STORE", Answer(code="THROTTLED 3600"), times=1))
    before = len(home.server.log.names)

    first = home.deliver()
    sent = home.server.log.names[before:].count("UID STORE")
    home.pass_time(minutes=30)
    second = home.deliver()
    home.pass_time(minutes=31)
    third = home.deliver()

    assert (sent, first.waiting) == (1, 2)
    assert (second.delivered, third.delivered) == (1, 1)


@pytest.mark.parametrize("code", ["INUSE", "CORRUPTION", "SERVERBUG"])
def test_an_inbox_that_cannot_be_had_ends_no_delivery_elsewhere(home: World, code: str) -> None:
    assert home.server is not None
    for name, place in (("one", "Finance"), ("two", "Finance")):
        home.put(name, mailbox=place)
    home.sync()
    refused = home.decide(AddKeyword(home.id("one"), SEEN))
    other = home.decide(AddKeyword(home.id("two"), FLAGGED))
    home.server.faults.add(Fault("UID STORE", Answer("NO", "No", "SERVERBUG")))
    home.server.faults.add(Fault("STATUS", Answer("NO", "Damaged", code), times=None, having="INBOX"))

    home.deliver()

    assert (home.states(refused), home.states(other)) == (["waiting"], ["delivered"])


@pytest.mark.parametrize(("code", "minutes"), [("OVERQUOTA", 61), ("LIMIT", 3), ("INUSE", 3)])
def test_what_one_mailbox_cannot_take_stops_neither_the_others_nor_sync(home: World, code: str, minutes: int) -> None:
    assert home.server is not None
    for name in ("one", "two"):
        home.put(name)
    home.put("old", mailbox="Full")
    home.sync()
    copied = home.decide(CopyMessage(home.id("one"), "Full"))
    others = home.decide(AddKeyword(home.id("two"), SEEN), MoveMessage(home.id("two"), "Finance"))
    home.server.faults.add(Fault("UID COPY", Answer("NO", "Full", code), times=2))

    home.deliver()
    home.put("three")
    home.sync()

    assert (home.states(copied), home.states(others)) == (["waiting"], ["delivered", "delivered"])
    assert home.shown()["INBOX"] == [("one", ()), ("three", ())]
    home.pass_time(minutes=minutes)
    home.deliver()
    home.pass_time(minutes=minutes)
    home.deliver()
    assert home.states(copied) == ["delivered"]


def test_refused_login_leaves_everything_waiting(home: World) -> None:
    home.put("one")
    home.sync()
    change = home.decide(AddKeyword(home.id("one"), SEEN))

    class Locked:
        def open(self, account: object) -> object:
            raise LoginError

    with pytest.raises(LoginError):
        ActionService(home.owner, Locked()).deliver(home.account)  # type: ignore[arg-type]

    assert home.change(change.id).entries[0].attempts == 0
    assert home.states(change) == ["waiting"]


def test_that_a_message_is_gone_is_said_in_a_sentence(home: World) -> None:
    home.put("one")
    home.sync()
    home.decide(AddKeyword(home.id("one"), FLAGGED))
    with home.other_client() as session:
        session.expunge(session.uids())

    notes = []
    for _ in range(3):
        notes += home.deliver().errors
        home.pass_time(hours=1)
        home.sync()

    assert [(note.code, note.message) for note in notes] == [("gone", "The message is nowhere on the server.")]
