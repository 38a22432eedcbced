"""Who wins: an owner's word always, a rule's where nobody has changed the message since the rule saw it.

Where the message still is where it was, the server says so (CONDSTORE). Where it arrived since, by a move of ours or
of another client, or where its mailbox was numbered anew, its keywords are compared with those that the rule saw.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mailhelper_core.model.mail.keyword import FLAGGED, SEEN
from mailhelper_core.model.work.operation import AddKeyword, CopyMessage, RemoveKeyword
from mailhelper_core.store.work.outbox import DecidedBy
from tests.contract.delivery.conftest import World
from tests.contract.delivery.others import (
    OTHERS,
    WORK,
    another_flags,
    another_moves,
    begin,
    carried_out,
    tells_changes,
    uids_of_one,
)


def test_rule_gives_way_to_what_somebody_else_did_since(home: World) -> None:
    home.put("one")
    home.sync()
    change = home.decide(AddKeyword(home.id("one"), SEEN), by="rule")
    with home.other_client() as session:
        session.store(session.uids(), add=frozenset({FLAGGED}))

    report = home.deliver()
    home.sync()

    assert (report.conflicted, home.change(change.id).entries[0].error_code) == (1, "changed_since")
    assert home.shown() == home.on_server() == {"INBOX": [("one", (FLAGGED,))]}
    told = {"message_id": home.id("one"), "change_id": change.id, "operation": "add_keyword", "code": "changed_since"}
    assert home.told("not_delivered") == [told]


def test_owner_wins_over_what_somebody_else_did_since(home: World) -> None:
    home.put("one", keywords=(SEEN,))
    home.sync()
    home.decide(RemoveKeyword(home.id("one"), SEEN))
    with home.other_client() as session:
        session.store(session.uids(), add=frozenset({FLAGGED}))

    home.deliver()
    home.sync()

    assert home.shown() == home.on_server() == {"INBOX": [("one", (FLAGGED,))]}


def test_our_own_delivery_is_no_conflict_for_a_later_rule(home: World) -> None:
    home.put("one")
    home.sync()
    message = home.id("one")
    home.decide(AddKeyword(message, SEEN))
    change = home.decide(AddKeyword(message, FLAGGED), by="rule")

    home.deliver()

    assert home.states(change) == ["delivered"]
    assert home.on_server() == {"INBOX": [("one", (FLAGGED, SEEN))]}


def test_our_own_delivery_hides_no_conflict_from_a_later_rule(home: World) -> None:
    home.put("one")
    home.sync()
    message = home.id("one")
    ours = home.decide(AddKeyword(message, SEEN))
    rules = home.decide(AddKeyword(message, FLAGGED), by="rule")
    with home.other_client() as session:
        session.store(session.uids(), add=frozenset({"$work"}))
    home.sync()  # sees what the rule did not

    home.deliver()

    assert (home.states(ours), home.states(rules)) == (["delivered"], ["conflicted"])
    assert home.on_server() == {"INBOX": [("one", ("$work", SEEN))]}


def test_waiting_keywords_survive_a_sync_that_brings_news(home: World) -> None:
    home.put("one")
    home.sync()
    home.decide(AddKeyword(home.id("one"), SEEN))
    with home.other_client() as session:
        session.store(session.uids(), add=frozenset({FLAGGED}))

    home.sync()

    assert home.shown() == {"INBOX": [("one", (FLAGGED, SEEN))]}


@pytest.mark.parametrize("others", OTHERS)
def test_rule_gives_way_where_another_client_moved_and_changed(world: World, others: Callable[[World], None]) -> None:
    message = begin(world)
    change = world.decide(RemoveKeyword(message, SEEN), by="rule")
    others(world)

    carried_out(world)

    if tells_changes(world):
        assert world.change(change.id).entries[0].error_code == "changed_since"
        assert world.on_server()["Finance"] == [("old", ()), ("one", (FLAGGED, SEEN))]
    else:
        assert world.on_server()["Finance"] == [("old", ()), ("one", (FLAGGED,))]
    world.sync()
    assert world.shown() == world.on_server()


@pytest.mark.parametrize("others", OTHERS[:2])
def test_rule_that_decides_after_a_move_that_no_sync_saw_gives_way(
    world: World, others: Callable[[World], None]
) -> None:
    message = begin(world)
    others(world)
    change = world.decide(RemoveKeyword(message, SEEN), by="rule")

    carried_out(world)

    assert world.states(change) == ["conflicted" if tells_changes(world) else "delivered"]


def test_rule_follows_a_move_of_another_client_where_nobody_changed(world: World) -> None:
    message = begin(world)
    change = world.decide(RemoveKeyword(message, SEEN), AddKeyword(message, WORK), by="rule")
    another_moves(world)

    carried_out(world)

    assert world.states(change) == ["delivered", "delivered"]
    assert world.on_server()["Finance"] == [("old", ()), ("one", (WORK,))]


def test_what_another_client_moved_is_followed_with_the_next_sync(world: World) -> None:
    message = begin(world)
    change = world.decide(AddKeyword(message, FLAGGED))
    another_moves(world)

    first = world.deliver()
    world.sync()
    world.deliver()

    assert (first.delivered, first.waiting) == (0, 1)
    assert world.states(change) == ["delivered"]
    assert world.on_server()["Finance"] == [("old", ()), ("one", (FLAGGED, SEEN))]


def test_rule_follows_a_message_that_was_moved_away_and_back(world: World) -> None:
    message = begin(world)
    change = world.decide(RemoveKeyword(message, SEEN), by="rule")
    another_moves(world)
    world.sync()
    with world.other_client("Finance") as session:
        session.move(uids_of_one(session), "INBOX")

    carried_out(world)

    assert world.states(change) == ["delivered"]
    assert world.on_server()["INBOX"] == [("one", ())]


def test_rules_after_one_another_follow_a_move(world: World) -> None:
    """What the first of them did is no change of others, wherever the message lies."""
    message = begin(world)
    first = world.decide(RemoveKeyword(message, SEEN), by="rule")
    another_moves(world)
    world.sync()
    second = world.decide(AddKeyword(message, WORK), by="rule")

    carried_out(world)

    assert world.states(first) + world.states(second) == ["delivered", "delivered"]


def test_our_own_delivery_in_several_places_is_no_conflict_for_a_later_rule(world: World) -> None:
    message = begin(world)
    world.decide(CopyMessage(message, "Copies"))
    world.deliver()
    world.sync()
    world.decide(AddKeyword(message, WORK))
    rules = world.decide(RemoveKeyword(message, SEEN), by="rule")

    world.deliver()

    assert world.states(rules) == ["delivered"]
    held = world.on_server()
    assert held["INBOX"] == held["Copies"] == [("one", (WORK,))]


@pytest.mark.parametrize("is_changed", [True, False])
def test_new_numbers_of_a_mailbox_decide_nothing(home: World, is_changed: bool) -> None:
    assert home.server is not None
    message = begin(home)
    inbox = home.server.store.user("ada").mailbox("INBOX")
    change = home.decide(RemoveKeyword(message, SEEN), by="rule")
    inbox.renumber()
    if is_changed:
        another_flags(home)

    carried_out(home)

    assert home.states(change) == ["conflicted" if is_changed else "delivered"]
    assert home.on_server()["INBOX"] == [("one", (FLAGGED, SEEN) if is_changed else ())]


@pytest.mark.parametrize("by", ["owner", "rule"])
def test_the_same_change_by_another_client_hides_no_other_from_a_rule(world: World, by: DecidedBy) -> None:
    """Another client does what our first entry does, and something else there and back: the numbers tell it."""
    world.put("one", keywords=(WORK, FLAGGED))
    world.sync()
    message = world.id("one")
    world.decide(RemoveKeyword(message, WORK), by=by)
    change = world.decide(RemoveKeyword(message, FLAGGED), by="rule")
    with world.other_client() as session:
        session.store(session.uids(), remove=frozenset({WORK}))
        session.store(session.uids(), remove=frozenset({FLAGGED}))
        session.store(session.uids(), add=frozenset({FLAGGED}))

    world.deliver()
    world.sync()
    world.deliver()

    assert world.states(change) == (["conflicted"] if tells_changes(world) else ["delivered"])
    assert world.on_server()["INBOX"] == [("one", (FLAGGED,) if tells_changes(world) else ())]


def test_a_rule_that_saw_the_change_of_others_outlives_one_that_did_not(world: World) -> None:
    """The owner's entry goes first: behind it the later rule still stands on what it saw."""
    world.put("one", keywords=(WORK, FLAGGED))
    world.sync()
    message = world.id("one")
    world.decide(RemoveKeyword(message, FLAGGED))
    world.decide(RemoveKeyword(message, WORK), by="rule")
    with world.other_client() as session:
        session.store(session.uids(), remove=frozenset({WORK}))
    world.sync()
    change = world.decide(AddKeyword(message, WORK), by="rule")

    world.deliver()
    world.sync()

    assert world.states(change) == ["delivered"]
    assert world.on_server()["INBOX"] == [("one", (WORK,))]
