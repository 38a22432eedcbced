"""Servers that leave out what a sync asks first: it asks otherwise, or says what is wrong."""

from __future__ import annotations

import pytest

from mailhelper_core.sync.looks import SURVEYED
from mailhelper_core.testing import Fault, Lines
from tests.contract.sync.servers import ServerWorld
from tests.unit.sync.world import fill, on_server

STATUS = ("LIST", "STATUS")
ALL = (*STATUS, "EXAMINE", "SELECT")


def leave_out(world: ServerWorld, commands: tuple[str, ...]) -> None:
    world.server.faults.add(*(Fault(name, Lines(b"UIDNEXT", b"X-NEXT"), times=None) for name in commands))


@pytest.mark.parametrize("commands", [STATUS, ALL], ids=["status", "select too"])
def test_without_uid_next_all_is_synced(world: ServerWorld, commands: tuple[str, ...]) -> None:
    leave_out(world, commands)
    uids = fill(world.inbox, range(5))
    fill(world.archive, range(10, 12))

    first = world.sync()
    world.inbox.expunge(uids[:1])
    world.inbox.add_flags(uids[1:2], ["\\Seen"])
    fill(world.inbox, range(20, 22))
    world.later()
    second = world.sync()
    world.later()
    third = world.sync()

    assert (first.new, first.errors) == (7, ())
    assert (second.new, second.updated, second.deleted, second.errors) == (2, 1, 1, ())
    assert (third.new, third.updated, third.deleted, third.body_bytes, third.errors) == (0, 0, 0, 0, ())
    assert world.placed() == on_server(world.user)


@pytest.mark.parametrize("commands", [STATUS, ALL], ids=["status", "select too"])
def test_without_uid_next_a_mailbox_that_was_renumbered_is_met_again(
    world: ServerWorld, commands: tuple[str, ...]
) -> None:
    leave_out(world, commands)
    fill(world.inbox, range(5))
    world.sync()
    world.inbox.renumber()
    world.later()

    report = world.sync()

    assert (report.new, report.body_bytes, report.errors) == (0, 0, ())
    assert world.placed() == on_server(world.user)


def test_states_that_cannot_be_read_are_not_asked_for_again_and_again(world: ServerWorld) -> None:
    leave_out(world, STATUS)
    for number in range(2 * SURVEYED):
        world.user.create(f"Box {number}")
    world.sync()
    world.later()
    world.server.log.clear()

    report = world.sync()

    assert report.errors == ()
    assert world.server.log.names.count("STATUS") <= SURVEYED + 1


def test_a_state_that_cannot_be_read_once_lets_the_others_be_asked_for(world: ServerWorld) -> None:
    fill(world.inbox, range(3))
    fill(world.archive, range(10, 12))
    world.sync()
    world.later()
    leave_out(world, ("LIST",))
    world.server.faults.add(Fault("STATUS", Lines(b"UIDNEXT", b"X-NEXT"), times=None, having="Archive"))
    fill(world.archive, range(20, 22))

    report = world.sync()

    assert (report.new, report.errors) == (2, ())
    assert world.placed() == on_server(world.user)


def test_a_first_sync_that_is_told_of_no_mailbox_says_so(world: ServerWorld) -> None:
    fill(world.inbox, range(5))
    world.server.faults.add(Fault("LIST", Lines(b"LIST"), times=None))

    report = world.sync()
    world.server.faults.clear()

    assert [(note.where, note.code) for note in report.errors] == [("account", "no_mailboxes")]
    assert world.sync().new == 5
