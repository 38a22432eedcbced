"""Servers that leave out what a sync asks first: it asks otherwise, or says what is wrong."""

from __future__ import annotations

import pytest

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


def test_a_first_sync_that_is_told_of_no_mailbox_says_so(world: ServerWorld) -> None:
    fill(world.inbox, range(5))
    world.server.faults.add(Fault("LIST", Lines(b"LIST"), times=None))

    report = world.sync()
    world.server.faults.clear()

    assert [(note.where, note.code) for note in report.errors] == [("account", "no_mailboxes")]
    assert world.sync().new == 5
