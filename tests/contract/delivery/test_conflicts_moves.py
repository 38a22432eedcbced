"""Moves, ours and others': whose word holds where a message was moved, and what a rule knows behind our own moves."""

from __future__ import annotations

import pytest

from mailhelper_core.actions.commands import MessageCommands
from mailhelper_core.model.mail.keyword import FLAGGED, SEEN
from mailhelper_core.model.work.operation import AddKeyword, CopyMessage, MoveMessage, RemoveKeyword
from mailhelper_core.testing import Fault, Interrupt
from tests.contract.delivery.conftest import World
from tests.contract.delivery.others import (
    WORK,
    another_flags,
    another_moves,
    begin,
    carried_out,
    flags_then_moves,
    tells_changes,
    uids_of_one,
)


def test_our_own_move_hides_no_conflict_from_a_later_rule(home: World) -> None:
    home.put("one")
    home.sync()
    message = home.id("one")
    ours = home.decide(MoveMessage(message, "Finance"))
    rules = home.decide(AddKeyword(message, FLAGGED), by="rule")
    with home.other_client() as session:
        session.store(session.uids(), add=frozenset({"$work"}))
    home.sync()

    home.deliver()

    assert (home.states(ours), home.states(rules)) == (["delivered"], ["conflicted"])
    assert home.on_server() == {"Finance": [("one", ("$work",))]}


def test_a_rule_follows_our_own_move_where_nobody_changed_the_message(home: World) -> None:
    home.put("one")
    home.sync()
    message = home.id("one")
    home.decide(MoveMessage(message, "Finance"))
    rules = home.decide(AddKeyword(message, FLAGGED), by="rule")
    home.sync()

    home.deliver()

    assert home.states(rules) == ["delivered"]
    assert home.on_server() == {"Finance": [("one", (FLAGGED,))]}


def test_our_own_move_hides_no_change_that_no_sync_saw(world: World) -> None:
    message = begin(world)
    world.decide(MoveMessage(message, "Finance"))
    rules = world.decide(RemoveKeyword(message, SEEN), by="rule")
    another_flags(world)

    carried_out(world)

    expected = (FLAGGED, SEEN) if tells_changes(world) else (FLAGGED,)
    assert world.states(rules) == ["conflicted" if tells_changes(world) else "delivered"]
    assert world.on_server()["Finance"] == [("old", ()), ("one", expected)]


def test_rule_that_decides_behind_our_own_move_is_carried_out(world: World) -> None:
    """Before the next sync only the delivery knows the message where it is now."""
    message = begin(world)
    world.decide(MoveMessage(message, "Finance"))
    world.deliver()
    rules = world.decide(RemoveKeyword(message, SEEN), by="rule")

    carried_out(world)

    assert world.states(rules) == ["delivered"]
    assert world.on_server()["Finance"] == [("old", ()), ("one", ())]


def test_our_own_keywords_hide_no_change_around_a_move(world: World) -> None:
    """The owner's word takes back what another client did; the rule gives way all the same."""
    message = begin(world)
    world.decide(AddKeyword(message, FLAGGED))
    ours = world.decide(RemoveKeyword(message, FLAGGED))
    rules = world.decide(AddKeyword(message, WORK), by="rule")
    flags_then_moves(world)

    carried_out(world)

    assert world.states(ours) == ["delivered"]
    assert world.states(rules) == ["conflicted" if tells_changes(world) else "delivered"]


def test_a_rule_s_move_gives_way_to_that_of_another_client(world: World) -> None:
    message = begin(world)
    change = world.decide(MoveMessage(message, "Lists"), by="rule")
    another_moves(world)

    carried_out(world)

    assert world.change(change.id).entries[0].error_code == "changed_since"
    assert world.on_server() == world.shown() == {"Finance": [("old", ()), ("one", (SEEN,))]}


def test_the_owner_s_move_is_carried_out_wherever_another_client_moved_the_message(world: World) -> None:
    message = begin(world)
    change = world.decide(MoveMessage(message, "Lists"))
    another_moves(world)

    carried_out(world)

    assert world.states(change) == ["delivered"]
    assert world.on_server() == {"Finance": [("old", ())], "Lists": [("one", (SEEN,))]}


def test_a_rule_s_keyword_that_follows_a_message_does_not_take_its_move_along(world: World) -> None:
    message = begin(world)
    change = world.decide(RemoveKeyword(message, SEEN), MoveMessage(message, "Lists"), by="rule")
    another_moves(world)

    carried_out(world)

    assert world.states(change) == ["delivered", "conflicted"]
    assert world.on_server() == {"Finance": [("old", ()), ("one", ())]}


@pytest.mark.parametrize("is_cut", [False, True])
def test_a_rule_s_move_follows_our_own(home: World, is_cut: bool) -> None:
    """Also where the answer to ours is lost, and a sync sees the message arrive before we know."""
    assert home.server is not None
    message = begin(home)
    ours = home.decide(MoveMessage(message, "Finance"))
    rules = home.decide(MoveMessage(message, "Lists"), by="rule")
    if is_cut:
        home.server.faults.add(Fault("UID MOVE", Interrupt("tag")))
        home.deliver()
        home.server.faults.clear()
        home.sync()
        home.pass_time(hours=1)

    carried_out(home)

    assert home.states(ours) == home.states(rules) == ["delivered"]
    assert home.on_server() == {"Finance": [("old", ())], "Lists": [("one", (SEEN,))]}


def test_rule_follows_our_own_moves_away_and_back(world: World) -> None:
    message = begin(world)
    world.decide(MoveMessage(message, "Finance"))
    world.decide(MoveMessage(message, "INBOX"))
    rules = world.decide(RemoveKeyword(message, SEEN), by="rule")

    carried_out(world)

    assert world.states(rules) == ["delivered"]
    assert world.on_server()["INBOX"] == [("one", ())]


def test_all_that_waits_for_a_message_that_is_gone_ends_with_it(world: World) -> None:
    message = begin(world)
    there_and_back = [MoveMessage(message, name) for name in ("Finance", "INBOX", "Finance", "INBOX")]
    change = world.decide(*there_and_back, AddKeyword(message, FLAGGED))
    with world.other_client() as session:
        session.expunge(uids_of_one(session))

    carried_out(world)

    assert world.states(change) == ["conflicted"] * 5
    assert {entry.error_code for entry in world.change(change.id).entries} == {"gone"}
    assert world.shown() == world.on_server() == {"Finance": [("old", ())]}


def test_where_another_client_was_faster_its_move_is_not_taken_for_ours(world: World) -> None:
    """Also where we have begun before a sync saw it: what lies below the uid_next noted then is not what we made."""
    message = begin(world)
    ours = world.decide(MoveMessage(message, "Finance"))
    rules = world.decide(MoveMessage(message, "Lists"), by="rule")
    another_moves(world)

    carried_out(world)

    assert (world.states(ours), world.states(rules)) == (["delivered"], ["conflicted"])
    assert world.on_server() == world.shown() == {"Finance": [("old", ()), ("one", (SEEN,))]}


@pytest.mark.parametrize("is_seen", [False, True])
@pytest.mark.parametrize("goal", ["Attic", "Work", "Trash"])
def test_what_is_thrown_away_goes_from_every_mailbox_also_where_another_client_moved_it(
    world: World, goal: str, is_seen: bool
) -> None:
    message = begin(world)
    world.decide(CopyMessage(message, "Copies"))
    carried_out(world)
    change = MessageCommands(world.owner).trash([message])
    with world.other_client() as session:
        session.create(goal)
        session.move(session.uids(), goal)
    if is_seen:
        world.sync()

    carried_out(world)

    assert world.states(change) == ["delivered", "delivered"]
    assert world.on_server() == world.shown() == {"Finance": [("old", ())], "Trash": [("one", (SEEN,))] * 2}
