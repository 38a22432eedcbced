"""Delivery: what was decided reaches the server, on every kind of server."""

from __future__ import annotations

import pytest

from mailhelper_core.model.mail.keyword import FLAGGED, SEEN
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.model.work.operation import AddKeyword, CopyMessage, DropCopy, MoveMessage, RemoveKeyword
from tests.contract.delivery.conftest import World


def test_keywords_reach_the_server_and_leave_the_others_alone(world: World) -> None:
    world.put("one", keywords=("$work", FLAGGED))
    world.sync()

    change = world.decide(AddKeyword(world.id("one"), SEEN), RemoveKeyword(world.id("one"), FLAGGED))
    report = world.deliver()

    assert (report.delivered, report.waiting, report.errors) == (2, 0, ())
    assert world.states(change) == ["delivered", "delivered"]
    assert world.on_server() == {"INBOX": [("one", ("$work", SEEN))]}


def test_delivered_keywords_are_no_news_to_the_next_sync(world: World) -> None:
    world.put("one")
    world.sync()

    world.decide(AddKeyword(world.id("one"), SEEN))
    world.deliver()
    world.sync()

    assert world.shown() == world.on_server() == {"INBOX": [("one", (SEEN,))]}


def test_move_reaches_the_server_with_its_keywords(world: World) -> None:
    world.put("one", keywords=(FLAGGED,))
    world.put("two")
    world.put("old", mailbox="Finance")
    world.sync()

    change = world.decide(MoveMessage(world.id("one"), "Finance"))
    report = world.deliver()

    assert (report.delivered, report.waiting, report.errors) == (1, 0, ())
    assert world.states(change) == ["delivered"]
    assert world.on_server() == {"Finance": [("old", ()), ("one", (FLAGGED,))], "INBOX": [("two", ())]}


def test_moved_message_is_the_same_message_after_the_next_sync(world: World) -> None:
    world.put("one")
    world.sync()
    before = world.id("one")

    world.decide(MoveMessage(before, "Finance"))
    world.deliver()
    place = world.see("one").places[0]
    world.sync()
    world.sync()

    assert place.uid is not None
    assert world.id("one") == before
    assert world.shown() == world.on_server() == {"Finance": [("one", ())]}


def test_message_without_message_id_is_found_where_it_was_moved(world: World) -> None:
    world.put("one", message_id="none")
    world.put("two", message_id="none")
    world.sync()

    world.decide(MoveMessage(world.id("two"), "Finance"))
    world.deliver()

    assert world.see("two").places[0].uid is not None
    assert world.on_server() == {"Finance": [("two", ())], "INBOX": [("one", ())]}


def test_copy_reaches_the_server_and_the_original_stays(world: World) -> None:
    world.put("one", keywords=(SEEN,))
    world.sync()

    world.decide(CopyMessage(world.id("one"), "Finance"))
    world.deliver()
    world.sync()

    assert world.shown() == world.on_server() == {"Finance": [("one", (SEEN,))], "INBOX": [("one", (SEEN,))]}


def test_copy_of_ours_is_removed_and_nothing_else(world: World) -> None:
    world.put("one")
    world.put("two", mailbox="Finance")
    world.sync()
    world.decide(CopyMessage(world.id("one"), "Finance"))
    world.deliver()

    world.decide(DropCopy(world.id("one"), "Finance"))
    world.deliver()
    world.sync()

    assert world.shown() == world.on_server() == {"Finance": [("two", ())], "INBOX": [("one", ())]}


def test_last_place_of_a_message_is_never_removed(world: World) -> None:
    world.put("one")
    world.sync()
    world.decide(CopyMessage(world.id("one"), "Finance"))
    world.deliver()
    change = world.decide(DropCopy(world.id("one"), "Finance"))
    with world.other_client() as session:
        session.move(session.uids(), "Finance")

    world.sync()
    world.deliver()

    assert world.states(change) == ["conflicted"]
    assert len(world.on_server()["Finance"]) == 2


def test_many_messages_travel_together(world: World) -> None:
    for number in range(12):
        world.put(f"m{number}")
    world.sync()

    world.decide(*(MoveMessage(world.id(f"m{number}"), "Finance") for number in range(12)))
    report = world.deliver()

    assert report.delivered == 12
    assert report.commands <= 14
    assert len(world.on_server()["Finance"]) == 12


def test_operations_of_one_message_arrive_in_their_order(world: World) -> None:
    world.put("one")
    world.sync()
    message = world.id("one")

    world.decide(AddKeyword(message, SEEN), MoveMessage(message, "Finance"), RemoveKeyword(message, SEEN))
    world.decide(MoveMessage(message, role="trash"), AddKeyword(message, FLAGGED))
    report = world.deliver()

    assert (report.delivered, report.errors) == (5, ())
    assert world.on_server() == {"Trash": [("one", (FLAGGED,))]}


def test_message_that_another_client_moved_is_followed(world: World) -> None:
    world.put("one")
    world.put("old", mailbox="Elsewhere")
    world.sync()
    change = world.decide(AddKeyword(world.id("one"), SEEN), MoveMessage(world.id("one"), "Finance"))
    with world.other_client() as session:
        session.move(session.uids(), "Elsewhere")

    first = world.deliver()
    world.sync()
    world.pass_time(hours=1)
    world.deliver()

    assert first.delivered == 0
    assert world.states(change) == ["delivered", "delivered"]
    assert world.on_server() == {"Elsewhere": [("old", ())], "Finance": [("one", (SEEN,))]}


def test_message_that_another_client_moves_while_a_delivery_tries_is_followed(world: World) -> None:
    world.put("one")
    world.put("old", mailbox="Elsewhere")
    world.sync()
    change = world.decide(MoveMessage(world.id("one"), "Finance"))
    with world.other_client() as session:
        session.move(session.uids(), "Elsewhere")

    world.deliver()  # has noted its intent, and finds the message neither here nor there
    for _ in range(2):
        world.pass_time(hours=1)
        world.sync()
        world.deliver()

    assert world.states(change) == ["delivered"]
    assert world.on_server() == {"Elsewhere": [("old", ())], "Finance": [("one", ())]}


def test_message_that_is_gone_ends_its_operations_only_after_a_complete_sync(world: World) -> None:
    world.put("one")
    world.put("two")
    world.sync()
    change = world.decide(AddKeyword(world.id("one"), SEEN), AddKeyword(world.id("two"), SEEN))
    with world.other_client() as session:
        session.expunge(session.find_message_id("one@example.org"))

    world.deliver()
    before = world.states(change)
    world.sync()
    world.pass_time(hours=1)
    world.deliver()

    assert before == ["waiting", "delivered"]
    assert world.states(change) == ["conflicted", "delivered"]


@pytest.mark.parametrize("tries", [0, 1], ids=["seen by the sync first", "met by the delivery first"])
def test_move_of_a_message_that_is_gone_ends_after_the_next_sync(world: World, tries: int) -> None:
    world.put("one")
    world.sync()
    change = world.decide(MoveMessage(world.id("one"), "Finance"))
    with world.other_client() as session:
        session.expunge(UidSet.of([1]))

    for _ in range(tries):
        world.deliver()
    for _ in range(2):
        world.pass_time(minutes=20)
        world.sync()
        world.deliver()

    assert world.states(change) == ["conflicted"]
    assert world.shown() == world.on_server() == {}
