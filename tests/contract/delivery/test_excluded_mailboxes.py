"""Mail in a mailbox that the policy leaves out by now: what a delivery does not find there is gone."""

from __future__ import annotations

import imaplib
from collections.abc import Callable
from dataclasses import replace

import pytest

from mailhelper_core.model.mail.keyword import FLAGGED, SEEN
from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.model.work.operation import AddKeyword, Change, CopyMessage, MoveMessage, Operation
from tests.contract.delivery.conftest import World

OUT = "Finance"
OPERATIONS: dict[str, Callable[[int], Operation]] = {
    "keyword": lambda id_: AddKeyword(id_, FLAGGED),
    "move": lambda id_: MoveMessage(id_, "INBOX"),
    "copy": lambda id_: CopyMessage(id_, "INBOX"),
}


def begin(world: World) -> None:
    world.put("one", mailbox=OUT)
    world.put("two", mailbox=OUT)
    world.sync()
    world.account = replace(world.account, policy=AccountPolicy(exclude=(OUT,)))
    world.sync()


def expunge(world: World, uid: str = "1") -> None:
    server = imaplib.IMAP4(world.endpoint.host, world.endpoint.port)
    server.login(world.endpoint.username, world.endpoint.secret or "")
    server.select(OUT)
    server.uid("STORE", uid, "+FLAGS", "(\\Deleted)")
    server.expunge()
    server.logout()


def carry_out(world: World, change: Change) -> list[tuple[str, str]]:
    for _ in range(4):
        world.deliver()
        world.pass_time(hours=1)
        world.sync()
    return [(entry.state, entry.error_code) for entry in world.change(change.id)]


def assert_gone(world: World, operation: str) -> None:
    begin(world)
    expunge(world)
    change = world.decide(OPERATIONS[operation](world.id("one")))

    assert carry_out(world, change) == [("conflicted", "gone")]
    assert world.shown() == {OUT: [("two", ())]}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_mail_that_is_not_there_any_more_is_shown_nowhere_then(home: World, operation: str) -> None:
    assert_gone(home, operation)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_so_it_is_on_every_server(world: World, operation: str) -> None:
    assert_gone(world, operation)


def test_what_is_there_is_changed_and_moved_as_ever(world: World) -> None:
    begin(world)
    change = world.decide(AddKeyword(world.id("one"), SEEN), MoveMessage(world.id("one"), "INBOX"))

    assert carry_out(world, change) == [("delivered", ""), ("delivered", "")]
    assert world.shown() == world.on_server() == {OUT: [("two", ())], "INBOX": [("one", (SEEN,))]}


def test_a_place_that_a_sync_may_still_find_is_not_given_up_at_once(home: World) -> None:
    begin(home)
    expunge(home)
    change = home.decide(AddKeyword(home.id("one"), FLAGGED))

    home.deliver()
    home.deliver()

    assert home.states(change) != ["conflicted"]
    assert [subject for subject, _ in home.shown()[OUT]] == ["one", "two"]


def test_a_copy_elsewhere_is_changed_although_this_one_is_gone(home: World) -> None:
    begin(home)
    home.decide(CopyMessage(home.id("one"), "INBOX"))
    home.deliver()
    home.sync()
    expunge(home)
    change = home.decide(AddKeyword(home.id("one"), FLAGGED))

    assert carry_out(home, change) == [("delivered", "")]
    assert ("one", (FLAGGED,)) in home.shown()["INBOX"]


def test_what_was_numbered_anew_there_is_changed_within_a_day(home: World) -> None:
    assert home.server is not None
    begin(home)
    home.server.store.user("ada").mailbox(OUT).renumber()
    change = home.decide(AddKeyword(home.id("one"), FLAGGED))
    home.deliver()
    before = home.states(change)

    home.pass_time(days=1)
    home.sync()
    home.deliver()

    assert (before, home.states(change)) == (["waiting"], ["delivered"])
    assert home.shown() == home.on_server() == {OUT: [("one", (FLAGGED,)), ("two", ())]}
