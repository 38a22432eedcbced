"""A line of a listing that cannot be read costs what it is about, and nothing else."""

from __future__ import annotations

import pytest

from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.testing import Answer, Fault, ImapServer
from mailhelper_core.testing.imap.answer_actions import Lines
from tests.contract.sync.servers import ImapSources, ServerWorld
from tests.unit.sync.world import Clock, add_account, fill, on_server

# Each stands in place of `"/" "Work"`.
UNREADABLE = (b'"\\" Work', b'"/" "un"bal"', b'"/" Wo)rk', b'"/"', b'"/" "Work" (')


@pytest.mark.parametrize("line", UNREADABLE)
def test_a_mailbox_that_is_named_so_is_left_out_and_noted(world: ServerWorld, line: bytes) -> None:
    fill(world.user.create("Work"), range(2))
    fill(world.inbox, range(2, 4))
    world.server.faults.add(Fault("LIST", Lines(b'"/" "Work"', line), times=None))

    report = world.sync()

    assert report.new == 2
    assert [(note.where, note.code) for note in report.errors] == [("account", "protocol")]


@pytest.mark.parametrize("line", UNREADABLE)
def test_a_known_mailbox_is_not_taken_for_gone(world: ServerWorld, line: bytes) -> None:
    fill(world.user.create("Work"), range(2))
    fill(world.user.create("Old"), range(2, 4))
    world.sync()
    world.user.delete("Old")
    world.server.faults.add(Fault("LIST", Lines(b'"/" "Work"', line), times=None))
    before = world.visible()

    report = world.sync()

    assert (report.deleted, world.visible()) == (0, before)
    assert [note.code for note in report.errors] == ["protocol"]

    world.server.faults.clear()
    assert world.sync().deleted == 2
    assert world.placed() == on_server(world.user)


@pytest.mark.parametrize("number", [b"-", b"99999999999999999999999"])
def test_a_status_that_cannot_be_read_is_asked_for_alone(world: ServerWorld, number: bytes) -> None:
    fill(world.user.create("Work"), range(2))
    fill(world.inbox, range(2, 4))
    world.server.faults.add(Fault("LIST", Lines(b'"Work" (MESSAGES ', b'"Work" (MESSAGES ' + number), times=None))

    report = world.sync()

    assert (report.new, report.errors) == (4, ())
    assert world.placed() == on_server(world.user)


def test_a_mailbox_whose_status_can_never_be_read_is_opened(world: ServerWorld) -> None:
    fill(world.user.create("Work"), range(2))
    fill(world.inbox, range(2, 4))
    for command in ("LIST", "STATUS"):
        lie = Lines(b'"Work" (MESSAGES ', b'"Work" (MESSAGES -')
        world.server.faults.add(Fault(command, lie, times=None))

    report = world.sync()

    assert (report.new, report.errors) == (4, ())
    assert world.placed() == on_server(world.user)


def test_a_mailbox_that_cannot_be_opened_either_is_left_out(world: ServerWorld) -> None:
    fill(world.user.create("Work"), range(2))
    fill(world.inbox, range(2, 4))
    for command in ("LIST", "STATUS"):
        lie = Lines(b'"Work" (MESSAGES ', b'"Work" (MESSAGES -')
        world.server.faults.add(Fault(command, lie, times=None))
    for command in ("SELECT", "EXAMINE"):
        world.server.faults.add(Fault(command, Answer("NO", "not now", "NOPERM"), having="Work", times=None))

    report = world.sync()

    assert report.new == 2
    assert [note.code for note in report.errors] == ["no_permission"]


def test_a_backslash_between_levels(store: Store, clock: Clock) -> None:
    with ImapServer(delimiter="\\") as server:
        world = ServerWorld(store, ImapSources(server), add_account(store), clock, server=server)
        fill(world.user.create("Work\\Done"), range(2))

        report = world.sync()

    assert (report.new, report.errors) == (2, ())
    assert world.placed() == on_server(world.user)
